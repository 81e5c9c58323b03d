"""Forgetting a person: what was written about them can never be read again, and nothing else changes."""

import hashlib
import pickle
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from postgres_server import PostgresServer

from journey import (
    ConflictingTouchpoint,
    DamagedJournal,
    Fact,
    Interaction,
    InvalidTouchpoint,
    Journal,
    PeopleMerged,
    PersonNamed,
    RelationshipOpened,
    RelationshipsMerged,
    SubjectForgotten,
    TouchpointCorrected,
    TouchpointRetracted,
    UnknownName,
)
from journey.stores.keys import MemoryKeystore
from journey.stores.memory import MemoryStore
from journey.stores.rows import StoredTouchpoint
from journey.testing import START
from journey.touchpoints import PERSONAL_FIELDS
from journey_projections import replay
from journey_projections.ledger import Ledger

SECRET = "She told us of her divorce"


def opened(relationship: str, customer: str | None = None) -> Fact:
    return RelationshipOpened(id=f"{relationship}-opened", relationship=relationship, occurred_at=START, customer=customer)


def note(id: str, relationship: str, text: str | None = SECRET, contact: str | None = None) -> Fact:
    return Interaction(id=id, relationship=relationship, occurred_at=START, contact=contact, note=text, benevolence=0.5)


@pytest.fixture
def journal() -> Iterator[Journal]:
    with Journal.open("memory:") as journal:
        yield journal


def readable(journal: Journal) -> set[str]:
    """The ids of the facts whose texts can be read."""
    facts = {record.touchpoint.id: record.touchpoint for record in journal.read()}
    texts = {id: [getattr(fact, name, None) for name in PERSONAL_FIELDS] for id, fact in facts.items()}
    return {id for id, fact in facts.items() if any(texts[id]) or getattr(fact, "fields", {}).get("note")}


# Whose a text is


@pytest.mark.parametrize(
    ("facts", "forgotten", "left"),
    [
        ([note("n", "r", contact="ana")], "ana", set()),
        ([note("n", "r", contact="ana"), note("o", "r", contact="bea")], "ana", {"o"}),
        ([opened("r", "ana"), note("n", "r"), note("o", "r", contact="bea")], "ana", {"o"}),
        ([note("n", "r"), opened("r", "ana"), note("o", "other")], "ana", {"o"}),
        ([opened("r", "ana"), opened("s", "ana"), opened("t", "bea"), note("n", "r"), note("o", "s"), note("p", "t")], "ana", {"p"}),
        # A relationship that was opened for nobody is of whoever it is one with; one opened for somebody else is theirs.
        (
            [opened("r", "ana"), note("n", "s"), RelationshipsMerged(id="m", relationship="r", other="s", occurred_at=START, reason="two")],
            "ana",
            set(),
        ),
        (
            [
                opened("r", "ana"),
                opened("s", "bea"),
                note("n", "s"),
                RelationshipsMerged(id="m", relationship="r", other="s", occurred_at=START),
            ],
            "ana",
            {"n"},
        ),
        # All ids of one person, by whichever they are named.
        (
            [
                note("n", "r", contact="ana"),
                note("o", "s", contact="ana-2"),
                PeopleMerged(id="m", person="ana", other="ana-2", occurred_at=START, reason="the same person"),
            ],
            "ana-2",
            set(),
        ),
        # What was said of a touchpoint is of whose the touchpoint is, also where it is said before it.
        (
            [
                TouchpointCorrected(id="c", relationship="r", occurred_at=START, corrects="n", fields={"note": SECRET}, reason="a slip"),
                note("n", "r", contact="ana"),
                TouchpointRetracted(id="t", relationship="r", occurred_at=START, retracts="c", reason="no slip"),
                note("o", "r", contact="bea"),
                TouchpointCorrected(id="d", relationship="r", occurred_at=START, corrects="o", fields={"note": SECRET}),
            ],
            "ana",
            {"o", "d"},
        ),
        # A name, by whichever id it was told, and why; whoever is named need not be met.
        (
            [
                PersonNamed(id="n", person="ana", name="Ana Bianchi", occurred_at=START),
                PersonNamed(id="o", person="ana-2", occurred_at=START, reason="married"),
                PersonNamed(id="p", person="bea", name="Bea Conti", occurred_at=START),
                PeopleMerged(id="m", person="ana", other="ana-2", occurred_at=START),
            ],
            "ana-2",
            {"p"},
        ),
        # What a representative did is told of the customer.
        ([Interaction(id="n", relationship="r", occurred_at=START, representative="rob", contact="ana", note=SECRET)], "rob", {"n"}),
    ],
)
def test_what_is_forgotten_is_what_was_written_about_the_person(
    journal: Journal, facts: list[Fact], forgotten: str, left: set[str]
) -> None:
    for fact in facts:
        journal.record(fact)
    before = readable(journal)
    result = journal.forget(forgotten)
    assert readable(journal) == left
    assert result.texts == len(before - left)
    assert {record.touchpoint.id for record in journal.read() if record.withheld} == before - left
    assert not result.kept
    assert journal.verify().holds


