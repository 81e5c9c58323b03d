"""Replaying many relationships: each history by itself, or all through the ledger where there are many."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from journey.errors import MissingExtra, UnsupportedSchema
from journey.history import History
from journey.journal import Journal
from journey.times import moment
from journey_projections.questions.periods import ends
from journey_projections.replaying.replay import Replay, replay
from journey_projections.replaying.result_rows import contributions_in, course_in
from journey_projections.rules.rule_set import RuleSet

if TYPE_CHECKING:
    import pyarrow as pa

    from journey_projections.ledger import OpenLedger, ReplayedChunk, Standing, Standings
    from journey_projections.questions.ledger_place import LedgerPlace, Working

    Results = Iterable[Replay | Standing]
    Sink = Callable[[pa.Table | list[dict[str, Any]]], object]

SMALL = 100_000
"""Up to so many recorded facts each history is replayed by itself, which needs neither ledger nor compiler."""


@dataclass(frozen=True)
class Query:
    """What to replay for each relationship, and the sinks for its rows (`course`, `contributions`).

    `every` is a period (`day`, `week`, `month`, `quarter`, `year`) at whose ends the course of trust is shown; `parties` asks for the
    trust in each; `memory` is in bytes; `notice` takes a sentence where rules are compiled.
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

    def dates(self, span: tuple[datetime, datetime] | None) -> list[datetime]:
        """The instants at which the course of trust is shown; `span` is when the first and the last touchpoint occurred."""
        if self.every is None or span is None:
            return []
        first, last = span
        return list(ends(first, last if self.as_of is None else moment(self.as_of), self.every))


def replay_some(histories: Sequence[History], query: Query) -> Iterator[Replay]:
    """Where some relationships stand, one after the other, by all of their histories; `as_of` and `known_at` are already applied."""
    instants = [touchpoint.occurred_at for history in histories for touchpoint in history]
    return _one_by_one(histories, query, (min(instants), max(instants)) if instants else None)


def replay_everyone(
    journal: Journal,
    query: Query,
    place: "LedgerPlace",
    files: ExitStack,
    working: "Working",
    look: Callable[[History], object] = lambda _: None,
) -> "Results":
    """Where every relationship in the journal stands; what is opened for it is closed with `files`.

    `look` is shown each history that is read by itself.
    """
    opened = None if query.rules.takes_touchpoints else ledger_of_large(journal, place, files)
    if opened is not None:
        return by_ledger(opened, query, working)
    summaries = list(journal.relationships(known_at=query.known_at))
    span = (min(one.first for one in summaries), max(one.last for one in summaries)) if summaries else None
    names = [one.relationship for one in summaries]
    return _one_by_one(histories_of(journal, names, query.as_of, query.known_at, working, look), query, span)


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


def ledger_of_large(journal: Journal, place: "LedgerPlace", files: ExitStack) -> "OpenLedger | None":
    """The ledger of a large journal, or of any whose place is named, caught up.

    None for a small journal, without the extra `bulk`, and where the ledger is empty or has unknown kinds, which the journal refuses
    or reports.
    """
    if place.named is None and not _is_large(journal):
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


def _is_large(journal: Journal) -> bool:
    try:
        return journal.last_position() > SMALL
    except UnsupportedSchema:
        # An old file has no counters until it is written to.
        return False


def by_ledger(opened: "OpenLedger", query: Query, working: "Working") -> "Standings":
    """Where everybody stands, replayed from the ledger."""
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
            dates=query.dates(opened.span()),
            parties=query.parties,
            contributions=query.contributions is not None,
            on_chunk=take,
            memory=query.memory,
            notice=query.notice,
        )


def _one_by_one(histories: Iterable[History], query: Query, span: tuple[datetime, datetime] | None) -> Iterator[Replay]:
    dates = query.dates(span)
    for history in histories:
        result = replay(history, query.rules)
        if query.course is not None:
            query.course(course_in(history, query.rules, dates))
        if query.contributions is not None:
            query.contributions(contributions_in(result))
        yield result
