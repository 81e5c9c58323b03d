"""The laws that hold from CLEAN histories: good touchpoints only before what the law looks at."""

import itertools
from collections.abc import Callable
from functools import partial

from hypothesis import assume
from hypothesis import strategies as st

from journey.testing.strategies import gaps, levels, qualities
from journey.touchpoints import (
    CheckInHeld,
    Delivery,
    FeedbackGiven,
    GestureMade,
    HandoverMade,
    Interaction,
    PraiseGiven,
    PromiseMade,
    RepresentativeAssigned,
    ResponseFailed,
    RiskDisclosed,
    Touchpoint,
)
from journey_projections.testing.edges import HAIR, edge_histories, edge_levels, edge_severities, edge_waits, zone_of
from journey_projections.testing.law import (
    FULL,
    LEAST_GAIN,
    MINOR,
    PARADOX_MAX,
    SAME,
    Draw,
    Judge,
    breaches,
    clean_case,
    common,
    contact,
    current_of,
    failure,
    goods,
    holds,
    last_day,
    law,
    manners,
    recovery,
    relational,
    step,
)


@law("L08", "clean")
def a_loss_exceeds_the_equal_gain(judge: Judge, draw: Draw) -> None:
    """At a neutral start, a bad contact costs more than an equally good one gains."""
    size = draw(edge_severities(judge.rules))
    dimensions = draw(st.sampled_from(("competence", "benevolence", "integrity", "all")))
    names = ("competence", "benevolence", "integrity") if dimensions == "all" else (dimensions,)
    start = judge.trust([])
    good, bad = (Interaction(**common("z", 0, **dict.fromkeys(names, value))) for value in (size, -size))
    gain, loss = judge.trust([good]) - start, start - judge.trust([bad])
    holds(loss > gain > 0, [bad], f"+{size} gains {gain}, -{size} costs {loss}")


@law("L09", "clean")
def gains_strictly_shrink(judge: Judge, draw: Draw) -> None:
    """Successive equal gains strictly shrink."""
    cadence, quality = draw(st.sampled_from((2.0, 5.0, 30.0, 90.0))), draw(st.sampled_from((0.1, 0.3, 0.6, 0.8, 1.0)))
    history = goods(0, draw(st.integers(3, 200)), cadence, quality, draw(st.sampled_from((None, "anna"))))
    after = [contribution.after for contribution in judge.replay(history).contributions if contribution.touchpoint]
    gains = [later - earlier for earlier, later in itertools.pairwise(after)]
    for number, (earlier, later) in enumerate(itertools.pairwise(gains)):
        if earlier < LEAST_GAIN:
            break
        holds(later < earlier, history[: number + 3], f"gain {number + 2} is {earlier}, the next {later}")


def _shares(judge: Judge, draw: Draw, breach: str) -> tuple[float, float, float, list[Touchpoint]]:
    """The share of trust that a failure takes after a part of a CLEAN history, and after all; how much trust the rest adds; all with it."""
    history, day, who = clean_case(draw, least=4)
    early = history[: draw(st.integers(0, len(history) - 3))]
    failed = failure("z", day, draw(edge_severities(judge.rules)), breach, representative=who)
    less, more = (judge.trust(some, day) for some in (early, history))
    earlier, later = 1 - judge.trust([*early, failed]) / less, 1 - judge.trust([*history, failed]) / more
    return earlier, later, more - less, [*history, failed]


@law("L11", "clean")
def good_history_buffers_competence_breaches(judge: Judge, draw: Draw) -> None:
    """Competence breach: the share of trust lost falls with good history."""
    earlier, later, _, whole = _shares(judge, draw, "competence")
    holds(later < earlier, whole, f"`z` takes {later:.4f} of trust here, and {earlier:.4f} after the first part of this history")


@law("L12", "clean")
def prior_trust_sharpens_relational_breaches(judge: Judge, draw: Draw) -> None:
    """Relational breach: the share of trust lost rises with prior trust.

    Contacts that lift trust no further (L53) leave the share as it was: the last of fifty-five gestures of .2.
    """
    earlier, later, added, whole = _shares(judge, draw, draw(relational))
    holds(
        later > earlier or (abs(added) <= SAME and later >= earlier - SAME),
        whole,
        f"`z` takes {later:.4f} of trust here, and {earlier:.4f} after the first part of this history",
    )


@law("L14", "clean")
def money_alone_never_restores(judge: Judge, draw: Draw) -> None:
    """Inside thirty days, compensation alone never regains trust."""
    history, day, who = clean_case(draw)
    failed = failure("y", day, draw(edge_severities(judge.rules)), draw(breaches), episode="k", representative=who)
    paid = [step(f"z{number}", day + 1 + number / 100, "compensate", "k", size=2.0) for number in range(draw(st.sampled_from((1, 5, 40))))]
    whole, now = [*history, failed, *paid], day + draw(st.sampled_from((2.0, 29.0)))
    before, after = judge.trust(history, now), judge.trust(whole, now)
    holds(after < before, whole, f"{before} without the failure, {after} after the money")


