"""Replaying many relationships: each history by itself, or all through the ledger where there are many."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from journey.errors import JourneyError, MissingExtra, UnsupportedSchema, UnusableRules, shown
from journey.history import History, Recorded
from journey.journal import Journal
from journey.times import moment, to_microseconds
from journey.touchpoints import Touchpoint
from journey_projections.questions.periods import ends, least_periods
from journey_projections.replaying.replay import Replay, replay
from journey_projections.replaying.result_rows import contributions_in, course_in
from journey_projections.rules.rule_set import RuleSet

if TYPE_CHECKING:
    import pyarrow as pa

    from journey_projections.early_warnings.parameters import WarningParameters
    from journey_projections.ledger import OpenLedger, ReplayedChunk, Standing, Standings
    from journey_projections.questions.ledger_place import LedgerPlace, Working

    Results = Iterable[Replay | Standing]
    Sink = Callable[[pa.Table | list[dict[str, Any]]], object]

Failed = Callable[[str, UnusableRules], object]
"""Takes the name of a relationship on which the rules fail, and their error."""

SMALL, LARGE = 5_000, 20_000
"""Up to SMALL recorded facts each history is replayed by itself, which needs neither ledger nor compiler; up to LARGE, too, as long as
the rules were not compiled before on this machine, which takes about a minute."""
LONG, MANY = 40_000, 2_000_000
"""A course of more than LONG dates (a century of days) is refused if it would have more than MANY rows."""
AT_ONCE = 10_000
"""How many rows of one relationship's course a sink gets at once."""
NAMED = 5
"""Of so many relationships on which the rules fail in a ledger, the error names the touchpoint."""


