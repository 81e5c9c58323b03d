"""Where relationships stand after a replay: one by one, as arrays, or as a table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import nan
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from journey.history import History
from journey.json_shapes import served_as
from journey.times import from_microseconds
from journey_projections.compiled import Replays
from journey_projections.encoding.codes import CUSTOMER, INSTITUTION
from journey_projections.encoding.columns import Array
from journey_projections.json_shapes import ReplayShape
from journey_projections.ledger.chunks import Chunk
from journey_projections.ledger.names import Names
from journey_projections.replaying.replay import Replay, RuleSetId, replay, replay_shape
from journey_projections.replaying.result_rows import STANDINGS, standing_row
from journey_projections.rules.reports import Parties, PartyTrust
from journey_projections.rules.rule_set import STATES, RuleSet

_INSTANT = pa.timestamp("us", tz="UTC")
_TYPES = {"text": pa.string(), "number": pa.float64(), "count": pa.int64(), "instant": _INSTANT}


def schema_of(columns: Mapping[str, str]) -> pa.Schema:
    """The Arrow schema of some columns, as `replaying.rows` has them."""
    return pa.schema([(name, _TYPES[holds]) for name, holds in columns.items()])


STANDINGS_SCHEMA = schema_of(STANDINGS)
"""Standings as a table."""
RESULT = np.dtype(
    [
        *((name, np.float64) for name in ("trust", "confidence", "exit_risk")),
        *((name, np.int64) for name in ("at", "touchpoints")),
        ("state", np.int8),
    ]
)
"""What a Standings holds of a relationship."""
Instant = str | date | datetime
NOT_REPLAYED = Parties(PartyTrust(nan), {}, PartyTrust(nan))
"""Parties whose trust was not replayed, because nobody asked for it."""


@served_as(ReplayShape)
class Standing(NamedTuple):
    """Where one relationship stands: those fields of a `Replay` that columns hold. Without `parties` asked for, they are `NOT_REPLAYED`."""

    relationship: str
    trust: float
    confidence: float
    state: str
    exit_risk: float
    at: datetime | None
    known_at: datetime | None
    touchpoints: int
    parties: Parties
    rules: RuleSetId

    def to_dict(self) -> ReplayShape:
        """Plain data, as `journey replay` writes it in JSON."""
        return replay_shape(*self)


class Results(NamedTuple):
    """Where some relationships stand, by codes, rising; `results` and `parties` are as in a Standings."""

    codes: Array
    results: Array
    parties: Array | None

    @classmethod
    def of(cls, chunk: Chunk, replays: Replays) -> "Results":
        """Of every relationship of a chunk that is present."""
        everyone = np.zeros(chunk.last - chunk.first, RESULT)
        for name in RESULT.names or ():
            everyone[name][replays.relationship] = getattr(replays, name)
        if replays.parties is not None:
            replays.parties["relationship"] += chunk.first
        return cls(np.flatnonzero(chunk.present).astype(np.int32) + np.int32(chunk.first), everyone[chunk.present], replays.parties)


@dataclass(frozen=True, eq=False)
class Standings:
    """Where every relationship of a ledger stands; iterates over Standings, by name.

    `codes` are those of all relationships, rising; `results` has a record for each, with no touchpoints where none is known as of
    the day: such a relationship stands as `empty` does. `parties`, by relationship, is as in `Replays`, None if not asked for.
    Two of them are compared by their `table`.
    """

    names: Names
    codes: Array
    results: Array
    parties: Array | None
    empty: Replay

    @classmethod
    def of(
        cls, names: Names, by_chunk: Sequence[Results], rules: str | RuleSet, as_of: Instant | None, known_at: Instant | None
    ) -> "Standings":
        """Join the results of chunks, in the order of their codes, as of a day and as known at a day."""
        empty = History(())
        empty = empty if known_at is None else empty.known_at(known_at)
        empty = empty if as_of is None else empty.as_of(as_of)
        codes, results = (np.concatenate(some) for some in zip(*(one[:2] for one in by_chunk), strict=True))
        parties = [one.parties for one in by_chunk if one.parties is not None]
        return cls(names, codes, results, np.concatenate(parties) if parties else None, replay(empty, rules))

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Standing]:
        names, people = self._relationships(), [] if self.parties is None else self.names.of("people").to_pylist()
        whose = np.empty(0, np.int64) if self.parties is None else self.parties["relationship"]
        starts, ends = np.searchsorted(whose, self.codes), np.searchsorted(whose, self.codes, side="right")
        for place in np.argsort(np.array(names, object), kind="stable").tolist():
            result = self.results[place]
            if not result["touchpoints"]:
                yield Standing(names[place], *(getattr(self.empty, field) for field in Standing._fields[1:]))
                continue
            yield Standing(
                names[place],
                float(result["trust"]),
                float(result["confidence"]),
                STATES[result["state"]],
                float(result["exit_risk"]),
                from_microseconds(int(result["at"])),
                self.empty.known_at,
                int(result["touchpoints"]),
                NOT_REPLAYED if self.parties is None else _parties(self.parties[starts[place] : ends[place]], people),
                self.empty.rules,
            )

    def __reduce__(self) -> tuple[object, ...]:
        """A pickle holds the names that the standings need, not the files of the ledger."""
        names = self.names.apart("relationships", *(() if self.parties is None else ("people",)))
        return type(self), (names, self.codes, self.results, self.parties, self.empty)

    def table(self) -> pa.Table:
        """The same as a table of STANDINGS_SCHEMA."""
        replayed = self.results["touchpoints"] > 0
        at = None if self.empty.at is None else np.datetime64(self.empty.at.replace(tzinfo=None), "us").astype(np.int64)
        instants = self.results["at"] if at is None else np.where(replayed, self.results["at"], at)
        table = pa.table(
            {
                "relationship": pa.array(self._relationships(), pa.string()),
                **{name: np.where(replayed, self.results[name], getattr(self.empty, name)) for name in ("trust", "confidence")},
                "state": pa.array(np.where(replayed, np.array(STATES)[self.results["state"]], self.empty.state), pa.string()),
                "exit_risk": np.where(replayed, self.results["exit_risk"], self.empty.exit_risk),
                "as_of": pa.array(instants, mask=None if at is not None else ~replayed).cast(_INSTANT),
                "known_at": pa.array([self.empty.known_at] * len(self), _INSTANT),
                "touchpoints": self.results["touchpoints"],
                "rules": pa.array([self.empty.rules.hash] * len(self), pa.string()),
            },
            schema=STANDINGS_SCHEMA,
        )
        return table.sort_by("relationship")

    def _relationships(self) -> list[str]:
        names: list[str] = self.names.of("relationships").take(pa.array(self.codes)).to_pylist()
        return names


def table_of(results: Iterable[Replay | Standing]) -> pa.Table:
    """Standings, or replays, as a table of STANDINGS_SCHEMA."""
    return pa.Table.from_pylist(list(map(standing_row, results)), STANDINGS_SCHEMA)


def _parties(of_one: Array, people: Sequence[str]) -> Parties:
    institution, customer, representatives = PartyTrust(0.0), PartyTrust(0.0), {}
    for party in of_one:
        levels = (None if np.isnan(party[name]) else float(party[name]) for name in ("competence", "goodwill"))
        trust = PartyTrust(float(party["trust"]), *levels)
        if party["party"] == INSTITUTION:
            institution = trust
        elif party["party"] == CUSTOMER:
            customer = trust
        else:
            representatives[people[party["representative"]]] = trust
    return Parties(institution, representatives, customer)
