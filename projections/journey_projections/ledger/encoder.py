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
from journey_projections.ledger.revisions import AmendmentIndex, FactRow, Find

_ROW = (*LAYOUT, "id", "amends", "retracted")


@dataclass(frozen=True)
class SegmentContent:
    """The next segment of a ledger: the journal's rows from position `first` to `last`, encoded.

    `touchpoints` has the columns of TOUCHPOINTS, as numpy arrays where LAYOUT has them; codes are places in `names`, by family,
    which are in the order of their first mention. `digest` is that of the last row, `chain` the journal's up to it: see `Note`.
    """

    first: int
    last: int
    touchpoints: dict[str, Any]
    facts: Sequence[FactRow]
    names: Mapping[str, Sequence[str]]
    digest: str
    chain: str
    revisions: int
    unknown: int


class SegmentEncoder:
    """Encodes the journal's rows behind position `after`, page by page; `chain` is the journal's digest up to there.

    Rows without an outline are read by `find`, whose errors `add` raises.
    """

    def __init__(self, after: int, chain: str, amendments: AmendmentIndex, find: Find) -> None:
        self._amendments, self._find = amendments, find
        self._last, self._digest, self._chain = after, "", bytes.fromhex(chain)
        self._begin()

    def _begin(self) -> None:
        self._first = self._last + 1
        self._encoder = _RowEncoder()
        self._pages: list[dict[str, Any]] = []
        self._facts: list[FactRow] = []
        self._revisions = 0

    def __len__(self) -> int:
        """How many rows of the journal the next segment has so far."""
        return self._last - self._first + 1

    def add(self, rows: Sequence[StoredTouchpoint]) -> None:
        """Encode the next page, which must not end amid rows that were recorded together."""
        facts = self._encode(rows)
        recorded = {row.id: (row.position, row.recorded_at) for row in rows} if facts or not self._amendments.is_empty else {}
        for revision in self._amendments.revisions(facts, recorded, rows[-1].position, self._find):
            record = revision.record
            self._encoder.add(record.outline, record.at, revision.position, revision.recorded_at, record.position, revision.retracted)
            self._revisions += 1
        self._pages.append(self._encoder.take())
        self._facts += facts
        for row in rows:
            self._chain = hashlib.sha256(self._chain + row.digest).digest()
        self._last, self._digest = rows[-1].position, rows[-1].digest.hex()

    def take(self) -> SegmentContent:
        """The content of the next segment: every row since the last call."""
        encoder = self._encoder
        content = SegmentContent(
            first=self._first,
            last=self._last,
            touchpoints={name: _joined([page[name] for page in self._pages]) for name in _ROW},
            facts=self._facts,
            names=encoder.names(),
            digest=self._digest,
            chain=self._chain.hex(),
            revisions=self._revisions,
            unknown=encoder.unknown,
        )
        self._begin()
        return content

    def _encode(self, rows: Sequence[StoredTouchpoint]) -> list[FactRow]:
        facts: list[FactRow] = []
        outlines = [outline_of(row) for row in rows]
        unread = [row.id for row, outline in zip(rows, outlines, strict=True) if outline is None]
        read = self._find(unread) if unread else {}
        for row, outline in zip(rows, outlines, strict=True):
            described = read[row.id].outline if outline is None else outline
            if described.kind not in LOG_FACTS:
                self._encoder.add(described, row.occurred_at, row.position, row.recorded_at)
            elif (fact := FactRow.of(read[row.id])) is not None:
                facts.append(fact)
                # Merged names have codes even where nothing else was recorded of them, since one stands for the other.
                if fact.kind in MERGES:
                    self._encoder.name("relationships", fact.relationship, fact.about)
                elif fact.kind in PEOPLE_MERGES:
                    self._encoder.name("people", fact.person or "", fact.about)
        return facts


class _RowEncoder:
    """Rows of numbers, and the names behind their codes."""

    def __init__(self) -> None:
        self.unknown = 0
        self._rows: list[tuple[Any, ...]] = []
        self._dictionaries = Dictionaries()
        self._relationship, *self._coded = (getattr(self._dictionaries, family).code for family in FAMILIES.values())

    def add(self, outline: Any, at: int, position: int, recorded_at: int, amends: int | None = None, retracted: bool = False) -> None:
        """Add a touchpoint, or a revision of one."""
        row = mention(outline, at)
        representative, other, episode, promise, topic = self._coded
        kind = row.kind
        if isinstance(outline, UnknownTouchpoint):
            kind = UNKNOWN_KIND
            self.unknown += 1
        self._rows.append(
            (
                *(position, recorded_at, row.at, outline.sequence, row.due),
                self._relationship(outline.relationship),
                *(representative(row.representative), other(row.other), episode(row.episode), promise(row.promise), topic(row.topic)),
                *(kind, row.side, row.code, row.flag, row.cause, row.certainty, row.amount, row.second, row.third),
                *(outline.id, amends, retracted),
            )
        )

    def name(self, family: str, *names: str) -> None:
        """Give names their codes."""
        for name in names:
            getattr(self._dictionaries, family).code(name)

    def take(self) -> dict[str, Any]:
        """The rows since the last call, by column."""
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
