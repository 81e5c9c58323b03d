"""docs/coding-guide.md: everyday words as fields and numbers, each with what it moves, by running it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from page import page, written_by

from journey import History, Touchpoint, read_touchpoint
from journey.in_words import BENEVOLENCE, COMPETENCE, INTEGRITY, RECOGNISED, SEVERITY, score_in_words
from journey.testing import at_day
from journey_projections import GOODWILL, Replay, replay

VISITS = 24
LAST = 30 * VISITS
"""The day on which each row begins, a month after the last visit of the base history."""
LATER = 30
HOUR, MINUTE = 1 / 24, 1 / 1440

Fields = dict[str, Any]


class Step(NamedTuple):
    """One touchpoint of a row, so many days after the row began."""

    day: float
    kind: str
    fields: Fields


class Row(NamedTuple):
    """Everyday words, and the touchpoints that say them."""

    words: str
    steps: tuple[Step, ...]


class Table(NamedTuple):
    """Rows about one thing, with what to know of them."""

    title: str
    about: str
    rows: tuple[Row, ...]


def act(kind: str, day: float = 0.0, **fields: Any) -> Step:
    """One touchpoint of a row."""
    return Step(day, kind, fields)


def said(words: str, *steps: Step) -> Row:
    """A row."""
    return Row(words, steps)


def contact(words: str, **fields: Any) -> Row:
    """A row of one contact."""
    return said(words, act("interaction", **fields))


def promised(words: str, late: float | None, ahead: float = 90.0) -> Row:
    """Something promised so many days ahead that came so late; None: it never came."""
    made = act("promise_made", promise="p", level=0.7, due=ahead)
    return said(words, made) if late is None else said(words, made, act("delivery", ahead + late, promise="p", delivered=0.7))


def asked(words: str, after: float | None, urgency: float = 0.5) -> Row:
    """A request that was answered after so many days; None: never."""
    made = act("request_made", urgency=urgency, episode="r")
    return said(words, made) if after is None else said(words, made, act("interaction", after, episode="r"))


def failed(words: str, *more: Step, severity: float = 0.5, **fields: Any) -> Row:
    """A failure, and what followed."""
    return said(words, act("failure_occurred", severity=severity, episode="e", **fields), *more)


def step(name: str, day: float, **fields: Any) -> Step:
    """A step of recovery."""
    return act("recovery_step_taken", day, step=name, episode="e", **fields)


def all_steps(day: float = HOUR, names: Sequence[str] = ("acknowledge", "admit", "help", "explain", "prevent")) -> Iterator[Step]:
    """The five steps, one an hour from then on."""
    return (step(name, day + number * HOUR) for number, name in enumerate(names))


def scores(words: str, *values: float, instrument: str = "csat") -> Row:
    """Scores, a month apart."""
    return said(words, *(act("feedback_given", 30.0 * number, instrument=instrument, score=value) for number, value in enumerate(values)))


_SCORES = (("csat", 1.0), ("csat", 0.25), ("nps", 0.9), ("nps", 0.6))

TABLES = (
    Table(
        "How a contact felt",
        "`benevolence` says how people were treated, `competence` how well the work was done, `integrity` whether what was said was true. "
        "Leave out what you do not know. An ordinary contact is about 0.4 to 0.6, and 0 is neither good nor bad.",
        (
            *(contact(words, benevolence=value) for value, words in BENEVOLENCE),
            *(contact(words, recognised=value) for value, words in RECOGNISED.items()),
            *(contact(words, competence=value) for value, words in COMPETENCE),
            *(contact(words, integrity=value) for value, words in INTEGRITY),
        ),
    ),
    Table(
        "Late",
        "Record the promise with its date, and the delivery as what it is: do not lower `delivered` for lateness, the date does that. Here "
        "it was promised 90 days ahead, and what came is what was promised. An appointment is a promise, too.",
        (
            promised("on the day", 0.0),
            promised("ten minutes late", 10 * MINUTE),
            promised("a day late", 1.0),
            promised("a week late", 7.0),
            promised("three months late", 90.0),
            promised("three weeks late, promised a week ahead", 21.0, 7.0),
            promised("never came", None),
            said(
                "came in time, and was less than promised",
                act("promise_made", promise="p", level=0.7, due=90.0),
                act("delivery", 90.0, promise="p", delivered=0.4),
            ),
            said(
                "put off in time, with a new date, and came then",
                act("promise_made", promise="p", level=0.7, due=90.0),
                act("promise_made", 60.0, promise="p", level=0.7, due=97.0),
                act("delivery", 97.0, promise="p", delivered=0.7),
            ),
        ),
    ),
    Table(
        "Waiting for an answer",
        "A question, a ticket, an unread mail: a `request_made`. Any act of yours with the same `episode` answers it. A service level is "
        "its `due`. `urgency` is how much the customer needs it.",
        (
            asked("first reply after 4 hours", 4 * HOUR),
            asked("first reply after 3 days", 3.0),
            asked("first reply after 3 days, urgent", 3.0, 0.9),
            asked("first reply after two weeks", 14.0),
            asked("a mail that nobody answers", None),
            said(
                "service level of 8 hours missed by a day",
                act("request_made", due=8 * HOUR, episode="r"),
                act("interaction", 8 * HOUR + 1, episode="r"),
            ),
            said(
                "a complaint, answered the next day",
                act("complaint_voiced", severity=0.5, episode="c"),
                act("interaction", 1.0, episode="c"),
            ),
            said("a complaint that nobody answers", act("complaint_voiced", severity=0.5, episode="c")),
        ),
    ),
    Table(
        "Something went wrong",
        "`severity`: " + ", ".join(f"{value} {words}" for value, words in SEVERITY) + ". What you do next are `recovery_step_taken`, "
        "each when it was done, with the failure's `episode`.",
        (
            failed("a nuisance, and nothing more said", severity=0.1),
            failed("a serious failure, and nothing more said"),
            failed("… all five steps within the day", *all_steps()),
            failed("… all five steps, a month later", *all_steps(30.0)),
            failed("… the ticket is closed, and comes back", *all_steps(), act("failure_occurred", 7.0, severity=0.5, episode="e")),
            failed("… refunded in full, and no word", step("compensate", 1.0, size=1.0)),
            failed("… acknowledged, and an apology", step("acknowledge", HOUR), step("apologise", HOUR)),
            failed("… “the form is misleading”", act("response_failed", 1.0, manner="deflected", severity=0.3, episode="e")),
            failed(
                "… and then all five steps after all",
                act("response_failed", 1.0, manner="deflected", severity=0.3, episode="e"),
                *all_steps(2.0),
            ),
            failed(
                "told of it before the customer noticed, then all five steps",
                act("failure_noticed", HOUR, through="told", episode="e"),
                *all_steps(2 * HOUR),
                noticed=False,
            ),
            failed("found out by the customer two weeks later", act("failure_noticed", 14.0, through="found", episode="e"), noticed=False),
            failed(
                "a disaster that nobody caused, met openly",
                *all_steps(names=("acknowledge", "help", "explain", "prevent")),
                severity=0.8,
                cause="exogenous",
            ),
            failed("the supplier's fault, and nothing more said", cause="supplier"),
            said("a lie came out", act("deception_exposed", severity=0.7)),
        ),
    ),
    Table(
        "What customers say",
        "A `score` is scaled so that 0 is the worst and 1 the best: a CSAT of *n* of 5 is (n - 1) / 4, an NPS of *n* is n / 10.",
        (
            *(scores(score_in_words(one, value), value, instrument=one) for one, value in _SCORES),
            scores("NPS 0, six months in a row", *[0.0] * 6, instrument="nps"),
            said("praise", act("praise_given", size=0.7)),
            said("speaks badly of you, as a third party has it", act("word_of_mouth_heard", valence=-0.6, certainty=0.4)),
            said("leaves, and nothing on record says why", act("relationship_ended", outcome="exit")),
        ),
    ),
    Table(
        "People",
        "Until a handover or an assignment is recorded, whoever acted last is the one the customer deals with.",
        (
            said(
                "the successor is introduced warmly",
                act("handover_made", from_representative="anna", to_representative="bob", introduction="warm"),
            ),
            said(
                "the successor is named in a circular",
                act("handover_made", from_representative="anna", to_representative="bob", introduction="cold"),
            ),
            said("nobody introduces the successor", act("handover_made", from_representative="anna", to_representative="bob")),
            said(
                "… who introduces himself a week later",
                act("handover_made", from_representative="anna", to_representative="bob"),
                act("introduction_made", 7.0, representative="bob", made_by="self"),
            ),
            said("the adviser leaves, and nobody follows", act("representative_left", representative="anna")),
            said("a gift", act("gesture_made", size=0.5)),
            said("work declined, with reasons", act("engagement_declined")),
            said("work declined, without reasons", act("engagement_declined", reasons_given=False)),
        ),
    ),
)


def coding_guide() -> str:
    """docs/coding-guide.md."""
    start = judged((), 0.0)
    told = [
        "# Coding guide",
        written_by("docs/coding_guide.py, by running every row"),
        "Which number is *curt*, and how bad is a week? This page gives everyday words as fields and numbers, so that two people code the "
        f"same day alike. Each row shows what it moves after the same history: {VISITS} monthly contacts of competence 0.5 and benevolence "
        f"0.6 by one representative, anna, which leave a trust of {start.trust:.2f} and an exit risk of {start.exit_risk:.2f} under "
        f"`{GOODWILL.name}` {GOODWILL.version}. *At once* is right after the row's last touchpoint or date, *later* {LATER} "
        "days after that, if nothing else happens. Both are against the same history without the row, in hundredths of trust; *exit* is "
        "the exit risk later. "
        "Times such as `day 3` count from the first touchpoint of the row, `due` too. The fields are explained in "
        "[touchpoints](touchpoints.md), and the rules in [trust rules](trust-rules.md).",
        "Another history gives other numbers, and with data of your own you can do better than this page. It is a start that is the same "
        "for everybody. If you are not sure that something happened, or how it was, lower `certainty` and keep the number.",
    ]
    for table in TABLES:
        rows = "\n".join(line(row) for row in table.rows)
        told += [f"## {table.title}", table.about, f"| in words | record | at once | later | exit |\n|---|---|---:|---:|---:|\n{rows}"]
    return page(told)


def line(row: Row) -> str:
    """A row with what it moves."""
    last = max(max(step.day, step.fields.get("due", 0.0)) for step in row.steps)
    now, later = (judged(row.steps, last + days) for days in (0.0, LATER))
    moved = (100 * (one.trust - judged((), last + days).trust) for one, days in ((now, 0.0), (later, LATER)))
    at_once, at_last = (f"{round(delta, 2) + 0.0:+.2f}".replace("+0.00", "0") for delta in moved)
    return f"| {row.words} | {'<br>'.join(all_written(row.steps))} | {at_once} | {at_last} | {later.exit_risk:.2f} |"


def judged(steps: tuple[Step, ...], day: float) -> Replay:
    """The base history with a row after it, on a day from the row's begin."""
    return replay(History.of([*base(), *touchpoints(steps)]), at=moment(day))


