"""The thirty laws of trust, each a property of any rule set.

A law draws its case from the histories it names: ANY (every kind of touchpoint, in any order) or CLEAN (good touchpoints
only, budget full, severities of .05 and more, at most 200 touchpoints), and raises `LawBroken` with the history that broke it.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from hypothesis import assume
from hypothesis import strategies as st

from journey.history import History
from journey.testing.strategies import RELATIONSHIP, START, at_day, clean_histories, gaps, histories, levels, qualities, touchpoints
from journey.touchpoints import (
    ComplaintVoiced,
    DeceptionExposed,
    Delivery,
    FailureOccurred,
    HandoverMade,
    Interaction,
    NoteAdded,
    PromiseMade,
    RecoveryStepTaken,
    ResponseFailed,
    Touchpoint,
)
from journey_projections.replay import Replay, replay
from journey_projections.rule_sets import RuleSet

EXIT_LINE = 0.35
"""L13: the trust that one severe relational breach must cross. Under it domain practice counts a relationship as lost."""
PARADOX_MAX = 0.03
"""L17: how far a recovered first minor failure may lift trust. Small, since the recovery paradox is (de Matos 2007)."""
LEAST_SEVERITY = 0.05
"""CLEAN laws speak of failures that a customer would notice."""
MINOR = 0.45
"""L17: below this a failure is minor for every rule set compared."""
LEAST_GAIN = 2.0**-30
"""L09: below this, gains are too close to the grid on which trust is reported to be told apart."""
CONTINUITY_STEP, CONTINUITY_MAX = 0.001, 0.003
"""L27: a change of severity by the step may move trust by at most the maximum."""
CONTINUITY_THRESHOLDS = (0.05, 0.5)
"""L27: severities at which a rule set may jump, because it declares a threshold there."""

T = TypeVar("T")


class Draw(Protocol):
    """How a law draws: hypothesis's `draw`."""

    def __call__(self, strategy: st.SearchStrategy[T]) -> T:
        """Draw a value."""
        ...


class LawBroken(AssertionError):
    """A case that breaks a law: `touchpoints` is its history, the message says what happened."""

    def __init__(self, message: str, touchpoints: Sequence[Touchpoint]) -> None:
        super().__init__(message)
        self.touchpoints = tuple(touchpoints)


