"""A team's own aggregates, followed into touchpoints exactly once.

    python examples/eventsourcing_bridge.py FOLDER

The team keeps its tickets as aggregates of the library `eventsourcing`, in FOLDER/tickets.db. The bridge reads their log and records in
FOLDER/journal.db what each event means to the customer. Run it as often as you like, and kill it whenever you like: a touchpoint's id is
the place of its event in the log, and what is recorded already is recorded once. So the position in FOLDER/position only spares
work; it is written after the touchpoints, and what was recorded behind it comes again and changes nothing.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from journey import Interaction, Journal, RecoveryStepTaken, RequestMade, Touchpoint

PAGE = 10
"""So many events are read at once."""


class Ticket(Aggregate):
    """A ticket of the help desk, as the team keeps it."""

    @event("Opened")
    def __init__(self, customer: str, text: str, urgent: bool) -> None:
        self.customer, self.text, self.urgent = customer, text, urgent
        self.replied_by: list[str] = []

    @event("Replied")
    def reply(self, agent: str) -> None:
        """An agent writes to the customer."""
        self.replied_by.append(agent)

    @event("Solved")
    def solve(self, agent: str) -> None:
        """An agent solves what was asked for."""
        self.solved_by = agent


class HelpDesk(Application[UUID]):
    """The team's application."""

    def open(self, customer: str, text: str, *, urgent: bool = False) -> UUID:
        """Open a ticket; returns its id."""
        ticket = Ticket(customer, text, urgent)
        self.save(ticket)
        return ticket.id

    def reply(self, ticket: UUID, agent: str) -> None:
        """Let an agent write to the customer."""
        found: Ticket = self.repository.get(ticket)
        found.reply(agent)
        self.save(found)

    def solve(self, ticket: UUID, agent: str) -> None:
        """Let an agent solve a ticket."""
        found: Ticket = self.repository.get(ticket)
        found.solve(agent)
        self.save(found)


def meaning(happened: Any, customer: Callable[[UUID], str]) -> Touchpoint:
    """What an event of a ticket means to the customer; its fields are what the decorated methods take."""
    ticket, name = str(happened.originator_id), type(happened).__name__
    place = {"id": f"helpdesk-{ticket}-{happened.originator_version}", "occurred_at": happened.timestamp, "episode": ticket}
    if name == "Opened":
        return RequestMade(**place, relationship=happened.customer, urgency=0.9 if happened.urgent else 0.4, note=happened.text)
    whose = {"relationship": customer(happened.originator_id), "representative": happened.agent}
    if name == "Replied":
        return Interaction(**place, **whose, benevolence=0.3)
    return RecoveryStepTaken(**place, **whose, step="help")


def follow(app: HelpDesk, journal: Journal, position: Path) -> int:
    """Record what happened behind the position; returns how many touchpoints are new."""
    start, new = int(position.read_text()) if position.exists() else 0, 0

    def customer(ticket: UUID) -> str:
        found: Ticket = app.repository.get(ticket, version=1)
        return found.customer

    while page := app.notification_log.select(start + 1, PAGE):
        happened = [app.mapper.to_domain_event(one) for one in page]
        new += sum(receipt.is_new for receipt in journal.record(*(meaning(one, customer) for one in happened)))
        start = page[-1].id
        position.write_text(str(start))
    return new


def main(folder: Path) -> None:
    """Open the team's application, follow it, and show the journal."""
    app = HelpDesk({"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "tickets.db")})
    with Journal.open(f"sqlite:///{folder / 'journal.db'}") as journal:
        sys.stdout.write(f"{follow(app, journal, folder / 'position')} new touchpoints\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
