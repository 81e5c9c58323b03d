"""Hypothesis strategies: touchpoints of every kind, wide histories, clean histories.

Everything belongs to one relationship, `RELATIONSHIP`, and draws its people, episodes, promises and topics from small pools,
so that touchpoints meet each other. Times are days after `START`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from journey.touchpoints import (
    KINDS,
    Breach,
    CheckInHeld,
    Delivery,
    GestureMade,
    Interaction,
    NoteAdded,
    PraiseGiven,
    Touchpoint,
)

START = datetime(2015, 1, 1, 9, tzinfo=UTC)
RELATIONSHIP = "r"
REPRESENTATIVES = ("anna", "bob", "ugo")
EPISODES = ("e0", "e1")
PROMISES = ("p0", "p1")
TOPICS = ("x", "y")
_INSTANT = 1 / 86_400_000_000


def at_day(day: float) -> datetime:
    """The instant `day` days after START, to the microsecond."""
    return START + timedelta(microseconds=round(day * 86_400_000_000))


levels = st.integers(0, 100).map(lambda percent: percent / 100)
"""A severity, level or size: whole percents, 0 and 1 included."""
qualities = st.integers(-100, 100).map(lambda percent: percent / 100)
"""A quality from -1 to 1, in whole percents."""
waits = st.sampled_from([days + more for days in (1.0, 3.0, 14.0, 30.0) for more in (0.0, -_INSTANT, _INSTANT, -0.25, 0.25)])
"""Days for which one may wait for an answer: about a day, three days, two weeks, a month; at times to the microsecond."""
gaps = st.one_of(
    st.sampled_from([0.0, 0.001, 0.5, 1.0, 7.0, 30.0]),
    st.integers(0, 240).map(lambda quarter: quarter / 4),
    st.sampled_from([400.0, 1200.0]),
    waits,
)
"""Days between touchpoints: mostly days and weeks, at times none, at times years."""

_representative = st.sampled_from((None, "anna", "anna", "bob"))
_episode = st.sampled_from((None, *EPISODES))
_topic = st.sampled_from((None, *TOPICS))
_side = st.sampled_from(("organisation",) * 7 + ("customer",))
_certainty = st.sampled_from((1.0, 1.0, 1.0, 0.4, 0.0))
_optional_quality = st.one_of(st.none(), qualities)
_due = st.one_of(st.none(), waits, st.sampled_from((0.0, -1.0, -30.0, 90.0)))
"""In how many days something is due: at times never, at once or in the past."""
_causes = st.sampled_from(("organisation", "organisation", "exogenous", "customer", "supplier"))
_breaches = st.sampled_from(("competence", "benevolence", "integrity"))
_ways_to_notice = st.sampled_from(("told", "heard", "found"))
_introducers = st.sampled_from(("self", "predecessor", "other"))
_acts: dict[str, st.SearchStrategy[Any]] = {"representative": _representative, "episode": _episode, "by": _side, "certainty": _certainty}

_FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "engagement_declined": {"reasons_given": st.booleans(), **_acts},
    "promise_made": {"promise": st.sampled_from(PROMISES), "level": levels, "due": _due, "elicited": st.booleans(), "by": _side},
    "request_made": {
        "urgency": levels,
        "due": _due,
        "topic": _topic,
        "representative": _representative,
        "episode": _episode,
        "certainty": _certainty,
    },
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
    "purchase_made": {
        "amount": st.sampled_from((None, 0.0, 120.0, 99.5, -40.0)),
        "currency": st.sampled_from((None, "EUR", "CHF")),
        "renewal": st.booleans(),
        "representative": _representative,
        "certainty": _certainty,
    },
    "failure_occurred": {
        "breach": _breaches,
        "severity": levels,
        "cause": _causes,
        "stable": st.sampled_from((None, True, False)),
        "noticed": st.sampled_from((True, True, True, False)),
        "topic": _topic,
        **_acts,
    },
    "failure_noticed": {
        "episode": st.sampled_from(EPISODES),
        "through": _ways_to_notice,
        "representative": _representative,
        "certainty": _certainty,
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
    "introduction_made": {
        "representative": st.sampled_from(REPRESENTATIVES),
        "manner": st.sampled_from(("cold", "warm")),
        "made_by": _introducers,
        "certainty": _certainty,
    },
    "representative_left": {"representative": st.sampled_from(REPRESENTATIVES)},
    "feedback_given": {"score": levels, "certainty": _certainty},
    "feedback_requested": {},
    "complaint_voiced": {"severity": levels, "episode": _episode},
    "praise_given": {"size": levels, "representative": _representative},
    "word_of_mouth_heard": {"valence": qualities},
    "engagement_completed": {},
    "relationship_ended": {"outcome": st.sampled_from(("exit", "satisfied", "dormant", "unknown"))},
    "relationship_resumed": {},
    "note_added": {"note": st.sampled_from((None, "a note"))},
}
_VALUES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "relationship_opened": st.one_of(
        st.fixed_dictionaries({"origin": st.sampled_from(("stranger", "referral", "returning")), "strength": levels}),
        st.fixed_dictionaries({"origin": st.just("reputation"), "strength": qualities}),
    ),
    **{kind: st.fixed_dictionaries(fields) for kind, fields in _FIELDS.items()},
}
_RARE = {"deception_exposed", "relationship_ended", "relationship_resumed", "engagement_completed", "feedback_requested", "note_added"}
_OFTEN = ("interaction", "failure_occurred", "recovery_step_taken", "recovery_step_taken", "response_failed", "delivery")
_KINDS = tuple(kind for kind in KINDS if kind not in _RARE) + tuple(_RARE) + _OFTEN * 5


@st.composite
def touchpoints(draw: st.DrawFn, *, id: str = "t", day: float = 0.0, kinds: Sequence[str] = _KINDS) -> Touchpoint:
    """A touchpoint of any of `kinds`, with that id, `day` days after START."""
    kind = draw(st.sampled_from(kinds))
    fields = draw(_VALUES[kind])
    if fields.get("due") is not None:
        fields = {**fields, "due": at_day(day + fields["due"])}
    return _touchpoint(id, day, kind, fields)


def _touchpoint(id: str, day: float, kind: str, fields: Mapping[str, Any]) -> Touchpoint:
    return KINDS[kind](id=id, relationship=RELATIONSHIP, occurred_at=at_day(day), **fields)


@st.composite
def histories(draw: st.DrawFn, *, min_size: int = 0, max_size: int = 14, prefix: str = "h") -> list[Touchpoint]:
    """ANY history: up to `max_size` touchpoints of every kind, in order of time, at times behind years of good contacts.

    At times one of them is a whole scene instead, since what belongs together is rare by chance.
    """
    good = draw(st.sampled_from((0, 0, 3, 12, 60)))
    drawn: list[Touchpoint] = list(draw(clean_histories(min_size=good, max_size=good))) if good else []
    day = (drawn[-1].occurred_at - START) / timedelta(days=1) if drawn else 0.0
    number = 0
    for _ in range(draw(st.integers(min_size, max_size))):
        day += draw(gaps)
        scene = draw(st.sampled_from((*[None] * 5, "waiting", "recovery")))
        if scene is None:
            drawn.append(draw(touchpoints(id=f"{prefix}{number:03}", day=day)))
            number += 1
            continue
        for at, kind, fields in draw(_recoveries(day) if scene == "recovery" else _waiting(day)):
            drawn.append(_touchpoint(f"{prefix}{number:03}", at, kind, fields))
            number, day = number + 1, at
    return drawn


Act = tuple[float, str, dict[str, Any]]
"""A touchpoint of a scene: the day, the kind, its own fields."""
_RECOVERIES = (
    ("acknowledge", "admit", "help", "explain", "prevent"),
    ("acknowledge", "compensate", "apologise", "admit", "help", "explain", "prevent"),
    ("acknowledge", "apologise"),
)


@st.composite
def _recoveries(draw: st.DrawFn, day: float) -> list[Act]:
    """The steps of a recovery, at once."""
    episode = draw(st.sampled_from(EPISODES))
    return [(day, "recovery_step_taken", {"step": step, "episode": episode}) for step in draw(st.sampled_from(_RECOVERIES))]


@st.composite
def _waiting(draw: st.DrawFn, day: float) -> list[Act]:
    """Something that waits, and what comes of it: before, at, or after the time it has."""
    episode, wait = draw(st.sampled_from(EPISODES)), draw(waits)
    match draw(st.sampled_from(("promise", "request", "complaint", "failure", "hidden", "handover"))):
        case "promise":
            promise, kept = draw(st.sampled_from(PROMISES)), day + max(0.0, wait + draw(_lateness))
            return [
                (day, "promise_made", {"promise": promise, "level": draw(levels), "due": at_day(day + wait)}),
                (kept, "delivery", {"promise": promise, "delivered": draw(levels)}),
            ]
        case "request":
            due = at_day(day + wait) if draw(st.booleans()) else None
            request = (day, "request_made", {"urgency": draw(levels), "due": due, "episode": episode})
            return [request, *draw(_answers(day + max(0.0, wait + draw(_lateness)), episode))]
        case "complaint":
            return [(day, "complaint_voiced", {"severity": draw(levels), "episode": episode}), *draw(_answers(day + wait, episode))]
        case "failure":
            failure = {"breach": draw(_breaches), "severity": draw(levels), "cause": draw(_causes), "episode": episode}
            return [(day, "failure_occurred", failure), *draw(_answers(day + wait, episode))]
        case "hidden":
            failure = {"breach": draw(_breaches), "severity": draw(levels), "cause": draw(_causes), "noticed": False, "episode": episode}
            met = draw(_answers(day, episode)) if draw(st.booleans()) else []
            noticed = {"through": draw(_ways_to_notice), "episode": episode}
            return [(day, "failure_occurred", failure), *met, (day + wait, "failure_noticed", noticed)]
        case _:
            old, new = draw(st.permutations(REPRESENTATIVES))[:2]
            introduced = {"representative": new, "manner": draw(st.sampled_from(("cold", "warm"))), "made_by": draw(_introducers)}
            return [
                (day, "handover_made", {"from_representative": old, "to_representative": new}),
                (day + wait, "introduction_made", introduced),
            ]


_lateness = st.sampled_from((0.0, -_INSTANT, _INSTANT, -1.0, 1.0, 30.0, -30.0))
"""Days after the date, before it where negative."""


@st.composite
def _answers(draw: st.DrawFn, day: float, episode: str) -> list[Act]:
    """An answer within an episode, or none."""
    answers: tuple[Act | None, ...] = (
        None,
        (day, "interaction", {"competence": 0.5, "benevolence": 0.5, "episode": episode}),
        (day, "recovery_step_taken", {"step": "help", "episode": episode}),
        (day, "recovery_step_taken", {"step": "acknowledge", "episode": episode, "representative": "anna"}),
        (day, "response_failed", {"manner": "delayed", "episode": episode}),
    )
    answer = draw(st.sampled_from(answers))
    return [] if answer is None else [answer]


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


@cache  # because hypothesis looks through each new strategy before it draws from it, which takes longer than drawing
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
    failure = {"episode": "e0", "severity": severity, "breach": breach, "noticed": draw(st.sampled_from((True, True, False)))}
    drawn.append(_touchpoint("failure", day, "failure_occurred", failure))
    kinds = (
        *("recovery_step_taken", "response_failed", "complaint_voiced", "interaction", "handover_made"),
        *("introduction_made", "request_made", "failure_noticed"),
    )
    for number in range(draw(st.integers(0, 8))):
        day += draw(st.sampled_from((0.01, 0.5, 2.0, 20.0)))
        drawn.append(draw(touchpoints(id=f"j{number:03}", day=day, kinds=kinds)))
    drawn.append(NoteAdded(id="end", relationship=RELATIONSHIP, occurred_at=at_day(day + 1)))
    return drawn
