"""What early warnings remember of a relationship: flat records of numbers, so that the same source also compiles.

Times are microseconds since 1970. INVARIANT (log): a watch, once opened, keeps its place, and nothing but its `closes` ends it; so the
state after a whole history says what was open at every instant in it.
"""

from dataclasses import dataclass
from typing import NamedTuple

from journey_projections.encoding.codes import FIRST_REPRESENTATIVE, NEVER, NOBODY, NOTHING
from journey_projections.encoding.numbering import Counts

KINDS = (
    *("unanswered_failure", "unanswered_complaint", "unanswered_request", "double_deviation", "promise_due", "promise_overdue"),
    *("unintroduced_handover", "bond_at_risk", "silence_against_rhythm", "silence_after_failure", "falling_scores", "weak_signals"),
    *("perception_gap", "trust_fell", "unexplained_exit"),
)
"""The kinds of warnings, by the numbers below."""
(
    UNANSWERED_FAILURE,
    UNANSWERED_COMPLAINT,
    UNANSWERED_REQUEST,
    DOUBLE_DEVIATION,
    PROMISE_DUE,
    PROMISE_OVERDUE,
    UNINTRODUCED_HANDOVER,
    BOND_AT_RISK,
    SILENCE_AGAINST_RHYTHM,
    SILENCE_AFTER_FAILURE,
    FALLING_SCORES,
    WEAK_SIGNALS,
    PERCEPTION_GAP,
    TRUST_FELL,
    UNEXPLAINED_EXIT,
) = range(15)

CONTACTS, PURCHASES = 0, 1
UNTOLD = -1
"""In the place of an origin, where none was told."""
GAPS = 7
"""How many of the last gaps a rhythm is learned from."""
AT_ONCE = 3
"""How many watches one touchpoint may open."""


@dataclass(slots=True)
class Watch:
    """One warning, or one promise: open from `opens` up to `closes`; until `due` there is time.

    `touchpoint` and `latest` are the places in the history of the first and the last touchpoint that it is about, `times` how many there
    are. `subject` is a party, or which rhythm; `value` is as the kind defines: a fall, a gap in days, a score, what was delivered.
    """

    kind: int = 0
    opens: int = 0
    due: int = NEVER
    closes: int = NEVER
    severity: float = 0.0
    certainty: float = 1.0
    touchpoint: int = NOTHING
    latest: int = NOTHING
    times: int = 1
    subject: int = NOTHING
    value: float = 0.0


@dataclass(slots=True)
class Watched:
    """What is known of the relationship. `watches` counts those in use; those below `settled` are closed by an end.

    `current` is whom the customer deals with, `steady` how many contacts they had with them; `handover`, `bond`, `quiet`, `low`, `weak`,
    `gap`, `fell` and `left` are the last watch of a kind that is there once. `trust` is that after the last touchpoint, `high` the highest
    of late.
    """

    watches: int = 0
    settled: int = 0
    slots: int = 0
    promises: int = 0
    parties: int = 0
    place: int = NOTHING
    now: int = 0
    ended: int = 0
    acts: int = 0
    current: int = NOBODY
    vacant: int = 0
    told: int = 0
    steady: int = 0
    heard_at: int = NEVER
    origin: int = UNTOLD
    trust: float = 0.0
    handover: int = NOTHING
    bond: int = NOTHING
    quiet: int = NOTHING
    low: int = NOTHING
    weak: int = NOTHING
    gap: int = NOTHING
    fell: int = NOTHING
    left: int = NOTHING
    best_score: float = 0.0
    high: float = 0.0
    high_at: int = NEVER


@dataclass(slots=True)
class Slot:
    """What one touchpoint of an episode opened: what waits for an answer, what was answered badly, and the steps taken since then.

    `before` is the slot of the same episode before it. When it is `settled`, nothing is open in it and in those before it.
    """

    before: int = NOTHING
    watch: int = NOTHING
    doubled: int = NOTHING
    steps: int = 0
    settled: int = 0


@dataclass(slots=True)
class Pledge:
    """The watch of a promise."""

    watch: int = NOTHING


@dataclass(slots=True)
class Contacts:
    """How often the customer dealt with somebody."""

    contacts: int = 0


@dataclass(slots=True)
class Rhythm:
    """When the customer was last there, how many gaps there were, and the watch on the silence since."""

    at: int = NEVER
    gaps: int = 0
    watch: int = NOTHING


@dataclass(slots=True)
class Gap:
    """One gap of a rhythm, in days."""

    days: float = 0.0


class Watching(NamedTuple):
    """The whole state; `slots`, `promises` and `parties` are indexed by the encoder's numbers, `gaps` has GAPS for each rhythm."""

    relationship: list[Watched]
    watches: list[Watch]
    slots: list[Slot]
    promises: list[Pledge]
    parties: list[Contacts]
    rhythms: list[Rhythm]
    gaps: list[Gap]


def fresh() -> Watching:
    """The state before anything happened."""
    rhythms, gaps = [Rhythm(), Rhythm()], [Gap() for _ in range(2 * GAPS)]
    return Watching([Watched()], [], [], [], [Contacts() for _ in range(FIRST_REPRESENTATIVE)], rhythms, gaps)


def make_room(state: Watching, counts: Counts, watches: int) -> None:
    """Let the state hold so many names and watches."""
    state.watches.extend(Watch() for _ in range(watches - len(state.watches)))
    state.slots.extend(Slot() for _ in range(counts.episodes - len(state.slots)))
    state.promises.extend(Pledge() for _ in range(counts.promises - len(state.promises)))
    state.parties.extend(Contacts() for _ in range(FIRST_REPRESENTATIVE + counts.parties - len(state.parties)))
