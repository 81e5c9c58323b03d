"""Made-up customers of five firms whose endings are known: what `early_warnings.py` judges the warnings by.

Why a customer leaves is decided by a model that is not our rules. Each has a discontent that nobody can see: failures, waiting, broken
promises, lost people and grievances that are never recorded raise it, answers and good contacts lower it, and it fades. The greater it is,
the more often somebody decides to leave, each by a temper of their own; weeks later they do. Others leave for reasons that have nothing to
do with the firm. A tenth of all contacts and answers is not recorded, scores are noisy, and holidays look like silence.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from journey.touchpoints import KINDS, Touchpoint
from journey_projections.made_up.chance import Chance

START = datetime(2021, 1, 1, tzinfo=UTC)
WEEKS = 156
END = WEEKS * 7
"""The day on which nothing more is recorded."""


class Firm(NamedTuple):
    """Shares of what is answered and kept, of contacts that fail, of newcomers who are introduced; changes and hidden grievances a year."""

    answers: float = 0.92
    keeps: float = 0.94
    fails: float = 0.05
    changes: float = 0.25
    introduces: float = 0.85
    hidden: float = 0.15
    is_quiet: bool = False


FIRMS = {
    "careful": Firm(),
    "silent": Firm(answers=0.4, keeps=0.65),
    "churning": Firm(changes=1.8, introduces=0.2),
    "clumsy": Firm(fails=0.22, answers=0.97),
    "quiet": Firm(hidden=0.8, is_quiet=True),
}


class Life:
    """The life of one customer in days since START: `facts`, the day of `exit` (END if they stay), and by week
    their `discontent` and their `mind`, which is the chance that they decide to leave, 1 once they have."""

    def __init__(self, name: str, firm: Firm, chance: Chance) -> None:
        self.name, self.firm, self.chance = name, firm, chance
        self.facts: list[Touchpoint] = []
        self.feelings, self.discontent, self.mind = [0.0] * WEEKS, [0.0] * WEEKS, [0.0] * WEEKS
        self.count, self.exit, self.decided = 0, END, END
        self.gap, self.temper, self.voice = 10 * 8 ** chance.between(0.0, 1.0), 4 ** chance.between(-1.0, 1.0), chance.between(0.1, 0.7)
        self.person, self.known, self.opened = 0, 0, int(chance.between(0, 180))
        self.coming = self.opened + 1.0
        self.record("relationship_opened", self.opened, origin=chance.one_of(("stranger", "referral", "reputation")))
        self.record("representative_assigned", self.opened, representative="p0")
        for week in range(self.opened // 7 + 1, WEEKS):
            if self.exit == END:
                self.live(week)
        self.facts = [one for one in self.facts if one.occurred_at < START + timedelta(days=min(self.exit, END))]
        if self.exit < END:
            self.record("relationship_ended", self.exit, outcome="exit")

    def record(self, kind: str, day: float, missed: float = 0.0, **fields: Any) -> None:
        """Record something, unless it is among the share that is `missed`."""
        self.count += 1
        if not self.chance.happens(missed):
            at = START + timedelta(days=day)
            self.facts.append(KINDS[kind](id=f"{self.name}-{self.count}", relationship=self.name, occurred_at=at, **fields))

    def feels(self, day: float, change: float) -> None:
        """Let discontent change on a day to come."""
        if day < END:
            self.feelings[int(day) // 7] += change

    def live(self, week: int) -> None:
        """One week: what happens, how the customer takes it, and whether they go."""
        day, chance, felt = week * 7, self.chance, self.discontent[week - 1]
        while self.coming < day + 7:
            self.meet(self.coming)
            pause = chance.between(3, 8) if chance.happens(0.03) else chance.between(0.5, 1.5)
            self.coming += self.gap * pause * ((5 if self.firm.is_quiet else 1.5) if self.decided < END else 1 + 0.2 * felt)
        if chance.happens(self.firm.changes / 52):
            self.change_person(day)
        if chance.happens(self.firm.hidden / 52):
            self.feels(day, chance.between(0.5, 1.5))
        if chance.happens(0.01 * felt):
            self.record("word_of_mouth_heard", day + 1, valence=-0.6, certainty=0.3)
        self.discontent[week] = felt = max(0.0, felt * 0.96 + self.feelings[week])
        hazard = min(0.5, self.temper * 0.05 * max(0.0, felt - 0.4) ** 1.5)
        self.mind[week] = 1.0 if self.decided < END else hazard
        if self.decided == END and chance.happens(hazard):
            self.decided = day + int(chance.between(60, 200) if self.firm.is_quiet else chance.between(14, 90))
        if day + 7 > self.decided or chance.happens(0.03 / 52):
            self.exit = day + 6

    def meet(self, day: float) -> None:
        """A contact: mostly good, sometimes about more."""
        chance, who = self.chance, f"p{self.person}"
        quality = chance.about(0.4, 0.15)
        self.known += 1
        self.feels(day, -0.06 * quality)
        self.record("interaction", day, 0.1, representative=who, competence=quality, benevolence=chance.about(0.4, 0.15))
        if chance.happens(self.firm.fails):
            self.fail(day + 0.1)
        elif chance.happens(0.12):
            self.promise(day + 0.1)
        elif chance.happens(0.12):
            self.record("request_made", day + 0.1, episode=f"e{self.count}", urgency=chance.between(0.1, 0.9))
            self.wait(day, f"e{self.count - 1}", 0.3)
        elif chance.happens(0.15):
            score = 0.85 - 0.25 * self.discontent[int(day) // 7 - 1] + chance.between(-0.2, 0.2)
            self.record("feedback_given", day + 1, score=min(1.0, max(0.0, score)))
        elif chance.happens(0.15):
            self.record("purchase_made", day + 0.1)

    def fail(self, day: float) -> None:
        """Something goes wrong; the customer may complain, and somebody answers, or not."""
        chance, episode = self.chance, f"e{self.count}"
        severity = round(chance.between(0.1, 0.5) + (chance.between(0.0, 0.5) if chance.happens(0.3) else 0.0), 2)
        self.record("failure_occurred", day, 0.1, episode=episode, severity=severity)
        self.feels(day, 1.2 * severity)
        if chance.happens(self.voice):
            self.record("complaint_voiced", day + chance.between(0.05, 0.3), episode=episode, severity=severity)
        self.wait(day, episode, severity)

    def wait(self, day: float, episode: str, weight: float) -> None:
        """The customer waits for an answer: for days, for weeks, or for nothing; each week of up to ten costs."""
        chance, who = self.chance, f"p{self.person}"
        is_soon = chance.happens(self.firm.answers)
        answer = chance.between(0.3, 4) if is_soon else chance.between(14, 70) if chance.happens(0.5) else END
        for week in range(1, min(11, int(answer / 7) + 1)):
            self.feels(day + 7 * week, 0.2 * weight)
        if not is_soon and chance.happens(0.2):
            self.record("response_failed", day + 5, episode=episode, manner=chance.one_of(("deflected", "denied")), severity=weight)
            self.feels(day + 5, 0.7 * weight)
        if answer < END:
            self.feels(day + answer, -(0.6 if is_soon else 0.3) * weight)
            for step in ("acknowledge", "admit", "help", "explain", "prevent")[: int(chance.between(2, 6))]:
                self.record("recovery_step_taken", day + answer, 0.1, episode=episode, step=step, representative=who)
                answer += 0.1

    def promise(self, day: float) -> None:
        """Something is promised by a date, and kept or not: late and less, or never."""
        chance, level, due = self.chance, round(self.chance.between(0.5, 0.8), 2), day + self.chance.between(10, 60)
        what: dict[str, Any] = {"promise": f"c{self.count}", "representative": f"p{self.person}"}
        self.record("promise_made", day, level=level, due=START + timedelta(days=due), **what)
        if chance.happens(self.firm.keeps):
            self.feels(due, -0.05)
            seen = level - 0.15 * self.discontent[int(day) // 7 - 1] + chance.between(-0.15, 0.1)
            what |= {"perceived": max(0.0, seen)} if chance.happens(0.3) else {}
            self.record("delivery", due - chance.between(0, 8), 0.05, delivered=level, **what)
        else:
            self.feels(due, chance.between(0.4, 1.0))
            if chance.happens(0.6):
                self.record("delivery", due + chance.between(3, 40), delivered=level - 0.3, **what)

    def change_person(self, day: int) -> None:
        """Somebody else takes over; the longer the customer knew the one before, the more they lose, unless they are introduced."""
        chance, before, is_introduced = self.chance, self.person, self.chance.happens(self.firm.introduces)
        self.feels(day, (0.1 if is_introduced else 0.8) * self.known / (self.known + 4))
        self.person, self.known = before + 1, 0
        people: dict[str, Any] = {"from_representative": f"p{before}", "to_representative": f"p{before + 1}"}
        self.record("handover_made", day, introduction=chance.one_of(("warm", "cold")) if is_introduced else "none", **people)


def lives(seed: int, customers: int) -> list[tuple[str, Life]]:
    """The customers of all firms, each with the name of its firm."""
    return [
        (name, Life(f"{name}-{number}", firm, Chance(f"{name} {number} of {seed}")))
        for name, firm in FIRMS.items()
        for number in range(customers)
    ]
