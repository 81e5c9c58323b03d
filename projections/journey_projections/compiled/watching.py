"""Early warnings within the fold: what `fold` calls where they are asked for.

INVARIANT (one fold): they see what `WatchedRun` shows them, and so give the same bits.
"""

from math import nan
from typing import Any

from journey_projections.compiled.fold import apply, trust
from journey_projections.early_warnings.state import BOND_AT_RISK, PROMISE_DUE, UNINTRODUCED_HANDOVER
from journey_projections.early_warnings.watch import forget, last_heard, observe, owner, urgency
from journey_projections.early_warnings.watches import days_on, is_open
from journey_projections.encoding import codes
from journey_projections.encoding.codes import FIRST_REPRESENTATIVE, NEVER, NOBODY, NOTHING, ORGANISATION
from journey_projections.replaying.rounding import on_grid


def watch_begins(watching: Any) -> None:
    """As in `fold`."""
    forget(watching)


def watch(state: Any, rules: Any, scratch: Any) -> None:
    """As in `fold`."""
    now = on_grid(trust(state, rules.parameters[0]))
    observe(scratch.watching, scratch.touchpoint[0], scratch.names.counts[0], now, rules.warnings[0])


def watch_ends(state: Any, relationship: int, rows: Any, order: Any, rules: Any, scratch: Any, options: Any, out: Any) -> None:
    """As in `fold`."""
    watching, at, stale = scratch.watching, out.results[relationship].at, days_on(rules.warnings[0].stale_days)
    in_charge, outlook = owner(watching), out.outlooks[relationship]
    outlook.owner = NOBODY if in_charge == NOBODY else scratch.people[in_charge - FIRST_REPRESENTATIVE]
    outlook.heard_at = last_heard(watching)
    outlook.origin = watching.relationship[0].origin
    outlook.urgency = urgency(watching, at, rules.warnings[0])
    outlook.at_stake = 0.0
    for number in range(watching.relationship[0].watches):
        watch = watching.watches[number]
        if is_open(watch, at, stale) or (options.warnings.promises and watch.kind == PROMISE_DUE):
            write_watch(watch, relationship, rows, order, scratch, out)
    if options.warnings.stakes and in_charge != NOBODY:
        before = on_grid(trust(state, rules.parameters[0]))
        leave(state, in_charge, at, rules, scratch.touchpoint[0])
        outlook.at_stake = before - on_grid(trust(state, rules.parameters[0]))


def write_watch(watch: Any, relationship: int, rows: Any, order: Any, scratch: Any, out: Any) -> None:
    """Add a row for a watch, its places as row numbers and its names as codes."""
    row = out.watches[scratch.written[1]]
    scratch.written[1] += 1
    first = rows[order[watch.touchpoint]]
    row.relationship = relationship
    row.kind = watch.kind
    row.opens = watch.opens
    row.due = watch.due
    row.closes = watch.closes
    row.severity = watch.severity
    row.certainty = watch.certainty
    row.touchpoint = first.row
    row.latest = rows[order[watch.latest]].row
    row.times = watch.times
    row.subject = watch.subject
    row.value = watch.value
    if watch.kind == PROMISE_DUE:
        row.subject = first.promise
    elif watch.kind == UNINTRODUCED_HANDOVER or watch.kind == BOND_AT_RISK:
        row.subject = scratch.people[watch.subject - FIRST_REPRESENTATIVE]


def leave(state: Any, index: int, at: int, rules: Any, touchpoint: Any) -> None:
    """Let whoever is in charge leave."""
    touchpoint.kind = codes.REPRESENTATIVE_LEFT
    touchpoint.side = ORGANISATION
    touchpoint.at = at
    touchpoint.certainty = 1.0
    touchpoint.actor = index
    touchpoint.subject = NOTHING
    touchpoint.episode = NOTHING
    touchpoint.refers = NOTHING
    touchpoint.topic = NOTHING
    touchpoint.code = 0
    touchpoint.flag = 0
    touchpoint.amount = nan
    touchpoint.second = nan
    touchpoint.third = nan
    touchpoint.due = NEVER
    apply(state, touchpoint, rules.parameters[0])
