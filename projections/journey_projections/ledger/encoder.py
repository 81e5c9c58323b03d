"""From rows of the journal to rows of a ledger."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from journey.amendments import LOG_FACTS, MERGES, PEOPLE_MERGES
from journey.stores.codec import outline_of
from journey.stores.rows import StoredTouchpoint
from journey.touchpoints import UnknownTouchpoint
from journey_projections.encoding.columns import FAMILIES, LAYOUT, Dictionaries
from journey_projections.encoding.mentions import mention
from journey_projections.ledger.layout import TOUCHPOINTS, UNKNOWN_KIND
from journey_projections.ledger.revisions import Amending, Find, Said

_ROW = (*LAYOUT, "id", "amends", "retracted")


@dataclass(frozen=True)
class Slice:
    """What a run of the journal's rows, from position `first` to `last`, adds to a ledger.

    `touchpoints` has the columns of TOUCHPOINTS, as numpy arrays where LAYOUT has them; codes are places in `names`, by family,
    which are in the order of their first mention. `digest` is that of the last row, `chain` the journal's up to it: see `Note`.
    """

    first: int
    last: int
    touchpoints: dict[str, Any]
    said: Sequence[Said]
    names: Mapping[str, Sequence[str]]
    digest: str
    chain: str
    tellings: int
    unknown: int


class Tail:
    """Encodes the journal's rows as they come; `after` is the position that they follow, `chain` the journal's digest up to there.

    What has no outline is read by `find`, whose errors `add` raises.
    """

    def __init__(self, after: int, chain: str, amending: Amending, find: Find) -> None:
        self._amending, self._find = amending, find
        self._last, self._digest, self._chain = after, "", bytes.fromhex(chain)
        self._begin()

    def _begin(self) -> None:
        self._first = self._last + 1
        self._encoding = _Encoding()
        self._parts: list[dict[str, Any]] = []
        self._said: list[Said] = []
        self._tellings = 0

    def __len__(self) -> int:
        """How many rows of the journal the next slice has until now."""
        return self._last - self._first + 1

    def add(self, rows: Sequence[StoredTouchpoint]) -> None:
        """Encode rows that follow: everything that was recorded at once, at once."""
        said = self._encode(rows)
        recorded = {row.id: (row.position, row.recorded_at) for row in rows} if said or not self._amending.is_empty else {}
        for telling in self._amending.tellings(said, recorded, rows[-1].position, self._find):
            record = telling.record
            self._encoding.add(record.outline, record.at, telling.position, telling.recorded_at, record.position, telling.retracted)
            self._tellings += 1
        self._parts.append(self._encoding.taken())
        self._said += said
        for row in rows:
            self._chain = hashlib.sha256(self._chain + row.digest).digest()
        self._last, self._digest = rows[-1].position, rows[-1].digest.hex()

    def take(self) -> Slice:
        """Everything since this was last taken."""
        encoding = self._encoding
        taken = Slice(
            first=self._first,
            last=self._last,
            touchpoints={name: _joined([part[name] for part in self._parts]) for name in _ROW},
            said=self._said,
            names=encoding.names(),
            digest=self._digest,
            chain=self._chain.hex(),
            tellings=self._tellings,
            unknown=encoding.unknown,
        )
        self._begin()
        return taken

    def _encode(self, rows: Sequence[StoredTouchpoint]) -> list[Said]:
        said: list[Said] = []
        outlines = [outline_of(row) for row in rows]
        others = [row.id for row, outline in zip(rows, outlines, strict=True) if outline is None]
        read = self._find(others) if others else {}
        for row, outline in zip(rows, outlines, strict=True):
            told = read[row.id].outline if outline is None else outline
            if told.kind not in LOG_FACTS:
                self._encoding.add(told, row.occurred_at, row.position, row.recorded_at)
            elif (one := Said.of(read[row.id])) is not None:
                said.append(one)
                # Those that are merged have codes even where nothing else was recorded of them, since one stands for the other.
                if one.kind in MERGES:
                    self._encoding.name("relationships", one.relationship, one.about)
                elif one.kind in PEOPLE_MERGES:
                    self._encoding.name("people", one.person or "", one.about)
        return said


class _Encoding:
    """Rows of numbers, and the names behind their codes."""

    def __init__(self) -> None:
        self.unknown = 0
        self._rows: list[tuple[Any, ...]] = []
        self._dictionaries = Dictionaries()
        self._relationship, *self._coded = (getattr(self._dictionaries, family).code for family in FAMILIES.values())

    def add(self, told: Any, at: int, position: int, recorded_at: int, amends: int | None = None, retracted: bool = False) -> None:
        """A telling of a touchpoint."""
        row = mention(told, at)
        representative, other, episode, promise, topic = self._coded
        kind = row.kind
        if isinstance(told, UnknownTouchpoint):
            kind = UNKNOWN_KIND
            self.unknown += 1
        self._rows.append(
            (
                *(position, recorded_at, row.at, told.sequence),
                self._relationship(told.relationship),
                *(representative(row.representative), other(row.other), episode(row.episode), promise(row.promise), topic(row.topic)),
                *(kind, row.side, row.code, row.flag, row.cause, row.certainty, row.amount, row.second, row.third),
                *(told.id, amends, retracted),
            )
        )

    def name(self, family: str, *names: str) -> None:
        """Give names their codes."""
        for name in names:
            getattr(self._dictionaries, family).code(name)

    def taken(self) -> dict[str, Any]:
        """The rows that were added since they were last taken, by column."""
        transposed = zip(*self._rows, strict=True) if self._rows else ((),) * len(_ROW)
        columns = {
            name: np.array(values, LAYOUT[name]) if name in LAYOUT else pa.array(values, TOUCHPOINTS.field(name).type)
            for name, values in zip(_ROW, transposed, strict=True)
        }
        self._rows = []
        return columns

    def names(self) -> dict[str, list[str]]:
        """The names of each family, by code."""
        return {family: getattr(self._dictionaries, family).names for family in dict.fromkeys(FAMILIES.values())}


def _joined(parts: Sequence[Any]) -> Any:
    return np.concatenate(parts) if isinstance(parts[0], np.ndarray) else pa.concat_arrays(parts)
