"""Where everybody stands, and what is the matter: what the questions of a morning are answered from."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from journey.errors import UnusableRules
from journey.history import History
from journey.journal import Journal
from journey_projections.early_warnings.outlook import Outlook
from journey_projections.early_warnings.parameters import WARNING_PARAMETERS, WarningParameters
from journey_projections.early_warnings.watched_run import WatchedRun
from journey_projections.questions.everyone import Failed, histories_of, ledger_of_large
from journey_projections.questions.ledger_place import quietly
from journey_projections.rules.rule_set import RuleSet

if TYPE_CHECKING:
    from journey_projections.ledger import OpenLedger, ReplayedChunk
    from journey_projections.questions.ledger_place import LedgerPlace, Working


@dataclass(frozen=True)
class OutlookQuery:
    """What to look at: `at` an instant (UTC), with `course` at the rising `dates`, and whether `promises` and `stakes` are asked for.

    `memory` is in bytes; `notice` takes a sentence where rules are compiled. A relationship on which the rules fail is left out and given
    to `failed` with the error; without `failed` the first such error is raised.
    """

    rules: RuleSet
    at: datetime
    known_at: str | None = None
    dates: Sequence[datetime] = ()
    promises: bool = False
    stakes: bool = False
    parameters: WarningParameters = WARNING_PARAMETERS
    memory: int = 2**30
    notice: Callable[[str], object] = lambda _: None
    failed: Failed | None = None


def outlooks(
    journal: Journal,
    query: OutlookQuery,
    place: "LedgerPlace",
    files: ExitStack,
    working: "Working" = quietly,
    look: Callable[[History], object] = lambda _: None,
) -> "Iterable[Outlook]":
    """The outlook of every relationship that had begun, in any order; what is opened for it is closed with `files`.

    A large journal is read through its ledger. `look` is shown each history that is read by itself. Raises JourneyError.
    """
    opened = None if query.rules.takes_touchpoints else ledger_of_large(journal, place, files, (query.rules,), query.parameters)
    if opened is not None:
        return by_ledger(opened, query, working)
    names = [one.relationship for one in journal.relationships(known_at=query.known_at)]
    return outlooks_of(histories_of(journal, names, query.at.isoformat(), query.known_at, working, look), query)


def outlooks_of(histories: Iterable[History], query: OutlookQuery) -> Iterator[Outlook]:
    """The outlook of each of some histories that is not empty, as of the query's instant."""
    for history in histories:
        if not history.records:
            continue
        try:
            watched = WatchedRun(history, query.at, query.rules, query.parameters, query.dates)
            yield Outlook.of(watched, promises=query.promises, stakes=query.stakes)
        except UnusableRules as error:
            if query.failed is None:
                raise
            query.failed(history.relationship or "", error)


def by_ledger(opened: "OpenLedger", query: OutlookQuery, working: "Working") -> "Iterator[Outlook]":
    """The outlooks by a ledger."""
    from journey_projections.ledger import replay_ledger
    from journey_projections.ledger.chunk_outlooks import ChunkOutlooks

    chunks: list[ChunkOutlooks] = []
    with working("replaying", opened.rows) as done:

        def take(replayed: "ReplayedChunk") -> None:
            chunks.append(ChunkOutlooks(replayed, opened.names, query.at, query.parameters))
            done(len(replayed.chunk.columns))

        replay_ledger(
            opened,
            query.rules,
            as_of=query.at,
            known_at=query.known_at,
            dates=query.dates,
            states=bool(query.dates),
            warnings=query.parameters,
            promises=query.promises,
            stakes=query.stakes,
            on_chunk=take,
            memory=query.memory,
            notice=query.notice,
            failed=query.failed,
        )
    for chunk in chunks:
        yield from chunk.outlooks()
