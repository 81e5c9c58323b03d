"""The fold over many relationships: rows grouped by relationship in, one result for each out.

It runs compiled, or by the interpreter where a rule set does not compile.

`apply` and the other functions without a body stand for what a rule set brings; see `codegen`. INVARIANT (one fold): for each
relationship this does what `replay` does, in the same order, and so gives the same bits.
"""

from math import isfinite, nan
from typing import Any

import numpy as np

from journey_projections.encoding.codes import FIRST_REPRESENTATIVE, INSTITUTION, NOBODY
from journey_projections.encoding.numbering import find, number
from journey_projections.replaying.rounding import on_grid
from journey_projections.rules.rule_set import PartyLevels, View, view_by_trust

AHEAD = 64
"""So many rows ahead memory is asked for what will be replayed, so that it answers meanwhile."""


def apply(state: Any, touchpoint: Any, p: Any) -> int:
    """The rule set's."""
    raise NotImplementedError


def advance(state: Any, elapsed: int, p: Any) -> None:
    """The rule set's."""
    raise NotImplementedError


def trust(state: Any, p: Any) -> float:
    """The rule set's."""
    raise NotImplementedError


def view(state: Any, p: Any) -> View:
    """The rule set's."""
    raise NotImplementedError


def party(state: Any, index: int, p: Any) -> PartyLevels:
    """The rule set's."""
    raise NotImplementedError


def view_of_trust(state: Any, p: Any) -> View:
    """The view of a rule set that has none."""
    return view_by_trust(trust(state, p))


def party_of_trust(state: Any, index: int, p: Any) -> PartyLevels:
    """The parties of a rule set that knows one."""
    return PartyLevels(int(index == INSTITUTION), trust(state, p) if index == INSTITUTION else nan, nan, nan)


def copied(to: Any, state: Any, counts: Any) -> Any:
    """A copy of a state that holds so many names, written over `to` where possible; made for the rule set's records."""
    raise NotImplementedError


def grown(state: Any, blank: Any, previous: Any, counts: Any) -> Any:
    """The state with a fresh record for each further name, for which it has room; made for the rule set's records."""
    raise NotImplementedError


def clear(table: Any) -> None:
    """Make a table hold nothing; see `hash_table`."""
    raise NotImplementedError


def watch_begins(watching: Any) -> None:
    """Forget the warnings of the relationship before; nothing where no warnings are asked for. So are the next two; see `watching`."""


def watch(state: Any, rules: Any, scratch: Any) -> None:
    """Show the touchpoint in `scratch` to the early warnings."""


def watch_ends(state: Any, relationship: int, rows: Any, order: Any, rules: Any, scratch: Any, options: Any, out: Any) -> None:
    """Write the outlook and the warnings of a relationship, whose result is there; may use up the state."""


def fetch(rows: Any, place: int) -> None:
    """Have the row at a place near; there need be none."""


def fold(rows: Any, starts: Any, first: int, last: int, order: Any, rules: Any, scratch: Any, options: Any, out: Any) -> None:
    """Fold the relationships numbered from `first` up to `last`, whose rows are those from each one's start to the next one's.

    Where two rows tie in time and sequence, and no stretch says that they rise by id, the relationship is left `pending`, for its
    rows to be put in order by their ids; the next call folds it.
    """
    for relationship in range(first, last):
        result = out.results[relationship]
        begin, count = starts[relationship], starts[relationship + 1] - starts[relationship]
        if count == 0 or result.touchpoints > 0:
            continue
        if result.pending:
            for place in range(count):
                order[place] = begin + place
        elif put_in_order(rows, begin, count, order, options.stretches):
            result.pending = 1
            continue
        replayed(rows, order, begin, count, relationship, rules, scratch, options, out)


def replayed(rows: Any, order: Any, begin: int, count: int, relationship: int, rules: Any, scratch: Any, options: Any, out: Any) -> None:
    """Replay one relationship: its `count` rows from `begin` on, in `order`."""
    p, names = rules.parameters[0], scratch.names
    touchpoint, result = scratch.touchpoint[0], out.results[relationship]
    begun(names, scratch.previous_counts[0])
    watch_begins(scratch.watching)
    state = copied(scratch.state, rules.start, names.counts[0])
    now = rows[order[0]].at
    with_contributions, with_slots = len(out.contributions) > 0, len(out.slots) > 0
    before, date, dates = 0.0, 0, len(options.dates)
    for place in range(count):
        row = rows[order[place]]
        fetch(rows, begin + place + AHEAD)
        while date < dates and options.dates[date] < row.at:
            write_course(state, now, relationship, date, place, rules, scratch, options, out)
            date += 1
        if row.at > now:
            advance(state, row.at - now, p)
            now = row.at
        if with_contributions:
            before = on_grid(trust(state, p))
        number(names, row, touchpoint)
        if options.parties or options.warnings.are_asked:
            remember(names, row, scratch.previous_counts[0], scratch.people)
        if with_slots and touchpoint.episode >= scratch.previous_counts[0].episodes:
            out.slots[touchpoint.episode].place = place
            out.slots[touchpoint.episode].actor = touchpoint.actor
        state = grown(state, rules.blank, scratch.previous_counts[0], names.counts[0])
        cause = apply(state, touchpoint, p)
        if with_contributions:
            contribution = out.contributions[begin + place]
            contribution.row = row.row
            contribution.at = row.at
            contribution.cause = cause_of(cause)
            contribution.before = before
            contribution.after = on_grid(trust(state, p))
        watch(state, rules, scratch)
    while date < dates:
        write_course(state, now, relationship, date, count, rules, scratch, options, out)
        date += 1
    result.at = max(now, options.at) if options.is_bounded else now
    if result.at > now:
        advance(state, result.at - now, p)
    seen = view(state, p)
    result.trust = on_grid(seen.trust) if isfinite(seen.trust) else nan
    result.confidence = seen.confidence
    result.exit_risk = seen.exit_risk
    result.state = seen.state
    result.touchpoints = count
    if options.parties:
        write_parties(state, names.counts[0].parties, relationship, rules, scratch, out)
    watch_ends(state, relationship, rows, order, rules, scratch, options, out)


