"""Opening, deepening, restoring and closing episodes: the bookkeeping behind breaches and recoveries.

INVARIANT (wounds): a party's `wound_…` is the product, over the open episodes that touch it, of what each leaves; `rewound`
recomputes it whenever an episode is restored or closed, and `deepen` multiplies it when one deepens.
"""

import math

from journey_projections.codes import INSTITUTION, NOBODY
from journey_projections.goodwill.levels import (
    DAY,
    HALF,
    days_between,
    left_by_wounds,
    part_of_a_good_name_fades,
    silence_erodes_slowly,
    unanswered_failure_keeps_costing,
)
from journey_projections.goodwill.parameters import GoodwillParameters
from journey_projections.goodwill.state import DECEPTION, FAILURE, Episode, Party, State


def touch(state: State, index: int, p: GoodwillParameters) -> Party:
    """Bring a party up to the present: its levels faded, its purse refilled."""
    party = state.parties[index]
    now = state.relationship[0].now
    days = days_between(party.touched_at, now)
    if days > 0.0:
        party.competence = silence_erodes_slowly(party.competence, days, p)
        party.goodwill = silence_erodes_slowly(party.goodwill, days, p)
        party.purse_competence = min(1.0, party.purse_competence + days / p.purse_days)
        party.purse_goodwill = min(1.0, party.purse_goodwill + days / p.purse_days)
        party.touched_at = now
    return party


def left_of(harm: float, restored: float) -> float:
    """The share of a level that one episode leaves: its harm in log shares, less what was restored of it."""
    return 1.0 - (1.0 - math.exp(-harm)) * (1.0 - restored)


def money_repairs_competence_only(episode: Episode, p: GoodwillParameters) -> float:
    """T15. How much of an episode's competence wound is restored, money included; money never reaches the relational part."""
    return max(episode.restored, min(1.0, episode.restored + p.compensate * episode.paid))


def rewound(state: State, index: int, side: int, p: GoodwillParameters) -> None:
    """Upholds INVARIANT (wounds)."""
    party = state.parties[index]
    competence, goodwill = 1.0, 1.0
    for number in range(state.sides[side].first_open, len(state.episodes)):
        episode = state.episodes[number]
        if episode.open and episode.side == side:
            if index == side:
                competence *= left_of(episode.competence_lead, money_repairs_competence_only(episode, p))
                goodwill *= left_of(episode.goodwill_lead, episode.restored)
            elif index == episode.actor:
                competence *= left_of(episode.competence_actor, money_repairs_competence_only(episode, p))
                goodwill *= left_of(episode.goodwill_actor, episode.restored)
    party.wound_competence = competence
    party.wound_goodwill = goodwill


def rewound_all(state: State, episode: Episode, p: GoodwillParameters) -> None:
    """`rewound` for the parties that an episode touches."""
    rewound(state, episode.side, episode.side, p)
    if episode.actor != NOBODY:
        rewound(state, episode.actor, episode.side, p)