class Judge:
    """Replays under one rule set, for laws."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules

    def replay(self, told: Sequence[Touchpoint], day: float | None = None) -> Replay:
        """The replay of touchpoints, `day` days after START (default: at the last touchpoint)."""
        return replay(History.of(told), self.rules, at=None if day is None else at_day(day))

    def trust(self, told: Sequence[Touchpoint], day: float | None = None) -> float:
        """The trust of that replay."""
        return self.replay(told, day).trust


Check = Callable[[Judge, Draw], None]


@dataclass(frozen=True)
class Law:
    """One law: its id, its statement, the histories it speaks of (`any` or `clean`), and its check."""

    id: str
    statement: str
    histories: str
    check: Check


LAWS: list[Law] = []


def law(id: str, histories: str) -> Callable[[Check], Check]:
    """Publish a check as a law; the first line of its docstring is the statement."""

    def publish(check: Check) -> Check:
        LAWS.append(Law(id, (check.__doc__ or "").strip().splitlines()[0], histories, check))
        return check

    return publish


def holds(condition: bool, told: Sequence[Touchpoint], message: str) -> None:
    """Raise LawBroken unless the condition holds."""
    if not condition:
        raise LawBroken(message, told)


# What laws append


def last_day(told: Sequence[Touchpoint]) -> float:
    """Days from START to the last touchpoint."""
    return (told[-1].occurred_at - START) / timedelta(days=1) if told else 0.0


def _common(id: str, day: float, **fields: Any) -> dict[str, Any]:
    return {"id": id, "relationship": RELATIONSHIP, "occurred_at": at_day(day), **fields}


def contact(id: str, day: float, quality: float, representative: str | None = None, **fields: Any) -> Interaction:
    """A contact of that competence and benevolence."""
    return Interaction(**_common(id, day, **{"competence": quality, "benevolence": quality, "representative": representative, **fields}))


def failure(id: str, day: float, severity: float, breach: str, **fields: Any) -> FailureOccurred:
    """A failure of the organisation."""
    return FailureOccurred(**_common(id, day, severity=severity, breach=breach, **fields))


def step(id: str, day: float, kind: str, episode: str, **fields: Any) -> RecoveryStepTaken:
    """A recovery step on an episode."""
    return RecoveryStepTaken(**_common(id, day, step=kind, episode=episode, **fields))


FULL = ("acknowledge", "admit", "help", "explain", "prevent")


def recovery(day: float, episode: str, steps: Sequence[str] = FULL) -> list[Touchpoint]:
    """Recovery steps, some hours apart."""
    return [step(f"s-{episode}-{kind}", day + 0.1 * number, kind, episode) for number, kind in enumerate(steps)]


def goods(day: float, count: int, cadence: float, quality: float, representative: str | None) -> list[Touchpoint]:
    """Equal good contacts at a cadence in days."""
    return [contact(f"c{number:03}", day + number * cadence, quality, representative) for number in range(count)]


severities = st.integers(5, 100).map(lambda percent: percent / 100)
breaches = st.sampled_from(("competence", "benevolence", "integrity"))
relational = st.sampled_from(("benevolence", "integrity"))
people = st.sampled_from((None, "anna", "bob"))


def clean_case(draw: Draw, *, most: int = 60) -> tuple[list[Touchpoint], float, str | None]:
    """A CLEAN history, a day after it with every budget full, and who acted in it."""
    told = draw(clean_histories(max_size=most))
    return told, last_day(told) + draw(st.sampled_from((1.0, 2.0, 20.0))), told[0].representative if told else None


# From ANY history


@law("L01", "any")
def trust_is_bounded(judge: Judge, draw: Draw) -> None:
    """Trust lies between 0 and 1."""
    told = draw(histories())
    trust = judge.trust(told, last_day(told) + draw(gaps))
    holds(0.0 <= trust <= 1.0, told, f"trust is {trust}")


@law("L02", "any")
def replay_is_deterministic(judge: Judge, draw: Draw) -> None:
    """The same history gives the same trust, bit for bit."""
    told = draw(histories())
    first, second = judge.trust(told), judge.trust(told)
    holds(first == second, told, f"{first} once, {second} again")


@law("L03", "any")
def the_future_does_not_change_the_past(judge: Judge, draw: Draw) -> None:
    """Touchpoints after a day never change the view as of that day."""
    told = draw(histories(min_size=1))
    day = last_day(told[: draw(st.integers(1, len(told)))])
    past = [touchpoint for touchpoint in told if touchpoint.occurred_at <= at_day(day)]
    whole, cut = judge.trust(told, day), judge.trust(past, day)
    holds(whole == cut, told, f"as of day {day} trust is {whole} with the future in the log, {cut} without")


@law("L04", "any")
def a_duplicate_changes_nothing(judge: Judge, draw: Draw) -> None:
    """A touchpoint that arrives twice counts once."""
    told = draw(histories(min_size=1))
    twice = [*told, draw(st.sampled_from(told))]
    once, doubled = judge.trust(told), judge.trust(twice)
    holds(once == doubled, twice, f"{once} once, {doubled} with `{twice[-1].id}` twice")


@law("L05", "any")
def arrival_order_changes_nothing(judge: Judge, draw: Draw) -> None:
    """Only when things happened counts, not in which order the news arrived."""
    told = draw(histories())
    shuffled = draw(st.permutations(told))
    one, other = judge.trust(told), judge.trust(shuffled)
    holds(one == other, shuffled, f"{one} in order, {other} shuffled")


@law("L06", "any")
def shifting_all_times_changes_nothing(judge: Judge, draw: Draw) -> None:
    """The same journey a while later, due dates too, gives the same trust."""
    told = draw(histories())
    shift = timedelta(microseconds=draw(st.integers(1, 400 * 86_400_000_000)))
    later = [_shifted(touchpoint, shift) for touchpoint in told]
    now, then = judge.trust(told), judge.trust(later)
    holds(now == then, told, f"{now} here, {then} when everything happens {shift} later")


def _shifted(touchpoint: Touchpoint, shift: timedelta) -> Touchpoint:
    times = {"occurred_at": touchpoint.occurred_at + shift}
    if isinstance(touchpoint, PromiseMade) and touchpoint.due is not None:
        times["due"] = touchpoint.due + shift
    return touchpoint.model_copy(update=times)


@law("L07", "any")
def a_better_last_touchpoint_never_lowers_trust(judge: Judge, draw: Draw) -> None:
    """Of two histories that differ in the quality of their last touchpoint, the better one never has less trust."""
    told = draw(histories())
    day = last_day(told) + draw(gaps)
    last = draw(touchpoints(id="z", day=day, kinds=tuple(_BETTER)))
    field, towards = draw(st.sampled_from(_BETTER[last.kind]))
    values = sorted(
        (draw(qualities if field in _QUALITIES else levels), draw(qualities if field in _QUALITIES else levels)), reverse=towards < 0
    )
    worse, better = (last.model_copy(update={field: value}) for value in values)
    low, high = judge.trust([*told, worse]), judge.trust([*told, better])
    holds(low <= high, [*told, better], f"{field} {values[0]} leaves {low}, the better {values[1]} leaves {high}")


_QUALITIES = ("competence", "benevolence", "integrity")
_BETTER: dict[str, tuple[tuple[str, int], ...]] = {
    "interaction": (("competence", 1), ("benevolence", 1), ("integrity", 1)),
    "failure_occurred": (("severity", -1),),
    "response_failed": (("severity", -1),),
    "deception_exposed": (("severity", -1),),
    "delivery": (("delivered", 1), ("perceived", 1), ("promised", -1)),
    "gesture_made": (("size", 1),),
    "praise_given": (("size", 1),),
    "feedback_given": (("score", 1),),
    "recovery_step_taken": (("size", 1),),
}


@law("L10", "any")
def a_relational_breach_costs_more_than_an_equal_competence_breach(judge: Judge, draw: Draw) -> None:
    """From any history, a failure of benevolence or integrity costs more than an equal failure of competence."""
    told = draw(histories())
    day, severity, who, kind = last_day(told) + draw(gaps), draw(severities), draw(people), draw(relational)
    cold = [*told, failure("z", day, severity, kind, representative=who)]
    clumsy = [*told, failure("z", day, severity, "competence", representative=who)]
    less, more = judge.trust(cold), judge.trust(clumsy)
    holds(less < more, cold, f"{kind} leaves {less}, competence leaves {more}")


@law("L13", "any")
def one_severe_relational_breach_crosses_the_exit_line(judge: Judge, draw: Draw) -> None:
    """One severe relational breach by the institution or the current representative takes trust under 0.35, from any history."""
    told = draw(histories())
    day = last_day(told) + draw(gaps)
    current = next((t.representative for t in told if t.representative and t.by == "organisation"), None)
    new = draw(st.booleans())
    who = "current" if new else (None if any(t.kind in _CHANGES for t in told) else current)
    assigned = (
        [HandoverMade(**_common("y", day, from_representative="anna", to_representative="current", introduction="warm"))] if new else []
    )
    whole = [*told, *assigned, failure("z", day, 1.0, draw(relational), representative=draw(st.sampled_from((None, who))))]
    trust = judge.trust(whole)
    holds(trust < EXIT_LINE, whole, f"trust is still {trust}")


_CHANGES = ("handover_made", "representative_assigned", "representative_left")


@law("L18", "any")
def a_bad_response_costs_more_than_an_unrelated_failure(judge: Judge, draw: Draw) -> None:
    """A bad response to an open failure costs more than an unrelated failure of equal severity.

    To a failure of competence: in any manner; of benevolence too; of integrity: in any but denial (Kim 2004).
    """
    told = draw(histories())
    day, who, severity = last_day(told) + draw(gaps), draw(people), draw(severities)
    first = draw(breaches)
    manners = ("ignored", "deflected", "delayed") if first == "integrity" else ("ignored", "deflected", "denied", "delayed")
    told = [*told, failure("y", day, 0.5, first, episode="open", representative=who)]
    bad = ResponseFailed(
        **_common("z", day + 2, episode="open", manner=draw(st.sampled_from(manners)), severity=severity, representative=who)
    )
    unrelated = failure("z", day + 2, severity, draw(breaches), episode="other", representative=who)
    less, more = judge.trust([*told, bad]), judge.trust([*told, unrelated])
    holds(less < more, [*told, bad], f"the {bad.manner} response leaves {less}, an unrelated {unrelated.breach} failure {more}")


@law("L19", "any")
def a_deception_leaves_a_scar_for_good(judge: Judge, draw: Draw) -> None:
    """After an exposed deception, full recovery and 500 good touchpoints trust stays below where it was."""
    told = draw(histories())
    day, who = last_day(told) + draw(gaps), draw(people)
    before = judge.trust(told, day)
    lie = DeceptionExposed(**_common("z", day, episode="lie", severity=draw(severities), representative=who))
    many = draw(st.sampled_from((0, 20, 500)))
    whole = [*told, lie, *recovery(day + 1, "lie"), *goods(day + 10, many, 5.0, 1.0, draw(people))]
    after = judge.trust(whole)
    holds(after < before, whole, f"trust was {before}, and is {after} again")


@law("L22", "any")
def silence_never_raises_trust(judge: Judge, draw: Draw) -> None:
    """Trust never rises while nothing happens."""
    told = draw(histories())
    day = last_day(told)
    trusts = [judge.trust(told, day + wait) for wait in (0.0, 0.5, 1.0, 20.0, 45.0, 120.0, 400.0, 3000.0)]
    holds(all(later <= earlier for earlier, later in itertools.pairwise(trusts)), told, f"in silence trust goes {trusts}")


@law("L23", "any")
def a_complaint_is_not_a_failure(judge: Judge, draw: Draw) -> None:
    """Recording the complaint about a failure never lowers trust against the same failure unvoiced."""
    told = draw(histories())
    day, wait = last_day(told) + draw(gaps), draw(st.sampled_from((0.0, 1.0, 30.0, 400.0)))
    silent = [*told, failure("y", day, draw(severities), draw(breaches), episode="voiced", representative=draw(people))]
    spoken = [*silent, ComplaintVoiced(**_common("z", day + 1, episode="voiced", severity=draw(levels)))]
    low, high = judge.trust(silent, day + 1 + wait), judge.trust(spoken, day + 1 + wait)
    holds(high >= low, spoken, f"{high} with the complaint, {low} without")


@law("L24", "any")
def a_persons_act_stays_theirs(judge: Judge, draw: Draw) -> None:
    """An act of B leaves A's trust exactly unchanged, and takes a smaller share from the institution than from B."""
    told = draw(histories())
    day = last_day(told) + draw(gaps)
    told = [*told, contact("y1", day, 0.5, "anna"), contact("y2", day, 0.5, "b")]
    act = draw(touchpoints(id="z", day=day + 1, kinds=("interaction", "failure_occurred", "response_failed", "deception_exposed")))
    act = act.model_copy(update={"representative": "b", "by": "organisation"})
    before, after = judge.replay(told, day + 1).parties, judge.replay([*told, act]).parties
    for name, party in before.representatives.items():
        if name != "b":
            holds(
                party == after.representatives.get(name), [*told, act], f"`{name}` went from {party} to {after.representatives.get(name)}"
            )
    breach = [*told, failure("z", day + 1, draw(severities), draw(breaches), representative="b")]
    hurt = judge.replay(breach).parties
    holds("b" in hurt.representatives, breach, "no trust is told of `b`")
    of_b = 1 - hurt.representatives["b"].trust / before.representatives["b"].trust
    of_all = 1 - hurt.institution.trust / before.institution.trust
    holds(0 < of_all < of_b, breach, f"the institution loses {of_all}, `b` loses {of_b}")


