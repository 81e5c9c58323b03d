"""The outlooks of a chunk: what the compiled fold wrote of each relationship, and its warnings, told when they are asked for."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property, partial

import numpy as np
import pyarrow as pa

from journey.times import from_microseconds, instant_at, to_microseconds
from journey_projections.early_warnings.outlook import ORIGIN_NAMES, Outlook
from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.early_warnings.state import BOND_AT_RISK, PROMISE_DUE, UNINTRODUCED_HANDOVER, Watch
from journey_projections.early_warnings.warning import About, Pledged, Warning, in_order, is_warning, pledged, told  # noqa: A004
from journey_projections.early_warnings.watched_run import Level
from journey_projections.early_warnings.watches import days_on
from journey_projections.encoding.codes import NEVER, NOTHING
from journey_projections.ledger.bounded_replay import ReplayedChunk
from journey_projections.ledger.names import Names
from journey_projections.rules.rule_set import STATES

_FIELDS = tuple(Watch.__slots__)


class ChunkOutlooks:
    """The outlooks of one chunk, as of an instant; keeps what it needs of the chunk, whose columns are overwritten by the next."""

    def __init__(self, replayed: ReplayedChunk, names: Names, at: datetime, parameters: WarningParameters) -> None:
        self._replays, self._names, self._parameters = replayed.replays, names, parameters
        self._at, self._first, columns = to_microseconds(at), replayed.chunk.first, replayed.chunk.columns
        outlooks, watches = self._replays.outlooks, self._replays.watches
        if outlooks is None or watches is None:
            raise ValueError("these replays have no outlooks; ask for warnings")
        self._outlooks, self._watches, self._ids = outlooks, watches, columns.ids
        rows = watches["touchpoint"]
        self._occurred_at, self._episode, self._amount = columns.occurred_at[rows], columns.episode[rows], columns.amount[rows]

    def outlooks(self) -> Iterator[Outlook]:
        """Each of them, by rising code."""
        replays, outlooks = self._replays, self._outlooks
        names = self._named("relationships", replays.relationship + self._first)
        owners = self._named("people", outlooks["owner"])
        starts = np.searchsorted(self._watches["relationship"], replays.relationship).tolist()
        ends = np.searchsorted(self._watches["relationship"], replays.relationship, side="right").tolist()
        newest = self._newest()
        course, states = replays.trajectories, replays.course_of_states
        columns = zip(
            names,
            *(getattr(replays, name).tolist() for name in ("trust", "confidence", "state", "exit_risk", "touchpoints")),
            owners,
            *(outlooks[name].tolist() for name in ("heard_at", "origin", "urgency", "at_stake")),
            strict=True,
        )
        for place, (name, trust, confidence, state, exit_risk, count, owner, heard_at, origin, urgency, at_stake) in enumerate(columns):
            first, last = starts[place], ends[place]
            levels = () if states is None else zip(course[place].tolist(), states[place].tolist(), strict=True)
            yield Outlook(
                relationship=name,
                trust=trust,
                confidence=confidence,
                state=STATES[state],
                exit_risk=exit_risk,
                touchpoints=count,
                owner=owner,
                last_heard=None if heard_at == NEVER else instant_at(heard_at),
                origin=ORIGIN_NAMES[origin],
                urgency=urgency,
                at_stake=at_stake,
                course=tuple(None if level < 0 else Level(one, STATES[level]) for one, level in levels),
                newest=None if first == last or newest[place] == NOTHING else from_microseconds(newest[place]),
                warnings=partial(self._warnings, first, last),
                promises=partial(self._promises, first, last),
            )

    def _newest(self) -> list[int]:
        """When the newest open warning of each relationship opened, NOTHING where none is open."""
        watches = self._watches
        is_overdue = (watches["kind"] == PROMISE_DUE) & (watches["due"] < self._at)
        grows_stale = np.where(watches["due"] == NEVER, watches["opens"], np.maximum(watches["opens"], watches["due"]))
        is_open = (watches["opens"] <= self._at) & (watches["closes"] > self._at)
        is_open &= self._at - grows_stale < days_on(self._parameters.stale_days)
        since = np.where(is_open, np.where(is_overdue, watches["due"], watches["opens"]), NOTHING)
        newest = np.full(len(self._replays), NOTHING, np.int64)
        np.maximum.at(newest, np.searchsorted(self._replays.relationship, watches["relationship"]), since)
        opened: list[int] = newest.tolist()
        return opened

    def _warnings(self, first: int, last: int) -> tuple[Warning, ...]:
        watches = ((place, watch) for place, watch in self._of(first, last) if is_warning(watch, self._at, self._parameters))
        return in_order(told(watch, self._abouts[place], self._at, self._parameters) for place, watch in watches)

    def _promises(self, first: int, last: int) -> tuple[Pledged, ...]:
        return tuple(one for one in self._pledges[first:last] if one is not None)

    @cached_property
    def _pledges(self) -> list[Pledged | None]:
        """The promise of each watch, None of what is none; all at once, since there may be millions."""
        places = np.flatnonzero(self._watches["kind"] == PROMISE_DUE)
        watches = self._watches[places]
        names = self._named("promises", watches["subject"])
        told = (watches[name].tolist() for name in ("opens", "due", "closes", "value"))
        columns = zip(places.tolist(), names, self._amount[places].tolist(), self._occurred_at[places].tolist(), *told, strict=True)
        pledges: list[Pledged | None] = [None] * len(self._watches)
        at, tolerance = self._at, self._parameters.tolerance
        for place, name, level, made, opens, due, closes, delivered in columns:
            pledges[place] = pledged(name or "", level, made, opens, due, closes, delivered, at, tolerance)
        return pledges

    def _of(self, first: int, last: int) -> list[tuple[int, Watch]]:
        rows = self._watches[list(_FIELDS)][first:last].tolist()
        return [(first + place, Watch(*row)) for place, row in enumerate(rows)]

    @cached_property
    def _subjects(self) -> list[str | None]:
        """Whom or what each watch is about, by name."""
        kinds, subjects = self._watches["kind"], self._watches["subject"]
        people = self._named("people", np.where(np.isin(kinds, (UNINTRODUCED_HANDOVER, BOND_AT_RISK)), subjects, NOTHING))
        promises = self._named("promises", np.where(kinds == PROMISE_DUE, subjects, NOTHING))
        return [person or promise for person, promise in zip(people, promises, strict=True)]

    @cached_property
    def _abouts(self) -> list[About]:
        """What each watch is about. All are read at once: to look for ids one by one would read the same files over and over."""
        watches = self._watches
        rows, where = np.unique(np.concatenate([watches["touchpoint"], watches["latest"]]), return_inverse=True)
        ids = pa.array(self._ids(rows), pa.large_string()).take(pa.array(where)).to_pylist()
        episodes = self._named("episodes", self._episode)
        times = map(from_microseconds, self._occurred_at.tolist())
        return [About(*one) for one in zip(ids[: len(watches)], ids[len(watches) :], times, episodes, self._subjects, strict=True)]

    def _named(self, family: str, codes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[str | None]:
        """The names of some codes, None of NOTHING."""
        if (codes == NOTHING).all():
            return [None] * len(codes)
        names: list[str | None] = self._names.of(family).take(pa.array(codes, mask=codes == NOTHING)).to_pylist()
        return names
