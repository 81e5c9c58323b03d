"""What `goodwill` remembers of one relationship: a few small records of numbers.

Everything is a number so that the same rules can run on slotted objects here and on compiled records in bulk. Times are
integer microseconds since the first touchpoint; INVARIANT (own anchors): each record keeps the time it was last brought up to
date, and only touchpoints that act on it, and what falls due, move that time, so that a touchpoint that does nothing changes no bit.
"""

from dataclasses import dataclass
from typing import NamedTuple

from journey_projections.encoding.codes import GOING, NEVER, NOBODY, NOTHING


@dataclass(slots=True)
class Relationship:
    """What belongs to the relationship as a whole.

    `strain` is what whoever the customer deals with takes of the institution's trust, in log shares, read at its own mending clock;
    `alarm` a sum of log shares, `due` the wound that falls due next. `talk` sums what check-ins soften, `talked` is its reading when
    something was last delivered.
    """

    now: int = 0
    current: int = NOBODY
    told: int = 0
    vacant: int = 0
    strain: float = 0.0
    strain_clock: float = 0.0
    introduced: float = 0.0
    introduced_clock: float = 0.0
    handed_at: int = 0
    acquainted: int = 0
    ended: int = GOING
    begun: int = 0
    acts: int = 0
    lift_fading: float = 0.0
    lift_at: int = 0
    evidence: float = 0.0
    evidence_at: int = 0
    alarm: float = 0.0
    alarm_at: int = 0
    talk: float = 0.0
    talked: float = 0.0
    last_score: float = -1.0
    low_scores: float = 0.0
    heard: float = 0.0
    heard_trust: float = 0.0
    scored_at: int = -NEVER
    due: int = NOTHING


@dataclass(slots=True)
class Side:
    """What one side's conduct left with the other.

    Gains are held back while `open_episodes`, until the side has had `held_until` good `windows`; episodes opened before the last such
    release are of an older `generation`. `awaited_…` is what the obligations whose patience ran out will cost in the end, in log
    shares, and `spared_…` what of it they had not yet cost at `waited_at`; `waiting` counts them. `slipped` sums the day's
    relational breaches until `slipped_at`, which betrayed `betrayed` and found `stake` to destroy.
    """

    ceiling: float = 1.0
    open_episodes: int = 0
    generation: int = 0
    windows: int = 0
    window_at: int = -NEVER
    held_until: int = 0
    waiting: int = 0
    awaited_competence: float = 0.0
    awaited_goodwill: float = 0.0
    spared_competence: float = 0.0
    spared_goodwill: float = 0.0
    waited_at: int = 0
    slipped: float = 0.0
    slipped_at: int = -NEVER
    betrayed: float = 0.0
    stake: float = 0.0


@dataclass(slots=True)
class Party:
    """One party that is trusted: the institution, a representative, or the customer.

    `competence` and `goodwill` are levels without the wounds, as of `touched_at`; the party is silent since `heard_at`. `harm_…` is what
    the wounds take of them, in log shares, and `mended_…` the party's mending clock: the good conduct since it was known. `earning_…` is
    the part of a harm that recovery could not restore, which good conduct takes off at `pace_…`. `…_failed` is the severity of the worst
    failure of each kind that was made good.
    """

    known: int = 0
    touched_at: int = 0
    heard_at: int = 0
    competence: float = 0.0
    goodwill: float = 0.0
    harm_competence: float = 0.0
    harm_goodwill: float = 0.0
    mended_competence: float = 0.0
    mended_goodwill: float = 0.0
    earning_competence: float = 0.0
    earning_goodwill: float = 0.0
    pace_competence: float = 0.0
    pace_goodwill: float = 0.0
    purse_competence: float = 1.0
    purse_goodwill: float = 1.0
    history: float = 0.0
    failed: int = 0
    failed_at: int = 0
    competence_failed: float = 0.0
    relational_failed: float = 0.0