@law("L27", "any")
def trust_is_continuous_in_severity(judge: Judge, draw: Draw) -> None:
    """A little more severity costs a little more trust, except at declared thresholds."""
    told = draw(histories())
    day, severity = last_day(told) + draw(gaps), draw(st.integers(2, 98).map(lambda percent: percent / 100))
    assume(all(abs(severity - threshold) > CONTINUITY_STEP for threshold in CONTINUITY_THRESHOLDS))
    kind, who = draw(breaches), draw(people)
    half = CONTINUITY_STEP / 2
    milder, harder = ([*told, failure("z", day, value, kind, representative=who)] for value in (severity - half, severity + half))
    jump = abs(judge.trust(milder) - judge.trust(harder))
    holds(jump < CONTINUITY_MAX, harder, f"{CONTINUITY_STEP} of severity around {severity} moves trust by {jump}")


@law("L29", "any")
def confidence_grows_with_evidence(judge: Judge, draw: Draw) -> None:
    """A confidence exists, apart from trust, and grows with evidence."""
    told = draw(histories())
    day = last_day(told)
    more = [*told, contact("z", day, draw(qualities))]
    before, after = judge.replay(told, day).confidence, judge.replay(more).confidence
    holds(0.0 <= before < after <= 1.0, more, f"confidence goes from {before} to {after}")


