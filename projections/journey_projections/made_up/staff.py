"""The people of the made-up branch: when each was there, how they work, and how those who left handed their customers over."""

from collections.abc import Sequence
from dataclasses import dataclass

from journey_projections.made_up.chance import Chance

DAY = 24 * 60
"""In minutes, as all times here: they count from the end, so that what has happened lies below 0."""
SPAN = 5 * 365 * DAY
"""The branch opened so long before the end."""
_NAMES = (
    *("adele.riva", "bruno.costa", "carla.monti", "dario.fontana", "elisa.greco", "fabio.marino", "giada.serra", "hans.moser"),
    *("irene.villa", "jacopo.neri", "katia.lombardi", "luca.ferrari", "mara.conti", "nadia.bassi", "omar.haddad", "paola.gallo"),
    *("quinto.rossi", "rita.vitale", "sandro.leone", "tea.pozzi", "ugo.bianchi", "vera.sala", "walter.kofler", "xenia.popa", "ylenia.rota"),
)
# Who left, in days before the end, and how they introduced whoever came after them. The last two are fresh.
_LEAVERS = (
    (1500, "warm"),
    (1180, "cold"),
    (820, "none"),
    (560, "warm"),
    (310, "cold"),
    (38, "none"),
    (11, "warm"),
)


@dataclass(frozen=True)
class Person:
    """Somebody of the branch: there from `came` until `left` (0: still there), with the quality of their everyday work and manner."""

    id: str
    came: int
    left: int
    skill: float
    warmth: float
    introduces: str

    def is_there(self, at: int) -> bool:
        """Whether they are there at a time, and for the month after it, so that nobody gets customers who is about to go."""
        return self.came <= at and (self.left == 0 or at + 30 * DAY < self.left)


def staff(people: int, seed: int) -> Sequence[Person]:
    """So many people; more than a quarter of them left, and as many came later."""
    chance = Chance(f"staff of {seed}")
    leavers = dict(enumerate(_LEAVERS[: people // 3], start=1))
    made = []
    for number in range(people):
        name = _NAMES[number] if number < len(_NAMES) else f"adviser-{number + 1}"
        left, introduces = leavers.get(number, (0, "warm"))
        joins_later = number >= people - len(leavers)
        came = -int(chance.between(0.2, 0.95) * SPAN) if joins_later else -SPAN
        skill, warmth = chance.about(0.5, 0.1), chance.about(0.45, 0.12)
        made.append(Person(name, came, -left * DAY, skill, warmth, introduces))
    return made
