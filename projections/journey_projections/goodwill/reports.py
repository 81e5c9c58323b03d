"""A state of `goodwill` told in names: parties, episodes, promises."""

from collections.abc import Mapping

from journey.times import from_microseconds
from journey_projections import codes
from journey_projections.codes import CUSTOMER, FIRST_REPRESENTATIVE, INSTITUTION
from journey_projections.encoding import Encoder
from journey_projections.goodwill.levels import competence_of, goodwill_of, trust_of
from journey_projections.goodwill.parameters import GoodwillParameters
from journey_projections.goodwill.state import COURTESY, DECEPTION, FAILURE, RESPONSE, SLIP, State
from journey_projections.goodwill.wounds import money_repairs_competence_only
from journey_projections.reports import EpisodeReport, Parties, PartyTrust, PromiseReport, Report

_NATURES = {SLIP: "slip", FAILURE: "failure", RESPONSE: "response", DECEPTION: "deception", COURTESY: "courtesy"}


_FINE = 2.0**50
"""Party levels are told in multiples of its inverse: finer than any rule can tell, and ½ is ½."""


def report(state: State, names: Encoder, p: GoodwillParameters) -> Report:
    """What the state says of everybody and everything in it."""
    return Report(_parties(state, names.parties, p), tuple(_episodes(state, names, p)), tuple(_promises(state, names)))


def _parties(state: State, representatives: Mapping[str, int], p: GoodwillParameters) -> Parties:
    def party(index: int) -> PartyTrust:
        return PartyTrust(
            *(
                round(level * _FINE) / _FINE
                for level in (trust_of(state, index, p), competence_of(state, index, p), goodwill_of(state, index, p))
            )
        )

    known = {name: party(index) for name, index in representatives.items() if state.parties[index].known}
    return Parties(party(INSTITUTION), known, party(CUSTOMER))


def _episodes(state: State, names: Encoder, p: GoodwillParameters) -> list[EpisodeReport]:
    representatives = {index: name for name, index in names.parties.items()}
    reports = []
    for (name, actor, side), number in names.episodes.items():
        episode = state.episodes[number]
        if episode.severity <= 0.0 and not episode.open and episode.nature != COURTESY:
            continue
        competence = episode.competence_lead > 0.0
        reports.append(
            EpisodeReport(
                episode=None if name is None else name.removeprefix("="),
                nature=_NATURES[episode.nature],
                by="customer" if side == CUSTOMER else "organisation",
                representative=representatives.get(actor) if actor >= FIRST_REPRESENTATIVE else None,
                opened_at=from_microseconds(names.started + episode.opened_at),
                severity=episode.severity,
                is_open=bool(episode.open),
                steps=tuple(step for step, bit in codes.STEPS.items() if bit < codes.APOLOGISE and episode.steps & (1 << bit)),
                restored=money_repairs_competence_only(episode, p) if competence else episode.restored,
                is_voiced=bool(episode.voiced),
            )
        )
    return reports


def _promises(state: State, names: Encoder) -> list[PromiseReport]:
    promises = ((name, state.promises[number]) for name, number in names.promises.items())
    return [PromiseReport(name, promise.level, bool(promise.elicited)) for name, promise in promises if promise.made]
