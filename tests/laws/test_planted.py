"""The laws find what they are there for: rule sets with one fault planted, each found within a few hundred examples.

Sound is a rule set in which nothing moves trust, which keeps every law that only forbids, or a published one. A fault adds to it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import isnan
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel

from journey import Touchpoint
from journey.touchpoints import (
    ComplaintVoiced,
    Delivery,
    EvidenceEmerged,
    FailureNoticed,
    FailureOccurred,
    GestureMade,
    HandoverMade,
    Interaction,
    IntroductionMade,
    PromiseMade,
    RecoveryStepTaken,
    RelationshipOpened,
    RelationshipResumed,
    ResponseFailed,
)
from journey_projections import RuleSet, rule_set
from journey_projections.encoding import codes
from journey_projections.encoding.numbering import Encoded
from journey_projections.testing import LAWS, check_law

EXAMPLES = 300
SOUND_EXAMPLES = 40
LAW = {law.id: law for law in LAWS}
LITTLE = 0.02
DAY = 86_400_000_000
BETA = rule_set("beta")


class Nothing(BaseModel):
    """No parameters."""


@dataclass
class Memory:
    """What a fault remembers: how far it moved trust, the time, the time of the last touchpoint, and what it marked."""

    moved: float = 0.0
    now: int = 0
    last: int = 0
    seen: int = 0
    marks: dict[str, Any] = field(default_factory=dict)


class State(NamedTuple):
    """A sound state with the memory of a fault."""

    sound: Any
    memory: Memory


Fault = Callable[[Memory, Any], float]
Silence = Callable[[Memory], float]


def nothing(*_: Any) -> float:
    return 0.0


def planted(fault: Fault = nothing, in_silence: Silence = nothing) -> RuleSet:
    """A rule set in which nothing but the fault moves trust; the fault is told touchpoints."""
    return RuleSet(
        name="planted",
        version="1",
        parameters=Nothing(),
        initial=lambda _: State(None, Memory()),
        apply=lambda state, touchpoint, _: _suffer(state.memory, fault, touchpoint),
        advance=lambda state, elapsed, _: _wait(state.memory, elapsed),
        trust=lambda state, _: _bounded(0.5 + state.memory.moved + in_silence(state.memory)),
        takes_touchpoints=True,
    )


def copied(fault: Fault = nothing, in_silence: Silence = nothing) -> RuleSet:
    """A published rule set with the fault, which is told numbers."""

    def apply(state: State, touchpoint: Encoded, p: Any) -> None:
        BETA.apply(state.sound, touchpoint, p)
        _suffer(state.memory, fault, touchpoint)

    return RuleSet(
        name="copied",
        version="1",
        parameters=BETA.parameters,
        initial=lambda p: State(BETA.initial(p), Memory()),
        apply=apply,
        advance=lambda state, elapsed, _: _wait(state.memory, elapsed),
        trust=lambda state, p: _bounded(BETA.trust(state.sound, p) + state.memory.moved + in_silence(state.memory)),
    )


def _suffer(memory: Memory, fault: Fault, touchpoint: Any) -> None:
    memory.moved += fault(memory, touchpoint)
    memory.last = memory.now
    memory.seen += 1


def _wait(memory: Memory, elapsed: int) -> None:
    memory.now += elapsed


def _bounded(trust: float) -> float:
    return min(1.0, max(0.0, trust))


# Faults


def on(kind: type[Any], amount: Callable[[Memory, Any], float]) -> Fault:
    """A fault that touches one kind."""
    return lambda memory, touchpoint: amount(memory, touchpoint) if isinstance(touchpoint, kind) else 0.0


def both(*faults: Fault) -> Fault:
    return lambda memory, touchpoint: sum(fault(memory, touchpoint) for fault in faults)


def marked(kind: type[Any], name: str) -> Fault:
    """Remember the last touchpoint of a kind, and when it was."""

    def mark(memory: Memory, touchpoint: Touchpoint) -> float:
        memory.marks[name] = memory.now, touchpoint
        return 0.0

    return on(kind, mark)


def since(memory: Memory, name: str) -> float:
    """Days since what is marked, 0 where nothing is."""
    return (memory.now - memory.marks[name][0]) / DAY if name in memory.marks else 0.0


def a_jump_at_the_edge_of_the_zone(_: Memory, touchpoint: Encoded) -> float:
    if touchpoint.kind != codes.DELIVERY or isnan(touchpoint.second) or not isnan(touchpoint.third):
        return 0.0
    return -0.003 if touchpoint.second - touchpoint.amount > 0.1 else 0.0


def a_higher_promise_saves_a_miss_at_the_edge(memory: Memory, touchpoint: Touchpoint) -> float:
    if isinstance(touchpoint, PromiseMade):
        memory.marks[touchpoint.promise] = touchpoint.level
    if not isinstance(touchpoint, Delivery):
        return 0.0
    promised = touchpoint.promised if touchpoint.promised is not None else memory.marks.get(touchpoint.promise or "", 0.5)
    gap = promised - (touchpoint.delivered if touchpoint.perceived is None else touchpoint.perceived)
    return 0.001 * (gap > 0.1) - 0.01 * gap


def a_name_shields(memory: Memory, touchpoint: Touchpoint) -> float:
    if isinstance(touchpoint, FailureOccurred):
        return -LITTLE if "name" in memory.marks else -2 * LITTLE
    if touchpoint.representative is not None:
        memory.marks["name"] = True
    return 0.0


def the_newcomer_gains_more(memory: Memory, touchpoint: Touchpoint) -> float:
    if isinstance(touchpoint, HandoverMade):
        memory.marks[touchpoint.to_representative] = True
    return 0.01 if isinstance(touchpoint, Interaction) and touchpoint.representative in memory.marks else 0.0


def apologies_count_after_help(memory: Memory, touchpoint: Touchpoint) -> float:
    if isinstance(touchpoint, RecoveryStepTaken) and touchpoint.step == "help":
        memory.marks["help"] = True
    return LITTLE if isinstance(touchpoint, RecoveryStepTaken) and touchpoint.step == "apologise" and "help" in memory.marks else 0.0


def who_is_introduced_late_is_liked_better(memory: Memory, touchpoint: Touchpoint) -> float:
    if isinstance(touchpoint, HandoverMade):
        memory.marks["handed"] = memory.now, touchpoint
    return LITTLE if isinstance(touchpoint, IntroductionMade) and since(memory, "handed") > 3 else 0.0


def late_is_good(memory: Memory, touchpoint: Touchpoint) -> float:
    if isinstance(touchpoint, PromiseMade):
        memory.marks[touchpoint.promise] = touchpoint.due
    if not isinstance(touchpoint, Delivery):
        return 0.0
    due = memory.marks.get(touchpoint.promise or "")
    return LITTLE if due is not None and touchpoint.occurred_at > due else 0.0


def severely(_: Memory, failure: FailureOccurred) -> float:
    return -0.3 if failure.severity >= 0.9 and failure.breach != "competence" else 0.0


def found_out_costs_half(_: Memory, touchpoint: Touchpoint) -> float:
    if isinstance(touchpoint, FailureOccurred) and touchpoint.noticed:
        return -LITTLE
    return -LITTLE / 2 if isinstance(touchpoint, FailureNoticed) else 0.0


FAULTS: dict[str, tuple[str, RuleSet, RuleSet]] = {
    "trust depends on the day of the month": ("L06", planted(), planted(lambda _, one: -0.01 * (one.occurred_at.day > 15))),
    "a wait of a month gains": ("L22", copied(), copied(in_silence=lambda memory: 0.001 * (memory.now - memory.last > 30 * DAY))),
    "a complaint costs": ("L23", copied(), copied(lambda _, one: -0.01 * (one.kind == codes.COMPLAINT_VOICED))),
    "a higher promise saves a miss": (
        "L26",
        planted(on(Delivery, nothing)),
        planted(a_higher_promise_saves_a_miss_at_the_edge),
    ),
    "a jump at the edge of the zone": ("L27", copied(), copied(a_jump_at_the_edge_of_the_zone)),
    "jumps that no parameter declares": (
        "L27",
        copied(),
        copied(lambda _, one: -0.01 * (int(50.0 * one.amount) % 2) if one.kind == codes.FAILURE_OCCURRED else 0.0),
    ),
    "a note counts": ("L30", copied(), copied(lambda _, one: 1e-6 * (one.kind == codes.NOTE_ADDED))),
    "who waits for the complaint gains": (
        "L31",
        planted(),
        planted(both(marked(ComplaintVoiced, "voiced"), on(RecoveryStepTaken, lambda memory, _: LITTLE * ("voiced" in memory.marks)))),
    ),
    "help gains after three days": (
        "L32",
        planted(),
        planted(
            both(
                *(marked(kind, "waits") for kind in (FailureOccurred, ComplaintVoiced)),
                on(RecoveryStepTaken, lambda memory, _: LITTLE * (since(memory, "waits") > 3)),
            )
        ),
    ),
    "late deliveries gain": ("L33", planted(), planted(late_is_good)),
    "a failure found out costs half": ("L35", planted(), planted(found_out_costs_half)),
    "each gesture counts": ("L36", planted(), planted(on(GestureMade, lambda _, one: 0.001 + 0.01 * one.size))),
    "anna is disliked": ("L37", planted(), planted(lambda _, one: -0.01 * (one.representative == "anna"))),
    "doubt hurts": ("L38", planted(), planted(on(FailureOccurred, lambda _, one: -LITTLE * one.severity * (1.0 - one.certainty)))),
    "coming back heals": ("L39", planted(), planted(on(RelationshipResumed, lambda *_: LITTLE))),
    "a warm handover is a gift": ("L40", planted(), planted(on(HandoverMade, lambda _, one: LITTLE * (one.introduction == "warm")))),
    "a supplier costs more": ("L41", planted(), planted(on(FailureOccurred, lambda _, one: -LITTLE * (one.cause == "supplier")))),
    "chance costs": ("L43", planted(), planted(on(FailureOccurred, lambda _, one: -LITTLE * (one.cause == "exogenous")))),
    "a bad start stays": (
        "L44",
        planted(),
        planted(both(on(ResponseFailed, lambda *_: -0.1), on(RecoveryStepTaken, lambda *_: 0.005))),
    ),
    "steps undo an insult": ("L45", planted(), planted(both(on(FailureOccurred, severely), on(RecoveryStepTaken, lambda *_: 0.06)))),
    "late introductions please": ("L46", planted(), planted(who_is_introduced_late_is_liked_better)),
    "five steps gain": ("L48", planted(), planted(on(RecoveryStepTaken, lambda _, one: LITTLE * (one.step == "prevent")))),
    "a name shields": ("L49", planted(), planted(a_name_shields)),
    "a late opening lifts": ("L49", planted(), planted(on(RelationshipOpened, lambda memory, _: 0.001 * (memory.seen > 0)))),
    "innocence twice is better": ("L50", planted(), planted(on(EvidenceEmerged, lambda _, one: 0.005 * (one.verdict == "innocent")))),
    "delay pleases": ("L51", planted(), planted(on(ResponseFailed, lambda _, one: 0.001 * (one.manner == "delayed")))),
    "apologies count after help": ("L52", planted(), planted(apologies_count_after_help)),
    "trifles add up": (
        "L53",
        planted(on(Interaction, lambda memory, one: (one.competence or 0.0) * (0.8 - memory.moved) / 400)),
        planted(on(Interaction, lambda _, one: 0.01 * (one.competence or 0.0))),
    ),
    "a newcomer gains more": ("L54", planted(), planted(the_newcomer_gains_more)),
    "years turn good into bad": (
        "L55",
        planted(),
        planted(
            both(marked(Interaction, "met"), on(Interaction, lambda _, one: 0.01 * (one.competence or 0.0))),
            lambda memory: -0.03 * max(0.0, memory.marks["met"][1].competence or 0.0) if since(memory, "met") > 2000 else 0.0,
        ),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name: str) -> None:
    id, _, faulty = FAULTS[name]
    verdict = check_law(LAW[id], faulty, examples=EXAMPLES)
    assert not verdict.holds


@pytest.mark.parametrize("name", FAULTS)
def test_without_the_fault_the_law_holds(name: str) -> None:
    id, sound, _ = FAULTS[name]
    verdict = check_law(LAW[id], sound, examples=SOUND_EXAMPLES)
    assert verdict.holds, verdict.in_words()
