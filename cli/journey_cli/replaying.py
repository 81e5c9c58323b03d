"""Replaying the relationships that were named, or all: one by one, or by way of the ledger where there are many."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from journey_cli.ledgers import caught_up
from journey_cli.session import Session, console, working

if TYPE_CHECKING:
    import pyarrow as pa

    from journey import History, Journal, Summary
    from journey_projections import Replay, RuleSet
    from journey_projections.ledger import OpenLedger, ReplayedChunk, Standing, Standings

    Told = Iterable[Replay | Standing]

SMALL = 100_000
"""Up to so many recorded facts each history is replayed by itself, which needs neither ledger nor compiler."""


@dataclass(frozen=True)
class Asked:
    """What is asked of each relationship, and where what is told of it row by row goes."""

    rules: "RuleSet"
    as_of: str | None
    known_at: str | None
    every: str | None
    parties: bool
    memory: int = 2**30
    course: "Callable[[pa.Table], object] | None" = None
    contributions: "Callable[[pa.Table], object] | None" = None

    def dates(self, span: "tuple[datetime, datetime] | None") -> list[datetime]:
        """The instants at which the course of trust is told, where touchpoints go from and to."""
        if self.every is None or span is None:
            return []
        from journey.times import moment
        from journey_cli.periods import ends

        first, last = span
        return list(ends(first, last if self.as_of is None else moment(self.as_of), self.every))


def of_named(session: Session, asked: Asked, names: Sequence[str]) -> "Told":
    """The standings of some relationships."""
    histories = [session.history(name, asked.as_of, asked.known_at) for name in names]
    instants = [touchpoint.occurred_at for history in histories for touchpoint in history]
    return _one_by_one(histories, asked, (min(instants), max(instants)) if instants else None)


def of_all(session: Session, asked: Asked, place: Path | None, files: ExitStack) -> "Told":
    """The standings of all relationships in the journal; what is opened for them is closed with `files`."""
    from journey.times import from_microseconds

    journal = files.enter_context(session.reading())
    opened = view_of_large(session, journal, place, files) if not asked.rules.takes_touchpoints else None
    if opened is not None:
        return by_ledger(opened, asked)
    summaries = list(journal.relationships(known_at=asked.known_at))
    bounds = min((one.first for one in summaries), default=0), max((one.last for one in summaries), default=0)
    span = (from_microseconds(bounds[0]), from_microseconds(bounds[1])) if summaries else None
    return _one_by_one(histories(session, journal, summaries, asked.as_of, asked.known_at), asked, span)


def histories(
    session: Session, journal: "Journal", summaries: "Sequence[Summary]", as_of: str | None, known_at: str | None
) -> "Iterator[History]":
    """The history of each relationship, one after the other, with a progress bar."""
    with working("replaying", len(summaries)) as done:
        for one in summaries:
            yield session.history_in(journal, one.relationship, as_of, known_at)
            done(1)


def view_of_large(session: Session, journal: "Journal", place: Path | None, files: ExitStack) -> "OpenLedger | None":
    """The ledger of a large journal, or of any whose `place` is named, caught up.

    None of a small one, and where the ledger has nothing, or kinds that are not known, which the journal refuses or tells.
    """
    if place is None and not _is_large(journal):
        return None
    ledger = files.enter_context(caught_up(session, journal, place))
    opened = ledger.open() if ledger.note() else None
    return None if opened is None or opened.unknown else opened


def _is_large(journal: "Journal") -> bool:
    from journey import UnsupportedSchema

    try:
        return journal.last_position() > SMALL
    except UnsupportedSchema:
        # An old file, which tells no counters until it is written to.
        return False


def by_ledger(opened: "OpenLedger", asked: Asked) -> "Standings":
    """Every standing by way of the ledger."""
    from journey_projections.ledger import replay_ledger
    from journey_projections.ledger.result_tables import contributions_of, course_of

    with working("replaying", opened.rows) as done:

        def tell(replayed: "ReplayedChunk") -> None:
            if asked.course is not None:
                asked.course(course_of(replayed, opened.names))
            if asked.contributions is not None:
                asked.contributions(contributions_of(replayed, opened.names, asked.rules))
            done(len(replayed.chunk.columns))

        return replay_ledger(
            opened,
            asked.rules,
            as_of=asked.as_of,
            known_at=asked.known_at,
            dates=asked.dates(opened.span()),
            parties=asked.parties,
            contributions=asked.contributions is not None,
            tell=tell,
            memory=asked.memory,
            notice=_notice,
        )


def _notice(text: str) -> None:
    out = console(stderr=True)
    if out.is_terminal:
        out.print(f"journey: {text}")


def _one_by_one(histories: "Iterable[History]", asked: Asked, span: "tuple[datetime, datetime] | None") -> "Iterator[Replay]":
    from journey_projections import replay

    dates = asked.dates(span)
    for history in histories:
        result = replay(history, asked.rules)
        if asked.course is not None:
            from journey_projections.ledger.result_tables import course_in

            asked.course(course_in(history, asked.rules, dates))
        if asked.contributions is not None:
            from journey_projections.ledger.result_tables import contributions_in

            asked.contributions(contributions_in(result))
        yield result
