"""Replay of all relationships in columns; see `replay_all`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np

from journey.errors import UnusableRules
from journey.extras import extra
from journey.times import moment, to_microseconds
from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.encoding.codes import CUSTOMER
from journey_projections.encoding.columns import Array, Columns
from journey_projections.replaying.replay import RuleSetId, identify
from journey_projections.replaying.rounding import on_grid
from journey_projections.rules.gallery import rule_set
from journey_projections.rules.rule_set import STATES, RuleSet

if TYPE_CHECKING:
    import pyarrow as pa

    from journey_projections.compiled.records import Out

Notice = Callable[[str], object]
Failed = Callable[[int, UnusableRules], object]
"""Takes the code of a relationship on which the rules fail, and their error."""


@dataclass(frozen=True, slots=True, eq=False)
class Replays:
    """What a log says of each of its relationships, one entry of each array for each that has touchpoints, by rising code.

    `relationship` are codes, `at` µs since 1970, `state` numbers of STATES; trust, confidence and exit risk as a Replay has them.
    `trajectories[i, j]` is the trust of relationship i at the instant `dates[j]`, NaN before its first touchpoint.

    `parties`, by relationship, has a row for each party: `party` (0 the institution, 1 the customer, 2 a representative, whose code is
    `representative`), `trust`, `competence` and `goodwill` (NaN where a rule set knows only trust).
    `contributions`, by relationship and in the order of touchpoints, has a row for each: `row` (its number, counted through all columns),
    `at`, `cause` (a number of the rule set's causes) and the trust `before` and `after` it. What lies between one's `after` and
    the next one's `before`, and between the last one's `after` and `trust`, is the share of time.
    `course_of_states`, where asked for, is as `trajectories`, a number of STATES, -1 before its first touchpoint. Where warnings were asked
    for, `outlooks` has a row of `records.OUTLOOK` for each relationship, and `watches` one of `records.WATCH` for each open warning, by
    relationship.
    Two of them are compared array by array.
    """

    rules: RuleSetId
    prior: float
    relationship: Array
    trust: Array
    confidence: Array
    state: Array
    exit_risk: Array
    at: Array
    touchpoints: Array
    dates: Array
    trajectories: Array
    parties: Array | None = None
    contributions: Array | None = None
    course_of_states: Array | None = None
    outlooks: Array | None = None
    watches: Array | None = None

    def __len__(self) -> int:
        return len(self.relationship)

    def table(self, names: Sequence[str]) -> "pa.Table":
        """The relationships as an Arrow table: name (from `names` by code), trust, confidence, state, exit_risk, as_of, touchpoints."""
        import pyarrow as pa

        columns = {
            "relationship": pa.array(names).take(pa.array(self.relationship)),
            "trust": self.trust,
            "confidence": self.confidence,
            "state": pa.DictionaryArray.from_arrays(self.state, pa.array(STATES)),
            "exit_risk": self.exit_risk,
            "as_of": pa.array(self.at).cast(pa.timestamp("us", "UTC")),
            "touchpoints": self.touchpoints,
        }
        return pa.table(columns)

    @property
    def states(self) -> Array:
        """The state of each relationship by name."""
        return np.array(STATES)[self.state]


def replay_all(
    columns: Columns | Iterable[Columns],
    rules: str | RuleSet = "goodwill",
    *,
    at: str | date | datetime | None = None,
    united: Array | None = None,
    people: Array | None = None,
    dates: Sequence[str | date | datetime] = (),
    parties: bool = False,
    contributions: bool = False,
    states: bool = False,
    warnings: WarningParameters | None = None,
    promises: bool = False,
    stakes: bool = False,
    threads: int = 2,
    rows_at_once: int | None = None,
    notice: Notice | None = None,
    failed: Failed | None = None,
) -> Replays:
    """Replay every relationship in columns: each to the same bits as `replay` of its history.

    Columns may come in several runs, such as the segments of a ledger, with codes from the same dictionaries; rows may come in any
    order, and fastest nearly in that of time. `at` is a bound and the instant of every result, as in `replay`; without it each
    relationship stands at its own last touchpoint. `united` gives, for each relationship's code, that of the one which it is
    merged with, or its own, and `people` the same for people. `dates` adds the trust at those instants, `parties`, `contributions`
    and `states` (at those instants) add these. `warnings` adds outlooks and the warnings that are open then, by these parameters; with
    `promises` every promise is among the watches, with `stakes` the outlooks say what would fall.

    The rules are compiled on first use, which takes about a minute, and kept on disk; `notice` then gets a sentence, and also
    when a rule set does not compile and is interpreted, a hundred times slower. `rows_at_once` bounds how many rows (about 90
    bytes each) are worked on at a time, besides the columns themselves; it takes more than one pass over the runs.

    A relationship on which the rules fail is left out and given to `failed`, by rising code; without `failed` the first such error is
    raised, and nothing is returned.

    Raises UnknownName for rules, UnusableRules when they fail or take touchpoints, which columns do not hold.
    """
    with extra("bulk", "compiled replay"):
        from journey_projections.compiled.blocks import ReplayOptions, ThreadedFold  # numba is imported where it is used only
        from journey_projections.compiled.records import WarningOptions
    from journey_projections.compiled.partition import Partition

    judged_by = rule_set(rules) if isinstance(rules, str) else rules
    runs = (columns,) if isinstance(columns, Columns) else tuple(columns)
    bound = None if at is None else to_microseconds(moment(at))
    instants = np.array([to_microseconds(moment(one)) for one in dates], np.int64)
    rising = np.argsort(instants, kind="stable")
    partition = Partition(runs, united, people, bound, max(1, threads))
    told = WarningOptions(warnings is not None, promises, stakes)
    options = ReplayOptions(bound, instants[rising], parties, contributions, states, warnings, told)
    folds = ThreadedFold.of(judged_by, options, max(1, threads), notice)
    errors: dict[int, UnusableRules] = {}
    blocks = [(low, folds.block(partition, low, high, errors)) for low, high in partition.blocks(rows_at_once)]
    results, made = _all(out.results for _, out in blocks), _all(out.contributions for _, out in blocks)
    errors.update(_of_no_use(judged_by, results, made, partition.starts))
    for code in sorted(errors):
        if failed is None:
            raise errors[code]
        failed(code, errors[code])
        results["touchpoints"][code] = 0

    is_present = results["touchpoints"] > 0
    present = np.flatnonzero(is_present)
    return Replays(
        rules=identify(judged_by),
        prior=on_grid(judged_by.trust(judged_by.start(), judged_by.parameters)),
        relationship=present.astype(np.int32),
        **{name: results[name][present] for name in ("trust", "confidence", "exit_risk", "at", "touchpoints")},
        state=results["state"][present].astype(np.int8),
        dates=instants,
        trajectories=_all(out.trajectories for _, out in blocks)[present][:, np.argsort(rising)],
        parties=_parties(blocks, judged_by, is_present) if parties else None,
        contributions=_of_present(made, is_present, partition.starts) if contributions else None,
        course_of_states=_all(out.states for _, out in blocks)[present][:, np.argsort(rising)] if states else None,
        outlooks=_all(out.outlooks for _, out in blocks)[present] if warnings is not None else None,
        watches=_watches(blocks, is_present) if warnings is not None else None,
    )


def _all(arrays: Iterable[Array]) -> Array:
    return np.concatenate(list(arrays))


def _of_present(contributions: Array, is_present: Array, starts: Array) -> Array:
    """The contributions of relationships that are left; the same array if all are."""
    counts = np.diff(starts)
    if not counts[~is_present].any():
        return contributions
    left: Array = contributions[np.repeat(is_present, counts)]
    return left


def _of_no_use(rules: RuleSet, results: Array, contributions: Array, starts: Array) -> dict[int, UnusableRules]:
    """The errors, by code, of relationships of which the rules gave something that is no trust, state or cause."""
    replayed = results["touchpoints"] > 0
    rows = np.flatnonzero((contributions["cause"] < 0) | (contributions["cause"] >= len(rules.causes)))
    uncaused = np.searchsorted(starts, rows, side="right") - 1
    found = (
        (uncaused[replayed[uncaused]], "a cause that it does not have", "let its `apply` return a number of its `causes`"),
        (
            np.flatnonzero(replayed & ((results["state"] < 0) | (results["state"] >= len(STATES)))),
            "a state that is none",
            "let its `view` return a number of STATES",
        ),
        (np.flatnonzero(replayed & np.isnan(results["trust"])), "no number as the trust", "let its `trust` return a number from 0 to 1"),
    )
    return {int(code): UnusableRules(f"rule set `{rules.name}` gives {what}", mend) for codes, what, mend in found for code in codes}


def _watches(blocks: "list[tuple[int, Out]]", is_present: Array) -> Array:
    for low, out in blocks:
        out.watches["relationship"] += low
    written = _all(out.watches for _, out in blocks)
    watches: Array = written[is_present[written["relationship"]]]
    by_relationship: Array = watches[np.argsort(watches["relationship"], kind="stable")]
    return by_relationship


def _parties(blocks: "list[tuple[int, Out]]", rules: RuleSet, is_present: Array) -> Array:
    for low, out in blocks:
        out.parties["relationship"] += low
    written = _all(out.parties for _, out in blocks)
    parties: Array = written[is_present[written["relationship"]]]
    if rules.party is None:
        parties["trust"][parties["party"] == CUSTOMER] = rules.trust(rules.start(), rules.parameters)
    by_relationship: Array = parties[np.argsort(parties["relationship"], kind="stable")]
    return by_relationship