@cache
def base() -> tuple[Touchpoint, ...]:
    """The history that each row comes after."""
    fields = {"kind": "interaction", "relationship": "r", "representative": "anna", "competence": 0.5, "benevolence": 0.6}
    return tuple(read_touchpoint({"id": f"visit-{number}", "occurred_at": at_day(30.0 * number), **fields}) for number in range(VISITS))


def touchpoints(steps: tuple[Step, ...]) -> Iterator[Touchpoint]:
    """The touchpoints of a row; the representative is anna, where the organisation acts."""
    for number, (day, kind, fields) in enumerate(steps):
        told = {name: moment(value) if name == "due" else value for name, value in fields.items()}
        who = {"representative": "anna"} if kind in ("interaction", "delivery") else {}
        yield read_touchpoint({"kind": kind, "id": f"row-{number}", "relationship": "r", "occurred_at": moment(day), **who, **told})


def moment(day: float) -> Any:
    """A day of a row as a time."""
    return at_day(LAST) + timedelta(days=day)


def all_written(steps: Sequence[Step]) -> Iterator[str]:
    """The touchpoints of a row as the page writes them; steps of recovery that follow each other share a line."""
    for is_recovery, some in groupby(steps, key=lambda step: step.kind == "recovery_step_taken" and len(step.fields) == 2):
        group = list(some)
        if is_recovery:
            names = ", ".join(step.fields["step"] for step in group)
            yield f"`recovery_step_taken episode=e step=`{names} {when(group[0].day)}"
        else:
            yield from map(written, group)


def written(step: Step) -> str:
    """A touchpoint of a row as the page writes it: its kind, its fields, and when, unless at once."""
    fields = [f"{name}={when(value) if name == 'due' else shown(value)}" for name, value in step.fields.items()]
    return f"`{' '.join([step.kind, *fields])}`" + ("" if step.day == 0.0 else f" {when(step.day)}")


def shown(value: Any) -> str:
    """A field's value."""
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def when(day: float) -> str:
    """A time of a row in words."""
    if day < 1 and day * 24 < 1:
        return f"minute {day * 1440:.0f}"
    if day < 1:
        return f"hour {day * 24:.0f}"
    days, minutes = divmod(round(day * 1440), 1440)
    return f"day {days}" + (f" {minutes // 60:02}:{minutes % 60:02}" if minutes else "")
