"""Verifying: whatever is done to a journal's rows behind its back is found, and named."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey import DamagedJournal, Interaction, Journal, UnsupportedSchema, Verification
from journey.integrity.verification import verify
from journey.seals import SEALED_AT_ONCE, merkle_root, seal_after
from journey.stores.codec import encode
from journey.stores.memory import MemoryStore
from journey.stores.protocol import Counters
from journey.stores.rows import COLUMNS, StoredTouchpoint, digest_of
from journey.stores.sqlite import SQLiteStore
from journey.testing import START

COUNT = 2 * SEALED_AT_ONCE + 30
SEALED = 2 * SEALED_AT_ONCE + 10
"""The touchpoints behind this position have no seal: their writer was killed."""


def contact(number: int) -> Interaction:
    return Interaction(
        id=f"t{number:05}",
        relationship=f"r{number % 7}",
        occurred_at=START + timedelta(hours=number),
        competence=0.5,
        note=f"note {number}",
    )


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "journey.db"
    with Journal.open(f"sqlite:///{path}") as journal:
        journal.record(*(contact(number) for number in range(1, SEALED + 1)))
    with closing(SQLiteStore(str(path))) as killed, closing(killed.keystore()) as keystore:
        Journal(killed, keystore=keystore).record(*(contact(number) for number in range(SEALED + 1, COUNT + 1)))
    return path


def verified(path: Path) -> Verification:
    with Journal.open(f"sqlite:///{path}", read_only=True) as journal:
        return journal.verify()


def tampered(sound: Path, path: Path, *statements: str, values: tuple[Any, ...] = ()) -> Verification:
    """What verifying finds in a copy of the sound journal, once somebody has done this while its guards were away."""
    copy(sound, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        guards = file.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            file.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            file.execute(statement, values if "?" in statement else ())
        for _, guard in guards:
            file.execute(guard)
    return verified(path)


def test_a_sound_journal_holds(sound: Path) -> None:
    verification = verified(sound)
    assert (verification.holds, verification.touchpoints, verification.seals, verification.sealed, verification.violations) == (
        True,
        COUNT,
        3,
        SEALED,
        (),
    )
    assert verification.last_seal is not None and verification.last_seal.startswith("3:")


positions = st.integers(1, COUNT)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=positions, column=st.sampled_from([name for name in COLUMNS if name != "position"]), data=st.data())
def test_any_edited_column_of_any_touchpoint_is_found(sound: Path, tmp_path: Path, position: int, column: str, data: st.DataObject) -> None:
    value: Any
    if column in ("version", "occurred_at", "recorded_at", "schema_version"):
        value = data.draw(st.integers(5_000, 2**62) | st.integers(-(2**62), -1))
    elif column == "digest":
        value = data.draw(st.binary(min_size=32, max_size=32) | st.none())
    else:
        value = data.draw(st.text("abc{}", min_size=1))
    verification = tampered(sound, tmp_path / "t.db", f"UPDATE touchpoints SET {column} = ? WHERE position = {position}", values=(value,))
    assert [violation.position for violation in verification.violations] == [position]
    if column != "id":
        assert f"`t{position:05}`" in verification.violations[0].problem


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=positions)
def test_an_edit_with_a_digest_made_to_match_is_found_as_far_as_seals_reach(sound: Path, tmp_path: Path, position: int) -> None:
    with closing(sqlite3.connect(sound)) as file:
        row = StoredTouchpoint(*file.execute(f"SELECT {', '.join(COLUMNS)} FROM touchpoints WHERE position = ?", (position,)).fetchone())
    forged = row._replace(payload='{"competence":1.0}')
    verification = tampered(
        sound,
        tmp_path / "t.db",
        f"UPDATE touchpoints SET payload = ?, digest = ? WHERE position = {position}",
        values=(forged.payload, digest_of(forged)),
    )
    assert [violation.position for violation in verification.violations] == ([position] if position <= SEALED else [])


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=positions, more=st.integers(0, 1200))
def test_any_deleted_run_is_found_the_end_included(sound: Path, tmp_path: Path, first: int, more: int) -> None:
    last = min(COUNT, first + more)
    verification = tampered(sound, tmp_path / "t.db", f"DELETE FROM touchpoints WHERE position BETWEEN {first} AND {last}")
    (violation,) = verification.violations
    assert violation.position == first
    assert ("is missing" if first == last else f"positions {first} to {last} are missing") in violation.problem


def test_a_deleted_end_is_found_by_the_seals_where_the_counter_was_turned_back(sound: Path, tmp_path: Path) -> None:
    verification = tampered(
        sound,
        tmp_path / "t.db",
        f"DELETE FROM touchpoints WHERE position > {SEALED - 5}",
        f"UPDATE sqlite_sequence SET seq = {SEALED - 5} WHERE name = 'touchpoints'",
    )
    assert [violation.position for violation in verification.violations] == [SEALED - 4]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=positions, other=positions)
def test_any_two_touchpoints_in_each_others_place_are_found(sound: Path, tmp_path: Path, one: int, other: int) -> None:
    verification = tampered(
        sound,
        tmp_path / "t.db",
        f"UPDATE touchpoints SET position = -1 WHERE position = {one}",
        f"UPDATE touchpoints SET position = {one} WHERE position = {other}",
        f"UPDATE touchpoints SET position = {other} WHERE position = -1",
    )
    assert [violation.position for violation in verification.violations] == ([] if one == other else sorted([one, other]))


FORGED = "INSERT INTO touchpoints (position, id, relationship, version, occurred_at, recorded_at, kind, schema_version, payload, digest) "


@pytest.mark.parametrize(
    ("position", "words"),
    [("-3", "was inserted"), (f"{COUNT + 1}", "does not match its digest"), ("NULL", "does not match its digest")],
)
def test_an_inserted_touchpoint_is_found(sound: Path, tmp_path: Path, position: str, words: str) -> None:
    values = f"VALUES ({position}, 'forged', 'r1', 9999, 1, 1, 'interaction', 1, '{{}}', x'00')"
    (violation,) = tampered(sound, tmp_path / "t.db", FORGED + values).violations
    assert violation.touchpoint == "forged" and words in violation.problem


def test_an_inserted_touchpoint_beyond_a_counter_turned_back_is_found(sound: Path, tmp_path: Path) -> None:
    values = f"VALUES ({COUNT + 9}, 'forged', 'r1', 9999, 1, 1, 'interaction', 1, '{{}}', x'00')"
    back = f"UPDATE sqlite_sequence SET seq = {COUNT} WHERE name = 'touchpoints'"
    (violation,) = tampered(sound, tmp_path / "t.db", FORGED + values, back).violations
    assert violation.touchpoint == "forged" and "was inserted" in violation.problem


def test_a_row_that_is_no_touchpoint_is_found(sound: Path, tmp_path: Path) -> None:
    plain = "INSERT INTO touchpoints (relationship, version, kind, payload) VALUES ('r1', 9999, 'x', 'y')"
    (violation,) = tampered(sound, tmp_path / "t.db", plain).violations
    assert violation.position == COUNT + 1 and "without an id" in violation.problem


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journey_seals WHERE number = {}",
        "UPDATE journey_seals SET root = zeroblob(32) WHERE number = {}",
        "UPDATE journey_seals SET previous = zeroblob(32), number = number WHERE number = {} + 0 AND number > 1",
        "UPDATE journey_seals SET digests = zeroblob(length(digests)) WHERE number = {}",
        "UPDATE journey_seals SET last_position = last_position + 1 WHERE number = {}",
        "UPDATE journey_seals SET digest = zeroblob(32) WHERE number = {}",
    ],
)
def test_a_changed_or_deleted_seal_is_found(sound: Path, tmp_path: Path, statement: str, number: int) -> None:
    verification = tampered(sound, tmp_path / "t.db", statement.format(number))
    if "number > 1" in statement and number == 1:
        assert verification.holds
        return
    assert not verification.holds
    assert {violation.seal for violation in verification.violations} & {number, number + 1}
    assert all(violation.position is None for violation in verification.violations)


def test_a_seal_forged_with_its_own_digest_breaks_the_chain_or_its_touchpoints(sound: Path, tmp_path: Path) -> None:
    with closing(SQLiteStore(str(sound), read_only=True)) as store:
        first, second, _ = store.seals(0, limit=10)
    lies = [bytes(32)] + [second.digest_at(position) for position in range(second.first_position + 1, second.last_position + 1)]
    forged = seal_after(first, lies)
    verification = tampered(
        sound,
        tmp_path / "t.db",
        "UPDATE journey_seals SET digests = ?, root = ?, digest = ? WHERE number = 2",
        values=(forged.digests, forged.root, forged.digest),
    )
    assert {(violation.seal, violation.position) for violation in verification.violations} == {(None, second.first_position), (3, None)}


def test_verifying_goes_on_while_others_record(sound: Path, tmp_path: Path) -> None:
    copy(sound, tmp_path / "t.db")
    with Journal.open(f"sqlite:///{tmp_path / 't.db'}") as journal:
        for number in range(COUNT + 1, COUNT + 40):
            journal.record(contact(number))
            assert journal.verify().holds


class RecordsWhenAsked(MemoryStore):
    """Somebody else records right before and right after each look at the counters."""

    def counters(self) -> Counters:
        self.record()
        counters = super().counters()
        self.record()
        return counters

    def record(self) -> None:
        self.append([encode(contact(len(self.read(0, 10**9))))], now=0)


def test_what_is_recorded_between_two_looks_is_not_taken_for_inserted() -> None:
    assert verify(RecordsWhenAsked()).holds


@pytest.mark.parametrize("column", ["first_position", "last_position", "digests", "root", "previous", "digest"])
@pytest.mark.parametrize("value", ["x", 5, 1.5, b"x"])
def test_a_seal_with_a_value_of_any_type_is_named(sound: Path, tmp_path: Path, column: str, value: object) -> None:
    for number in (1, 2, 3):
        verification = tampered(sound, tmp_path / "t.db", f"UPDATE journey_seals SET {column} = ? WHERE number = {number}", values=(value,))
        assert {violation.seal for violation in verification.violations} in ({number}, {number, number + 1})
        with (
            Journal.open(f"sqlite:///{tmp_path / 't.db'}", read_only=True) as journal,
            pytest.raises(DamagedJournal, match=f"seal {number}"),
        ):
            journal.prove("t00001")


@pytest.mark.parametrize("number", [0, -1])
def test_a_seal_before_the_first_is_found(sound: Path, tmp_path: Path, number: int) -> None:
    columns = "first_position, last_position, digests, root, previous, digest"
    inserted = f"INSERT INTO journey_seals SELECT {number}, {columns} FROM journey_seals WHERE number = 1"
    verification = tampered(sound, tmp_path / "t.db", inserted)
    assert [(violation.seal, verification.seals) for violation in verification.violations] == [(number, 3)]
    also = tampered(sound, tmp_path / "t.db", inserted, "DELETE FROM journey_seals WHERE number = 3")
    assert [violation.seal for violation in also.violations] == [number, 3]


@pytest.mark.parametrize("column", ["id", "relationship", "kind", "payload", "personal"])
@pytest.mark.parametrize("value", ["CAST(x'ff' AS TEXT)", "x'ff'"])
def test_what_is_no_text_is_found_and_named(sound: Path, tmp_path: Path, column: str, value: str) -> None:
    verification = tampered(sound, tmp_path / "t.db", f"UPDATE touchpoints SET {column} = {value} WHERE position = 7")
    (violation,) = verification.violations
    assert violation.position == 7
    json.dumps(vars(violation), ensure_ascii=False).encode()
    assert column == "id" or violation.touchpoint == "t00007"
    with Journal.open(f"sqlite:///{tmp_path / 't.db'}", read_only=True) as journal:
        if column != "id":
            with pytest.raises(DamagedJournal):
                journal.prove("t00007")
        if value != "x'ff'":
            with pytest.raises(DamagedJournal, match="decode"):
                list(journal.read())


@pytest.mark.parametrize("counter", ["'x'", "NULL", "x'ff'"])
def test_a_counter_that_is_no_number_makes_all_appear_inserted(sound: Path, tmp_path: Path, counter: str) -> None:
    assert not tampered(sound, tmp_path / "t.db", f"UPDATE sqlite_sequence SET seq = {counter}").holds


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE journey_seals",
        "DROP TABLE journey_format",
        "DROP TABLE touchpoints",
        "DELETE FROM journey_format",
        "UPDATE journey_format SET version = 0",
        "UPDATE journey_format SET version = -1",
    ],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_a_journal_that_lacks_a_table_or_its_format_is_damaged(sound: Path, tmp_path: Path, statement: str, read_only: bool) -> None:
    copy(sound, tmp_path / "t.db")
    with closing(sqlite3.connect(tmp_path / "t.db", isolation_level=None)) as file:
        file.execute("DROP TRIGGER touchpoints_are_never_deleted")
        file.execute("DROP TRIGGER seals_are_never_deleted")
        file.execute(statement)
    with pytest.raises(DamagedJournal) as caught:
        Journal.open(f"sqlite:///{tmp_path / 't.db'}", read_only=read_only)
    assert caught.value.mend == "restore it from a backup"


def test_a_table_that_goes_while_the_journal_is_open_is_damage(sound: Path, tmp_path: Path) -> None:
    copy(sound, tmp_path / "t.db")
    with Journal.open(f"sqlite:///{tmp_path / 't.db'}", read_only=True) as journal:
        with closing(sqlite3.connect(tmp_path / "t.db", isolation_level=None)) as file:
            file.executescript("DROP TRIGGER seals_are_never_deleted; DROP TABLE journey_seals")
        with pytest.raises(DamagedJournal, match="no such table") as caught:
            journal.verify()
    assert caught.value.mend == "restore it from a backup"


def test_a_missing_guard_is_found_and_made_anew_by_the_next_writer(sound: Path, tmp_path: Path) -> None:
    copy(sound, tmp_path / "t.db")
    with closing(sqlite3.connect(tmp_path / "t.db")) as file:
        guards = [name for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
        file.executescript(";".join(f"DROP TRIGGER {name}" for name in guards))
    problems = [violation.problem for violation in verified(tmp_path / "t.db").violations]
    assert len(guards) == len(problems) == 6
    assert all(any(f"`{name}`" in problem for problem in problems) for name in guards)
    Journal.open(f"sqlite:///{tmp_path / 't.db'}").close()
    assert verified(tmp_path / "t.db").holds


def test_recording_seals_by_itself_and_at_close(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 't.db'}"
    seals = []
    for start in range(0, 2_400, 600):
        with Journal.open(url) as journal:
            journal.record(*(contact(number) for number in range(start, start + 600)))
            journal.record(contact(start))
        with Journal.open(url, read_only=True) as journal:
            verification = journal.verify()
        assert verification.holds and verification.sealed == verification.touchpoints == start + 600
        seals.append(verification.seals)
    assert seals == [1, 2, 3, 4]


def test_where_the_last_seal_is_gone_closing_says_so_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with Journal.open(f"sqlite:///{path}") as journal:
        journal.record(contact(1))
    with closing(sqlite3.connect(path)) as file:
        file.executescript("DROP TRIGGER seals_are_never_deleted; DELETE FROM journey_seals")
    with pytest.raises(DamagedJournal, match="seal 1"), Journal.open(f"sqlite:///{path}") as journal:
        journal.record(contact(2))
    assert [violation.seal for violation in verified(path).violations] == [1]
    assert verified(path).touchpoints == 2


def test_closing_again_is_harmless_also_after_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    journal = Journal.open(f"sqlite:///{path}")
    with pytest.raises(RuntimeError), journal:
        journal.record(contact(1))
        raise RuntimeError
    journal.close()
    with Journal.open(f"sqlite:///{path}") as journal:
        journal.record(contact(2))
    with closing(sqlite3.connect(path)) as file:
        file.executescript("DROP TRIGGER seals_are_never_deleted; DELETE FROM journey_seals")
    journal = Journal.open(f"sqlite:///{path}")
    journal.record(contact(3))
    with pytest.raises(DamagedJournal):
        journal.close()
    journal.close()


def test_a_failure_inside_leaves_the_seal_to_the_next_to_close(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 't.db'}"
    with pytest.raises(RuntimeError), Journal.open(url) as journal:
        journal.record(contact(1))
        raise RuntimeError
    with Journal.open(url) as journal:
        assert journal.verify().sealed == 0
        journal.record(contact(2))
    with Journal.open(url, read_only=True) as journal:
        verification = journal.verify()
    assert (verification.holds, verification.touchpoints, verification.seals, verification.sealed) == (True, 2, 1, 2)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40))
def test_the_merkle_root_is_rfc_6962s(digests: list[bytes]) -> None:
    def root(leaves: list[bytes]) -> bytes:
        """As RFC 6962, section 2.1, says it: split at the greatest power of two below the length."""
        if len(leaves) == 1:
            return sha256(b"\x00" + leaves[0]).digest()
        split = 1 << (len(leaves) - 1).bit_length() - 1
        return sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:])).digest()

    assert merkle_root(digests) == root(digests)


FORMATS = Path(__file__).parent / "formats"


def of_format(version: int, path: Path) -> Path:
    with closing(sqlite3.connect(path)) as file:
        file.executescript((FORMATS / f"{version}.sql").read_text(encoding="utf-8"))
    return path


def test_a_journal_of_an_older_format_is_read_as_it_is_and_brought_up_to_date_by_a_writer(tmp_path: Path) -> None:
    path = of_format(1, tmp_path / "old.db")
    before = path.read_bytes()
    with Journal.open(f"sqlite:///{path}", read_only=True) as journal:
        records = list(journal.read())
        with pytest.raises(UnsupportedSchema, match="has journal format 1"):
            journal.verify()
    assert path.read_bytes() == before
    assert [record.touchpoint.id for record in records] == ["opened", "visit-1", "visit-2"]
    with Journal.open(f"sqlite:///{path}") as journal:
        assert list(journal.read()) == records
        assert journal.verify().holds
        journal.record(contact(1))
    verification = verified(path)
    assert (verification.holds, verification.touchpoints, verification.seals, verification.sealed) == (True, 4, 1, 4)


def test_a_journal_of_an_older_format_that_was_tampered_with_stays_as_it_is(tmp_path: Path) -> None:
    path = of_format(1, tmp_path / "old.db")
    with closing(sqlite3.connect(path)) as file:
        file.executescript("DROP TRIGGER touchpoints_are_never_updated; UPDATE touchpoints SET payload = '{}' WHERE id = 'visit-1'")
    before = path.read_bytes()
    with pytest.raises(DamagedJournal, match="`visit-1`"):
        Journal.open(f"sqlite:///{path}")
    assert path.read_bytes()[100:] == before[100:]


def test_a_journal_of_format_2_is_read_as_it_is_and_gets_the_indexes_of_today_from_a_writer(tmp_path: Path) -> None:
    path = of_format(2, tmp_path / "old.db")
    before = path.read_bytes()
    with Journal.open(f"sqlite:///{path}", read_only=True) as journal:
        records, history = list(journal.read()), journal.history("m@bank")
        assert journal.verify().holds
    assert path.read_bytes() == before
    assert [fact.representative for fact in history if fact.kind == "interaction"] == ["anna", "anna"]
    with Journal.open(f"sqlite:///{path}") as journal:
        assert (list(journal.read()), journal.history("m@bank")) == (records, history)
        journal.unmerge_people("anna", "anna.rossi")
        assert [fact.representative for fact in journal.history("z@bank") if fact.kind == "interaction"] == ["anna", "anna.rossi"]
    with closing(sqlite3.connect(path)) as file, closing(sqlite3.connect(tmp_path / "new.db")) as new:
        Journal.open(f"sqlite:///{tmp_path / 'new.db'}").close()
        schema = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY name"
        assert file.execute(schema).fetchall() == new.execute(schema).fetchall()
        assert file.execute("SELECT MAX(version) FROM journey_format").fetchone() == (3,)
    assert verified(path).holds
