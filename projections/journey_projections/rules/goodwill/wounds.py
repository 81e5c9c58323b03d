"""Opening, deepening, restoring and closing episodes: the bookkeeping behind breaches and recoveries.

INVARIANT (wounds): a party's `wound_…` is the product, over the wounds that touch it, of what each leaves; `mended`
recomputes it whenever one is restored or mended, and `deepen` multiplies it by a further one.

INVARIANT (walked): whatever is open or leaves less than all of a level is on the walk from `first_wound`; `walk_to` puts it
there when it opens, and `mended` takes it off when neither holds any more, so that no touchpoint walks what is healed.
"""

import math

from journey_projections.encoding.codes import INSTITUTION, NOBODY, NOTHING
from journey_projections.rules.goodwill.levels import (
    DAY,
    HALF,
    days_between,
    part_of_a_good_name_fades,
    silence_erodes_slowly,
    unanswered_failure_keeps_costing,
)
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import DECEPTION, FAILURE, Party, State, Wound

HEALED = 1e-17
"""A harm that leaves all of a level: a double cannot tell e to minus that from 1."""
UTTER = 700.0
"""The largest harm that a wound is told apart by: what it leaves of a level is still a normal double above 0."""


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
    """The share of a level that one wound leaves, never nothing: its harm in log shares, less what was restored of it."""
    if harm <= 0.0 or restored >= 1.0:
        return 1.0
    left = 1.0 - (1.0 - math.exp(-harm)) * (1.0 - restored)
    return left if left > 0.0 else math.exp(-min(harm, UTTER))


def restored_of(episode: Wound) -> float:
    """How much of a wound is restored: by the steps taken, or by evidence that there was nothing to blame."""
    return max(episode.restored, episode.cleared)


def money_repairs_competence_only(episode: Wound, p: GoodwillParameters) -> float:
    """T15. How much of a competence wound is restored, money included; money never reaches the relational part."""
    restored = restored_of(episode)
    return max(restored, min(1.0, restored + p.compensate * episode.paid))