@dataclass(frozen=True)
class Query:
    """What to replay for each relationship, and the sinks for its rows (`course`, `contributions`).

    `every` is a period (`day`, `week`, `month`, `quarter`, `year`) at whose ends the course of trust is shown; `parties` asks for the
    trust in each; `memory` is in bytes; `notice` takes a sentence where rules are compiled. A relationship on which the rules fail is
    left out and given to `failed` with the error; without `failed` the first such error is raised.
    """

    rules: RuleSet
    as_of: str | None = None
    known_at: str | None = None
    every: str | None = None
    parties: bool = False
    memory: int = 2**30
    course: "Sink | None" = None
    contributions: "Sink | None" = None
    notice: Callable[[str], object] = lambda _: None
    failed: Failed | None = None

    def dates(self, span: tuple[datetime, datetime] | None, relationships: int, outermost: "Outermost") -> list[datetime]:
        """The instants at which the course of so many relationships is shown; `span` is when the first and the last touchpoint occurred.

        Where these are too many, `outermost` gives those two touchpoints that count now: one that was retracted may lie far off. Raises
        JourneyError that names them.
        """
        if self.every is None or span is None:
            return []
        first, last = self._bounded(*span)
        most = max(LONG, MANY // max(1, relationships))
        if least_periods(first, last, self.every) > most and (counted := outermost()) is not None:
            first, last = self._bounded(*(one.occurred_at for one in counted))
            if least_periods(first, last, self.every) > most:
                raise self._too_long(*counted)
        return list(ends(first, last, self.every))

    def _bounded(self, first: datetime, last: datetime) -> tuple[datetime, datetime]:
        return first, last if self.as_of is None else moment(self.as_of)

    def _too_long(self, first: Touchpoint, last: Touchpoint) -> JourneyError:
        since, until = (f"{one.occurred_at.date()} (touchpoint {shown(one.id)} of {shown(one.relationship)})" for one in (first, last))
        until = until if self.as_of is None else f"{moment(self.as_of).date()} (the as-of)"
        return JourneyError(
            f"a course by {self.every} from {since} to {until} has too many dates",
            "correct the date that is wrong, or choose `quarter` or `year`",
        )


Outermost = Callable[[], tuple[Touchpoint, Touchpoint] | None]


def replay_some(histories: Sequence[History], query: Query) -> Iterator[Replay]:
    """Where some relationships stand, one after the other, by all of their histories; `as_of` and `known_at` are already applied."""
    outermost = _outermost([record for history in histories for record in history.records])
    span = None if outermost is None else (outermost[0].occurred_at, outermost[1].occurred_at)
    return _one_by_one(histories, query, query.dates(span, len(histories), lambda: outermost))


def replay_everyone(
    journal: Journal,
    query: Query,
    place: "LedgerPlace",
    files: ExitStack,
    working: "Working",
    look: Callable[[History], object] = lambda _: None,
) -> "Results":
    """Where every relationship in the journal stands, but those given to `query.failed`; what is opened for it is closed with `files`.

    `look` is shown each history that is read by itself. Raises JourneyError for a course that is too long.
    """

    def outermost() -> tuple[Touchpoint, Touchpoint] | None:
        return _outermost(_edges(journal, query))

    opened = None if query.rules.takes_touchpoints else ledger_of_large(journal, place, files, (query.rules,))
    if opened is not None:
        dates = query.dates(opened.span(), opened.note.names["relationships"], outermost)
        return by_ledger(opened, replace(query, failed=naming_touchpoints(journal, query)), working, dates)
    summaries = list(journal.relationships(known_at=query.known_at))
    span = (min(one.first for one in summaries), max(one.last for one in summaries)) if summaries else None
    names = [one.relationship for one in summaries]
    dates = query.dates(span, len(names), outermost)
    return _one_by_one(histories_of(journal, names, query.as_of, query.known_at, working, look), query, dates)


def histories_of(
    journal: Journal,
    names: Sequence[str],
    as_of: str | None,
    known_at: str | None,
    working: "Working",
    look: Callable[[History], object] = lambda _: None,
) -> Iterator[History]:
    """The history of each relationship, one after the other."""
    with working("replaying", len(names)) as done:
        for name in names:
            history = journal.history(name)
            look(history)
            yield history.seen(as_of, known_at)
            done(1)


def ledger_of_large(
    journal: Journal, place: "LedgerPlace", files: ExitStack, rules: Sequence[RuleSet], warnings: "WarningParameters | None" = None
) -> "OpenLedger | None":
    """The ledger of a journal large enough for compiled replay by some rules, or of any whose place is named, caught up.

    None for a small journal, without the extra `bulk`, and where the ledger is empty or has unknown kinds, which the journal refuses
    or reports.
    """
    if place.named is None and not _is_large(journal, rules, warnings):
        return None
    try:
        import journey_projections.ledger  # noqa: F401 - only whether it is there
    except MissingExtra as error:
        if place.named is not None:
            raise
        place.notice(f"replaying one history after the other, which takes long: {error}; {error.mend}")
        return None
    ledger = files.enter_context(place.caught_up(journal))
    opened = ledger.open() if ledger.note() else None
    return None if opened is None or opened.unknown else opened


def _is_large(journal: Journal, rules: Sequence[RuleSet], warnings: "WarningParameters | None") -> bool:
    try:
        facts = journal.last_position()
    except UnsupportedSchema:
        # An old file has no counters until it is written to.
        return False
    if facts <= SMALL or facts > LARGE:
        return facts > LARGE
    try:
        from journey_projections.compiled.warm import is_compiled
    except MissingExtra:
        return False
    return all(is_compiled(one, warnings) for one in rules)


def by_ledger(opened: "OpenLedger", query: Query, working: "Working", dates: Sequence[datetime] = ()) -> "Standings":
    """Where everybody stands, replayed from the ledger, with the course of trust at `dates`."""
    from journey_projections.ledger import replay_ledger
    from journey_projections.ledger.result_tables import contributions_of, course_of

    with working("replaying", opened.rows) as done:

        def take(replayed: "ReplayedChunk") -> None:
            if query.course is not None:
                query.course(course_of(replayed, opened.names))
            if query.contributions is not None:
                query.contributions(contributions_of(replayed, opened.names, query.rules))
            done(len(replayed.chunk.columns))

        return replay_ledger(
            opened,
            query.rules,
            as_of=query.as_of,
            known_at=query.known_at,
            dates=dates,
            parties=query.parties,
            contributions=query.contributions is not None,
            on_chunk=take,
            memory=query.memory,
            notice=query.notice,
            failed=query.failed,
        )


def naming_touchpoints(journal: Journal, query: Query) -> Failed | None:
    """As `query.failed`, for a ledger: the first few errors name the touchpoint, by a replay of the history in the journal."""
    if query.failed is None:
        return None
    failed, names = query.failed, set[str]()

    def exactly(name: str, error: UnusableRules) -> None:
        names.add(name)
        if len(names) <= NAMED:
            try:
                replay(journal.history(name).seen(query.as_of, query.known_at), query.rules)
            except UnusableRules as exact:
                error = exact
        failed(name, error)

    return exactly


def _one_by_one(histories: Iterable[History], query: Query, dates: Sequence[datetime]) -> Iterator[Replay]:
    for history in histories:
        try:
            result = _replayed(history, query, dates)
        except UnusableRules as error:
            if query.failed is None:
                raise
            query.failed(history.relationship or "", error)
        else:
            yield result


def _replayed(history: History, query: Query, dates: Sequence[datetime]) -> Replay:
    """One replay, of which everything is computed that is asked for, and its rows given to the sinks."""
    result = replay(history, query.rules)
    if query.parties:
        _ = result.parties
    contributions = [] if query.contributions is None else contributions_in(result)
    if query.course is not None:
        rows = course_in(history, query.rules, dates)
        while some := list(islice(rows, AT_ONCE)):
            query.course(some)
    if query.contributions is not None:
        query.contributions(contributions)
    return result


def _outermost(records: Sequence[Recorded]) -> tuple[Touchpoint, Touchpoint] | None:
    """The first and the last of some touchpoints by when they occurred."""
    first, last = min(records, key=_at, default=None), max(records, key=_at, default=None)
    return None if first is None or last is None else (first.touchpoint, last.touchpoint)


def _edges(journal: Journal, query: Query) -> list[Recorded]:
    """Touchpoints with the first and the last that count now among them, from as few histories as tell."""
    summaries = list(journal.relationships(known_at=query.known_at))
    edges: list[Recorded] = []
    for summary in sorted(summaries, key=lambda one: one.first):
        if edges and to_microseconds(summary.first) >= min(map(_at, edges)):
            break
        edges += journal.history(summary.relationship).seen(query.as_of, query.known_at).records[:1]
    firsts = len(edges)
    for summary in sorted(summaries, key=lambda one: one.last, reverse=True):
        if len(edges) > firsts and to_microseconds(summary.last) <= max(map(_at, edges[firsts:])):
            break
        edges += journal.history(summary.relationship).seen(query.as_of, query.known_at).records[-1:]
    return edges


def _at(record: Recorded) -> int:
    return record.at
