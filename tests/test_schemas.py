"""Schema evolution: what was ever written is read for ever, in today's fields.

`schemas/KIND-VERSION.json` holds a touchpoint with every field, as a journal stores it under that version of its kind, and the
fields as which it is read; today there may be more of them, at their defaults. A file is written once, when its version is new
(UPDATE_GOLDEN=1), and never changed.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from short_histories import full

from journey import (
    ConflictingTouchpoint,
    DamagedJournal,
    FailureOccurred,
    History,
    Interaction,
    Journal,
    NoteAdded,
    RelationshipEnded,
    RelationshipOpened,
    Touchpoint,
    UnknownKind,
    UnknownTouchpoint,
    UnsupportedSchema,
    read_fact,
)
from journey.amendments import FACTS
from journey.formats.importing import import_files
from journey.formats.rehearsal import Rehearsal
from journey.stores.codec import decode, encode, outline_of
from journey.stores.memory import MemoryStore
from journey.stores.rows import StoredTouchpoint
from journey.testing import START, histories
from journey.testing.places import in_schema_1
from journey.touchpoints import PERSONAL_FIELDS, fields_of
from journey.upcasting import AS_IT_IS, UPCASTERS
from journey_projections import replay

SCHEMAS = Path(__file__).parent / "schemas"
VERSIONS = [(kind, version) for kind, model in FACTS.items() for version in range(1, model.SCHEMA_VERSION + 1)]


def golden(kind: str, version: int) -> dict[str, Any]:
    path = SCHEMAS / f"{kind}-{version}.json"
    if os.environ.get("UPDATE_GOLDEN") and not path.exists():
        touchpoint = full(FACTS[kind])
        stored = as_stored(encode(touchpoint))
        path.write_text(
            json.dumps({"stored": stored, "read": fields_of(touchpoint)}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    written: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return written


def as_stored(row: StoredTouchpoint) -> dict[str, Any]:
    columns = ("id", "occurred_at", "schema_version", "personal")
    named = {name: getattr(row, name) for name in columns}
    return {"kind": row.kind, "relationship": row.relationship, **named, "payload": row.payload}


def from_stored(stored: Mapping[str, Any]) -> StoredTouchpoint:
    return StoredTouchpoint(position=0, version=0, recorded_at=0, digest=b"", **stored)


@pytest.mark.parametrize(("kind", "version"), VERSIONS)
def test_what_was_written_under_any_version_is_read_in_todays_fields(kind: str, version: int) -> None:
    written = golden(kind, version)
    read = fields_of(decode(from_stored(written["stored"])).touchpoint)
    new = read.keys() - written["read"].keys()
    assert read == {**written["read"], **{name: FACTS[kind].model_fields[name].default for name in new}}
    assert not new or version < FACTS[kind].SCHEMA_VERSION


@pytest.mark.parametrize("kind", FACTS)
def test_todays_version_is_written_as_its_golden_file_says(kind: str) -> None:
    written = golden(kind, FACTS[kind].SCHEMA_VERSION)
    assert as_stored(encode(read_fact(written["read"]))) == written["stored"]


def test_an_upcaster_leads_on_from_every_version_that_is_no_longer_written() -> None:
    assert set(UPCASTERS) == {(kind, version) for kind, version in VERSIONS if version < FACTS[kind].SCHEMA_VERSION}


def test_a_golden_file_stands_for_every_version_and_nothing_else() -> None:
    assert {path.stem for path in SCHEMAS.iterdir()} == {f"{kind}-{version}" for kind, version in VERSIONS}


class Older:
    """Interactions as if `benevolence` had been `warmth`, in percent, in schema 1, and `chat` a kind of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Interaction, "SCHEMA_VERSION", 3)
        monkeypatch.setitem(UPCASTERS, ("interaction", 1), self.warmth_is_benevolence)
        monkeypatch.setitem(UPCASTERS, ("interaction", 2), dict)
        monkeypatch.setitem(UPCASTERS, ("chat", 1), lambda fields: {**fields, "kind": "interaction", "channel": "chat"})

    @staticmethod
    def warmth_is_benevolence(fields: Mapping[str, Any]) -> dict[str, Any]:
        unchanged = {name: value for name, value in fields.items() if name != "warmth"}
        return unchanged | ({"benevolence": fields["warmth"] / 100} if "warmth" in fields else {})

    @staticmethod
    def stored(touchpoint: Touchpoint, version: int = 1) -> StoredTouchpoint:
        fields = fields_of(touchpoint)
        if version == 1 and "benevolence" in fields:
            fields["warmth"] = fields.pop("benevolence") * 100
        payload = {name: value for name, value in fields.items() if name not in ("kind", "id", "relationship", "occurred_at", "note")}
        return from_stored({**as_stored(encode(touchpoint)), "schema_version": version, "payload": json.dumps(payload)})


