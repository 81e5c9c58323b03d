"""Opening, worsening and closing watches."""

from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.early_warnings.state import PROMISE_DUE, SILENCE_AGAINST_RHYTHM, UNANSWERED_REQUEST, Watch, Watching
from journey_projections.encoding.codes import NEVER, NOTHING

DAY = 86_400_000_000


def days_on(days: float) -> int:
    """So many days in microseconds."""
    return int(days * DAY)


def opened(state: Watching, kind: int, opens: int, due: int, severity: float, certainty: float) -> int:
    """A fresh watch about the current touchpoint; returns its number."""
    relationship = state.relationship[0]
    number = relationship.watches
    relationship.watches += 1
    watch = state.watches[number]
    watch.kind = kind
    watch.opens = opens
    watch.due = due
    watch.closes = NEVER
    watch.severity = min(1.0, max(0.0, severity))
    watch.certainty = certainty
    watch.touchpoint = relationship.place
    watch.latest = relationship.place
    watch.times = 1
    watch.subject = NOTHING
    watch.value = 0.0
    return number


def worsened(state: Watching, number: int, severity: float, certainty: float) -> None:
    """The current touchpoint adds to what a watch is about: it is as grave as the gravest, and surer than each."""
    watch = state.watches[number]
    watch.severity = min(1.0, max(watch.severity, severity))
    watch.certainty = 1.0 - (1.0 - watch.certainty) * (1.0 - certainty)
    watch.latest = state.relationship[0].place
    watch.times += 1


def closed(state: Watching, number: int) -> None:
    """End a watch now, if it is open or will be."""
    now = state.relationship[0].now
    if number != NOTHING and state.watches[number].closes > now:
        state.watches[number].closes = now


def is_pending(state: Watching, number: int, p: WarningParameters) -> bool:
    """Whether a watch is open, or will be."""
    if number == NOTHING:
        return False
    watch, now = state.watches[number], state.relationship[0].now
    return watch.closes > now and now - since_of(watch) < days_on(p.stale_days)


def is_unused(state: Watching, number: int) -> bool:
    """Whether a watch never opened so far, so that its place can be had again."""
    relationship = state.relationship[0]
    return number != NOTHING and number >= relationship.settled and state.watches[number].opens > relationship.now


def is_open(watch: Watch, at: int, stale: int) -> bool:
    """Whether a watch is open at an instant; `stale` is after how many microseconds one closes by itself."""
    return watch.opens <= at < watch.closes and at - since_of(watch) < stale


def since_of(watch: Watch) -> int:
    """The instant from which a watch grows stale: when it opened, or when there was no more time."""
    return max(watch.opens, watch.due) if watch.due != NEVER else watch.opens


def severity_at(watch: Watch, at: int, p: WarningParameters) -> float:
    """How grave a watch is at an instant, 0 to 1: what waits is less so while there is time, and a silence more the longer it lasts."""
    if watch.kind == SILENCE_AGAINST_RHYTHM:
        gaps = (at - watch.opens) / DAY / watch.value
        return watch.severity + (1.0 - watch.severity) * gaps / (gaps + p.rhythm_times)
    waits = watch.kind <= UNANSWERED_REQUEST or watch.kind == PROMISE_DUE
    return watch.severity * (p.in_time if waits and at <= watch.due else 1.0)