@law("L15", "clean")
def a_refund_mends_competence_only(judge: Judge, draw: Draw) -> None:
    """A refund does nothing to a relational breach and something to a competence breach, and 200 % no more than 100 %."""
    history, day, who = clean_case(draw)
    severity = draw(edge_severities(judge.rules))

    def after(kind: str, size: float | None) -> tuple[float, list[Touchpoint]]:
        whole = [*history, failure("y", day, severity, kind, episode="k", representative=who)]
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
    history, day, who = clean_case(draw)
    failed = failure("y", day, draw(edge_severities(judge.rules)), draw(breaches), episode="k", representative=who)
    # A contact that says nothing answers: what the steps restore is not mixed with what waiting for them would have cost.
    history = [*history, failed, contact("z", day, 0.0, who, episode="k")]
    now = day + 2
    unrecovered = judge.trust(history, now)
    ungated = [*history, *recovery(day + 1, "k", draw(st.permutations((*FULL[1:], "apologise"))))]
    holds(judge.trust(ungated, now) == unrecovered, ungated, "steps without `acknowledge` moved trust")
    trusts = [judge.trust([*history, *recovery(day + 1, "k", FULL[:count])], now) for count in range(6)]
    recovered = [*history, *recovery(day + 1, "k")]
    holds(all(later > earlier for earlier, later in itertools.pairwise(trusts)), recovered, f"step by step trust goes {trusts}")
    single = {kind: judge.trust([*history, *recovery(day + 1, "k", ("acknowledge", kind))], now) for kind in ("admit", "help", "explain")}
    holds(single["admit"] > single["help"] > single["explain"], recovered, f"one step each leaves {single}")


@law("L17", "clean")
def a_first_minor_failure_well_met_costs_nothing(judge: Judge, draw: Draw) -> None:
    """Full recovery, within three days, of a first minor failure leaves trust no lower and at most .03 higher; of a second, lower."""
    history, day, who = clean_case(draw)
    severity, kind = draw(st.integers(5, round(MINOR * 100)).map(lambda percent: percent / 100)), draw(breaches)
    now = day + draw(st.sampled_from((2.0, 3.0)))
    helper = draw(st.sampled_from((None, who, "new")))
    once = [*history, failure("y", day, severity, kind, episode="k", representative=who), *recovery(day + 1, "k", representative=helper)]
    before, after = judge.trust(history, now), judge.trust(once, now)
    holds(before <= after <= before + PARADOX_MAX, once, f"{before} without the failure, {after} after its recovery")
    again = day + draw(st.sampled_from((5.0, 10.0, 30.0, 400.0)))
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
    history = goods(0, draw(st.integers(0, 120)), cadence, quality, who)
    day = last_day(history) + cadence
    before = judge.trust(history, day)
    failed = [
        failure("y", day, draw(edge_severities(judge.rules)), draw(breaches), episode="k", representative=who),
        *recovery(day + 1, "k", representative=draw(st.sampled_from((None, who, "new")))),
    ]
    after = [touchpoint.model_copy(update={"id": "a" + touchpoint.id}) for touchpoint in goods(day + 2, 60, cadence, quality, who)]
    whole = [*history, *failed, *after]
    restored = judge.trust(whole)
    holds(restored >= before, whole, f"trust was {before}, and only {restored} in the end")


@law("L21", "clean")
def ending_well_beats_starting_well(judge: Judge, draw: Draw) -> None:
    """Two failures met badly, in whatever manner, then well, end above the same two met well, then badly, once both have waited.

    Judged from sixty days on: before that the failure that was met badly first has waited longer, which costs more (m15). A relational
    failure is a minor one: a severe one cannot be met well (L45), and of two insults of .9 the later recovery mends less than the earlier.
    """
    history, day, who = clean_case(draw)
    kind, rude = draw(breaches), draw(edge_severities(judge.rules))
    severity = draw(edge_severities(judge.rules).filter(lambda value: kind == "competence" or value <= MINOR))
    manner, gap = draw(manners), draw(st.sampled_from((5.0, 30.0, 60.0, 400.0)))

    def two_failures(*well: bool) -> list[Touchpoint]:
        whole = list(history)
        for number, is_well in enumerate(well):
            start, episode = day + gap * number, f"k{number}"
            whole.append(failure(f"f{number}", start, severity, kind, episode=episode, representative=who))
            response = ResponseFailed(**common(f"b{number}", start + 1, episode=episode, manner=manner, severity=rude, representative=who))
            whole.extend(recovery(start + 1, episode) if is_well else [response])
        return whole

    now = day + gap + 60 + draw(edge_waits(judge.rules))
    rising, falling = judge.trust(two_failures(False, True), now), judge.trust(two_failures(True, False), now)
    holds(rising > falling, two_failures(False, True), f"badly then well leaves {rising}, well then badly {falling}")


