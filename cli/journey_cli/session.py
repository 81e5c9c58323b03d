"""What every command shares: the journal, the output format, and reading histories."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from journey import History, Journal
    from journey_projections.questions.ledger_place import LedgerPlace, Working

DEFAULT_STORE = "sqlite:///journey.db"


@dataclass(frozen=True)
class Session:
    """The global options of one run."""

    store: str
    is_json: bool
    debug: bool
    keys: str | None = None
    allow_unknown: bool = False

    def reading(self) -> "Journal":
        """The journal, never created and never written."""
        from journey import Journal

        return Journal.open(self.store, read_only=True, keys=self.keys, allow_unknown=self.allow_unknown)

    def writing(self) -> "Journal":
        """The journal, created where it is missing."""
        from journey import Journal

        return Journal.open(self.store, keys=self.keys)

    def amending(self) -> "Journal":
        """The journal, which must exist already."""
        self.reading().close()
        return self.writing()

    def history(self, relationship: str, as_of: str | None, known_at: str | None) -> "History":
        """A relationship's history as of a day and as known at a day; `PATH.jsonl` names a file of touchpoints instead."""
        with self._opened(relationship, as_of, known_at) as (history, _):
            return history

    def histories(self, relationships: Sequence[str], as_of: str | None, known_at: str | None) -> "Iterator[tuple[str, History]]":
        """Each of these with its history; relationships that are merged, or named twice, come once, by the first name that was given."""
        seen = set[str | None]()
        for name in relationships:
            history = self.history(name, as_of, known_at)
            key = name if self._is_file(name) else history.relationship
            if key not in seen:
                seen.add(key)
                yield name, history

    def history_and_names(self, relationship: str, as_of: str | None, known_at: str | None) -> "tuple[History, dict[str, str]]":
        """The same, and the names of the people in it and of those who amended it, by id, as far as the journal knows them."""
        from journey.merging import people_in

        with self._opened(relationship, as_of, known_at) as (history, journal):
            facts = [record.touchpoint for record in (*history.records, *history.told)]
            people = {person for one in facts for person in (*people_in(one), one.actor) if person}
            return history, {} if journal is None else journal.names(people)

    @staticmethod
    def _is_file(relationship: str) -> bool:
        return relationship.endswith(".jsonl") and Path(relationship).exists()

    @contextmanager
    def _opened(self, relationship: str, as_of: str | None, known_at: str | None) -> "Iterator[tuple[History, Journal | None]]":
        """A history while its journal is open; the journal is None where a file holds the history."""
        from journey import JourneyError, UnreadableSource

        if self._is_file(relationship):
            from journey.formats.history_file import read_history

            history = read_history(Path(relationship), allow_unknown=self.allow_unknown)
            self.look(history)
            yield history.seen(as_of, known_at), None
            return
        try:
            with self.reading() as journal:
                yield self.history_in(journal, relationship, as_of, known_at), journal
        except JourneyError as error:
            if relationship.endswith(".jsonl"):
                raise UnreadableSource(f"{relationship}: no such file, and no such relationship", "name one that exists") from error
            raise

    def history_in(self, journal: "Journal", relationship: str, as_of: str | None, known_at: str | None) -> "History":
        """As `history`, of a journal that is open."""
        history = journal.history(relationship)
        self.look(history)
        return history.seen(as_of, known_at)

    def look(self, history: "History") -> None:
        """Say on stderr which kinds in a history are unknown, and move nothing."""
        from journey import UnknownTouchpoint

        unknown = [record.outline.kind for record in history.records if isinstance(record.outline, UnknownTouchpoint)]
        if unknown:
            kinds = ", ".join(f"`{kind}`" for kind in dict.fromkeys(unknown))
            count = "1 touchpoint" if len(unknown) == 1 else f"{len(unknown)} touchpoints"
            click.echo(f"journey: {history.relationship}: {count} not known, moving nothing: {kinds}", err=True)

    def ledger_place(self, named: Path | None, working: "Working") -> "LedgerPlace":
        """Where the ledger is: in the folder that was named, or next to the journal's file."""
        from journey_projections.questions.ledger_place import LedgerPlace, ledger_beside

        return LedgerPlace(named, ledger_beside(self.store), working, lambda text: click.echo(f"journey: {text}", err=True))
