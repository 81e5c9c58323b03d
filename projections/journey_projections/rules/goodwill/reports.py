"""A state of `goodwill` as a report with names: parties, episodes, promises."""

from collections.abc import Mapping

from journey.times import from_microseconds
from journey_projections.encoding import codes
from journey_projections.encoding.codes import CUSTOMER, FIRST_REPRESENTATIVE, INSTITUTION
from journey_projections.encoding.numbering import Encoder
from journey_projections.rules.goodwill import views
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import COURTESY, DECEPTION, FAILURE, RESPONSE, SLIP, State, Wound
from journey_projections.rules.goodwill.wounds import money_repairs_competence_only, restored_of
from journey_projections.rules.reports import EpisodeReport, Parties, PartyTrust, PromiseReport, Report

_NATURES = {SLIP: "slip", FAILURE: "failure", RESPONSE: "response", DECEPTION: "deception", COURTESY: "courtesy"}


def report(state: State, names: Encoder, p: GoodwillParameters) -> Report:
    """What the state says of everybody and everything in it."""
    return Report(_parties(state, names.parties, p), tuple(_episodes(state, names, p)), tuple(_promises(state, names)))


def _parties(state: State, representatives: Mapping[str, int], p: GoodwillParameters) -> Parties:
    def party(index: int) -> PartyTrust:
        _, *levels = views.party(state, index, p)
        return PartyTrust(*levels)

    known = {name: party(index) for name, index in representatives.items() if state.parties[index].known}
    return Parties(party(INSTITUTION), known, party(CUSTOMER))


def _episodes(state: State, names: Encoder, p: GoodwillParameters) -> list[EpisodeReport]:
    representatives = {index: name for name, index in names.parties.items()}
    by_slot: dict[tuple[str | None, int, int], list[Wound]] = {}
    for slot, episode in zip(names.episodes, state.episodes, strict=True):
        if episode.severity > 0.0 or episode.nature == COURTESY:
            by_slot.setdefault(slot, []).append(episode)
    return [
        EpisodeReport(
            episode=None if name is None else name.removeprefix("="),
            nature=_NATURES[max(one.nature for one in wounds)],
            by="customer" if side == CUSTOMER else "organisation",
            representative=representatives.get(actor) if actor >= FIRST_REPRESENTATIVE else None,
            opened_at=from_microseconds(names.started + wounds[0].opened_at),
            severity=max(one.severity for one in wounds),
            is_open=any(one.open for one in wounds),
            steps=tuple(step for step, bit in codes.STEPS.items() if all(one.steps & (1 << bit) for one in wounds)),
            restored=min(_restored(one, p) for one in wounds),
            is_voiced=any(one.voiced for one in wounds),
        )
        for (name, actor, side), wounds in by_slot.items()
    ]


def _restored(wound: Wound, p: GoodwillParameters) -> float:
    return money_repairs_competence_only(wound, p) if wound.competence_lead > 0.0 else restored_of(wound)


def _promises(state: State, names: Encoder) -> list[PromiseReport]:
    promises = ((name, state.promises[number]) for name, number in names.promises.items())
    return [PromiseReport(name, promise.level, bool(promise.elicited)) for name, promise in promises if promise.made]
