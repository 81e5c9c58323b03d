"""Touchpoints that move nothing, and why: without them, everybody would be trusted as much as they are."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from journey.history import History, Recorded
from journey.times import to_microseconds
from journey_projections.questions.checks.finding import MOVES_NOTHING, Finding, command
from journey_projections.questions.checks.references import NEED_EPISODE
from journey_projections.replaying.run import Run
from journey_projections.rules.rule_set import RuleSet

PATIENCE = 90 * 86_400_000_000
"""A promise without a date may be kept this long before it is asked after, in microseconds."""
_AMOUNTS = {"gesture_made": "size", "failure_occurred": "severity", "deception_exposed": "severity", "response_failed": "severity"}
_BY_DESIGN = ("note_added", "feedback_requested")
"""Kinds that are recorded for other reasons than to move something."""
_QUALITIES = ("competence", "benevolence", "integrity", "recognised")

_Why = tuple[str, str]
"""What is the matter, and the mend."""


def unmoved(history: History, rules: RuleSet, now: datetime) -> Iterator[Finding]:
    """Touchpoints of one history that move nothing under `rules`, by `now` or the last touchpoint, whichever is later.

    First those that say nothing under any rules. Then those that moved no trust when they happened, and without which trust, exit risk,
    state and the trust in each party would end the same. What moves nothing as it should is left out: a note, a first assignment.
    """
    records, until = history.records, to_microseconds(now)
    found: dict[int, _Why] = {}
    suspects: dict[int, _Why] = {}
    for place, record in enumerate(records):
        if why := _says_nothing(record.outline):
            found[place] = why
        elif why := _suspicion(records, place):
            suspects[place] = why
    for place in _without_effect(records, list(suspects), rules, until):
        found[place] = suspects[place]
    found |= _never_kept(records, until)
    groups: dict[str, list[int]] = {}
    for place, (words, _) in sorted(found.items()):
        groups.setdefault(words, []).append(place)
    for words, places in groups.items():
        ids = tuple(records[place].outline.id for place in places)
        yield Finding(MOVES_NOTHING, history.relationship, ids, words, found[places[0]][1])


def _says_nothing(outline: Any) -> _Why | None:
    """Why a touchpoint moves nothing whatever the rules."""
    if outline.kind in _BY_DESIGN:
        return None
    if outline.certainty == 0:
        return "has a `certainty` of 0, so it says nothing", command("correct", outline.id, "certainty=1")
    if outline.kind == "interaction" and outline.episode is None and all(getattr(outline, one) is None for one in _QUALITIES):
        words = "counts as a contact and does not say how it went: no `competence`, `benevolence`, `integrity` or `recognised`"
        return words, f"{command('correct', outline.id, 'benevolence=0.3')} where you know how it went"
    return None


def _suspicion(records: Sequence[Recorded], place: int) -> _Why | None:
    """Why a touchpoint would move nothing, if it moves nothing; None where that would be as it should."""
    outline: Any = records[place].outline
    before = records[:place]
    kind, id = outline.kind, outline.id
    amount = _AMOUNTS.get(kind)
    if amount is not None and getattr(outline, amount) == 0:
        return f"has a `{amount}` of 0", command("correct", id, f"{amount}=0.5")
    if kind in NEED_EPISODE and kind != "episode_closed":
        return _of_episode(records, place)
    if kind == "relationship_opened" and place > 0 and outline.origin != "stranger":
        first = before[0].touchpoint
        words = f"opens the relationship after it began with `{first.id}` on {first.occurred_at:%Y-%m-%d}: its `origin` comes too late"
        began = f"occurred_at={first.occurred_at.isoformat()}"
        return words, f"{command('correct', id, began, 'sequence=-1')}, or {command('retract', id)}"
    if kind in ("representative_assigned", "handover_made"):
        person = outline.representative if kind == "representative_assigned" else outline.to_representative
        if any(one.outline.kind in ("representative_assigned", "handover_made") for one in before):
            return f"gives the customer to `{person}`, who had them already", command("retract", id)
    if kind == "introduction_made":
        person = outline.representative
        words = f"introduces `{person}`, to whom nobody had handed the customer, or who needed no introduction any more"
        return words, f"record the `handover_made` to `{person}` before it, or {command('correct', id, 'representative=PERSON')}"
    if kind == "relationship_resumed":
        return "resumes a relationship that had not ended", f"record the `relationship_ended` before it, or {command('retract', id)}"
    return None


def _of_episode(records: Sequence[Recorded], place: int) -> _Why | None:
    """Why what answers or continues an episode would move nothing."""
    outline: Any = records[place].outline
    id, episode = outline.id, outline.episode
    if episode is None:
        return "names no `episode`, so it answers nothing", command("correct", id, "episode=EPISODE")
    of_episode: list[Any] = [one.outline for one in records if one.outline.episode == episode]
    if all(one.kind in NEED_EPISODE for one in of_episode):
        return None  # nothing opened it, which is a finding of its own
    earlier: list[Any] = [one.outline for one in records[:place] if one.outline.episode == episode and one.outline.kind == outline.kind]
    if outline.kind == "failure_noticed":
        if earlier:
            return f"says again what `{earlier[0].id}` said: the failure of `{episode}` was noticed then", command("retract", id)
        failures = [one.id for one in of_episode if one.kind == "failure_occurred"]
        if not failures:
            return None
        words = f"says that the failure of `{episode}` was noticed, which was recorded as noticed from the start"
        return words, f"{command('correct', failures[0], 'noticed=false')}, or {command('retract', id)}"
    if outline.kind == "evidence_emerged":
        again = [one for one in earlier if one.verdict == outline.verdict]
        return (f"says again what `{again[0].id}` said of `{episode}`", command("retract", id)) if again else None
    if outline.kind == "recovery_step_taken":
        steps = [one.step for one in of_episode if one.kind == "recovery_step_taken"]
        if "acknowledge" not in steps and outline.step != "compensate":
            words = f"restores nothing: nobody acknowledged what went wrong in `{episode}`"
            return words, f"record the `acknowledge` step of `{episode}`, or {command('correct', id, 'step=acknowledge')}"
        again = [one for one in earlier if one.step == outline.step]
        return (f"takes the step of `{again[0].id}` again, which counts once", command("retract", id)) if again else None
    return None


def _without_effect(records: Sequence[Recorded], suspects: list[int], rules: RuleSet, until: int) -> Iterator[int]:
    """Those of the suspects that moved no trust, and without which everything ends the same."""
    if not suspects:
        return
    run, still = Run(rules), set[int]()
    for place, record in enumerate(records):
        run.pass_until(record.at)
        before = run.trust()
        run.step(record)
        if run.trust() == before:
            still.add(place)
    run.pass_until(until)
    candidates = [place for place in suspects if place in still]
    if candidates:
        yield from _idle(records, candidates, _end(run), rules, until)


def _idle(records: Sequence[Recorded], some: list[int], end: object, rules: RuleSet, until: int) -> Iterator[int]:
    """Those without which everything ends the same: all of them if that holds of them together, else each half is asked."""
    left_out, run = set(some), Run(rules)
    for place, record in enumerate(records):
        if place not in left_out:
            run.step(record)
    run.pass_until(max(until, records[-1].at))
    if _end(run) == end:
        yield from some
    elif len(some) > 1:
        half = len(some) // 2
        yield from _idle(records, some[:half], end, rules, until)
        yield from _idle(records, some[half:], end, rules, until)


def _end(run: Run) -> object:
    """What counts of a state: all but the confidence, to which every touchpoint adds."""
    view = run.view()
    return run.trust(), view.exit_risk, view.state, run.rules.reported(run.state, run.names).parties


def _never_kept(records: Sequence[Recorded], until: int) -> dict[int, _Why]:
    """Promises that have no date, and that nobody kept or broke."""
    promises: dict[str, list[int]] = {}
    settled = set[str]()
    for place, record in enumerate(records):
        outline: Any = record.outline
        if outline.kind == "promise_made":
            promises.setdefault(outline.promise, []).append(place)
            if outline.due is not None:
                settled.add(outline.promise)
        elif outline.kind == "delivery":
            settled.add(outline.promise)
        elif outline.kind == "relationship_ended":
            settled |= promises.keys()
    words = "promises something without a date, and no delivery names it: it is never kept and never broken"
    return {
        place: (words, f"{command('correct', records[place].outline.id, 'due=WHEN')}, or record its `delivery`")
        for promise, places in promises.items()
        for place in places[-1:]
        if promise not in settled and until - records[place].at > PATIENCE and records[place].outline.certainty > 0
    }