@dataclass(slots=True)
class Wound:
    """What one touchpoint of an episode opened: a breach, a response, or something that waits for an answer.

    `unfelt` is the severity of a failure that the customer has not noticed, or of what only waits. The others of the same episode
    follow from `sibling` to `sibling`. `restored_…` is the share of its harms that was given back; once it `is_whole`, what could
    not be given back is earned by good conduct.

    While it `waits` it stands in the heap of what falls due, at `queued_at`, by `left` and `right`; from `starts` on it costs what goes
    towards `awaited_…`, read at `awaited_clock_…` of the side's mending clock; `yet_to_cost` is the share of it that the clock had left
    at `starts`, less than all where the customer has spoken up since. `awaited_in_all` is what waits in its episode.
    `talked` is its promise's. `badly_met` is the share of its harm that bad responses did.
    """

    nature: int = 0
    side: int = 0
    actor: int = NOBODY
    generation: int = -1
    opened_at: int = 0
    severity: float = 0.0
    unfelt: float = 0.0
    certainty: float = 1.0
    breach: int = 0
    exogenous: int = 0
    sibling: int = NOTHING
    manner: int = NOTHING
    is_relational: int = 0
    strain: float = 0.0
    strain_clock: float = 0.0
    alarm: float = 0.0
    alarm_at: int = 0
    recurrence: float = 0.0
    steps: int = 0
    acknowledged: float = 0.0
    admitted: float = 0.0
    helped: float = 0.0
    explained: float = 0.0
    prevented: float = 0.0
    apologised: float = 0.0
    paid: float = 0.0
    is_whole: int = 0
    cleared: float = 0.0
    restored_competence: float = 0.0
    restored_goodwill: float = 0.0
    exposed: float = 0.0
    badly_met: float = 0.0
    voiced: int = 0
    spoke_first: int = 0
    waits: int = 0
    starts: int = 0
    talked: float = 0.0
    yet_to_cost: float = 1.0
    awaited_competence: float = 0.0
    awaited_goodwill: float = 0.0
    awaited_clock_competence: float = 0.0
    awaited_clock_goodwill: float = 0.0
    awaited_in_all: float = 0.0
    is_queued: int = 0
    queued_at: int = 0
    left: int = NOTHING
    right: int = NOTHING


@dataclass(slots=True)
class Harm:
    """What a wound took of one party, in log shares, each at the reading `clock_…` of that party's mending clock."""

    competence: float = 0.0
    goodwill: float = 0.0
    clock_competence: float = 0.0
    clock_goodwill: float = 0.0


@dataclass(slots=True)
class Promise:
    """A promised level, 0 to 1, made and due at times, whether the expectation behind it was drawn out, and what waits for it.

    What check-ins have softened since the reading `talked` softens it: talk is over for what is delivered, and goes on for what is not.
    """

    made: int = 0
    level: float = 0.0
    elicited: int = 0
    made_at: int = 0
    talked: float = 0.0
    due: int = NEVER
    wound: int = NOTHING


@dataclass(slots=True)
class Topic:
    """How severe a risk was disclosed on a topic, 0 to 1."""

    disclosed: float = 0.0


class State(NamedTuple):
    """The whole state. `relationship` holds one record and `sides` two; the others are indexed by the encoder's numbers.

    Each wound of `episodes` has its harms to the side's own party and to who acted.
    """

    relationship: list[Relationship]
    sides: list[Side]
    parties: list[Party]
    episodes: list[Wound]
    on_lead: list[Harm]
    on_actor: list[Harm]
    promises: list[Promise]
    topics: list[Topic]


# A wound's nature
SLIP, FAILURE, RESPONSE, DECEPTION, COURTESY, PROMISE, REQUEST, COMPLAINT = range(8)
# Whether it waits: not, until its patience runs out, at a cost
ANSWERED, PATIENT, COSTLY = 0, 1, 2
