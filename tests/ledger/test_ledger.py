"""The ledger tells what the journal tells: of everyone, whenever, in however many steps it caught up."""

import hashlib
import json
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import day, folder, logs, recorded, rows_of_journal, rows_of_ledger

from journey import DamagedLedger, Fact
from journey.amendments import FACTS
from journey.testing.places import contact
from journey.touchpoints import KINDS
from journey_projections.ledger import Ledger, ledger
from journey_projections.ledger.checking import check
from journey_projections.ledger.layout import METADATA_KEY
from journey_projections.questions.ledger_place import catch_up


@settings(max_examples=50)
@given(logs(), st.data())
def test_e5_e6_the_ledger_tells_what_the_journal_tells(batches: list[list[Fact]], data: st.DataObject) -> None:
    """E5, E6: at every record time, merges, corrections and retractions included, whatever the segments and clusters are."""
    page, size, most, rows = (data.draw(st.integers(1, greatest)) for greatest in (4, 9, 3, 30))
    with (
        folder() as place,
        recorded(batches) as journal,
        patch.multiple(ledger, PAGE=page, ROWS_PER_SEGMENT=size, MOST_SEGMENTS=most, ROW_GROUP=2),
    ):
        own = Ledger(place)
        own.catch_up(journal)
        opened = own.open()
        assert opened.note.last == sum(map(len, batches))
        for number in (None, *data.draw(st.lists(st.integers(-1, len(batches)), max_size=3))):
            known = None if number is None else day(number)
            assert rows_of_ledger(opened, known, rows) == rows_of_journal(journal, known)


@settings(max_examples=15)
@given(logs(), st.data())
def test_a_ledger_is_what_its_journal_says_compacted_or_not(batches: list[list[Fact]], data: st.DataObject) -> None:
    with folder() as place, recorded([]) as journal, patch.multiple(ledger, PAGE=3, MOST_SEGMENTS=2, ROW_GROUP=2, COMPACTED_AT_ONCE=5):
        own = Ledger(place)
        for batch in batches:
            journal.record(*batch)
            if data.draw(st.booleans()):
                own.catch_up(journal)
        own.catch_up(journal)
        assert list(check(place, journal)) == []
        rows_before = rows_of_ledger(own.open(), None)
        own.compact()
        assert own.status().segments == 1
        assert list(check(place, journal)) == []
        assert rows_of_ledger(own.open(), None) == rows_before == rows_of_journal(journal, None)


NEW_KINDS = ("request_made", "purchase_made", "failure_noticed", "introduction_made")


def as_in_format_1(table: pa.Table) -> pa.Table:
    """Rows as format 1 had them: without `due`, and kinds counted without the new ones."""
    older = [kind for kind in KINDS if kind not in NEW_KINDS]
    kinds = np.array([older.index(kind) for kind in np.array(list(KINDS))[table["kind"].to_numpy()]], np.int8)
    place = table.schema.get_field_index("kind")
    return table.set_column(place, table.schema.field("kind"), pa.array(kinds)).drop_columns(["due"])


def as_it_is(table: pa.Table) -> pa.Table:
    return table


@pytest.mark.parametrize(("rows", "format"), [(as_in_format_1, 1), (as_it_is, 1), (as_it_is, 2)])
def test_a_ledger_of_another_version_is_built_again_and_never_misread(rows: Callable[[pa.Table], pa.Table], format: int) -> None:
    known = sorted((kind, 1) for kind in FACTS if kind not in NEW_KINDS)
    made_by = hashlib.sha256(json.dumps([format, known, []]).encode()).hexdigest()[:12]
    with folder() as place, recorded([[contact("a", competence=0.5)], [contact("b", day=1, competence=-0.5)]]) as journal:
        own = Ledger(place)
        own.catch_up(journal)
        (path,) = (place / "touchpoints").glob("*.parquet")
        table, note = pq.read_table(path), json.loads(pq.read_metadata(path).metadata[METADATA_KEY])
        metadata = {METADATA_KEY: json.dumps({**note, "made_by": made_by})}
        pq.write_table(rows(table).replace_schema_metadata(metadata), path, write_page_checksum=True)
        for read in (own.open, own.status, own.compact):
            with pytest.raises(DamagedLedger, match="was made by another version of journey") as refused:
                read()
            assert refused.value.mend == "`journey ledger catch-up` builds it again"
        (problem,) = check(place, journal)
        assert "was made by another version of journey" in problem
        assert catch_up(own, journal) == 2  # all of the journal is new in it
        assert list(check(place, journal)) == []
        assert rows_of_ledger(own.open(), None) == rows_of_journal(journal, None)
