"""One customer of the made-up branch, and what is recorded of them."""

from collections.abc import Sequence
from typing import Any

from journey_projections.made_up.chance import Chance
from journey_projections.made_up.staff import DAY, SPAN, Person

_CHANNELS = {"branch": 5.0, "phone": 3.0, "e-mail": 2.0, "app": 1.0}


class Customer:
    """What is recorded of one customer until the end, in `facts`: rows with their time in minutes before it (`at`).

    `mood` is how content they are, 0 to 1; it decides scores, and who leaves. It is not trust: nobody could see it.
    """

    def __init__(self, number: int, chance: Chance, people: Sequence[Person]) -> None:
        self.number = number
        self.chance = chance
        self.people = people
        self.leaving = {person.id: person.left for person in people if person.left}
        self.facts: list[dict[str, Any]] = []
        self.mood = 0.62
        self.count = 0
        # The first customer came with the branch itself: its first fact says when the branch ends.
        self.opened = self.in_opening_hours(-SPAN if number == 1 else -int(chance.between(0.03, 0.98) * SPAN))
        self.rhythm = chance.between(14, 40) if chance.happens(0.55) else chance.between(40, 120)
        """Days between contacts."""
        self.adviser = self.somebody(self.opened)

    def add(self, kind: str, at: int, **fields: Any) -> None:
        """Record something, unless it lies behind the end: it has not happened yet. Nobody acts once they have left."""
        self.count += 1
        if kind != "representative_left" and at >= self.leaving.get(fields.get("representative", ""), at + 1):
            del fields["representative"]
        if at < 0:
            self.facts.append({"kind": kind, "id": f"branch-{self.number:03}-{self.count:04}", "at": at, **fields})

    def name(self, what: str) -> str:
        """A fresh id for an episode or a promise."""
        return f"{what}-{self.number:03}-{self.count + 1:04}"

    def stand_in(self, at: int) -> str:
        """Who is at the counter, or has time: mostly the adviser."""
        return self.adviser.id if self.chance.happens(0.85) else self.somebody(at).id

    def channel(self) -> str:
        """Where a contact happens."""
        return self.chance.by_share(_CHANNELS)

    def feel(self, change: float) -> None:
        """Let the mood change."""
        self.mood = min(0.9, max(0.0, self.mood + change))

    def somebody(self, at: int, but: Person | None = None) -> Person:
        """One of those who are there, but one."""
        return self.chance.one_of([person for person in self.people if person.is_there(at) and person is not but])

    def in_opening_hours(self, at: int) -> int:
        """A time of that day when the branch is open."""
        return at // DAY * DAY + 8 * 60 + int(self.chance.between(0, 10 * 60))