def test_relationships_that_are_two_after_all_are_both_looked_into(journal: Journal) -> None:
    journal.record(opened("a", "ana"), opened("b", "ana"), note("1", "a"), note("2", "b"))
    journal.merge("b", "a")
    journal.unmerge("b", "a")
    assert journal.forget("ana").texts == 2
    assert readable(journal) == set()


def test_a_text_under_somebody_elses_key_is_told(journal: Journal) -> None:
    journal.record(note("n", "r", contact="bea"))
    journal.correct("n", {"contact": "ana"})
    assert journal.forget("ana").kept == {"n": "it was recorded about somebody else, under the key of `bea`, and corrected since"}
    assert readable(journal) == {"n"}


def test_a_correction_that_only_told_a_text_still_takes_it_away(journal: Journal) -> None:
    journal.record(note("n", "r", contact="ana"))
    journal.correct("n", {"note": "another text", "benevolence": -0.5})
    journal.correct("n", {"note": "a third text"})
    journal.forget("ana")
    touchpoint = journal.history("r")["n"]
    assert (touchpoint.note, touchpoint.model_dump()["benevolence"]) == (None, -0.5)
    assert journal.history("r").impossible == {}


def test_forgetting_somebody_who_is_nowhere_is_refused_and_destroys_nothing(journal: Journal) -> None:
    journal.record(note("n", "r", contact="anabel"))
    with pytest.raises(UnknownName, match="no person `anabell`") as refused:
        journal.forget("anabell")
    assert refused.value.mend == "did you mean `anabel`?"
    assert readable(journal) == {"n"}


@pytest.mark.parametrize("options", [{"as_id": "\n"}, {"reason": "x" * 10_001}, {"actor": ""}])
def test_forgetting_that_could_not_be_recorded_destroys_nothing(journal: Journal, options: dict[str, str]) -> None:
    journal.record(note("n", "r", contact="ana"))
    with pytest.raises(InvalidTouchpoint):
        journal.forget("ana", **options)
    assert readable(journal) == {"n"}


def test_a_store_is_never_asked_for_a_text() -> None:
    """What is asked may stand in a server's log."""

    class Listening(MemoryStore):
        def people_facts(self, people: Collection[str]) -> Sequence[StoredTouchpoint]:
            queried_names.update(people)
            return super().people_facts(people)

    queried_names: set[str] = set()
    with Journal(Listening()) as journal:
        journal.record(note("n", "r", contact="ana"), PersonNamed(id="m", person="ana", name="Ana Rossi", occurred_at=START))
        journal.correct("n", {"note": "another text", "representative": "rob"}, reason="a slip")
        journal.history("r")
        journal.forget("ana")
    assert queried_names == {"ana", "rob"}


