"""What the files of a ledger hold: three tables in Parquet, each a folder of segments.

STORAGE FORMAT: column names, types and metadata are what ledgers on disk hold, and what other programs read. Another meaning needs
another FORMAT; a ledger of another format, or of a journey that knows other kinds, is rebuilt: the journal has everything.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from journey.amendments import FACTS
from journey.upcasting import UPCASTERS
from journey_projections.encoding.columns import FAMILIES, LAYOUT

FORMAT = 2
METADATA_KEY = b"journey.ledger"
ROW_GROUP = 131_072
"""Rows of a row group, the least that is read."""
ORDER = ("relationship", "occurred_at", "sequence", "id")
"""What rows of touchpoints are sorted by, as they are replayed; files say so by Parquet's sorting columns, older ones do not."""
UNKNOWN_KIND = -1
"""The kind of a touchpoint whose kind or schema was not known when its row was written."""
_TYPES = {"i8": pa.int64(), "i4": pa.int32(), "i1": pa.int8(), "f8": pa.float64()}
_TIME = pa.timestamp("us", tz="UTC")
_TIMES = ("recorded_at", "occurred_at")
_NAMED = pa.string()


def _required(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


TOUCHPOINTS = pa.schema(
    [
        *(_required(name, _TIME if name in _TIMES else _TYPES[kind.str[1:]]) for name, kind in LAYOUT.items()),
        _required("id", _NAMED),
        pa.field("amends", pa.int64()),
        _required("retracted", pa.bool_()),
    ]
)
"""A row for each touchpoint as it was recorded, and one for each later revision, with the amendment's position and time, and the
touchpoint's own position in `amends`; `retracted` where the touchpoint no longer counts."""
NAMES = pa.schema([_required("family", _NAMED), _required("code", pa.int32()), _required("name", _NAMED)])
"""The names behind the codes."""
FACT_ROWS = pa.schema(
    [
        _required("position", pa.int64()),
        _required("recorded_at", _TIME),
        _required("kind", _NAMED),
        _required("id", _NAMED),
        _required("relationship", _NAMED),
        pa.field("person", _NAMED),
        _required("about", _NAMED),
    ]
)
"""Facts about facts, relationships and people: `about` is the fact that is amended, or the other of two that are merged or unmerged."""
FOLDERS = {"touchpoints": TOUCHPOINTS, "names": NAMES, "facts": FACT_ROWS}
"""The tables, each the folder of a ledger that holds its segments."""
BOUNDED = {"touchpoints": ("relationship", "occurred_at"), "names": ("family",), "facts": ()}
"""The columns whose least and greatest value in each row group, as a file's footer says them, are relied upon."""
FAMILY_NAMES = tuple(dict.fromkeys(FAMILIES.values()))
"""The dictionaries of names."""
SORTED = [pq.SortingColumn(TOUCHPOINTS.get_field_index(name)) for name in ORDER]
"""The same as Parquet says it."""

_DELTA = ("position", "recorded_at", "occurred_at", "relationship", "episode", "promise", "amends")
_DICTIONARY = tuple(name for name in TOUCHPOINTS.names if name not in (*_DELTA, "id", "retracted"))
WRITING: dict[str, dict[str, Any]] = {
    # Measured: differences of what rises, a dictionary of what repeats, and nothing to unpack but the ids, are read fastest.
    "touchpoints": {
        "use_dictionary": list(_DICTIONARY),
        "column_encoding": dict.fromkeys(_DELTA, "DELTA_BINARY_PACKED"),
        "compression": {name: "ZSTD" if name == "id" else "NONE" for name in TOUCHPOINTS.names},
        "sorting_columns": SORTED,
    },
    "names": {"use_dictionary": ["family"], "column_encoding": {"code": "DELTA_BINARY_PACKED"}, "compression": "ZSTD"},
    "facts": {"compression": "ZSTD"},
}
"""How each table is written."""


@dataclass(frozen=True)
class Note:
    """What a segment says of itself in its file's metadata.

    It holds what was recorded from position `first` to `last`, in `rows` rows of touchpoints, of which `amended` are revisions
    and `unknown` of a kind that was not known. `digest` is that of the journal's row at `last`; `chain` that of everything up to
    it: SHA-256 over the chain until the row before and the row's digest, row by row, in hex. `names` counts the names of each
    family until then; `made_by` is a hash of the format and the known kinds.
    """

    first: int
    last: int
    rows: int
    amended: int
    unknown: int
    digest: str
    chain: str
    names: dict[str, int]
    made_by: str

    def metadata(self) -> dict[bytes, bytes]:
        """The metadata of a Parquet file."""
        return {METADATA_KEY: json.dumps(asdict(self)).encode()}


def made_by() -> str:
    """Twelve hex digits for what rows depend on besides the journal: the format, and which kinds and schemas are known."""
    known = sorted((kind, model.SCHEMA_VERSION) for kind, model in FACTS.items())
    return hashlib.sha256(json.dumps([FORMAT, known, sorted(UPCASTERS)]).encode()).hexdigest()[:12]
