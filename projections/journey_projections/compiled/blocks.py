"""Folding blocks of relationships, compiled on several threads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numba.core.errors import NumbaError

from journey.errors import UnusableRules
from journey_projections.compiled.compile_cache import compile_lock, is_cached, is_loaded
from journey_projections.compiled.equal_times import settle
from journey_projections.compiled.interpreter import interpreted
from journey_projections.compiled.partition import FOREVER, NO_STRETCHES, Partition, in_threads, readable
from journey_projections.compiled.partition_kernels import ROW
from journey_projections.compiled.program import program_of
from journey_projections.compiled.records import (
    CONTRIBUTION,
    OUTLOOK,
    PARTY,
    RESULT,
    SLOT,
    WATCH,
    FoldOptions,
    NotCompilable,
    Out,
    Program,
    Scratch,
    WarningOptions,
)
from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.early_warnings.state import AT_ONCE
from journey_projections.encoding.columns import Array
from journey_projections.rules.rule_set import FAILURES, RuleSet

Notice = Callable[[str], object]


class ReplayOptions(NamedTuple):
    """What to compute for each relationship: the bound, the rising instants of trajectories, whether parties, contributions and states.

    `watched` are the parameters of its warnings, None where none are asked for; `warnings` what to say of them.
    """

    at: int | None
    instants: Array
    parties: bool
    contributions: bool
    states: bool = False
    watched: WarningParameters | None = None
    warnings: WarningOptions = WarningOptions()


class Written(NamedTuple):
    """Rows of which a relationship may have any number: of its parties, and of its warnings."""

    parties: Array
    watches: Array


@dataclass(frozen=True, slots=True)
class ThreadedFold:
    """A rule set ready to fold on some threads."""

    rules: RuleSet
    program: Program
    options: ReplayOptions
    threads: int

    @classmethod
    def of(cls, rules: RuleSet, options: ReplayOptions, threads: int, notice: Notice | None) -> "ThreadedFold":
        """Compile a rule set, or load it, or have it interpreted."""
        try:
            return cls.compiled(rules, options, threads, notice)
        except (NotCompilable, NumbaError) as error:
            reason = str(error).strip().splitlines()[-1]
            if notice is not None:
                notice(f"the rule set `{rules.name}` does not compile, so it is interpreted, a hundred times slower: {reason}")
            return cls(rules, interpreted(rules, options.watched), options, 1)

    @classmethod
    def compiled(cls, rules: RuleSet, options: ReplayOptions, threads: int, notice: Notice | None) -> "ThreadedFold":
        """Compile a rule set, or load it. Raises NotCompilable, NumbaError."""
        if rules.takes_touchpoints:
            raise UnusableRules(f"rule set `{rules.name}` takes touchpoints, which columns do not hold", "replay each history by itself")
        folds = cls(rules, program_of(rules, options.watched), options, threads)
        nothing = folds.nothing()
        if notice is not None and not is_cached(folds.program.fold, nothing):
            notice(f"compiling the rule set `{rules.name}`; this takes about a minute, once")
        if not is_loaded(folds.program.fold, nothing):
            with compile_lock(folds.program.fold):
                folds.program.fold(*nothing)
        return folds

    def nothing(self) -> tuple[Any, ...]:
        """The arguments for no relationships: compiled code is found by their types."""
        return self.arguments(np.empty(0, ROW), np.zeros(1, np.int64), self.program.scratch(1), self.out(0, 0), 0, 0)

    def block(self, partition: Partition, low: int, high: int, errors: dict[int, UnusableRules]) -> Out:
        """Fold the relationships from `low` up to `high`; those in the results are counted from `low`.

        One on which the rules fail has no touchpoints in the results, and its error is put in `errors`.
        """
        rows, starts = partition.rows(low, high), partition.starts[low : high + 1] - partition.starts[low]
        out = self.out(high - low, len(rows))
        cuts = np.searchsorted(starts, np.linspace(0, len(rows), 8 * self.threads + 1)) if self.threads > 1 else np.array([0, high - low])
        cuts[-1] = high - low
        ranges = list(pairwise(cuts.tolist()))
        failed: dict[int, UnusableRules] = {}
        written = self._fold_ranges(partition, rows, starts, out, ranges, failed)
        if out.results["pending"].any():
            settle(partition, rows, starts, ranges, out.results, self.threads)
            written += self._fold_ranges(partition, rows, starts, out, ranges, failed)
        errors.update((low + relationship, error) for relationship, error in failed.items())
        return out._replace(parties=joined(written, 0), watches=joined(written, 1))

    def _fold_ranges(
        self,
        partition: Partition,
        rows: Array,
        starts: Array,
        out: Out,
        ranges: Sequence[tuple[int, int]],
        errors: dict[int, UnusableRules],
    ) -> list[Written]:
        """Fold what is not folded yet in ranges of a block."""
        return in_threads(lambda bounds: self._fold_range(rows, starts, partition.stretches, out, errors, *bounds), ranges, self.threads)

    def _fold_range(
        self, rows: Array, starts: Array, stretches: Array, out: Out, errors: dict[int, UnusableRules], first: int, last: int
    ) -> Written:
        """Fold some relationships of a block. Those on which the rules fail are found by halving."""
        most = int(np.diff(starts[first : last + 1]).max(initial=1))
        count = int(starts[last] - starts[first])
        # Memory is taken only as far as it is written to.
        parties = np.empty(2 * (count + last - first) if self.options.parties else 0, PARTY)
        watches = np.empty(AT_ONCE * count if self.options.watched else 0, WATCH)
        mine, scratch = out._replace(parties=parties, watches=watches), self.program.scratch(most)
        before = out.results[first:last].copy()
        try:
            self.program.fold(*self.arguments(rows, starts, scratch, mine, first, last, stretches))
        except FAILURES as error:
            out.results[first:last] = before
            if last - first == 1:
                message = f"rule set `{self.rules.name}` fails: {type(error).__name__}: {error}"
                errors[first] = UnusableRules(message, "replay the history by itself to see on which touchpoint")
                return Written(parties[:0], watches[:0])
            middle = (first + last) // 2
            halves = [self._fold_range(rows, starts, stretches, out, errors, *half) for half in ((first, middle), (middle, last))]
            return Written(joined(halves, 0), joined(halves, 1))
        # A copy, so that the room is given back.
        return Written(parties[: scratch.written[0]].copy(), watches[: scratch.written[1]].copy())

    def arguments(
        self, rows: Array, starts: Array, scratch: Scratch, out: Out, first: int, last: int, stretches: Array = NO_STRETCHES
    ) -> tuple[Any, ...]:
        """What the program's fold takes."""
        options = self.options
        order = np.empty(len(scratch.people), np.int64)
        at = FOREVER if options.at is None else options.at
        is_bounded = options.at is not None
        fold_options = FoldOptions(at, is_bounded, options.instants, options.parties, readable(stretches), options.warnings)
        return rows, starts, first, last, order, self.program.rules, scratch, fold_options, out

    def out(self, relationships: int, rows: int) -> Out:
        """Where it writes the results, without room for parties and warnings."""
        contributions = np.empty(rows if self.options.contributions else 0, CONTRIBUTION)
        trajectories = np.full((relationships, len(self.options.instants)), np.nan)
        states = np.full((relationships, len(self.options.instants) if self.options.states else 0), -1, np.int8)
        results, outlooks = np.zeros(relationships, RESULT), np.zeros(relationships if self.options.watched else 0, OUTLOOK)
        return Out(results, trajectories, states, contributions, np.empty(0, PARTY), np.empty(0, SLOT), outlooks, np.empty(0, WATCH))


def joined(written: Sequence[Written], which: int) -> Array:
    """The rows of one kind."""
    return np.concatenate([one[which] for one in written])


def is_compiled_for_bulk(rules: RuleSet, watched: WarningParameters | None) -> bool:
    """Whether the fold of a rule set, with warnings or without, is compiled, in this process or on disk."""
    options = ReplayOptions(None, np.empty(0, np.int64), parties=False, contributions=False, watched=watched)
    try:
        folds = ThreadedFold(rules, program_of(rules, watched), options, 1)
    except NotCompilable:
        return False
    return is_cached(folds.program.fold, folds.nothing())