# Afterwards


def test_it_is_recorded_and_told_once_under_one_id(journal: Journal) -> None:
    journal.record(note("n", "r", contact="ana"))
    first = journal.forget("ana", reason="her letter of 3 May", actor="dpo", as_id="letter-17")
    fact = journal.find(["letter-17"])["letter-17"].touchpoint
    assert isinstance(fact, SubjectForgotten)
    assert (fact.person, fact.reason, fact.actor) == ("ana", "her letter of 3 May", "dpo")
    assert (first.texts, first.keys, first.receipt.is_new) == (1, 1, True)
    again = journal.forget("ana", reason="her letter of 3 May", actor="dpo", as_id="letter-17")
    assert (again.texts, again.keys, again.receipt.is_new) == (0, 0, False)
    # Said anew, it reaches what was written since, the reason included.
    journal.record(note("o", "r", contact="ana"))
    assert readable(journal) == {"o", "letter-17"}
    assert journal.forget("ana").texts == 2
    assert readable(journal) == set()


def test_what_was_forgotten_is_recorded_again_as_what_it_was(journal: Journal) -> None:
    (first,) = journal.record(touchpoint := note("n", "r", contact="ana"))
    journal.forget("ana")
    (again,) = journal.record(touchpoint)
    assert (again.position, again.is_new) == (first.position, False)
    (again,) = journal.record(note("n", "r", None, contact="ana"))
    assert not again.is_new
    assert readable(journal) == set()
    with pytest.raises(ConflictingTouchpoint, match=r"benevolence `0\.5` against `0\.6`"):
        journal.record(touchpoint.model_copy(update={"benevolence": 0.6}))


def test_what_is_recorded_again_under_a_new_key_is_no_other_content(journal: Journal) -> None:
    journal.record(note("n", "r"), note("o", "s"))
    assert journal.rotate_keys() == 2
    receipts = journal.record(note("n", "r"), note("p", "r"), note("o", "s"))
    assert [receipt.is_new for receipt in receipts] == [False, True, False]
    assert readable(journal) == {"n", "o", "p"}
    with pytest.raises(ConflictingTouchpoint, match="note `She told us of her divorce` against `another`"):
        journal.record(note("n", "r", "another"))


def test_keys_are_rotated_for_one_person_or_all(journal: Journal) -> None:
    journal.record(opened("r", "ana"), note("n", "r"), note("o", "s", contact="ana"), note("p", "t", contact="bea"))
    assert journal.rotate_keys("ana") == 2
    assert journal.rotate_keys() == 3
    with pytest.raises(UnknownName):
        journal.rotate_keys("nobody")


