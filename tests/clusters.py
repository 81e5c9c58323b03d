"""What every engine must give: the bits that one machine gives."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from logs import day, folder, recorded

from journey import Fact
from journey.testing import START
from journey_projections.ledger import Ledger, OpenLedger, Standings, replay_ledger
from journey_projections.rules.gallery import NAMES


def assert_the_same_as_here(replay: Callable[..., Standings], batches: Sequence[Sequence[Fact]], data: st.DataObject) -> None:
    """By any rules, as of and as known at any day, and as the ledger was when the view was made, though it goes on and is compacted."""
    number = data.draw(st.none() | st.integers(-1, len(batches)))
    as_of = data.draw(st.none() | st.integers(-1, 400).map(lambda days: START + timedelta(days=days)))
    options: Any = {"rules": data.draw(st.sampled_from(NAMES)), "parties": data.draw(st.booleans())}
    options |= {"as_of": as_of, "known_at": None if number is None else day(number)}
    with folder() as place, recorded(batches) as journal:
        ledger = Ledger(place)
        ledger.catch_up(journal, until=sum(map(len, batches[: data.draw(st.integers(1, len(batches)))])))
        opened: OpenLedger = ledger.open()
        local = replay_ledger(opened, **options)
        if data.draw(st.booleans()):
            ledger.catch_up(journal)
            ledger.compact()
        assert_same(replay(opened, **options), local)


def assert_same(one: Standings, other: Standings) -> None:
    assert bits(one) == bits(other)
    assert list(one) == list(other)
    assert one.table() == other.table()


def bits(portfolio: Standings) -> tuple[bytes, ...]:
    return tuple(b"" if array is None else array.tobytes() for array in (portfolio.codes, portfolio.results, portfolio.parties))
