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
from journey_projections.compiled.records import CONTRIBUTION, PARTY, RESULT, SLOT, FoldOptions, NotCompilable, Out, Program, Scratch
from journey_projections.encoding.columns import Array
from journey_projections.rules.rule_set import FAILURES, RuleSet

Notice = Callable[[str], object]


class ReplayOptions(NamedTuple):
    """What to compute for each relationship: the bound, the rising instants of trajectories, whether parties and contributions."""

    at: int | None
    instants: Array
    parties: bool
    contributions: bool


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
            return cls(rules, interpreted(rules), options, 1)

    @classmethod
    def compiled(cls, rules: RuleSet, options: ReplayOptions, threads: int, notice: Notice | None) -> "ThreadedFold":
        """Compile a rule set, or load it. Raises NotCompilable, NumbaError."""
        if rules.takes_touchpoints:
            raise UnusableRules(f"rule set `{rules.name}` takes touchpoints, which columns do not hold", "replay each history by itself")
        folds = cls(rules, program_of(rules), options, threads)
        nothing = folds.arguments(np.empty(0, ROW), np.zeros(1, np.int64), folds.program.scratch(1), folds.out(0, 0), 0, 0)
        if notice is not None and not is_cached(folds.program.fold, nothing):
            notice(f"compiling the rule set `{rules.name}`; this takes half a minute, once")
        if not is_loaded(folds.program.fold, nothing):
            with compile_lock(folds.program.fold):
                folds.program.fold(*nothing)
        return folds

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
        parties = self._fold_ranges(partition, rows, starts, out, ranges, failed)
        if out.results["pending"].any():
            settle(partition, rows, starts, ranges, out.results, self.threads)
            parties += self._fold_ranges(partition, rows, starts, out, ranges, failed)
        errors.update((low + relationship, error) for relationship, error in failed.items())
        return out._replace(parties=np.concatenate(parties))

    def _fold_ranges(
        self,
        partition: Partition,
        rows: Array,
        starts: Array,
        out: Out,
        ranges: Sequence[tuple[int, int]],
        errors: dict[int, UnusableRules],
    ) -> list[Array]:
        """Fold what is not folded yet in ranges of a block; returns the rows of their parties."""
        return in_threads(lambda bounds: self._fold_range(rows, starts, partition.stretches, out, errors, *bounds), ranges, self.threads)

    def _fold_range(
        self, rows: Array, starts: Array, stretches: Array, out: Out, errors: dict[int, UnusableRules], first: int, last: int
    ) -> Array:
        """Fold some relationships of a block; returns the rows of their parties. Those on which the rules fail are found by halving."""
        most = int(np.diff(starts[first : last + 1]).max(initial=1))
        room = 2 * int(starts[last] - starts[first] + last - first) if self.options.parties else 0
        mine, scratch = out._replace(parties=np.empty(room, PARTY)), self.program.scratch(most)
        before = out.results[first:last].copy()
        try:
            self.program.fold(*self.arguments(rows, starts, scratch, mine, first, last, stretches))
        except FAILURES as error:
            out.results[first:last] = before
            if last - first == 1:
                message = f"rule set `{self.rules.name}` fails: {type(error).__name__}: {error}"
                errors[first] = UnusableRules(message, "replay the history by itself to see on which touchpoint")
                return mine.parties[:0]
            middle = (first + last) // 2
            halves = ((first, middle), (middle, last))
            return np.concatenate([self._fold_range(rows, starts, stretches, out, errors, *half) for half in halves])
        return mine.parties[: scratch.parties_written[0]]

    def arguments(
        self, rows: Array, starts: Array, scratch: Scratch, out: Out, first: int, last: int, stretches: Array = NO_STRETCHES
    ) -> tuple[Any, ...]:
        """What the program's fold takes."""
        options = self.options
        order = np.empty(len(scratch.people), np.int64)
        fold_options = FoldOptions(
            FOREVER if options.at is None else options.at, options.at is not None, options.instants, options.parties, readable(stretches)
        )
        return rows, starts, first, last, order, self.program.rules, scratch, fold_options, out

    def out(self, relationships: int, rows: int) -> Out:
        """Where it writes the results, without room for parties."""
        contributions = np.empty(rows if self.options.contributions else 0, CONTRIBUTION)
        trajectories = np.full((relationships, len(self.options.instants)), np.nan)
        return Out(np.zeros(relationships, RESULT), trajectories, contributions, np.empty(0, PARTY), np.empty(0, SLOT))
