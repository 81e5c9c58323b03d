"""What `goodwill` remembers of one relationship: a few small records of numbers.

Everything is a number so that the same rules can run on slotted objects here and on compiled records in bulk. Times are
integer microseconds of valid time; INVARIANT (own anchors): each record keeps the time it was last brought up to date, and
only touchpoints that act on it move that time, so that a touchpoint that does nothing changes no bit.
"""

from dataclasses import dataclass
from typing import NamedTuple

from journey_projections.encoding.codes import GOING, NOBODY, NOTHING


@dataclass(slots=True)
class Relationship:
    """What belongs to the relationship as a whole."""

    now: int = 0
    started: int = 0
    current: int = NOBODY
    vacant: int = 0
    seat: float = 1.0
    seated_at: int = 0
    introduced: float = 1.0
    ended: int = GOING
    opened: int = 0
    acts: int = 0
    lift_fading: float = 0.0
    lift_at: int = 0
    evidence: float = 0.0
    evidence_at: int = 0
    alarm: float = 0.0
    alarm_at: int = 0
    course: float = 0.0
    first_wound: int = NOTHING
    last_wound: int = NOTHING


@dataclass(slots=True)
class Side:
    """What one side's conduct left with the other: the ceiling after deceptions, and the cost of silence."""

    ceiling: float = 1.0
    neglect: float = 1.0
    neglect_rate: float = 0.0
    neglect_at: int = 0
    open_episodes: int = 0


@dataclass(slots=True)
class Party:
    """One party that is trusted: the institution, a representative, or the customer.

    `competence` and `goodwill` are levels without the wounds; `wound_…` is the share that the wounds leave of them,
    `…_failed` the severity of the worst failure of each kind.
    """

    known: int = 0
    touched_at: int = 0
    competence: float = 0.0
    goodwill: float = 0.0
    wound_competence: float = 1.0
    wound_goodwill: float = 1.0
    purse_competence: float = 1.0
    purse_goodwill: float = 1.0
    history: float = 0.0
    failed: int = 0
    failed_at: int = 0
    competence_failed: float = 0.0
    relational_failed: float = 0.0


@dataclass(slots=True)
class Wound:
    """One wound of an episode: failure, response, closure. The others of the same episode follow from `sibling` to `sibling`.

    `…_lead` and `…_actor` are the harms, in log shares, to the side's own party and the actor's; `restored` is what the steps
    gave back of them, `cleared` what evidence did. A wound that is no longer `open` still costs, and can still be restored;
    those that are open or still cost anything follow from the relationship's `first_wound` by `next`, in their order.
    """

    open: int = 0
    nature: int = 0
    side: int = 0
    actor: int = NOBODY
    opened_at: int = 0
    severity: float = 0.0
    breach: int = 0
    exogenous: int = 0
    sibling: int = NOTHING
    manner: int = NOTHING
    competence_lead: float = 0.0
    goodwill_lead: float = 0.0
    competence_actor: float = 0.0
    goodwill_actor: float = 0.0
    recurrence: float = 0.0
    steps: int = 0
    acknowledged: float = 0.0
    admitted: float = 0.0
    helped: float = 0.0
    explained: float = 0.0
    prevented: float = 0.0
    apologised: float = 0.0
    paid: float = 0.0
    restored: float = 0.0
    cleared: float = 0.0
    exposed: float = 0.0
    voiced: int = 0
    windows: int = 0
    window: int = NOTHING
    is_walked: int = 0
    next: int = NOTHING


@dataclass(slots=True)
class Promise:
    """A promised level, 0 to 1, and whether the expectation behind it was drawn out."""

    made: int = 0
    level: float = 0.0
    elicited: int = 0


@dataclass(slots=True)
class Topic:
    """How severe a risk was disclosed on a topic, 0 to 1."""

    disclosed: float = 0.0


class State(NamedTuple):
    """The whole state. `relationship` holds one record and `sides` two; the others are indexed by the encoder's numbers."""

    relationship: list[Relationship]
    sides: list[Side]
    parties: list[Party]
    episodes: list[Wound]
    promises: list[Promise]
    topics: list[Topic]


# An episode's nature
SLIP, FAILURE, RESPONSE, DECEPTION, COURTESY = 0, 1, 2, 3, 4
