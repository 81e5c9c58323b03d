"""A ledger of what is known by the day only: rows that tie are replayed by their ids, which are read only where no file has them so."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import NAMES, day, folder, logs

from journey import Fact, Interaction, Journal, RelationshipsMerged
from journey.testing import START
from journey_projections import replay
from journey_projections.cluster.on_spark import _fold
from journey_projections.cluster.plan import Plan
from journey_projections.ledger import Ledger, Standing, bounded_replay, ledger, open_ledger, replay_ledger
from journey_projections.ledger.checking import check
from journey_projections.ledger.chunks import RowIds, array_of
from journey_projections.ledger.layout import TOUCHPOINTS, WRITING
from journey_projections.ledger.open_ledger import whole
from journey_projections.ledger.segments import segments

UNSORTED = {**WRITING, "touchpoints": {name: value for name, value in WRITING["touchpoints"].items() if name != "sorting_columns"}}


def by_position(table: Any) -> Any:
    """Rows as ledgers had them before files said in which order they are."""
    keys = [array_of(table[name]) for name in ("amends", "position", "sequence", "occurred_at", "relationship")]
    return table.take(np.lexsort(keys))


@settings(max_examples=15)
@given(batches=logs(), data=st.data())
def test_every_standing_is_the_replay_of_its_history(batches: list[list[Fact]], data: st.DataObject) -> None:
    days = data.draw(st.integers(1, 3))
    batches = [[cut(fact, data.draw(st.integers(1, days))) for fact in batch] for batch in batches]
    older = data.draw(st.integers(0, len(batches)))
    rows_at_once, row_group = data.draw(st.integers(1, 20)), data.draw(st.integers(1, 5))
    times = iter(range(10**6))
    with (
        folder() as place,
        Journal.open("memory:", now=lambda: day(next(times))) as journal,
        patch("journey_projections.ledger.segments.ROW_GROUP", row_group),
        patch.multiple(ledger, ROW_GROUP=row_group, MOST_SEGMENTS=data.draw(st.integers(1, 5))),
    ):
        own = Ledger(place)
        for count, batch in enumerate(batches):
            journal.record(*batch)
            if count < older:
                with patch("journey_projections.ledger.segments.WRITING", UNSORTED), patch.object(ledger, "in_order", by_position):
                    own.catch_up(journal)
            else:
                own.catch_up(journal)
        if data.draw(st.booleans()):
            own.compact()
        number = data.draw(st.none() | st.integers(-1, len(batches)))
        known = None if number is None else day(number)
        with patch.multiple(bounded_replay, LEAST=rows_at_once, PROCESS=2**40):
            standings = list(replay_ledger(own.open(), known_at=known, parties=True))
        histories = [journal.history(summary.relationship) for summary in journal.relationships(known_at=known)]
        for history, standing in zip(histories, standings, strict=True):
            single = replay(history if known is None else history.known_at(known))
            assert standing._asdict() == {field: getattr(single, field) for field in Standing._fields}


def cut(fact: Fact, number: int) -> Fact:
    """A touchpoint of one of a few days; facts about facts as they are."""
    return fact.model_copy(update={"occurred_at": START + timedelta(days=number)}) if hasattr(fact, "sequence") else fact


def meeting(id: str, relationship: str) -> Interaction:
    """A meeting that says how good it was by its id."""
    return Interaction(id=id, relationship=relationship, occurred_at=START, competence=ord(id[0]) % 10 / 10)


def test_no_ids_are_read_where_every_file_has_its_rows_in_order_and_none_ties_with_another_files(tmp_path: Path) -> None:
    with Journal.open("memory:") as journal:
        journal.record(*(meeting(f"{letter}-{name}", name) for name in NAMES for letter in "zayb"))
        own = Ledger(tmp_path)
        own.catch_up(journal)
        with patch.object(RowIds, "__call__", side_effect=AssertionError):
            standings = list(replay_ledger(own.open()))
        assert [one.trust for one in standings] == [replay(journal.history(name)).trust for name in NAMES]
        assert list(check(tmp_path, journal)) == []
        # What is merged ties between two relationships, of which each has its rows in order.
        journal.record(RelationshipsMerged(id="m", relationship="a", other="c", occurred_at=START))
        own.catch_up(journal)
        own.compact()
        standings = list(replay_ledger(own.open()))
        assert [one.trust for one in standings] == [replay(journal.history(name)).trust for name in ("a", "b")]


@pytest.mark.parametrize("compacted", [True, False])
def test_a_file_that_says_falsely_that_it_is_in_order_is_found(tmp_path: Path, *, compacted: bool) -> None:
    with Journal.open("memory:") as journal:
        journal.record(meeting("z", "a"), meeting("y", "a"))
        own = Ledger(tmp_path)
        with patch.object(ledger, "in_order", by_position), patch.object(open_ledger, "in_order", by_position):
            own.catch_up(journal)
            if compacted:
                own.compact()
        (problem,) = check(tmp_path, journal)
        assert "says that its rows are in the order of replay, and in its row group 0 they are not" in problem


def test_on_a_cluster_what_ties_is_replayed_by_ids_too(tmp_path: Path) -> None:
    with Journal.open("memory:") as journal:
        journal.record(*(meeting(f"{letter}-{name}", name) for name in NAMES for letter in "zayb"))
        own = Ledger(tmp_path)
        own.catch_up(journal)
        rows = whole(segments(tmp_path / "touchpoints"), TOUCHPOINTS).drop(["amends", "retracted"])
        folded = list(_fold(rows.to_batches(max_chunksize=5), Plan.of("goodwill", None, None, parties=False), None))
        trusts = [trust for batch in folded for trust in batch["trust"].to_pylist()]
        assert trusts == [replay(journal.history(name)).trust for name in NAMES]