@given(touchpoints=histories(), version=st.sampled_from([1, 2]))
def test_e8_a_history_written_under_an_older_schema_replays_to_the_same_trust(touchpoints: list[Touchpoint], version: int) -> None:
    touchpoints = [one.model_copy(update={"benevolence": 0.25}) if isinstance(one, Interaction) else one for one in touchpoints]
    with pytest.MonkeyPatch.context() as monkeypatch:
        older = Older(monkeypatch)
        store = MemoryStore()
        store.append([older.stored(one, version) if isinstance(one, Interaction) else encode(one) for one in touchpoints], now=1)
        read = [record.touchpoint for record in Journal(store).read()]
    assert read == touchpoints
    assert replay(History.of(read)).trust == replay(History.of(touchpoints)).trust


def contact(id: str = "a", **fields: Any) -> Interaction:
    return Interaction(id=id, relationship="r", occurred_at=START, benevolence=0.5, **fields)


def test_an_upcaster_may_rename_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Older(monkeypatch).stored(contact(), version=2)
    chat = from_stored({**as_stored(row), "kind": "chat", "schema_version": 1})
    assert decode(chat).touchpoint == contact(channel="chat")
    with pytest.raises(UnsupportedSchema, match="`chat` of schema 2"):
        decode(from_stored({**as_stored(chat), "schema_version": 2}))


def test_recording_again_what_an_older_journey_recorded_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    store.append([Older(monkeypatch).stored(contact())], now=1)
    (receipt,) = Journal(store).record(contact())
    assert (receipt.position, receipt.is_new) == (1, False)


OLDER = {kind for (kind, version), upcaster in UPCASTERS.items() if version == 1 and upcaster is AS_IT_IS}


def sayable_in_schema_1(touchpoint: Touchpoint) -> Touchpoint:
    """The touchpoint without what came with the second schema of its kind."""
    match touchpoint:
        case RelationshipOpened():
            return touchpoint.model_copy(update={"strength": abs(touchpoint.strength)})
        case FailureOccurred():
            return touchpoint.model_copy(update={"noticed": True, "cause": touchpoint.cause.replace("supplier", "organisation")})
        case RelationshipEnded(outcome="unknown"):
            return touchpoint.model_copy(update={"outcome": "exit"})
    return touchpoint


@given(touchpoints=histories())
def test_what_the_version_before_recorded_is_unchanged_when_it_comes_again(touchpoints: list[Touchpoint]) -> None:
    touchpoints = list(map(sayable_in_schema_1, touchpoints))
    store, other = MemoryStore(), MemoryStore()
    with Journal(store) as journal, Journal(other) as today:
        store.append([in_schema_1(row) if row.kind in OLDER else row for row in journal.prepare(touchpoints).rows], now=1)
        assert [record.touchpoint for record in journal.read()] == touchpoints
        assert not any(receipt.is_new for receipt in journal.record(*touchpoints))
        assert journal.verify().holds
        today.record(*touchpoints)
        assert replay(journal.history("r")) == replay(today.history("r")) if touchpoints else True


@pytest.mark.parametrize("kind", sorted(OLDER))
def test_rows_of_a_schema_that_is_read_as_it_is_have_outlines(kind: str) -> None:
    written = golden(kind, 1)
    seen = outline_of(from_stored(written["stored"]))
    assert seen is not None
    for name, value in written["read"].items():
        if name not in ("occurred_at", *PERSONAL_FIELDS):
            assert getattr(seen, name) == value
    assert outline_of(from_stored({**written["stored"], "schema_version": 0})) is None
    assert outline_of(from_stored({**written["stored"], "schema_version": 3})) is None


FAILED: dict[str, Any] = {"kind": "failure_occurred", "id": "f", "relationship": "r", "occurred_at": START.isoformat(), "severity": 0.5}


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_source_that_the_version_before_imported_is_imported_again_without_a_change(name: str, tmp_path: Path) -> None:
    columns = FAILED | {"note": "a text"}
    text = ",".join(columns) + "\n" + ",".join(map(str, columns.values())) if name.endswith("csv") else json.dumps(columns)
    (tmp_path / name).write_text(text, encoding="utf-8")
    with Journal.open(f"sqlite:///{tmp_path / 'journey.db'}") as journal:
        ready = journal.prepare([columns])
        journal.record_prepared(replace(ready, rows=list(map(in_schema_1, ready.rows))))
        journal.rotate_keys()
        with Rehearsal(journal) as rehearsal:
            outcomes = [import_files(one, [tmp_path / name], rejects=tmp_path / "no") for one in (rehearsal, journal)]
        assert [(one.recorded, one.unchanged, one.refused) for one in outcomes] == [(0, 1, 0)] * 2
        assert journal.verify().holds
        (tmp_path / name).write_text(text.replace("0.5", "0.6"), encoding="utf-8")
        assert import_files(journal, [tmp_path / name], rejects=tmp_path / "rejects.jsonl").refused == 1
        reason = "already recorded with other content: severity `0.5` against `0.6`"
        assert json.loads((tmp_path / "rejects.jsonl").read_text())["reason"].endswith(reason)


