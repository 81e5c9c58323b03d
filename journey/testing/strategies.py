"""Hypothesis strategies: touchpoints of every kind, wide histories, clean histories.

Everything belongs to one relationship, `RELATIONSHIP`, and draws its people, episodes, promises and topics from small pools,
so that touchpoints meet each other. Times are days after `START`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from journey.touchpoints import (
    KINDS,
    Breach,
    CheckInHeld,
    Delivery,
    FailureOccurred,
    GestureMade,
    Interaction,
    NoteAdded,
    PraiseGiven,
    RecoveryStepTaken,
    Touchpoint,
)

START = datetime(2015, 1, 1, 9, tzinfo=UTC)
RELATIONSHIP = "r"
REPRESENTATIVES = ("anna", "bob", "ugo")
EPISODES = ("e0", "e1")
PROMISES = ("p0", "p1")
TOPICS = ("x", "y")


def at_day(day: float) -> datetime:
    """The instant `day` days after START, to the microsecond."""
    return START + timedelta(microseconds=round(day * 86_400_000_000))


levels = st.integers(0, 100).map(lambda percent: percent / 100)
"""A severity, level or size: whole percents, 0 and 1 included."""
qualities = st.integers(-100, 100).map(lambda percent: percent / 100)
"""A quality from -1 to 1, in whole percents."""
gaps = st.one_of(
    st.sampled_from([0.0, 0.001, 0.5, 1.0, 7.0, 30.0]),
    st.integers(0, 240).map(lambda quarter: quarter / 4),
    st.sampled_from([400.0, 1200.0]),
)
"""Days between touchpoints: mostly days and weeks, at times none, at times years."""

_representative = st.sampled_from((None, "anna", "anna", "bob"))
_episode = st.sampled_from((None, *EPISODES))
_topic = st.sampled_from((None, *TOPICS))
_side = st.sampled_from(("organisation",) * 7 + ("customer",))
_certainty = st.sampled_from((1.0, 1.0, 1.0, 0.4, 0.0))
_optional_quality = st.one_of(st.none(), qualities)
_acts: dict[str, st.SearchStrategy[Any]] = {"representative": _representative, "episode": _episode, "by": _side, "certainty": _certainty}

_FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "relationship_opened": {"origin": st.sampled_from(("stranger", "reputation", "referral", "returning")), "strength": levels},
    "engagement_declined": {"reasons_given": st.booleans(), **_acts},
    "promise_made": {"promise": st.sampled_from(PROMISES), "level": levels, "elicited": st.booleans(), "by": _side},
    "risk_disclosed": {"topic": st.sampled_from(TOPICS), "severity": levels, "representative": _representative},
    "check_in_held": {"issues_surfaced": st.booleans(), "course_corrected": st.booleans(), "representative": _representative},
    "interaction": {
        "competence": _optional_quality,
        "benevolence": _optional_quality,
        "integrity": _optional_quality,
        "recognised": st.sampled_from((None, True, False)),
        **_acts,
    },
    "delivery": {
        "promise": st.sampled_from((None, *PROMISES)),
        "promised": st.one_of(st.none(), levels),
        "delivered": levels,
        "perceived": st.one_of(st.none(), levels),
        "topic": _topic,
        **_acts,
    },
    "gesture_made": {"size": levels, **_acts},
    "failure_occurred": {
        "breach": st.sampled_from(("competence", "benevolence", "integrity")),
        "severity": levels,
        "cause": st.sampled_from(("organisation", "organisation", "exogenous", "customer")),
        "stable": st.sampled_from((None, True, False)),
        "topic": _topic,
        **_acts,
    },
    "recovery_step_taken": {
        "step": st.sampled_from(("acknowledge", "admit", "help", "explain", "prevent", "apologise", "compensate")),
        "size": st.sampled_from((1.0, 1.0, 0.5, 0.0, 2.0)),
        "voluntary": st.booleans(),
        **_acts,
        "episode": st.sampled_from(EPISODES),
    },
    "response_failed": {"manner": st.sampled_from(("ignored", "deflected", "denied", "delayed")), "severity": levels, **_acts},
    "deception_exposed": {"severity": levels, **_acts},
    "evidence_emerged": {"verdict": st.sampled_from(("guilty", "innocent")), "episode": _episode, "by": _side, "certainty": _certainty},
    "episode_closed": {"episode": _episode},
    "representative_assigned": {"representative": st.sampled_from(REPRESENTATIVES)},
    "handover_made": {
        "from_representative": st.sampled_from(REPRESENTATIVES),
        "to_representative": st.sampled_from(REPRESENTATIVES),
        "introduction": st.sampled_from(("none", "cold", "warm")),
    },
    "representative_left": {"representative": st.sampled_from(REPRESENTATIVES)},
    "feedback_given": {"score": levels, "certainty": _certainty},
    "feedback_requested": {},
    "complaint_voiced": {"severity": levels, "episode": _episode},
    "praise_given": {"size": levels, "representative": _representative},
    "word_of_mouth_heard": {"valence": qualities},
    "engagement_completed": {},
    "relationship_ended": {"outcome": st.sampled_from(("exit", "satisfied", "dormant"))},
    "relationship_resumed": {},
    "note_added": {"note": st.sampled_from((None, "a note"))},
}
_RARE = {"deception_exposed", "relationship_ended", "relationship_resumed", "engagement_completed", "feedback_requested", "note_added"}
_OFTEN = ("interaction", "failure_occurred", "recovery_step_taken", "recovery_step_taken", "response_failed", "delivery")
_KINDS = tuple(kind for kind in KINDS if kind not in _RARE) + tuple(_RARE) + _OFTEN * 5


@st.composite
def touchpoints(draw: st.DrawFn, *, id: str = "t", day: float = 0.0, kinds: Sequence[str] = _KINDS) -> Touchpoint:
    """A touchpoint of any of `kinds`, with that id, `day` days after START."""
    kind = draw(st.sampled_from(kinds))
    fields = {name: draw(strategy) for name, strategy in _FIELDS[kind].items()}
    return KINDS[kind](id=id, relationship=RELATIONSHIP, occurred_at=at_day(day), **fields)


@st.composite
def histories(draw: st.DrawFn, *, min_size: int = 0, max_size: int = 14, prefix: str = "h") -> list[Touchpoint]:
    """ANY history: up to `max_size` touchpoints of every kind, in order of time, at times behind years of good contacts."""
    good = draw(st.sampled_from((0, 0, 3, 12, 60)))
    drawn: list[Touchpoint] = list(draw(clean_histories(min_size=good, max_size=good))) if good else []
    day = (drawn[-1].occurred_at - START) / timedelta(days=1) if drawn else 0.0
    number = 0
    for _ in range(draw(st.integers(min_size, max_size))):
        day += draw(gaps)
        # Five steps in a row are rare by chance, so that a whole recovery is drawn as one.
        steps: tuple[str | None, ...] = draw(st.sampled_from(_RECOVERIES)) if draw(st.integers(0, 6)) == 6 else (None,)
        episode = draw(st.sampled_from(EPISODES)) if len(steps) > 1 else ""
        for step in steps:
            touchpoint = (
                draw(touchpoints(id=f"{prefix}{number:03}", day=day)) if step is None else _step(f"{prefix}{number:03}", day, step, episode)
            )
            drawn.append(touchpoint)
            number += 1
    return drawn


_RECOVERIES = (
    ("acknowledge", "admit", "help", "explain", "prevent"),
    ("acknowledge", "compensate", "apologise", "admit", "help", "explain", "prevent"),
    ("acknowledge", "apologise"),
)


def _step(id: str, day: float, step: str, episode: str) -> Touchpoint:
    fields = {"id": id, "relationship": RELATIONSHIP, "occurred_at": at_day(day), "step": step, "episode": episode}
    return RecoveryStepTaken.model_validate(fields)


@st.composite
def clean_histories(draw: st.DrawFn, *, min_size: int = 0, max_size: int = 60) -> list[Touchpoint]:
    """A CLEAN history: good touchpoints only, by nobody or by one representative, at a cadence of days or months."""
    size = draw(st.integers(min_size, max_size))
    representative = draw(st.sampled_from((None, "anna")))
    cadence = draw(st.sampled_from((2.0, 5.0, 30.0, 90.0)))
    pattern = draw(st.lists(_good(representative), min_size=1, max_size=4))
    return [
        pattern[number % len(pattern)].model_copy(update={"id": f"g{number:03}", "occurred_at": at_day(number * cadence)})
        for number in range(size)
    ]


def _good(representative: str | None) -> st.SearchStrategy[Touchpoint]:
    common: dict[str, Any] = {"id": "g", "relationship": RELATIONSHIP, "occurred_at": START, "representative": representative}
    quality = st.sampled_from((0.2, 0.5, 0.8, 1.0))

    def contact(competence: float, benevolence: float) -> Touchpoint:
        return Interaction(**common, competence=competence, benevolence=benevolence)

    return st.one_of(
        st.builds(contact, quality, quality),
        st.builds(contact, quality, quality),
        st.builds(lambda level: Delivery(**common, promised=0.5, delivered=level), st.sampled_from((0.5, 0.7, 1.0))),
        st.builds(lambda size: GestureMade(**common, size=size), quality),
        st.builds(lambda size: PraiseGiven(**common, size=size), quality),
        st.builds(lambda corrected: CheckInHeld(**common, course_corrected=corrected), st.booleans()),
    )


@st.composite
def journeys(draw: st.DrawFn) -> list[Touchpoint]:
    """A whole journey: good years, then a failure with its response, then what came after."""
    drawn = list(draw(clean_histories(min_size=5, max_size=40)))
    day = (drawn[-1].occurred_at - START) / timedelta(days=1) + draw(st.integers(2, 60))
    severity = draw(st.sampled_from((0.2, 0.4, 0.7, 1.0)))
    breach: Breach = draw(st.sampled_from(("competence", "benevolence", "integrity")))
    drawn.append(
        FailureOccurred(id="failure", relationship=RELATIONSHIP, occurred_at=at_day(day), episode="e0", severity=severity, breach=breach)
    )
    kinds = ("recovery_step_taken", "response_failed", "complaint_voiced", "interaction", "handover_made")
    for number in range(draw(st.integers(0, 8))):
        day += draw(st.sampled_from((0.01, 0.5, 2.0, 20.0)))
        drawn.append(draw(touchpoints(id=f"j{number:03}", day=day, kinds=kinds)))
    drawn.append(NoteAdded(id="end", relationship=RELATIONSHIP, occurred_at=at_day(day + 1)))
    return drawn