@law("L30", "any")
def a_note_changes_nothing(judge: Judge, draw: Draw) -> None:
    """Time is a semigroup: a note between two touchpoints changes no bit."""
    told = draw(histories(min_size=2))
    place = draw(st.integers(1, len(told) - 1))
    earlier, later = last_day(told[:place]), last_day(told[: place + 1])
    noted = [*told, NoteAdded(**_common(told[place - 1].id + "n", earlier + (later - earlier) * draw(st.sampled_from((0.0, 0.3, 0.5)))))]
    day = last_day(told) + draw(gaps)
    without, with_note = judge.trust(told, day), judge.trust(noted, day)
    holds(without == with_note, noted, f"{without} without the note, {with_note} with it")


# From CLEAN histories


@law("L08", "clean")
def a_loss_exceeds_the_equal_gain(judge: Judge, draw: Draw) -> None:
    """At a neutral start, a bad contact costs more than an equally good one gains."""
    size = draw(severities)
    dimensions = draw(st.sampled_from(("competence", "benevolence", "integrity", "all")))
    names = ("competence", "benevolence", "integrity") if dimensions == "all" else (dimensions,)
    start = judge.trust([])
    good, bad = (Interaction(**_common("z", 0, **dict.fromkeys(names, value))) for value in (size, -size))
    gain, loss = judge.trust([good]) - start, start - judge.trust([bad])
    holds(loss > gain > 0, [bad], f"+{size} gains {gain}, -{size} costs {loss}")


