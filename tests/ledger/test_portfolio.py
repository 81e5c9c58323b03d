"""Replaying a ledger is replaying every history: the same bits, whatever was amended, merged or late, as of and as known at any day."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import day, folder, logs, recorded

from journey import Fact
from journey.testing import START
from journey_projections import replay
from journey_projections.ledger import Ledger, Standing, portfolio, replay_ledger


@pytest.mark.parametrize("store", ["memory:", "sqlite:///"])
@settings(max_examples=25)
@given(batches=logs(), data=st.data())
def test_every_standing_is_the_replay_of_its_history(store: str, batches: list[list[Fact]], data: st.DataObject) -> None:
    with folder() as place, recorded(batches, f"{store}{place}/journey.db" if store != "memory:" else store) as journal:
        kept = Ledger(place / "journey.ledger")
        kept.catch_up(journal)
        number = data.draw(st.none() | st.integers(-1, len(batches)))
        known = None if number is None else day(number)
        as_of = data.draw(st.none() | st.integers(-1, 400).map(lambda days: START + timedelta(days=days)))
        with patch.multiple(portfolio, LEAST=data.draw(st.integers(1, 20)), PROCESS=2**40):
            told = list(replay_ledger(kept.view(), as_of=as_of, known_at=known, parties=True))
        names = [summary.relationship for summary in journal.relationships(known_at=known)]
        assert [standing.relationship for standing in told] == names
        for name, standing in zip(names, told, strict=True):
            history = journal.history(name)
            history = history if known is None else history.known_at(known)
            single = replay(history if as_of is None else history.as_of(as_of))
            assert standing._asdict() == {field: getattr(single, field) for field in Standing._fields}
