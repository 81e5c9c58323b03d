"""One customer of the made-up branch: contacts in their own rhythm, and what comes of them."""

from collections.abc import Sequence
from typing import Any

from journey_projections.made_up.chance import Chance
from journey_projections.made_up.matters import MATTERS
from journey_projections.made_up.staff import DAY, SPAN, Person

# What a contact is, as often as it is.
_CONTACTS = {
    "visit": 56.0,
    "purchase": 9.0,
    "promise": 9.0,
    "request": 8.0,
    "feedback": 8.0,
    "failure": 3.0,
    "check_in": 2.0,
    "gesture": 1.6,
    "complaint": 1.2,
    "praise": 1.2,
    "risk": 1.0,
    "note": 1.4,
}
_CHANNELS = {"branch": 5.0, "phone": 3.0, "e-mail": 2.0, "app": 1.0}
_ORIGINS = {"stranger": 5.0, "reputation": 2.0, "referral": 2.5, "returning": 0.5}


class Customer:
    """What is recorded of one customer until the end, in `facts`: rows with their time in minutes before it (`at`).

    `mood` is how content they are, 0 to 1; it decides scores, and who leaves. It is not trust: nobody could see it.
    """

    def __init__(self, number: int, chance: Chance, people: Sequence[Person]) -> None:
        self.number = number
        self.chance = chance
        self.people = people
        self.facts: list[dict[str, Any]] = []
        self.mood = 0.62
        self.count = 0
        # The first customer came with the branch itself: its first fact says when the branch ends.
        self.opened = self._in_opening_hours(-SPAN if number == 1 else -int(chance.between(0.03, 0.98) * SPAN))
        self.rhythm = chance.between(14, 40) if chance.happens(0.55) else chance.between(40, 120)
        """Days between contacts."""
        self.adviser = self._somebody(self.opened)

    def live(self) -> None:
        """Let everything happen, from the opening to the end of the relationship, or of time."""
        at = self._begin()
        silent_from = -int(self.chance.between(1.5, 6.0) * self.rhythm * DAY) if self.chance.happens(0.07) else 0
        while True:
            at += int(self.rhythm * self.chance.between(0.5, 1.5) * DAY)
            self._follow_the_adviser(min(at, 0))
            if at >= silent_from or at >= 0:
                return
            at = self._in_opening_hours(at)
            MATTERS[self.chance.by_share(_CONTACTS)](self, at)
            self.feel(0.008)
            if self._leaves(at):
                return

    def add(self, kind: str, at: int, **fields: Any) -> None:
        """Record something, unless it lies behind the end: it has not happened yet."""
        self.count += 1
        if at < 0:
            self.facts.append({"kind": kind, "id": f"branch-{self.number:03}-{self.count:04}", "at": at, **fields})

    def name(self, what: str) -> str:
        """A fresh id for an episode or a promise."""
        return f"{what}-{self.number:03}-{self.count + 1:04}"

    def acting(self) -> str:
        """Who acts: mostly the customer's own adviser."""
        return self.adviser.id

    def stand_in(self, at: int) -> str:
        """Who is at the counter, or has time: mostly the adviser, too."""
        return self.adviser.id if self.chance.happens(0.85) else self._somebody(at).id

    def channel(self) -> str:
        """Where a contact happens."""
        return self.chance.by_share(_CHANNELS)

    def feel(self, change: float) -> None:
        """Let the mood change."""
        self.mood = min(0.9, max(0.0, self.mood + change))

    def _begin(self) -> int:
        origin = self.chance.by_share(_ORIGINS)
        who = {"customer": f"customer-{self.number:03}", "organisation": "branch"}
        self.add("relationship_opened", self.opened, origin=origin, strength=round(self.chance.between(0.3, 0.8), 2), **who)
        self.add("representative_assigned", self.opened + 15, representative=self.adviser.id, role="adviser")
        self.add(
            "interaction",
            self.opened + 25,
            representative=self.adviser.id,
            channel="branch",
            competence=self.chance.about(self.adviser.skill, 0.1),
            benevolence=self.chance.about(self.adviser.warmth, 0.1),
        )
        return self.opened + 2 * DAY

    def _follow_the_adviser(self, at: int) -> None:
        """Let the adviser leave before the next contact, or somebody else take over."""
        while self.adviser.left and self.adviser.left <= at:
            self._hand_over(self.adviser.left, self.adviser.introduces, leaves=True)
        if self.chance.happens(0.004):
            self._hand_over(at - DAY, "warm" if self.chance.happens(0.6) else "cold", leaves=False)

    def _hand_over(self, at: int, introduction: str, *, leaves: bool) -> None:
        before, self.adviser = self.adviser, self._somebody(at, but=self.adviser)
        when = self._in_opening_hours(at) + int(self.chance.between(0, 300))
        self.add(
            "handover_made",
            when,
            from_representative=before.id,
            to_representative=self.adviser.id,
            introduction=introduction,
            channel={"warm": "branch", "cold": "e-mail"}.get(introduction, "letter"),
        )
        if leaves:
            self.add("representative_left", when + DAY, representative=before.id)
        if introduction == "none":
            self.feel(-0.1)
            if self.chance.happens(0.4):
                late = when + int(self.chance.between(3, 45) * DAY)
                self.add("introduction_made", late, representative=self.adviser.id, manner="warm", made_by="self")

    def _leaves(self, at: int) -> bool:
        """Whether the relationship ends after this contact: in anger, or because life goes on."""
        chance, when = self.chance, at + int(self.chance.between(3, 40) * DAY)
        if self.mood < 0.4 and chance.happens(0.3):
            if chance.happens(0.5):
                self.add("word_of_mouth_heard", at + 2 * DAY, valence=-0.6, certainty=0.5)
            self.add("relationship_ended", when, outcome="exit")
            return True
        if chance.happens(0.0012):
            self.add("relationship_ended", when, outcome=chance.by_share({"satisfied": 3.0, "dormant": 1.5, "unknown": 0.5}))
            return True
        return False

    def _somebody(self, at: int, but: Person | None = None) -> Person:
        return self.chance.one_of([person for person in self.people if person.is_there(at) and person is not but])

    def _in_opening_hours(self, at: int) -> int:
        return at // DAY * DAY + 8 * 60 + int(self.chance.between(0, 10 * 60))