@law("L09", "clean")
def gains_strictly_shrink(judge: Judge, draw: Draw) -> None:
    """Successive equal gains strictly shrink."""
    cadence, quality = draw(st.sampled_from((2.0, 5.0, 30.0, 90.0))), draw(st.sampled_from((0.1, 0.3, 0.6, 0.8, 1.0)))
    told = goods(0, draw(st.integers(3, 200)), cadence, quality, draw(st.sampled_from((None, "anna"))))
    after = [contribution.after for contribution in judge.replay(told).contributions if contribution.touchpoint]
    gains = [later - earlier for earlier, later in itertools.pairwise(after)]
    for number, (earlier, later) in enumerate(itertools.pairwise(gains)):
        if earlier < LEAST_GAIN:
            break
        holds(later < earlier, told[: number + 3], f"gain {number + 2} is {earlier}, the next {later}")


def _shares(judge: Judge, draw: Draw, breach: str) -> tuple[float, float, list[Touchpoint]]:
    """The share of trust that one failure takes after a part of a CLEAN history, and after the whole; and the whole with it."""
    told, day, who = clean_case(draw)
    assume(len(told) >= 4)
    early = told[: draw(st.integers(0, len(told) - 3))]
    failed = failure("z", day, draw(severities), breach, representative=who)
    earlier, later = (1 - judge.trust([*some, failed]) / judge.trust(some, day) for some in (early, told))
    return earlier, later, [*told, failed]


@law("L11", "clean")
def good_history_buffers_competence_breaches(judge: Judge, draw: Draw) -> None:
    """Competence breach: the share of trust lost falls with good history."""
    earlier, later, whole = _shares(judge, draw, "competence")
    holds(later < earlier, whole, f"`z` takes {later:.4f} of trust here, and {earlier:.4f} after the first part of this history")


@law("L12", "clean")
def prior_trust_sharpens_relational_breaches(judge: Judge, draw: Draw) -> None:
    """Relational breach: the share of trust lost rises with prior trust."""
    earlier, later, whole = _shares(judge, draw, draw(relational))
    holds(later > earlier, whole, f"`z` takes {later:.4f} of trust here, and {earlier:.4f} after the first part of this history")