def test_texts_need_no_keys_to_be_replayed(tmp_path: Path) -> None:
    url, elsewhere = f"sqlite:///{tmp_path}/bank.db", f"sqlite:///{tmp_path}/vault.db"
    with Journal.open(url, keys=elsewhere) as journal:
        journal.record(note("n", "r"), note("o", "r", None))
        expected = replay(journal.history("r"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bank.db", "vault.db"]
    with Journal.open(url, read_only=True) as journal:
        assert [record.withheld for record in journal.history("r").records] == [True, False]
        assert replay(journal.history("r")).trust == expected.trust
    with Journal.open(url, keys=elsewhere, read_only=True) as journal:
        assert journal.history("r")["n"].note == SECRET


def test_a_history_keeps_what_could_be_read_when_it_was_read(tmp_path: Path) -> None:
    with Journal.open(f"sqlite:///{tmp_path}/bank.db") as journal:
        journal.record(note("n", "r", contact="ana"))
        before = journal.history("r")
        journal.forget("ana")
        after = journal.history("r")
        journal.record(note("o", "r", contact="ana"))
    assert [(record.touchpoint.note, record.withheld) for record in before.records] == [(SECRET, False)]
    assert [(record.withheld, record.touchpoint.note) for record in after.records] == [(True, None)]
    assert pickle.loads(pickle.dumps(before)) == before != after


def test_a_service_brings_its_own_vault() -> None:
    class Vault(MemoryKeystore):
        is_closed = False

        def close(self) -> None:
            self.is_closed = True

    vault = Vault()
    with Journal.open("memory:", keys=vault) as journal:
        journal.record(note("n", "r", contact="ana"))
        assert vault.current(["person:ana"])["person:ana"].id in vault.find([vault.current(["person:ana"])["person:ana"].id])
        journal.forget("ana")
        assert readable(journal) == set()
    assert vault.is_closed


def test_a_text_that_was_changed_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "bank.db"
    with Journal.open(f"sqlite:///{path}") as journal:
        journal.record(note("n", "r"), note("o", "r", "another text"))
    with closing(sqlite3.connect(path)) as file:
        file.execute("DROP TRIGGER touchpoints_are_never_updated")
        file.execute("UPDATE touchpoints SET personal = (SELECT personal FROM touchpoints WHERE id = 'o') WHERE id = 'n'")
        file.commit()
    with Journal.open(f"sqlite:///{path}") as journal:
        history = journal.history("r")
        assert replay(history).touchpoints == 2 and history["o"].note == "another text"
        with pytest.raises(DamagedJournal, match="touchpoint `n` at position 1"):
            list(history)


# No byte of it


def test_no_byte_of_a_text_is_in_any_file_of_a_journal_in_sqlite(tmp_path: Path) -> None:
    _assert_nowhere(f"sqlite:///{tmp_path}/bank.db", tmp_path, lambda: _files(tmp_path))


def test_no_byte_of_a_text_is_in_any_file_of_a_server(postgres_server: PostgresServer, tmp_path: Path) -> None:
    url = postgres_server.new_database()
    try:
        _assert_nowhere(url, tmp_path, lambda: chain(_files(postgres_server.folder), _files(tmp_path)))
    finally:
        postgres_server.drop_database(url)


def _files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    return ((path, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file())


def _assert_nowhere(url: str, folder: Path, files: Callable[[], Iterator[tuple[Path, bytes]]]) -> None:
    texts = {
        name: f"{name}: {hashlib.sha256(name.encode()).hexdigest()}" for name in ("note", "corrected", "reason", "letter", "others", "name")
    }
    with Journal.open(url) as journal:
        journal.record(opened("r", "ana"), note("n", "r", texts["note"]), note("o", "r", texts["others"], contact="bea"))
        journal.correct("n", {"note": texts["corrected"]}, reason=texts["reason"])
        journal.name("ana", texts["name"])
        assert _found(texts.values(), files()) == []
    with Journal.open(url) as journal:
        published = journal.verify().last_seal
        proof, trust = journal.prove("n", published), replay(journal.history("r")).trust
        journal.forget("ana", reason=texts["letter"])
        Ledger(folder / "bank.ledger").catch_up(journal)
        assert _found(texts.values(), files()) == []
        assert _found(["ana"], files()) != []  # what is searched can be found
        assert readable(journal) == {"o", "ana.forgotten-1"}
        assert journal.prove("n", published) == proof
        assert replay(journal.history("r")).trust == trust
        assert journal.verify(published).holds
    assert _found(texts.values(), files()) == []


def _found(texts: Any, files: Iterator[tuple[Path, bytes]]) -> list[tuple[str, str]]:
    return [(text, path.name) for path, content in files for text in texts if text.encode() in content]


def test_a_journal_of_an_older_format_says_what_it_cannot_forget(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as file:
        file.executescript((Path(__file__).parent / "formats" / "1.sql").read_text(encoding="utf-8"))
    with Journal.open(f"sqlite:///{path}") as journal:
        journal.record(note("n", "m@bank"))
        result = journal.forget("m")
        assert result.kept == {"visit-1": "it was recorded before texts were encrypted"}
        assert (result.texts, readable(journal)) == (1, {"visit-1"})
