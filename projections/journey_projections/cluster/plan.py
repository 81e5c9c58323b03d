"""What every machine does with its share of a ledger, whatever the engine."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from journey.errors import UnusableRules
from journey.times import moment
from journey_projections.compiled import replay_all
from journey_projections.compiled.records import PARTY
from journey_projections.encoding.columns import Array
from journey_projections.ledger.chunks import Chunk
from journey_projections.ledger.names import Names
from journey_projections.ledger.results import RESULT, Instant, Results, Standings
from journey_projections.replaying.replay import RuleSetId, identify
from journey_projections.rules.gallery import rule_set
from journey_projections.rules.rule_set import RuleSet

_PARTY_COLUMNS = [name for name in PARTY.names or () if name != "relationship"]
FOLDED = pa.schema(
    [
        ("relationship", pa.int32()),
        *((name, pa.from_numpy_dtype(RESULT[name])) for name in RESULT.names or ()),
        ("parties", pa.list_(pa.struct([(name, pa.from_numpy_dtype(PARTY[name])) for name in _PARTY_COLUMNS]))),
    ]
)
"""A folded chunk: a row for each relationship, by its code, as `Results` have it; `parties` is null where not asked for."""


@dataclass(frozen=True)
class Plan:
    """How relationships are judged, as of a day and as known at a day; `judged_by` is what `rules` are where the plan was made.

    Plans travel: rules of one's own are importable on every machine, or by name.
    """

    rules: str | RuleSet
    judged_by: RuleSetId
    as_of: Instant | None
    known_at: datetime | None
    parties: bool

    @classmethod
    def of(cls, rules: str | RuleSet, as_of: Instant | None, known_at: Instant | None, *, parties: bool) -> "Plan":
        """A plan with the rules that are here. Raises UnknownName for rules."""
        judged_by = identify(rule_set(rules) if isinstance(rules, str) else rules)
        return cls(rules, judged_by, as_of, None if known_at is None else moment(known_at), parties)

    def fold(self, chunk: Chunk, codes: Array | None = None) -> pa.Table:
        """Replay some relationships: a table of FOLDED, by code; `codes` are the ledger's for those of the chunk, if they differ.

        What `replay_all` notices is logged. Raises UnusableRules, also where this machine has other rules of that name.
        """
        notice = logging.getLogger(__name__).warning
        replays = replay_all(chunk.columns, self.rules, at=self.as_of, parties=self.parties, threads=1, notice=notice)
        if replays.rules != self.judged_by:
            message = (
                f"rule set `{self.judged_by.name}` is {replays.rules.hash} on a worker and {self.judged_by.hash} where the replay began"
            )
            raise UnusableRules(message, "install the same version of it, and of journey, on every machine")
        results = Results.of(chunk, replays)
        columns = {
            "relationship": results.codes if codes is None else codes[results.codes],
            **{name: results.results[name] for name in RESULT.names or ()},
        }
        return pa.table({**columns, "parties": _listed(results)}, schema=FOLDED)

    def standings(self, names: Names, folded: Iterable[pa.Table]) -> Standings:
        """All folded chunks as one Standings; `names` are the ledger's."""
        table = pa.concat_tables([FOLDED.empty_table(), *folded]).sort_by("relationship").combine_chunks()
        codes = table["relationship"].to_numpy()
        results = np.empty(len(codes), RESULT)
        for name in RESULT.names or ():
            results[name] = table[name].to_numpy()
        parties = _unlisted(codes, table["parties"].combine_chunks()) if self.parties else None
        return Standings.of(names, [Results(codes, results, parties)], self.rules, self.as_of, self.known_at)


def _listed(results: Results) -> pa.Array:
    """The parties of each relationship as a list."""
    if results.parties is None:
        return pa.nulls(len(results.codes), FOLDED.field("parties").type)
    whose = results.parties["relationship"]
    offsets = np.append(np.searchsorted(whose, results.codes), len(whose)).astype(np.int32)
    fields = [pa.array(results.parties[name]) for name in _PARTY_COLUMNS]
    return pa.ListArray.from_arrays(pa.array(offsets), pa.StructArray.from_arrays(fields, _PARTY_COLUMNS))


def _unlisted(codes: Array, lists: pa.ListArray) -> Array:
    """Lists of parties as `Replays` have them."""
    flat = lists.flatten()
    parties = np.empty(len(flat), PARTY)
    parties["relationship"] = np.repeat(codes, lists.value_lengths().to_numpy())
    for name in _PARTY_COLUMNS:
        parties[name] = flat.field(name).to_numpy()
    return parties