@law("L14", "clean")
def money_alone_never_restores(judge: Judge, draw: Draw) -> None:
    """Inside thirty days, compensation alone never regains trust."""
    told, day, who = clean_case(draw)
    failed = failure("y", day, draw(severities), draw(breaches), episode="k", representative=who)
    paid = [step(f"z{number}", day + 1 + number / 100, "compensate", "k", size=2.0) for number in range(draw(st.sampled_from((1, 5, 40))))]
    whole, now = [*told, failed, *paid], day + draw(st.sampled_from((2.0, 29.0)))
    before, after = judge.trust(told, now), judge.trust(whole, now)
    holds(after < before, whole, f"{before} without the failure, {after} after the money")


@law("L15", "clean")
def a_refund_mends_competence_only(judge: Judge, draw: Draw) -> None:
    """A refund does nothing to a relational breach and something to a competence breach, and 200 % no more than 100 %."""
    told, day, who = clean_case(draw)
    severity = draw(severities)

    def after(kind: str, size: float | None) -> tuple[float, list[Touchpoint]]:
        whole = [*told, failure("y", day, severity, kind, episode="k", representative=who)]
        if size is not None:
            whole.append(step("z", day + 1, "compensate", "k", size=size))
        return judge.trust(whole, day + 1), whole

    kind = draw(relational)
    (unpaid, _), (paid, whole) = after(kind, None), after(kind, 1.0)
    holds(paid == unpaid, whole, f"{kind}: {unpaid} without, {paid} with the refund")
    (unpaid, _), (paid, whole), (twice, _) = after("competence", None), after("competence", 1.0), after("competence", 2.0)
    holds(paid > unpaid, whole, f"competence: {unpaid} without, {paid} with the refund")
    holds(paid == twice, whole, f"competence: {paid} for 100 %, {twice} for 200 %")


@law("L16", "clean")
def acknowledgement_opens_recovery(judge: Judge, draw: Draw) -> None:
    """Without `acknowledge` the other steps restore nothing; with it each adds; admit more than help, help more than explain."""
    told, day, who = clean_case(draw)
    told = [*told, failure("y", day, draw(severities), draw(breaches), episode="k", representative=who)]
    now = day + 2
    unmet = judge.trust(told, now)
    ungated = [*told, *recovery(day + 1, "k", FULL[1:])]
    holds(judge.trust(ungated, now) == unmet, ungated, "steps without `acknowledge` moved trust")
    trusts = [judge.trust([*told, *recovery(day + 1, "k", FULL[:count])], now) for count in range(6)]
    met = [*told, *recovery(day + 1, "k")]
    holds(all(later > earlier for earlier, later in itertools.pairwise(trusts)), met, f"step by step trust goes {trusts}")
    single = {kind: judge.trust([*told, *recovery(day + 1, "k", ("acknowledge", kind))], now) for kind in ("admit", "help", "explain")}
    holds(single["admit"] > single["help"] > single["explain"], met, f"one step each leaves {single}")


@law("L17", "clean")
def a_first_minor_failure_well_met_costs_nothing(judge: Judge, draw: Draw) -> None:
    """Full recovery, within three days, of a first minor failure leaves trust no lower and at most .03 higher; of a second, lower."""
    told, day, who = clean_case(draw)
    severity, kind = draw(st.integers(5, round(MINOR * 100)).map(lambda percent: percent / 100)), draw(breaches)
    now = day + draw(st.sampled_from((2.0, 3.0)))
    once = [*told, failure("y", day, severity, kind, episode="k", representative=who), *recovery(day + 1, "k")]
    before, after = judge.trust(told, now), judge.trust(once, now)
    holds(before <= after <= before + PARADOX_MAX, once, f"{before} without the failure, {after} after its recovery")
    again = day + draw(st.sampled_from((10.0, 30.0)))
    twice = [*once, failure("z", again, severity, kind, episode="k2", representative=who), *recovery(again + 1, "k2")]
    first, second = judge.trust(once, again + 3), judge.trust(twice, again + 3)
    holds(second < first, twice, f"{first} after the first, {second} after the second")


