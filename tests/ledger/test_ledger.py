"""The ledger tells what the journal tells: of everyone, whenever, in however many steps it caught up."""

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from logs import day, folder, logs, recorded, rows_of_journal, rows_of_ledger

from journey import Fact
from journey_projections.ledger import Ledger, ledger
from journey_projections.ledger.checking import check


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
