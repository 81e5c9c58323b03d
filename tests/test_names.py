"""Names behind pseudonymous ids: told once, encrypted under the person's own key, the last one read."""

from collections.abc import Iterator

import pytest

from journey import Interaction, InvalidTouchpoint, Journal, PersonNamed, UnknownName
from journey.stores.keys import MemoryKeystore
from journey.testing import START
from journey_projections import replay


@pytest.fixture
def journal() -> Iterator[Journal]:
    with Journal.open("memory:") as journal:
        journal.record(visit("v", "ana"), visit("w", "ana-2"), visit("x", "bea"))
        yield journal


def visit(id: str, contact: str) -> Interaction:
    return Interaction(id=id, relationship="r", occurred_at=START, contact=contact, benevolence=0.5)


def test_the_last_name_told_is_the_one(journal: Journal) -> None:
    assert journal.names(["ana", "bea"]) == {}
    assert journal.name("ana", "Ana Bianchi", actor="carla").id == "ana.named-1"
    journal.name("bea", "Bea Conti")
    assert journal.name("ana", "Ana Rossi", reason="she married").id == "ana.named-2"
    assert journal.names(["ana", "nobody"]) == {"ana": "Ana Rossi"}
    journal.name("ana", None)
    assert journal.names(["ana", "bea"]) == {"bea": "Bea Conti"}


def test_whoever_is_one_has_one_name(journal: Journal) -> None:
    journal.name("ana-2", "Ana Rossi")
    journal.name("ana", "Ana Bianchi")
    journal.merge_people("ana-2", "ana")
    assert journal.names(["ana", "ana-2"]) == {"ana": "Ana Bianchi", "ana-2": "Ana Bianchi"}
    journal.name("ana-2", None)
    assert journal.names(["ana"]) == {}
    journal.unmerge_people("ana", "ana-2")
    assert journal.names(["ana", "ana-2"]) == {"ana": "Ana Bianchi"}


def test_a_name_is_gone_when_the_person_is_forgotten_and_may_be_told_anew(journal: Journal) -> None:
    journal.merge_people("ana", "ana-2")
    journal.name("ana", "Ana Rossi")
    journal.name("bea", "Bea Conti")
    assert journal.forget("ana-2").texts == 1
    record = journal.find(["ana.named-1"])["ana.named-1"]
    assert (record.touchpoint.model_dump()["name"], record.withheld) == (None, True)
    assert journal.names(["ana", "ana-2", "bea"]) == {"bea": "Bea Conti"}
    journal.name("ana-2", "A.")
    assert journal.names(["ana"]) == {"ana": "A."}
    assert journal.forget("ana").texts == 1


def test_somebody_who_was_only_named_is_forgotten() -> None:
    with Journal.open("memory:") as journal:
        journal.record(PersonNamed(id="n", person="zoe", name="Zoe Neri", occurred_at=START))
        assert journal.names(["zoe"]) == {"zoe": "Zoe Neri"}
        forgotten = journal.forget("zoe")
        assert (forgotten.texts, forgotten.keys, forgotten.relationships) == (1, 1, [])
        assert journal.names(["zoe"]) == {}


def test_names_are_no_part_of_a_history(journal: Journal) -> None:
    before = journal.history("r")
    journal.name("ana", "Ana Rossi")
    after = journal.history("r")
    assert (after, after.told) == (before, before.told)
    assert replay(after).trust == replay(before).trust


def test_a_history_decrypts_no_name() -> None:
    class Counting(MemoryKeystore):
        key_queries = 0

        def find(self, ids):  # type: ignore[no-untyped-def]
            self.key_queries += 1
            return super().find(ids)

    vault = Counting()
    with Journal.open("memory:", keys=vault) as journal:
        journal.record(visit("v", "ana"))
        journal.name("ana", "Ana Rossi")
        journal.history("r")
        assert vault.key_queries == 0
        assert journal.names(["ana"]) == {"ana": "Ana Rossi"}
        assert vault.key_queries == 1


def test_a_name_is_told_once_under_one_id_and_taken_back_by_another(journal: Journal) -> None:
    assert journal.name("ana", "Ana Rossi", as_id="crm-7").is_new
    assert not journal.name("ana", "Ana Rossi", as_id="crm-7").is_new
    with pytest.raises(InvalidTouchpoint, match="is about a person") as refused:
        journal.retract("crm-7")
    assert refused.value.mend == "record another name, or none"
    with pytest.raises(UnknownName, match="a fact about people"):
        journal.correct("crm-7", {"name": "Ana"})


def test_what_names_nobody_is_refused(journal: Journal) -> None:
    with pytest.raises(UnknownName) as refused:
        journal.name("anna-2", "Anna")
    assert refused.value.mend == "did you mean `ana-2`?"
    with pytest.raises(InvalidTouchpoint, match="name"):
        journal.name("ana", "")
    assert journal.version("") == 0