def mended(state: State, index: int, side: int, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """Take shares off the harm of every wound of a party, and set what the wounds leave of its levels. Upholds INVARIANT (wounds)."""
    party = state.parties[index]
    left_competence, left_goodwill = 1.0, 1.0
    before, number = NOTHING, state.relationship[0].first_wound
    while number != NOTHING:
        episode = state.episodes[number]
        if episode.side != side:
            before, number = number, episode.next
            continue
        if index == side:
            episode.competence_lead *= 1.0 - competence
            episode.goodwill_lead *= 1.0 - goodwill
            left_competence *= left_of(episode.competence_lead, money_repairs_competence_only(episode, p))
            left_goodwill *= left_of(episode.goodwill_lead, restored_of(episode))
        elif index == episode.actor:
            episode.competence_actor *= 1.0 - competence
            episode.goodwill_actor *= 1.0 - goodwill
            left_competence *= left_of(episode.competence_actor, money_repairs_competence_only(episode, p))
            left_goodwill *= left_of(episode.goodwill_actor, restored_of(episode))
        if episode.open or costs(episode):
            before = number
        else:
            walk_past(state, before, number)
        number = episode.next
    party.wound_competence = left_competence
    party.wound_goodwill = left_goodwill


def costs(episode: Wound) -> bool:
    """Whether a wound leaves less than all of some level, or may again: nothing takes back what was restored."""
    harm = max(episode.competence_lead, episode.goodwill_lead, episode.competence_actor, episode.goodwill_actor)
    return episode.restored < 1.0 and harm > HEALED


def walk_to(state: State, number: int) -> None:
    """Have a wound on the walk, in its place by number."""
    relationship, episode = state.relationship[0], state.episodes[number]
    if episode.is_walked:
        return
    before, after = relationship.last_wound, NOTHING
    if before > number:
        before, after = NOTHING, relationship.first_wound
        while after != NOTHING and after < number:
            before, after = after, state.episodes[after].next
    episode.is_walked = 1
    episode.next = after
    if before == NOTHING:
        relationship.first_wound = number
    else:
        state.episodes[before].next = number
    if after == NOTHING:
        relationship.last_wound = number


def walk_past(state: State, before: int, number: int) -> None:
    """Take a wound that follows `before` off the walk; it still leads on, for whoever is walking."""
    relationship, episode = state.relationship[0], state.episodes[number]
    episode.is_walked = 0
    if before == NOTHING:
        relationship.first_wound = episode.next
    else:
        state.episodes[before].next = episode.next
    if episode.next == NOTHING:
        relationship.last_wound = before


def rewound_all(state: State, episode: Wound, p: GoodwillParameters) -> None:
    """What is left after an episode was restored further, for the parties that it touches."""
    mended(state, episode.side, episode.side, 0.0, 0.0, p)
    if episode.actor != NOBODY:
        mended(state, episode.actor, episode.side, 0.0, 0.0, p)


def deepen(state: State, index: int, competence: float, goodwill: float) -> None:
    """Take further harms, in log shares, from a party."""
    party = state.parties[index]
    party.wound_competence *= math.exp(-competence)
    party.wound_goodwill *= math.exp(-goodwill)


def open_episode(state: State, number: int, side: int, actor: int, nature: int) -> Wound:
    """The wound of that number, open since now. What was restored of it before is taken off its harm, and not restored again."""
    episode = state.episodes[number]
    walk_to(state, number)
    if not episode.open:
        state.sides[side].open_episodes += 1
    episode.open = 1
    episode.nature = nature
    episode.side = side
    episode.actor = actor
    episode.opened_at = state.relationship[0].now
    episode.windows = 0
    episode.window = NOTHING
    episode.competence_lead = -math.log(left_of(episode.competence_lead, episode.restored))
    episode.goodwill_lead = -math.log(left_of(episode.goodwill_lead, episode.restored))
    episode.competence_actor = -math.log(left_of(episode.competence_actor, episode.restored))
    episode.goodwill_actor = -math.log(left_of(episode.goodwill_actor, episode.restored))
    episode.restored = 0.0
    return episode


def open_one_of(state: State, number: int) -> int:
    """The latest wound of an episode that is still open, from this one back; NOTHING when none is."""
    while number != NOTHING and not state.episodes[number].open:
        number = state.episodes[number].sibling
    return number


def is_first_wound(state: State, number: int) -> bool:
    """Whether nothing went wrong in an episode before this."""
    number = state.episodes[number].sibling
    while number != NOTHING and state.episodes[number].severity <= 0.0:
        number = state.episodes[number].sibling
    return number == NOTHING


def close(state: State, number: int, p: GoodwillParameters) -> None:
    """Close an episode: it no longer holds back what good conduct earns. What it still costs remains, and can be restored."""
    episode = state.episodes[number]
    if episode.open:
        episode.open = 0
        state.sides[episode.side].open_episodes -= 1
        answer(state, episode.side, p)


def lower(state: State, index: int, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """Leave these shares of a party's levels, the lift of its good name included, so that no good name pays a loss back."""
    party = touch(state, index, p)
    lift = part_of_a_good_name_fades(state, p) if index == INSTITUTION else 0.0
    if lift <= 0.0:
        party.competence *= competence
        party.goodwill *= goodwill
        return
    relationship = state.relationship[0]
    remaining = lift * min(competence, goodwill)
    party.competence = max(0.0, (party.competence + (1.0 - party.competence) * lift) * competence - remaining) / (1.0 - remaining)
    party.goodwill = max(0.0, (party.goodwill + (1.0 - party.goodwill) * lift) * goodwill - remaining) / (1.0 - remaining)
    relationship.lift_fading = remaining
    relationship.lift_at = relationship.now


def answer(state: State, side: int, p: GoodwillParameters) -> None:
    """Bring the cost of silence up to the present and set how fast it grows from here: by the worst unanswered failure."""
    record = state.sides[side]
    record.neglect = unanswered_failure_keeps_costing(state, side, p)
    record.neglect_at = state.relationship[0].now
    rate = 0.0
    number = state.relationship[0].first_wound
    while number != NOTHING:
        episode = state.episodes[number]
        if episode.side == side:
            rate = max(rate, demand(episode, p))
        number = episode.next
    record.neglect_rate = rate * HALF / p.neglect_days
    if record.open_episodes == 0 and record.neglect < 1.0:
        lower(state, side, 1.0, record.neglect, p)
        record.neglect = 1.0


def answer_one_more(state: State, number: int, p: GoodwillParameters) -> None:
    """As `answer`, when nothing changed but that this failure opened."""
    episode = state.episodes[number]
    record = state.sides[episode.side]
    record.neglect = unanswered_failure_keeps_costing(state, episode.side, p)
    record.neglect_at = state.relationship[0].now
    record.neglect_rate = max(record.neglect_rate, demand(episode, p) * HALF / p.neglect_days)


def demand(episode: Wound, p: GoodwillParameters) -> float:
    """How much an unanswered failure calls for an answer."""
    if not episode.open or episode.nature not in (FAILURE, DECEPTION) or episode.acknowledged > 0.0:
        return 0.0
    return episode.severity * (p.neglect_voiced if episode.voiced else 1.0)


def good_conduct_lifts_the_cap(state: State, side: int, p: GoodwillParameters) -> None:
    """T19. After ten 24-hour windows with good contacts an open episode holds back no gains; what it still costs can be restored."""
    if state.sides[side].open_episodes == 0:
        return
    now, number = state.relationship[0].now, state.relationship[0].first_wound
    while number != NOTHING:
        episode = state.episodes[number]
        if episode.open and episode.side == side:
            window = (now - episode.opened_at) // DAY
            if window != episode.window:
                episode.window = window
                episode.windows += 1
                if float(episode.windows) >= p.good_windows:
                    close(state, number, p)
        number = episode.next