def deepen(state: State, index: int, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """Take further harms, in log shares, from a party; what was mended before stays a part of what is left."""
    party = touch(state, index, p)
    if competence > 0.0:
        left = left_by_wounds(party.wound_competence, party.mended_competence) * math.exp(-competence)
        party.wound_competence *= math.exp(-competence)
        party.mended_competence = mended_by_now(left, party.wound_competence)
    if goodwill > 0.0:
        left = left_by_wounds(party.wound_goodwill, party.mended_goodwill) * math.exp(-goodwill)
        party.wound_goodwill *= math.exp(-goodwill)
        party.mended_goodwill = mended_by_now(left, party.wound_goodwill)


def mended_by_now(left: float, wound: float) -> float:
    """How much of a wound's loss is mended when `left` is what remains of the level."""
    return max(0.0, 1.0 - (1.0 - left) / (1.0 - wound)) if wound < 1.0 else 0.0


def open_episode(state: State, number: int, side: int, actor: int, nature: int, p: GoodwillParameters) -> Episode:
    """The episode of that number, open: anew, or still open if nothing of it was restored yet."""
    episode = state.episodes[number]
    if episode.open and episode.restored <= 0.0 and episode.paid <= 0.0:
        episode.nature = max(episode.nature, nature)
        begin_anew(state, episode)
        return episode
    if episode.open:
        close(state, number, p)
    episode.competence_lead = 0.0
    episode.goodwill_lead = 0.0
    episode.competence_actor = 0.0
    episode.goodwill_actor = 0.0
    episode.severity = 0.0
    episode.exogenous = 0
    episode.breach = 0
    episode.paid = 0.0
    episode.restored = 0.0
    episode.voiced = 0
    begin_anew(state, episode)
    episode.open = 1
    episode.nature = nature
    episode.side = side
    episode.actor = actor
    record = state.sides[side]
    record.first_open = number if record.open_episodes == 0 else min(record.first_open, number)
    record.open_episodes += 1
    return episode


def begin_anew(state: State, episode: Episode) -> None:
    """A failure, or a further one in the same episode, starts its clock: what was done before was not done for it."""
    episode.opened_at = state.relationship[0].now
    episode.windows = 0
    episode.window = -1
    episode.steps = 0
    episode.acknowledged = 0.0
    episode.admitted = 0.0
    episode.helped = 0.0
    episode.explained = 0.0
    episode.prevented = 0.0
    episode.apologised = 0


def close(state: State, number: int, p: GoodwillParameters) -> None:
    """Close an episode: what it still costs becomes a part of the levels, which good conduct can raise again."""
    episode = state.episodes[number]
    record = state.sides[episode.side]
    rewound_all(state, episode, p)
    lead_competence, lead_goodwill = left_of_party(state.parties[episode.side])
    actor_competence, actor_goodwill = 1.0, 1.0
    if episode.actor != NOBODY:
        actor_competence, actor_goodwill = left_of_party(state.parties[episode.actor])
    episode.open = 0
    record.open_episodes -= 1
    rewound_all(state, episode, p)
    settle(state, episode.side, lead_competence, lead_goodwill, p)
    if episode.actor != NOBODY:
        settle(state, episode.actor, actor_competence, actor_goodwill, p)
    while record.first_open < len(state.episodes) and not (
        state.episodes[record.first_open].open and state.episodes[record.first_open].side == episode.side
    ):
        record.first_open += 1
    answer(state, episode.side, p)


def left_of_party(party: Party) -> tuple[float, float]:
    """The shares of competence and goodwill that a party's open wounds leave."""
    competence = left_by_wounds(party.wound_competence, party.mended_competence)
    return competence, left_by_wounds(party.wound_goodwill, party.mended_goodwill)


def settle(state: State, index: int, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """Take into a party's levels what a closed episode had left of them, against what the open ones leave now."""
    party = state.parties[index]
    left_competence, left_goodwill = left_of_party(party)
    lower(state, index, min(1.0, competence / left_competence), min(1.0, goodwill / left_goodwill), p)
    if party.wound_competence >= 1.0:
        party.mended_competence = 0.0
    if party.wound_goodwill >= 1.0:
        party.mended_goodwill = 0.0


def lower(state: State, index: int, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """Leave these shares of a party's levels, the lift of its good name included, so that closing never pays anything back."""
    party = touch(state, index, p)
    lift = part_of_a_good_name_fades(state, p) if index == INSTITUTION else 0.0
    if lift <= 0.0:
        party.competence *= competence
        party.goodwill *= goodwill
        return
    relationship = state.relationship[0]
    kept = lift * min(competence, goodwill)
    party.competence = max(0.0, (party.competence + (1.0 - party.competence) * lift) * competence - kept) / (1.0 - kept)
    party.goodwill = max(0.0, (party.goodwill + (1.0 - party.goodwill) * lift) * goodwill - kept) / (1.0 - kept)
    relationship.lift_fading = kept
    relationship.lift_at = relationship.now


def answer(state: State, side: int, p: GoodwillParameters) -> None:
    """Bring the cost of silence up to the present and set how fast it grows from here: by the worst unanswered failure."""
    record = state.sides[side]
    record.neglect = unanswered_failure_keeps_costing(state, side, p)
    record.neglect_at = state.relationship[0].now
    rate = 0.0
    for number in range(record.first_open, len(state.episodes)):
        episode = state.episodes[number]
        unanswered = episode.nature in (FAILURE, DECEPTION) and episode.acknowledged <= 0.0
        if episode.open and episode.side == side and unanswered:
            rate = max(rate, episode.severity * (p.neglect_voiced if episode.voiced else 1.0))
    record.neglect_rate = rate * HALF / p.neglect_days
    if record.open_episodes == 0 and record.neglect < 1.0:
        lower(state, side, 1.0, record.neglect, p)
        record.neglect = 1.0


def good_conduct_closes_an_episode(state: State, side: int, p: GoodwillParameters) -> None:
    """T19. Ten 24-hour windows with good contacts since it opened close an episode; what it still costs stays lost until earned."""
    record = state.sides[side]
    now = state.relationship[0].now
    for number in range(record.first_open, len(state.episodes)):
        episode = state.episodes[number]
        if episode.open and episode.side == side:
            window = (now - episode.opened_at) // DAY
            if window != episode.window:
                episode.window = window
                episode.windows += 1
                if float(episode.windows) >= p.good_windows:
                    close(state, number, p)