def write_parties(state: Any, representatives: int, relationship: int, rules: Any, scratch: Any, out: Any) -> None:
    """Add a row for the trust in every party to `out.parties`, institution and customer first."""
    for index in range(FIRST_REPRESENTATIVE + representatives):
        levels = party(state, index, rules.parameters[0])
        if levels.known or index < FIRST_REPRESENTATIVE:
            row = out.parties[scratch.written[0]]
            scratch.written[0] += 1
            row.relationship = relationship
            row.party = index if index < FIRST_REPRESENTATIVE else FIRST_REPRESENTATIVE
            row.representative = NOBODY if index < FIRST_REPRESENTATIVE else scratch.people[index - FIRST_REPRESENTATIVE]
            row.trust = levels.trust
            row.competence = levels.competence
            row.goodwill = levels.goodwill


def cause_of(cause: Any) -> int:
    """The cause that a rule set returned, 0 where it returned none."""
    if cause is None:
        return 0
    return int(cause)


def begun(names: Any, previous: Any) -> None:
    """Forget all names."""
    counts = names.counts[0]
    counts.touchpoints = 0
    counts.parties = 0
    counts.episodes = 0
    counts.promises = 0
    counts.topics = 0
    previous.touchpoints = 0
    previous.parties = 0
    previous.episodes = 0
    previous.promises = 0
    previous.topics = 0
    clear(names.parties)
    clear(names.promises)
    clear(names.topics)
    for side in range(2):
        clear(names.latest[side])
        clear(names.shared[side])


def write_course(
    state: Any, now: int, relationship: int, date: int, replayed_before: int, rules: Any, scratch: Any, options: Any, out: Any
) -> None:
    """Write the trust and the state at a date, before which so many touchpoints were replayed; leaves the state as it is."""
    p, instant = rules.parameters[0], options.dates[date]
    if replayed_before == 0:
        out.trajectories[relationship, date] = nan
        return
    if instant > now:
        state = copied(scratch.spare, state, scratch.names.counts[0])
        advance(state, instant - now, p)
    if out.states.shape[1]:
        seen = view(state, p)
        out.trajectories[relationship, date] = on_grid(seen.trust)
        out.states[relationship, date] = seen.state
    else:
        out.trajectories[relationship, date] = on_grid(trust(state, p))


def remember(names: Any, row: Any, previous: Any, people: Any) -> None:
    """Keep the codes of the representatives that a row mentions first."""
    for code in (row.representative, row.other):
        known = find(names.parties, code) if code != NOBODY else NOBODY
        if known >= FIRST_REPRESENTATIVE + previous.parties:
            people[known - FIRST_REPRESENTATIVE] = code


def put_in_order(rows: Any, begin: int, count: int, order: Any, stretches: Any) -> bool:
    """Fill `order` with the rows from `begin` in the order of time and sequence; return whether two tie that are not in one stretch.

    Rows come almost in order, so each moves a few places at the most; rows that do not are sorted.
    """
    moves = 0
    tied = False
    order[0] = begin
    for place in range(1, count):
        row = rows[begin + place]
        to = place
        while to > 0:
            other = rows[order[to - 1]]
            if other.at < row.at or (other.at == row.at and other.sequence <= row.sequence):
                break
            order[to] = order[to - 1]
            to -= 1
        if to > 0:
            other = rows[order[to - 1]]
            tied = tied or (tie(other, row) and not in_one_stretch(other.row, row.row, stretches))
        order[to] = begin + place
        moves += place - to
        if moves > 8 * count:
            return sorted_anew(rows, begin, count, order, stretches)
    return tied


def sorted_anew(rows: Any, begin: int, count: int, order: Any, stretches: Any) -> bool:
    """As `put_in_order`, by a stable sort."""
    times, sequences = np.empty(count, np.int64), np.empty(count, np.int64)
    for place in range(count):
        times[place] = rows[begin + place].at
        sequences[place] = rows[begin + place].sequence
    by_sequence = sequences.argsort(kind="mergesort")
    by_time = times[by_sequence].argsort(kind="mergesort")
    tied = False
    for place in range(count):
        order[place] = begin + by_sequence[by_time[place]]
        if place:
            row, other = rows[order[place]], rows[order[place - 1]]
            tied = tied or (tie(other, row) and not in_one_stretch(other.row, row.row, stretches))
    return tied


def tie(one: Any, other: Any) -> bool:
    """Whether two rows have the same time and sequence."""
    return bool(one.at == other.at and one.sequence == other.sequence)


def in_one_stretch(one: int, other: int, stretches: Any) -> bool:
    """Whether one of the stretches has both rows; `one` comes before `other`."""
    low, high = 0, len(stretches)
    while low < high:
        middle = (low + high) // 2
        if stretches[middle] <= one:
            low = middle + 1
        else:
            high = middle
    return low % 2 == 1 and bool(other < stretches[low])