@law("L20", "clean")
def recovery_and_good_conduct_restore(judge: Judge, draw: Draw) -> None:
    """A recovered failure without deception, and 60 good touchpoints of the same cadence, restore trust."""
    cadence, quality, who = (
        draw(st.sampled_from((2.0, 5.0, 30.0, 90.0))),
        draw(st.sampled_from((0.3, 0.8, 1.0))),
        draw(st.sampled_from((None, "anna"))),
    )
    told = goods(0, draw(st.integers(0, 120)), cadence, quality, who)
    day = last_day(told) + cadence
    before = judge.trust(told, day)
    failed = [failure("y", day, draw(severities), draw(breaches), episode="k", representative=who), *recovery(day + 1, "k")]
    after = [touchpoint.model_copy(update={"id": "a" + touchpoint.id}) for touchpoint in goods(day + 2, 60, cadence, quality, who)]
    whole = [*told, *failed, *after]
    restored = judge.trust(whole)
    holds(restored >= before, whole, f"trust was {before}, and only {restored} in the end")


@law("L21", "clean")
def ending_well_beats_starting_well(judge: Judge, draw: Draw) -> None:
    """Two failures met badly, then well, end above the same two met well, then badly."""
    told, day, who = clean_case(draw)
    severity, kind, rude = draw(st.sampled_from((0.1, 0.3, 0.6))), draw(breaches), draw(st.sampled_from((0.2, 0.5, 0.7)))

    def met(*well: bool) -> list[Touchpoint]:
        whole = list(told)
        for number, is_well in enumerate(well):
            start, episode = day + 60 * number, f"k{number}"
            whole.append(failure(f"f{number}", start, severity, kind, episode=episode, representative=who))
            response = ResponseFailed(
                **_common(f"b{number}", start + 1, episode=episode, manner="ignored", severity=rude, representative=who)
            )
            whole.extend(recovery(start + 1, episode) if is_well else [response])
        return whole

    rising, falling = judge.trust(met(False, True), day + 120), judge.trust(met(True, False), day + 120)
    holds(rising > falling, met(False, True), f"badly then well leaves {rising}, well then badly {falling}")


@law("L25", "clean")
def an_introduction_carries_the_bond(judge: Judge, draw: Draw) -> None:
    """A handover without introduction leaves no more trust than a cold one, that less than a warm one, that no more than before."""
    told, day, who = clean_case(draw)
    told = [*told, contact("y", day, 0.5, who or "anna")]
    none, cold, warm = (
        [
            *told,
            HandoverMade(**_common("z", day + 1, from_representative=who or "anna", to_representative="new", introduction=introduction)),
        ]
        for introduction in ("none", "cold", "warm")
    )
    trusts = judge.trust(none), judge.trust(cold), judge.trust(warm), judge.trust(told, day + 1)
    holds(
        trusts[0] <= trusts[1] < trusts[2] <= trusts[3], none, f"none {trusts[0]}, cold {trusts[1]}, warm {trusts[2]}, before {trusts[3]}"
    )


@law("L26", "clean")
def a_higher_promise_makes_the_same_delivery_worse(judge: Judge, draw: Draw) -> None:
    """The same delivery after a higher promise leaves less trust."""
    told, day, who = clean_case(draw)
    delivered, low, high = draw(levels), *sorted((draw(levels), draw(levels)))
    assume(high - low >= 0.01)
    modest, boastful = (
        [*told, Delivery(**_common("z", day, delivered=delivered, promised=promised, representative=who))] for promised in (low, high)
    )
    more, less = judge.trust(modest), judge.trust(boastful)
    holds(less < more, boastful, f"delivering {delivered} on a promise of {low} leaves {more}, of {high} leaves {less}")


@law("L28", "clean")
def trifles_do_not_undo_a_failure(judge: Judge, draw: Draw) -> None:
    """Thousands of trivial positives on a failure's day do not undo it."""
    told, day, who = clean_case(draw)
    severity, kind = draw(severities), draw(breaches)
    failed = failure("y", day, severity, kind, episode="k", representative=draw(st.sampled_from((None, who))))
    many = draw(st.sampled_from((1, 30, 300, 1500)))
    trifles = [contact(f"z{number:04}", day + 0.01 + 0.9 * number / many, 0.05, who) for number in range(many)]
    whole, now = [*told, failed, *trifles], day + 1
    before, after = judge.trust(told, now), judge.trust(whole, now)
    holds(after < before, whole[: len(told) + 2], f"{before} without the failure, {after} after {many} trifles on its day")


LAWS.sort(key=lambda one: one.id)
