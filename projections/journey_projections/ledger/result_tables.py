"""Rows from the replay of a ledger: the course of trust at chosen dates, and what each touchpoint contributed."""

import numpy as np
import pyarrow as pa

from journey.touchpoints import KINDS
from journey_projections.encoding.columns import Array
from journey_projections.ledger.bounded_replay import ReplayedChunk
from journey_projections.ledger.names import Names
from journey_projections.ledger.results import schema_of
from journey_projections.replaying.replay import TIME
from journey_projections.replaying.result_rows import CONTRIBUTIONS, COURSE
from journey_projections.rules.rule_set import RuleSet

_INSTANT = pa.timestamp("us", tz="UTC")
_COURSE, _CONTRIBUTIONS = schema_of(COURSE), schema_of(CONTRIBUTIONS)


def course_of(replayed: ReplayedChunk, names: Names) -> pa.Table:
    """The trust of each relationship at each date, as a table of COURSE."""
    replays = replayed.replays
    place, date = np.nonzero(~np.isnan(replays.trajectories))
    relationship = _named(names, replays.relationship[place] + replayed.chunk.first)
    at = pa.array(replays.dates[date]).cast(_INSTANT)
    return pa.table([relationship, at, replays.trajectories[place, date]], schema=_COURSE)


def contributions_of(replayed: ReplayedChunk, names: Names, rules: RuleSet) -> pa.Table:
    """What moved the trust of each relationship, in order, as a table of CONTRIBUTIONS."""
    replays, columns = replayed.replays, replayed.chunk.columns
    made = replays.contributions
    if made is None:
        raise ValueError("these replays have no contributions; ask for them")
    counts = replays.touchpoints
    ends = np.cumsum(counts)
    whose = np.repeat(np.arange(len(counts)), counts)
    earlier = np.empty(len(made))
    earlier[1:] = made["after"][:-1]
    earlier[ends - counts] = replays.prior
    waits = np.flatnonzero(made["before"] != earlier)
    lasts = np.flatnonzero(replays.trust != made["after"][ends - 1]) if len(made) else np.empty(0, np.int64)
    row = made["row"]
    causes = pa.array([name for name, _ in rules.causes], pa.string())
    by_touchpoints = {
        "place": np.arange(len(made)) * 2 + 1,
        "whose": whose,
        "touchpoint": pa.array(columns.ids(row), pa.large_string()).cast(pa.string()),
        "occurred_at": made["at"],
        "kind": pa.array(list(KINDS), pa.string()).take(pa.array(columns.kind[row])),
        "cause": causes.take(pa.array(made["cause"])),
        "before": made["before"],
        "after": made["after"],
    }
    before_them = _by_time(waits * 2, whose[waits], made["at"][waits], earlier[waits], made["before"][waits])
    behind_all = _by_time(ends[lasts] * 2 - 1, lasts, replays.at[lasts], made["after"][ends[lasts] - 1], replays.trust[lasts])
    rows = pa.concat_tables((pa.table(by_touchpoints), before_them, behind_all))
    # The share of time after a relationship's last touchpoint comes right behind it, before the next relationship.
    order = np.lexsort((np.repeat([0, 0, 1], [len(made), len(waits), len(lasts)]), rows["place"].to_numpy()))
    rows = rows.take(pa.array(order))
    return pa.table(
        [
            _named(names, replays.relationship[rows["whose"].to_numpy()] + replayed.chunk.first),
            rows["touchpoint"],
            rows["occurred_at"].cast(_INSTANT),
            *(rows[name] for name in ("kind", "cause", "before", "after")),
            rows["after"].to_numpy() - rows["before"].to_numpy(),
        ],
        schema=_CONTRIBUTIONS,
    )


def _by_time(place: Array, whose: Array, at: Array, before: Array, after: Array) -> pa.Table:
    nothing, size = pa.scalar(None, pa.string()), len(place)
    return pa.table(
        {
            "place": place,
            "whose": whose,
            "touchpoint": pa.repeat(nothing, size),
            "occurred_at": at,
            "kind": pa.repeat(nothing, size),
            "cause": pa.repeat(pa.scalar(TIME), size),
            "before": before,
            "after": after,
        }
    )


def _named(names: Names, codes: Array) -> pa.ChunkedArray:
    return names.of("relationships").take(pa.array(codes))
