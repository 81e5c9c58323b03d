"""Opening, deepening, restoring and closing episodes: the bookkeeping behind breaches and recoveries.

INVARIANT (harms): a party's `harm_…` is the sum, over the wounds that touch it, of what each still costs: its harm, less what was
restored of it, faded by the party's mending clock since. `add_harm` adds to both sides of that sum, `give_back_to` takes from both,
and good conduct fades both, so that no touchpoint walks the wounds.
"""

import math

from journey_projections.encoding.codes import NOBODY, NOTHING, ORGANISATION
from journey_projections.rules.goodwill.levels import DAY, days_between, level_of_competence, level_of_goodwill, shrunk
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import Harm, Party, Relationship, State, Wound


def touch(state: State, party: Party, p: GoodwillParameters) -> Party:
    """Bring a party up to the present: its levels faded, its purse refilled."""
    now = state.relationship[0].now
    days = days_between(party.touched_at, now)
    if days > 0.0:
        party.competence = level_of_competence(state, party, p)
        party.goodwill = level_of_goodwill(state, party, p)
        refill = days / p.purse_days
        party.purse_competence = min(1.0, party.purse_competence + refill)
        party.purse_goodwill = min(1.0, party.purse_goodwill + refill)
        party.touched_at = now
    return party


def good_conduct_mends(party: Party, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """T53. Good conduct takes a share off every wound, and in the end all of what recovery could not restore."""
    if party.harm_competence > 0.0 and competence > 0.0:
        party.harm_competence *= shrunk(p.mend_gain * competence)
    if party.harm_goodwill > 0.0 and goodwill > 0.0:
        party.harm_goodwill *= shrunk(p.mend_gain * goodwill)
    party.mended_competence += competence
    party.mended_goodwill += goodwill
    if party.pace_competence > 0.0 or party.pace_goodwill > 0.0:
        earn(party, competence, goodwill)


def earn(party: Party, competence: float, goodwill: float) -> None:
    """Good conduct takes off what recovery could not restore, at its pace."""
    party.earning_competence = max(0.0, party.earning_competence - party.pace_competence * competence)
    party.earning_goodwill = max(0.0, party.earning_goodwill - party.pace_goodwill * goodwill)
    if party.earning_competence <= 0.0:
        party.pace_competence = 0.0
    if party.earning_goodwill <= 0.0:
        party.pace_goodwill = 0.0


def rest(harm: float, clock: float, reading: float, p: GoodwillParameters) -> float:
    """What the good conduct between two readings of a mending clock has left of a harm."""
    return harm * math.exp(-p.mend_gain * (reading - clock)) if harm > 0.0 and reading > clock else harm


def add_harm(state: State, number: int, harm: Harm, party: Party, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """Add to what a wound took of a party; nothing of it is restored yet. Upholds INVARIANT (harms)."""
    wound = state.episodes[number]
    harm.competence = rest(harm.competence, harm.clock_competence, party.mended_competence, p) + unrestored(
        competence, wound.restored_competence
    )
    harm.goodwill = rest(harm.goodwill, harm.clock_goodwill, party.mended_goodwill, p) + unrestored(goodwill, wound.restored_goodwill)
    harm.clock_competence = party.mended_competence
    harm.clock_goodwill = party.mended_goodwill
    party.harm_competence += competence
    party.harm_goodwill += goodwill


def unrestored(harm: float, restored: float) -> float:
    """The harm of which so much is left when that share of it is restored."""
    return harm / (1.0 - restored) if restored < 1.0 else harm


def give_back_to(harm: Harm, party: Party, is_whole: int, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """Give a party these shares of a wound back; shares below 0 are taken again. Upholds INVARIANT (harms)."""
    if is_whole:
        move_to_earning(party, -competence * harm.competence, -goodwill * harm.goodwill, p)
        return
    competence *= rest(harm.competence, harm.clock_competence, party.mended_competence, p)
    goodwill *= rest(harm.goodwill, harm.clock_goodwill, party.mended_goodwill, p)
    party.harm_competence = max(0.0, party.harm_competence - competence)
    party.harm_goodwill = max(0.0, party.harm_goodwill - goodwill)


def leave_to_conduct(harm: Harm, party: Party, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """Move these shares of a wound, which nothing restores any more, to what good conduct earns back."""
    harm.competence = rest(harm.competence, harm.clock_competence, party.mended_competence, p)
    harm.goodwill = rest(harm.goodwill, harm.clock_goodwill, party.mended_goodwill, p)
    party.harm_competence = max(0.0, party.harm_competence - competence * harm.competence)
    party.harm_goodwill = max(0.0, party.harm_goodwill - goodwill * harm.goodwill)
    move_to_earning(party, competence * harm.competence, goodwill * harm.goodwill, p)


def move_to_earning(party: Party, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """Let so much more be earned back by good conduct, within `earned_by` perfect contacts."""
    party.earning_competence = max(0.0, party.earning_competence + competence)
    party.earning_goodwill = max(0.0, party.earning_goodwill + goodwill)
    party.pace_competence = max(0.0, party.pace_competence + competence / p.earned_by)
    party.pace_goodwill = max(0.0, party.pace_goodwill + goodwill / p.earned_by)


def deepen(
    state: State, number: int, competence_lead: float, goodwill_lead: float, competence: float, goodwill: float, p: GoodwillParameters
) -> None:
    """Add harms to a wound: to its side's own party, and to who acted; what the latter took beyond the former strains the relationship."""
    wound = state.episodes[number]
    add_harm(state, number, state.on_lead[number], state.parties[wound.side], competence_lead, goodwill_lead, p)
    if wound.actor != NOBODY:
        add_harm(state, number, state.on_actor[number], state.parties[wound.actor], competence, goodwill, p)
        if wound.side == ORGANISATION:
            beyond = p.competence_weight * (competence - competence_lead) + (1.0 - p.competence_weight) * (goodwill - goodwill_lead)
            strained(state.relationship[0], wound, max(0.0, beyond), p)


def strained(relationship: Relationship, wound: Wound, strain: float, p: GoodwillParameters) -> None:
    """Add to what a wound strains the relationship."""
    restored = wound.restored_goodwill if wound.is_relational else wound.restored_competence
    wound.strain = rest(wound.strain, wound.strain_clock, relationship.strain_clock, p) + unrestored(strain, restored)
    wound.strain_clock = relationship.strain_clock
    relationship.strain += strain


def restored_to(state: State, number: int, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """Set the shares of a wound that are restored, and give its parties the difference."""
    wound = state.episodes[number]
    more_competence, more_goodwill = competence - wound.restored_competence, goodwill - wound.restored_goodwill
    if more_competence == 0.0 and more_goodwill == 0.0:
        return
    wound.restored_competence = competence
    wound.restored_goodwill = goodwill
    give_back_to(state.on_lead[number], state.parties[wound.side], wound.is_whole, more_competence, more_goodwill, p)
    if wound.actor != NOBODY:
        give_back_to(state.on_actor[number], state.parties[wound.actor], wound.is_whole, more_competence, more_goodwill, p)
        relieve(state.relationship[0], wound, more_goodwill if wound.is_relational else more_competence, p)


def relieve(relationship: Relationship, wound: Wound, share: float, p: GoodwillParameters) -> None:
    """Take a share of what a wound strains off the relationship; a share below 0 is put on again."""
    strain = rest(wound.strain, wound.strain_clock, relationship.strain_clock, p)
    relationship.strain = max(0.0, relationship.strain - share * strain)


def conduct_earns_the_rest(state: State, number: int, p: GoodwillParameters) -> None:
    """T54. What all steps together could not restore is earned by good conduct, and only by it."""
    wound = state.episodes[number]
    competence, goodwill = 1.0 - wound.restored_competence, 1.0 - wound.restored_goodwill
    wound.is_whole = 1
    leave_to_conduct(state.on_lead[number], state.parties[wound.side], competence, goodwill, p)
    if wound.actor != NOBODY:
        leave_to_conduct(state.on_actor[number], state.parties[wound.actor], competence, goodwill, p)
        relieve(state.relationship[0], wound, goodwill if wound.is_relational else competence, p)
        wound.strain = 0.0


def is_open(state: State, number: int) -> bool:
    """Whether a wound still stands open."""
    wound = state.episodes[number]
    return bool(wound.generation >= 0 and wound.generation == state.sides[wound.side].generation)


def open_wound(state: State, number: int, side: int, actor: int, nature: int, p: GoodwillParameters) -> Wound:
    """The wound of that number, open since now: gains are held back until it is made good or followed by good conduct."""
    wound, record = state.episodes[number], state.sides[side]
    if not is_open(state, number):
        record.open_episodes += 1
    wound.nature = nature
    wound.side = side
    wound.actor = actor
    wound.opened_at = state.relationship[0].now
    wound.generation = record.generation
    record.held_until = record.windows + math.ceil(p.good_windows)
    return wound


def open_one_of(state: State, number: int) -> int:
    """The latest wound of an episode that is still open, from this one back; NOTHING when none is."""
    while number != NOTHING and not is_open(state, number):
        number = state.episodes[number].sibling
    return number


def is_first_wound(state: State, number: int) -> bool:
    """Whether nothing went wrong in an episode before this."""
    number = state.episodes[number].sibling
    while number != NOTHING and state.episodes[number].severity <= 0.0:
        number = state.episodes[number].sibling
    return number == NOTHING


def close(state: State, number: int) -> None:
    """Close a wound: it no longer holds back what good conduct earns. What it still costs remains, and can be restored."""
    if is_open(state, number):
        wound = state.episodes[number]
        wound.generation = -1
        state.sides[wound.side].open_episodes -= 1


def good_conduct_lifts_the_cap(state: State, side: int) -> None:
    """T19. After ten 24-hour windows with good contacts open episodes hold back no gains; what they still cost can be restored."""
    record, now = state.sides[side], state.relationship[0].now
    if record.open_episodes == 0 or now - record.window_at < DAY:
        return
    record.window_at = now
    record.windows += 1
    if record.windows >= record.held_until:
        record.generation += 1
        record.open_episodes = 0
