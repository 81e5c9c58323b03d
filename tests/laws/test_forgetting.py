"""Late, corrected, retracted, merged, unmerged, forgotten: in any interleaving, on every store."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest
import stores
from amended import PEOPLE, RELATIONSHIPS, by_hand, facts_about_people, names_by_hand
from hypothesis import given
from hypothesis import strategies as st

from journey import Fact, History, Journal, LogFact, PersonNamed, Recorded, RelationshipOpened, Touchpoint, UnknownName
from journey.seals import seal_after
from journey.testing import START, Opener
from journey.testing.places import each_in_a_new_place
from journey_projections import replay

NewPlace = Callable[[], Opener]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> NewPlace:
    """Makes new, empty places, each with its opener."""
    makers = {"memory": stores.memory, "sqlite": stores.sqlite}
    make = makers.get(request.param) or partial(stores.postgres, request.getfixturevalue("postgres_url"))

    def making() -> Opener:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        return make(folder)

    return making


@st.composite
def facts_with_texts(draw: st.DrawFn) -> list[Fact]:
    """What is told of people, each fact with a text of its own, in relationships that were opened for some of them."""
    facts = draw(facts_about_people())
    customers = dict(zip(RELATIONSHIPS, (draw(st.sampled_from((None, *PEOPLE))) for _ in RELATIONSHIPS), strict=True))
    opened = [
        RelationshipOpened(id=f"opened-{name}", relationship=name, occurred_at=START, customer=customer)
        for name, customer in customers.items()
    ]
    texts = [one.model_copy(update={"reason" if isinstance(one, LogFact) else "note": f"text of {one.id}"}) for one in facts]
    return [*opened, *texts] if draw(st.booleans()) else [*texts, *opened]


@each_in_a_new_place
@given(facts=facts_with_texts(), data=st.data())
def test_e7_forgetting_leaves_every_trust_and_every_proof_as_it_was(new_place: NewPlace, facts: list[Fact], data: st.DataObject) -> None:
    """E7, and E5 and E6 with it: whoever is forgotten whenever, every history is as without that, but for texts."""
    known = data.draw(st.integers(0, len(facts) - 1))
    recorded: list[Recorded[Fact]] = []
    times = (START + timedelta(days=day) for day in count())
    store = new_place()()
    with Journal(store, now=lambda: next(times)) as journal:
        for fact in facts:
            (receipt,) = journal.record(fact)
            recorded.append(Recorded(fact, receipt.recorded_at, receipt.position))
            if data.draw(st.integers(0, 4)) == 0:
                rows = list(store.columns(0, 1_000))
                person = data.draw(st.sampled_from(PEOPLE))
                try:
                    journal.forget(person, reason="a letter")
                except UnknownName:
                    continue
                assert list(store.columns(0, 1_000))[: len(rows)] == rows
        assert journal.verify().holds
        for name in RELATIONSHIPS:
            history = journal.history(name)
            for now, known_records in ((history, recorded), (history.known_at(recorded[known].recorded_at), recorded[: known + 1])):
                expected = by_hand(known_records, name)
                assert _without_texts(now) == _without_texts(expected)
                assert replay(now).trust == replay(History.of(expected)).trust
                early = START + timedelta(days=40)
                assert replay(now.as_of(early)).trust == replay(History.of(expected).as_of(early)).trust
            lost = {record.touchpoint.id for record in history.told if record.withheld}
            assert all(one.note in (None, f"text of {one.id}") for one in history)
            assert all(one.note is None for one in history if one.id in lost)
        readable = [record.touchpoint for record in journal.read() if not (isinstance(record.touchpoint, PersonNamed) and record.withheld)]
        assert journal.names(PEOPLE) == names_by_hand(readable)
        assert store.seal(seal_after(store.last_seal(), [row.digest for row in store.columns(0, 1_000)]))
        published = journal.verify().last_seal
        proofs = {record.touchpoint.id: journal.prove(record.touchpoint.id, published) for record in recorded}
        for person in PEOPLE:
            try:
                journal.forget(person)
            except UnknownName:
                continue
        assert journal.names(PEOPLE) == {}
        assert {id: journal.prove(id, published) for id in proofs} == proofs
        assert journal.verify(published).holds


def _without_texts(touchpoints: Iterable[Touchpoint]) -> list[Touchpoint]:
    return [touchpoint.model_copy(update={"note": None}) for touchpoint in touchpoints]