@law("L25", "clean")
def an_introduction_carries_the_bond(judge: Judge, draw: Draw) -> None:
    """A handover without introduction leaves no more trust than a cold one, that less than a warm one, that no more than before.

    From any history, and to somebody known already, a cold one may leave as much as a warm one.
    """
    none, cold, warm, before, day, is_clean = introduced(draw)
    now = day + draw(st.sampled_from((0.0, 1.0, 30.0)))
    low, middle, high, most = (judge.trust(whole, now) for whole in (none, cold, warm, before))
    told = f"none {low}, cold {middle}, warm {high}, before {most}"
    holds(low <= middle + SAME and middle <= high + SAME and high <= most + SAME, warm, told)
    holds(middle < high or not is_clean, warm, told)


def introduced(draw: Draw) -> tuple[list[Touchpoint], list[Touchpoint], list[Touchpoint], list[Touchpoint], float, bool]:
    """Histories that end with a handover, introduced not, coldly and warmly, and without it; its day; whether the history is clean."""
    is_clean = draw(st.booleans())
    if is_clean:
        history, day, who = clean_case(draw)
        leaver, newcomer = who or "anna", draw(st.sampled_from(("new", "bob")))
        history = [*history, contact("x", day, draw(qualities), "bob")]
    else:
        history = draw(edge_histories())
        day, leaver = last_day(history) + draw(gaps), current_of(history) or "anna"
        newcomer = draw(st.sampled_from([one for one in ("new", "bob", "ugo") if one != leaver]))
    history = [*history, contact("y", day, 0.5, leaver), RepresentativeAssigned(**common("y2", day, representative=leaver))]
    none, cold, warm = (
        [
            *history,
            HandoverMade(**common("z", day + 1, from_representative=leaver, to_representative=newcomer, introduction=introduction)),
        ]
        for introduction in ("none", "cold", "warm")
    )
    return none, cold, warm, history, day + 1, is_clean


@law("L26", "clean")
def a_higher_promise_makes_the_same_delivery_worse(judge: Judge, draw: Draw) -> None:
    """The same delivery after a higher promise leaves less trust, at the edge of the zone of tolerance too, if it moves trust at all.

    Where trust stands above what a contact of that quality is worth (L53), keeping either promise moves nothing: delivering nothing after
    promises of 0 and of .01, at a trust of .67.
    """
    history, day, who = clean_case(draw)
    low, high = sorted((draw(edge_levels(judge.rules)), draw(edge_levels(judge.rules))))
    assume(high - low >= 0.9 * HAIR)
    at_edge = st.sampled_from((low, high)).map(lambda promised: max(0.0, promised - zone_of(judge.rules)))
    delivered = draw(st.one_of(levels, edge_levels(judge.rules), at_edge))
    perceived, is_noted, is_elicited = draw(st.one_of(st.none(), levels)), draw(st.booleans()), draw(st.booleans())

    def after(promised: float) -> list[Touchpoint]:
        fields = common("z", day, delivered=delivered, perceived=perceived, representative=who)
        if not is_noted:
            return [*history, Delivery(**fields, promised=promised)]
        return [
            *history,
            PromiseMade(**common("y", day, promise="p", level=promised, elicited=is_elicited)),
            Delivery(**fields, promise="p"),
        ]

    modest, boastful = after(low), after(high)
    more, less, before = judge.trust(modest), judge.trust(boastful), judge.trust(history, day)
    told = f"delivering {delivered} on a promise of {low} leaves {more}, of {high} leaves {less}"
    holds(less < more or less == more == before, boastful, told)


_TRIFLES: st.SearchStrategy[Callable[..., Touchpoint]] = st.sampled_from(
    (
        partial(Interaction, competence=0.05, benevolence=0.05),
        partial(Delivery, promised=0.5, delivered=0.5),
        partial(GestureMade, size=0.1),
        partial(PraiseGiven, size=0.1),
        partial(CheckInHeld),
        partial(RiskDisclosed, topic="x", severity=0.1),
        partial(FeedbackGiven, score=1.0),
    )
)


@law("L28", "clean")
def trifles_do_not_undo_a_failure(judge: Judge, draw: Draw) -> None:
    """Thousands of trivial positives on a failure's day do not undo it."""
    history, day, who = clean_case(draw)
    severity, kind = draw(edge_severities(judge.rules)), draw(breaches)
    failed = failure("y", day, severity, kind, episode="k", representative=draw(st.sampled_from((None, who))))
    many = draw(st.sampled_from((1, 30, 300, 1500)))
    kinds = draw(st.lists(_TRIFLES, min_size=1, max_size=3))
    fields = [common(f"z{number:04}", day + 0.01 + 0.9 * number / many, representative=who) for number in range(many)]
    trifles = [kinds[number % len(kinds)](**one) for number, one in enumerate(fields)]
    whole, now = [*history, failed, *trifles], day + 1
    before, after = judge.trust(history, now), judge.trust(whole, now)
    holds(after < before, whole[: len(history) + 2], f"{before} without the failure, {after} after {many} trifles on its day")
