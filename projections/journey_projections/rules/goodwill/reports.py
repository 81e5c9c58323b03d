"""A state of `goodwill` as a report with names: parties, episodes, promises."""

from collections.abc import Mapping
from datetime import datetime

from journey.times import from_microseconds, instant_at
from journey_projections.encoding import codes
from journey_projections.encoding.codes import CUSTOMER, FIRST_REPRESENTATIVE, INSTITUTION, NEVER, NOTHING
from journey_projections.encoding.numbering import Encoder
from journey_projections.rules.goodwill import views
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import (
    ANSWERED,
    COMPLAINT,
    COSTLY,
    COURTESY,
    DECEPTION,
    FAILURE,
    PROMISE,
    REQUEST,
    RESPONSE,
    SLIP,
    Promise,
    State,
    Wound,
)
from journey_projections.rules.goodwill.wounds import is_open
from journey_projections.rules.reports import EpisodeReport, Parties, PartyTrust, PromiseReport, Report

_NATURES = {
    SLIP: "slip",
    FAILURE: "failure",
    RESPONSE: "response",
    DECEPTION: "deception",
    COURTESY: "courtesy",
    PROMISE: "promise",
    REQUEST: "request",
    COMPLAINT: "complaint",
}


def report(state: State, names: Encoder, p: GoodwillParameters) -> Report:
    """What the state says of everybody and everything in it."""
    return Report(_parties(state, names.parties, p), tuple(_episodes(state, names)), tuple(_promises(state, names)))


def _parties(state: State, representatives: Mapping[str, int], p: GoodwillParameters) -> Parties:
    def party(index: int) -> PartyTrust:
        _, *levels = views.party(state, index, p)
        return PartyTrust(*levels)

    known = {name: party(index) for name, index in representatives.items() if state.parties[index].known}
    return Parties(party(INSTITUTION), known, party(CUSTOMER))


def _episodes(state: State, names: Encoder) -> list[EpisodeReport]:
    representatives = {index: name for name, index in names.parties.items()}
    by_slot: dict[tuple[str | None, int, int], list[tuple[Wound, bool]]] = {}
    for number, (slot, wound) in enumerate(zip(names.episodes, state.episodes, strict=True)):
        is_asked = wound.waits != ANSWERED and wound.nature != PROMISE
        if wound.severity > 0.0 or wound.nature == COURTESY or is_asked:
            by_slot.setdefault(slot, []).append((wound, is_open(state, number) or (is_asked and wound.generation < 0)))
    return [
        EpisodeReport(
            episode=None if name is None else name.removeprefix("="),
            nature=_NATURES[max((one.nature for one, _ in wounds), key=_foremost)],
            by="customer" if side == CUSTOMER else "organisation",
            representative=representatives.get(actor) if actor >= FIRST_REPRESENTATIVE else None,
            opened_at=from_microseconds(names.started + wounds[0][0].opened_at),
            severity=max(one.severity if one.severity > 0.0 else one.unfelt for one, _ in wounds),
            is_open=any(still_open for _, still_open in wounds),
            steps=tuple(step for step, bit in codes.STEPS.items() if all(one.steps & (1 << bit) for one, _ in wounds)),
            restored=min(_restored(one) for one, _ in wounds),
            is_voiced=any(one.voiced for one, _ in wounds),
            waits_since=_first([one.opened_at for one, _ in wounds if one.waits != ANSWERED], names),
            costs_from=_first([one.starts for one, _ in wounds if one.waits != ANSWERED], names),
        )
        for (name, actor, side), wounds in by_slot.items()
    ]


def _foremost(nature: int) -> tuple[bool, int]:
    """What an episode is called by: what happened before what was said of it, and of that, the gravest."""
    return nature <= DECEPTION, nature


def _first(times: list[int], names: Encoder) -> datetime | None:
    return instant_at(names.started + min(times)) if times else None


def _restored(wound: Wound) -> float:
    if wound.nature == FAILURE and not wound.is_relational:
        return wound.restored_competence
    return wound.restored_goodwill


def _promises(state: State, names: Encoder) -> list[PromiseReport]:
    promises = ((name, state.promises[number]) for name, number in names.promises.items())
    return [_promise(state, name, promise, names) for name, promise in promises if promise.made]


def _promise(state: State, name: str, promise: Promise, names: Encoder) -> PromiseReport:
    waits = None if promise.wound == NOTHING else state.episodes[promise.wound].waits
    return PromiseReport(
        promise=name,
        level=promise.level,
        is_elicited=bool(promise.elicited),
        made_at=instant_at(names.started + promise.made_at),
        due=None if promise.due == NEVER else instant_at(names.started + promise.due),
        is_overdue=waits == COSTLY,
        is_delivered=None if waits is None else waits == ANSWERED,
    )
