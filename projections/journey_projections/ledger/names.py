"""The names behind the codes of a ledger: a code is the place of a name's first mention in the journal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

import numpy as np
import pyarrow as pa
from pyarrow.compute import SetLookupOptions, call_function

from journey.errors import DamagedLedger
from journey_projections.encoding.codes import NOTHING
from journey_projections.encoding.columns import Array
from journey_projections.ledger.layout import FAMILY_NAMES, NAMES
from journey_projections.ledger.segments import REBUILD, Opened, Segment


class Names:
    """All names of a ledger, by family."""

    def __init__(self, files: Iterable[Segment], counts: Mapping[str, int]) -> None:
        """The first `counts` names of each family in segments of NAMES; a family is read when it is needed. Raises DamagedLedger."""
        if counts and set(counts) != set(FAMILY_NAMES):
            raise DamagedLedger(f"the ledger has names of {', '.join(counts)}, not of {', '.join(FAMILY_NAMES)}", REBUILD)
        self._files = [segment.open() for segment in files]
        self.counts = {family: counts.get(family, 0) for family in FAMILY_NAMES}
        self._names: dict[str, pa.ChunkedArray] = {}

    def of(self, family: str) -> pa.ChunkedArray:
        """The names of a family, by code. Raises DamagedLedger where they are not complete."""
        if family not in self._names:
            table = pa.concat_tables((NAMES.empty_table(), *(_read(file, family) for file in self._files)))
            codes = table["code"].to_numpy()[: self.counts[family]]
            if not np.array_equal(codes, np.arange(self.counts[family])):
                raise DamagedLedger(f"the ledger's names of {family} are not complete", REBUILD)
            self._names[family] = table["name"].slice(0, self.counts[family])
        return self._names[family]

    def apart(self, *families: str) -> "Names":
        """The names of these families alone, without the files they came from."""
        names = Names((), {})
        names.counts |= {family: self.counts[family] for family in families}
        names._names = {family: self.of(family) for family in families}
        return names

    def places(self, family: str, names: Sequence[str] | pa.Array) -> Array:
        """The codes of names, NOTHING for unknown ones."""
        codes = call_function("index_in", [pa.array(names, pa.string())], SetLookupOptions(self.of(family)))
        return cast(Array, codes.fill_null(NOTHING).to_numpy())

    def recoded(self, other: "Names") -> dict[str, Array]:
        """For each family the codes of these names in another ledger, NOTHING where they have none; one more place holds NOTHING."""
        return {family: np.append(other.places(family, names.combine_chunks()), NOTHING).astype("i4") for family, names in self._all()}

    def _all(self) -> Iterator[tuple[str, pa.ChunkedArray]]:
        return ((family, self.of(family)) for family in FAMILY_NAMES)

    def tables(self) -> Iterator[pa.Table]:
        """All names, as rows of the table `names`, by family."""
        return (table_of(family, names.combine_chunks(), 0) for family, names in self._all())

    def coded(self, mentioned: Mapping[str, Sequence[str]]) -> tuple[dict[str, Array], list[pa.Table]]:
        """The codes of names by family, each with one more place for NOTHING, and tables of the new names, which get the next codes."""
        codes, added = {}, []
        for family, names in mentioned.items():
            known = self.of(family)
            places = self.places(family, names)
            is_new = places == NOTHING
            fresh = pa.array(names, pa.string()).filter(pa.array(is_new))
            codes[family] = np.append(np.where(is_new, len(known) + np.cumsum(is_new) - 1, places), NOTHING).astype("i4")
            added.append(table_of(family, fresh, len(known)))
            self._names[family] = pa.chunked_array([*known.chunks, fresh], pa.string())
            self.counts[family] += len(fresh)
        return codes, added


def table_of(family: str, names: pa.Array, start: int) -> pa.Table:
    """Names of one family as rows of the table `names`, with the codes from `start` on."""
    codes = pa.array(np.arange(start, start + len(names), dtype="i4"))
    return pa.table([pa.repeat(pa.scalar(family), len(names)), codes, names], schema=NAMES)


def _read(file: Opened, family: str) -> pa.Table:
    """The names of one family in a file, which has each in row groups of its own."""
    return file.read(groups=[number for number, (of_family, _) in enumerate(file.bounds("family")) if of_family == family])
