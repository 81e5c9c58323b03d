"""Facts that refer to what nothing opened: episodes, promises, and the facts that corrections are about."""

from collections.abc import Iterator
from typing import Any

from journey.history import History, Recorded
from journey_projections.questions.checks.finding import (
    MOVES_NOTHING,
    UNKNOWN_EPISODE,
    UNKNOWN_PROMISE,
    UNKNOWN_TOUCHPOINT,
    Finding,
    command,
)

NEED_EPISODE = ("failure_noticed", "recovery_step_taken", "response_failed", "evidence_emerged", "episode_closed")
"""Kinds that answer or continue an episode, and never open one."""


def references(history: History) -> Iterator[Finding]:
    """What of one history refers to nothing, or to what comes only later; and corrections that cannot be."""
    yield from _episodes(history)
    yield from _promises(history)
    known = {record.outline.id for record in history.told}
    for record in history.amendments:
        amendment = record.touchpoint
        if amendment.about not in known:
            words = f"is about `{amendment.about}`, which is not recorded"
            mend = f"{command('retract', amendment.id)}, and amend the id that was meant"
            yield Finding(UNKNOWN_TOUCHPOINT, history.relationship, (amendment.id,), words, mend)
    for id, why in history.impossible.items():
        mend = f"{command('retract', id)}, and correct the touchpoint with values that it can have"
        yield Finding(MOVES_NOTHING, history.relationship, (id,), f"is a correction that cannot be, and is ignored: {why}", mend)


def _episodes(history: History) -> Iterator[Finding]:
    opened, unnamed = dict[str, int](), set[str]()
    for place, record in enumerate(history.records):
        outline: Any = record.outline
        if outline.episode is None:
            unnamed.add(outline.id)
        elif outline.kind not in NEED_EPISODE:
            opened.setdefault(outline.episode, place)
    lost: dict[str, list[Recorded]] = {}
    for place, record in enumerate(history.records):
        outline = record.outline
        if outline.kind in NEED_EPISODE and outline.episode is not None and place < opened.get(outline.episode, place + 1):
            lost.setdefault(outline.episode, []).append(record)
    for episode, records in lost.items():
        ids = tuple(record.outline.id for record in records)
        if episode in opened:
            words = f"belongs to episode `{episode}`, which opens only after it"
            mend = f"{command('correct', ids[0], 'occurred_at=WHEN')}, or the time of what opens it"
        elif episode in unnamed:
            words = f"belongs to episode `{episode}`; the touchpoint `{episode}` names no episode, so nothing opened it"
            mend = command("correct", episode, f"episode={episode}")
        else:
            words = f"belongs to episode `{episode}`, which nothing opened: no failure, complaint, request or other contact names it"
            mend = f"{command('correct', ids[0], 'episode=EPISODE')}, or record the failure that opened it"
        yield Finding(UNKNOWN_EPISODE, history.relationship, ids, words, mend)


def _promises(history: History) -> Iterator[Finding]:
    made = dict[str, int]()
    for place, record in enumerate(history.records):
        outline: Any = record.outline
        if outline.kind == "promise_made":
            made.setdefault(outline.promise, place)
    lost: dict[str, list[Recorded]] = {}
    for place, record in enumerate(history.records):
        outline = record.outline
        if outline.kind == "delivery" and outline.promise is not None and place < made.get(outline.promise, place + 1):
            lost.setdefault(outline.promise, []).append(record)
    for promise, records in lost.items():
        ids = tuple(record.outline.id for record in records)
        if promise in made:
            words = f"delivers promise `{promise}`, which is made only after it"
            mend = f"{command('correct', ids[0], 'occurred_at=WHEN')}, or the time of the promise"
        else:
            words = f"delivers promise `{promise}`, which nobody made"
            mend = f"{command('correct', ids[0], 'promise=PROMISE')}, or record the `promise_made`"
        yield Finding(UNKNOWN_PROMISE, history.relationship, ids, words, mend)