@pytest.mark.parametrize("fields", [{"severity": 0.6}, {"severity": 0.6, "note": "a text"}, {"topic": None}])
def test_a_correction_that_the_version_before_recorded_is_the_same_when_it_is_said_again(fields: dict[str, Any]) -> None:
    earlier = {"kind": "touchpoint_corrected", "id": "c", "relationship": "r", "occurred_at": START, "corrects": "f", "fields_schema": 1}
    with Journal.open("memory:") as journal:
        journal.record(FAILED, {**earlier, "fields": fields})
        again = journal.correct("f", fields, as_id="c")
        assert (again.position, again.is_new) == (2, False)
        assert journal.find(["c"])["c"].touchpoint.model_dump()["fields_schema"] == 1
        with pytest.raises(ConflictingTouchpoint, match=r"0\.7"):
            journal.correct("f", {"severity": 0.7}, as_id="c")
        with pytest.raises(ConflictingTouchpoint, match="noticed"):
            journal.correct("f", {**fields, "noticed": False}, as_id="c")
        new = journal.correct("f", fields)
        assert journal.find([new.id])[new.id].touchpoint.model_dump()["fields_schema"] == 2


def test_a_correction_that_was_renamed_since_is_the_same_when_it_is_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    Older(monkeypatch)
    with Journal.open("memory:") as journal:
        earlier = {"kind": "touchpoint_corrected", "id": "c", "relationship": "r", "occurred_at": START, "corrects": "a"}
        journal.record(contact(), {**earlier, "fields": {"warmth": 25}, "fields_schema": 1})
        assert not journal.correct("a", {"benevolence": 0.25}, as_id="c").is_new
        assert journal.history("r")["a"] == contact().model_copy(update={"benevolence": 0.25})


def test_an_upcaster_that_makes_nonsense_is_told_as_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Older(monkeypatch).stored(contact())
    monkeypatch.setitem(UPCASTERS, ("interaction", 1), lambda fields: {**fields, "benevolence": 7})
    with pytest.raises(DamagedJournal, match="benevolence"):
        decode(row)


UNKNOWN = {"kind": "loyalty_tier_changed", "schema_version": 4, "payload": '{"tier":"gold","by":"robot"}', "personal": '{"note":"x"}'}


@pytest.mark.parametrize("changed", [UNKNOWN, {"schema_version": 99}, {"schema_version": 0}, {**UNKNOWN, "personal": None}])
def test_what_is_not_known_is_refused_and_read_on_request(changed: dict[str, Any]) -> None:
    store = MemoryStore()
    store.append([encode(contact("known")), from_stored({**as_stored(encode(contact("odd"))), **changed})], now=1)
    with pytest.raises(UnsupportedSchema, match="`odd` is a") as refused:
        Journal(store).history("r")
    assert "allow_unknown=True" in refused.value.mend
    journal = Journal(store, allow_unknown=True)
    history = journal.history("r")
    unknown = history["odd"]
    assert isinstance(unknown, UnknownTouchpoint)
    assert (unknown.kind, unknown.schema_version) == (changed.get("kind", "interaction"), changed["schema_version"])
    stored = json.loads(changed.get("payload", encode(contact()).payload))
    assert unknown.payload == {**stored, **json.loads(changed.get("personal") or "{}")}
    assert next(iter(journal.subscribe(after=1))).touchpoint == unknown
    assert replay(history).trust == replay(history.without("odd")).trust
    with pytest.raises(UnknownKind, match="can be read, not recorded"):
        journal.record(unknown)


@given(touchpoints=histories(max_size=12), at=st.integers(0, 12))
def test_what_is_not_known_moves_nothing(touchpoints: list[Touchpoint], at: int) -> None:
    when = touchpoints[min(at, len(touchpoints) - 1)].occurred_at if touchpoints else START
    fields = {"kind": "unheard_of", "id": "odd", "relationship": "r", "occurred_at": when.isoformat(), "severity": "very"}
    odd = read_fact(fields, allow_unknown=True)
    note = NoteAdded(id="odd", relationship="r", occurred_at=when)
    assert replay(History.of([*touchpoints, odd])).trust == replay(History.of([*touchpoints, note])).trust
