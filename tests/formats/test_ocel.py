"""OCEL 2.0 in JSON, XML and SQLite: what is written reads back, is valid by the standard's schemas, and what others wrote is read."""

import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pytest
from hypothesis import given
from process_logs import Histories, exports, facts_of, real_log

from journey import Delivery, EpisodeClosed, Fact, HandoverMade, RelationshipOpened
from journey.errors import UnreadableSource
from journey.formats.process_logs.ocel import ocel_rows, ocel_tables
from journey.formats.process_logs.ocel_writing import Trust, write_ocel
from journey.formats.source_rows import Row
from journey.reading import read_fact
from journey.records import Recorded
from journey.testing import START

Encoding = Literal["json", "xml", "sqlite"]
ENCODINGS: tuple[Encoding, ...] = ("json", "xml", "sqlite")
BILLION_LAUGHS = '<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><log><objects><object id="&b;" type="t"/></objects></log>'


def written(histories: Histories, encoding: Encoding, trust: Trust | None = None) -> bytes:
    """The file that is written, whatever its encoding."""
    expected = len({record.touchpoint.id for _, records in histories for record in records})
    if encoding == "sqlite":
        with TemporaryDirectory() as folder:
            path = Path(folder, "log.sqlite")
            assert write_ocel(path, histories, encoding="sqlite", trust=trust) == expected
            return path.read_bytes()
    file = io.BytesIO()
    assert write_ocel(file, histories, encoding=encoding, trust=trust) == expected
    return file.getvalue()


def rows(log: bytes | str | dict[str, Any], encoding: Encoding, **how: Any) -> list[Row]:
    if isinstance(log, dict):
        log = json.dumps(log, indent=1)
    data = log.encode() if isinstance(log, str) else log
    if encoding != "sqlite":
        return list(ocel_rows("log", io.BytesIO(data), encoding=encoding, **how))
    with TemporaryDirectory() as folder:
        path = Path(folder, "log.sqlite")
        path.write_bytes(data)
        return list(ocel_rows("log", path, encoding="sqlite", **how))


def a_log(*events: dict[str, Any], **objects: str) -> dict[str, Any]:
    """A log in JSON of events and of objects with their types."""
    listed = [{"id": id, "type": type} for id, type in objects.items()]
    return {"objectTypes": [], "eventTypes": [], "objects": listed, "events": list(events)}


def call(id: str = "e", *objects: str, type: str = "Call", **attributes: Any) -> dict[str, Any]:
    values = [{"name": name, "value": value} for name, value in attributes.items()]
    related = [{"objectId": one, "qualifier": "of"} for one in objects]
    return {"id": id, "type": type, "time": "2024-03-01T09:30:00Z", "attributes": values, "relationships": related}


def problems(log: dict[str, Any], **how: Any) -> list[str]:
    return [f"{row.problem}" for row in rows(log, "json", **how) if row.problem is not None]


def a_course(relationship: str) -> Iterator[tuple[Any, float]]:
    return iter([(START, 0.1), (START, 0.2), (START + timedelta(days=1), 0.30000000000000004)])


OPENED = RelationshipOpened(id="o", relationship="r", occurred_at=START, customer="ann", organisation="acme", representative="bob")
DELIVERED = Delivery(id="d", relationship="r", occurred_at=START, delivered=0.5, promise="p", contact="ann")
HANDED = HandoverMade(id="h", relationship="r", occurred_at=START, from_representative="bob", to_representative="eve")
CLOSED = EpisodeClosed(id="c", relationship="a/b", occurred_at=START, episode="e0")
FACTS: tuple[Fact, ...] = (OPENED, DELIVERED, HANDED)
STORY: Histories = [
    ("r", [Recorded(fact, START, number) for number, fact in enumerate(FACTS, start=1)]),
    ("a/b", [Recorded(CLOSED, START, 4)]),
]


# Our own logs


@given(exports())
def test_what_is_written_reads_back_exactly(histories: Histories) -> None:
    expected = [record.touchpoint for _, records in histories for record in records]
    for encoding in ENCODINGS:
        assert list(facts_of(rows(written(histories, encoding), encoding))) == expected, encoding


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_empty_log_has_no_events(encoding: Encoding) -> None:
    assert rows(written([], encoding, a_course), encoding) == []


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_fact_of_two_histories_is_one_event(encoding: Encoding) -> None:
    twice = [*STORY, ("other", STORY[0][1])]
    assert written(twice, encoding) == written([*STORY, ("other", [])], encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_events_are_related_to_what_their_facts_name(encoding: Encoding, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(written(STORY, encoding))
    opened, delivered, handed, closed = (row.fields for row in ocel_tables("log", tmp_path / "log", encoding=encoding))
    assert {name: ids for name, ids in opened.items() if name.startswith("object:")} == {
        "object:relationship": "relationship:r",
        "object:customer": "customer:ann",
        "object:organisation": "organisation:acme",
        "object:representative": "representative:bob",
    }
    assert (delivered["object:promise"], delivered["object:contact"]) == ("promise:r/p", "contact:ann")
    assert sorted(handed["object:representative"].split(",")) == ["representative:bob", "representative:eve"]
    assert (closed["object:relationship"], closed["object:episode"]) == ("relationship:a/b", "episode:a%2Fb/e0")


def test_objects_are_tied_to_relationships_and_trust_is_an_attribute_that_changes() -> None:
    log = json.loads(written(STORY, "json", a_course))
    objects = {one["id"]: one for one in log["objects"]}
    assert objects["customer:ann"]["relationships"] == [{"objectId": "relationship:r", "qualifier": "has"}]
    assert objects["promise:r/p"]["relationships"] == [{"objectId": "relationship:r", "qualifier": "part of"}]
    assert objects["representative:eve"]["relationships"] == [{"objectId": "relationship:r", "qualifier": "serves"}]
    assert objects["relationship:r"]["attributes"] == [
        {"name": "trust", "time": "1970-01-01T00:00:00Z", "value": "0.1"},
        {"name": "trust", "time": "2015-01-01T09:00:00+00:00", "value": "0.2"},
        {"name": "trust", "time": "2015-01-02T09:00:00+00:00", "value": "0.30000000000000004"},
    ]
    assert {"name": "relationship", "attributes": [{"name": "trust", "type": "float"}]} in log["objectTypes"]


def test_the_tables_of_sqlite_are_those_of_the_standard(tmp_path: Path) -> None:
    write_ocel(tmp_path / "log.sqlite", STORY, encoding="sqlite", trust=a_course)
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as database:
        trust = database.execute("SELECT ocel_time, ocel_changed_field, trust FROM object_relationship WHERE ocel_id = 'relationship:r'")
        assert trust.fetchall() == [
            ("1970-01-01T00:00:00Z", None, 0.1),
            ("2015-01-01T09:00:00+00:00", "trust", 0.2),
            ("2015-01-02T09:00:00+00:00", "trust", 0.30000000000000004),
        ]
        for table, ids in (("event_delivery", [("d",)]), ("object_customer", [("customer:ann",)])):
            assert database.execute(f"SELECT ocel_id FROM {table}").fetchall() == ids
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    for encoding in ENCODINGS:
        with pytest.raises(FileExistsError):
            write_ocel(tmp_path / "there", STORY, encoding=encoding)
    assert (tmp_path / "there").read_text() == "mine"


# The standard's schemas


@given(exports())
def test_json_is_valid_by_the_schema(histories: Histories) -> None:
    validator = pytest.importorskip("jsonschema")
    schema = json.loads(real_log("ocel/schema_ocel2.json").read_text())
    validator.validate(json.loads(written(histories, "json", a_course)), schema)


@given(exports())
def test_xml_is_valid_by_the_schema(histories: Histories) -> None:
    etree = pytest.importorskip("lxml.etree")
    schema = etree.parse(real_log("ocel/ocel2-validation.xsd"))
    # As in the schema's later version: a related object needs no type, and two types may have attributes of one name.
    (needed,) = schema.xpath("*[@name='object']//*[@name='type']")
    needed.set("use", "optional")
    for reference in schema.xpath("//*[@name='objectAttributeRef' or @name='eventAttributeRef']"):
        reference.getparent().remove(reference)
    etree.XMLSchema(schema).assertValid(etree.XML(written(histories, "xml", a_course)))


# Logs of others


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_example_of_the_standard_has_13_events_and_9_objects(encoding: Encoding) -> None:
    path = real_log(f"ocel/ocel20_example.{encoding if encoding == 'sqlite' else encoding + 'ocel'}")
    table = list(ocel_tables(path.name, path, encoding=encoding))
    objects = {id for row in table for name, ids in row.fields.items() if name.startswith("object:") for id in ids.split(",")}
    assert (len(table), len(objects)) == (13, 9)
    assert all(row.problem is None for row in table)
    assert {name: value for name, value in table[9].fields.items() if name != "time"} == {
        "id": "e10",
        "type": "Create Purchase Order",
        "po_creator": "Mario",
        "object:Invoice": "R3",
        "object:Purchase Order": "PO2",
    }
    invoices = [row for row in ocel_rows(path.name, path, encoding=encoding, relationship="Invoice") if row.problem is None]
    assert [row.fields["id"] for row in invoices] == ["e5", "e6", "e7", "e8", "e9", "e10", "e11", "e12", "e13"]


def test_a_log_of_ocel_1_0_in_json_is_read_too() -> None:
    path = real_log("ocel/recruiting-red.jsonocel")
    facts = list(facts_of(ocel_rows(path.name, path, encoding="json", relationship="applications")))
    assert (len(facts), len({fact.relationship for fact in facts})) == (6_607, len({fact.relationship for fact in facts}))


def test_an_event_is_an_interaction_about_its_type() -> None:
    (row,) = rows(a_log(call("e", "c", "bob", "x"), c="customer", bob="representative", x="machine"), "json")
    assert row.fields == {
        "kind": "interaction",
        "id": "e",
        "relationship": "c",
        "occurred_at": "2024-03-01T09:30:00Z",
        "representative": "bob",
        "topic": "Call",
    }
    assert read_fact(row.fields).id == "e"


def test_objects_become_only_fields_that_the_kind_has() -> None:
    log = a_log(call("e", "r", "c", "p", type="relationship_opened"), r="relationship", c="customer", p="promise")
    (row,) = rows(log, "json")
    assert row.fields == {
        "kind": "relationship_opened",
        "id": "e",
        "relationship": "r",
        "occurred_at": "2024-03-01T09:30:00Z",
        "customer": "c",
    }


@pytest.mark.parametrize(
    ("objects", "how", "relationship"),
    [
        ({"r": "relationship", "c": "customer", "x": "order"}, {}, "r"),
        ({"c": "customer", "x": "order"}, {}, "c"),
        ({"x": "order"}, {}, "x"),
        ({"r": "relationship", "x": "order"}, {"relationship": "order"}, "x"),
    ],
)
def test_relationships_are_objects_of_one_type(objects: dict[str, str], how: dict[str, str], relationship: str) -> None:
    (row,) = rows(a_log(call("e", *objects), **objects), "json", **how)
    assert row.fields["relationship"] == relationship


def test_a_type_must_be_chosen_where_there_are_several() -> None:
    with pytest.raises(UnreadableSource, match="does not say which of its objects are relationships") as caught:
        rows(a_log(call("e", "x"), x="order", y="item"), "json")
    assert caught.value.mend == "name one of its types by --relationship: `item`, `order`"
    with pytest.raises(UnreadableSource, match="has no objects of type `orders`") as caught:
        rows(a_log(call("e", "x"), x="order", y="item"), "json", relationship="orders")
    assert caught.value.mend == "did you mean `order`?"


def test_objects_may_come_after_the_events() -> None:
    log = a_log(call("e", "c"), c="customer")
    (row,) = rows({"events": log["events"], "more": {"a": [1]}, "flag": True, "objects": log["objects"]}, "json")
    assert row.fields["relationship"] == "c"


def test_attributes_that_are_no_text_are_read_as_text(tmp_path: Path) -> None:
    log = a_log(call("e", "c", number=0.5, whole=3, flag=True, nothing=None, text="é"), c="customer")
    (row,) = ocel_tables("log", io.BytesIO(json.dumps(log).encode()), encoding="json")
    assert {name: row.fields.get(name) for name in ("number", "whole", "flag", "nothing", "text")} == {
        "number": "0.5",
        "whole": "3",
        "flag": "true",
        "nothing": None,
        "text": "é",
    }


# What is wrong with an event


def test_an_event_of_several_relationships_or_none_is_refused() -> None:
    log = a_log(call("e1", "a", "b"), call("e2", "x"), call("e3", "gone"), call("e4", "a"), a="customer", b="customer", x="order")
    assert problems(log) == [
        "relationship: event `e1` is related to 2 of them, `a` and `b`",
        "relationship: event `e2` is related to no object of type `customer`",
        "relationship: event `e3` is related to no object of type `customer`",
    ]
    assert rows(log, "json")[0].fields["object:customer"] == "a,b"


def test_all_that_an_event_lacks_is_named() -> None:
    log = a_log({"id": "e", "relationships": [{"objectId": "c"}]}, c="customer")
    assert problems(log) == ["event `e` has no type; event `e` has no time"]


@pytest.mark.parametrize("event", [3, [], {"id": "e", "attributes": [1]}, {"id": "e", "relationships": "c"}])
def test_an_event_in_another_form_is_refused(event: Any) -> None:
    log = {"objects": [], "events": [event]}
    assert problems(log) == ["event `` is not in the form of an event of OCEL 2.0"]


def test_an_attribute_that_is_there_twice_is_refused() -> None:
    event = call("e", "c")
    event["attributes"] = [{"name": "a", "value": "1"}] * 2
    assert problems(a_log(event, c="customer")) == ["event `e` has the attribute `a` twice"]
    values = '<attributes><attribute name="a">1</attribute><attribute name="a">2</attribute></attributes>'
    (row,) = rows(f'<log><events><event id="e" type="t" time="x">{values}</event></events></log>', "xml")
    assert str(row.problem) == "event `e` has the attribute `a` twice"


# Documents that are broken, hostile, or something else


@pytest.mark.parametrize("encoding", ["json", "xml"])
def test_a_log_that_is_cut_off_gives_all_events_before(encoding: Encoding) -> None:
    many: Histories = [("r", [Recorded(OPENED.model_copy(update={"id": f"o{number}"}), START, number) for number in range(2_000)])]
    log = written(many, encoding)
    for share in (0.5, 0.7, 0.9):
        read = rows(log[: int(len(log) * share)], encoding)
        assert len(read) > 500
        assert [row.problem is None for row in read] == [True] * (len(read) - 1) + [False]
        assert "the log breaks off here: " in str(read[-1].problem)
        assert read[-1].line >= read[-2].line


def test_a_database_that_is_cut_off_or_damaged_is_refused() -> None:
    many: Histories = [("r", [Recorded(OPENED.model_copy(update={"id": f"o{number}"}), START, number) for number in range(2_000)])]
    log = written(many, "sqlite")
    with pytest.raises(UnreadableSource, match="log: database disk image is malformed"):
        rows(log[: len(log) // 2], "sqlite")
    (*_, last) = rows(log[: len(log) // 2] + b"\xff" * (len(log) // 2), "sqlite")
    assert str(last.problem) == "the log breaks off here: this is not OCEL 2.0 that can be read: database disk image is malformed"


@pytest.mark.parametrize(
    ("text", "encoding", "message"),
    [
        ("", "json", "log:1: is not a JSON object"),
        ("[]", "json", "log:1: is not a JSON object"),
        ("kind,id", "json", "log:1: is not a JSON object"),
        ("{}", "json", "log: is JSON, but not OCEL: it has no `events`"),
        ("", "xml", "log:1: this is not XML: no element found"),
        ("{}", "xml", "log:1: this is not XML: not well-formed (invalid token)"),
        ("<html/>", "xml", "log:1: is XML, but not OCEL: its root is `html`"),
        ("<log>\n<trace/></log>", "xml", "log:2: is a log in XES, not in OCEL"),
        ('<log><global scope="event"/></log>', "xml", "log:1: is OCEL 1.0 in XML, which is not read"),
        (BILLION_LAUGHS, "xml", "log:1: declares a document type"),
        ("<log/>", "sqlite", "log: file is not a database"),
        ("", "sqlite", "log: is SQLite, but not OCEL 2.0: it has no table `event`"),
    ],
)
def test_what_is_not_ocel_or_could_reach_beyond_itself_is_refused(text: str, encoding: Encoding, message: str) -> None:
    with pytest.raises(UnreadableSource) as caught:
        rows(text, encoding)
    assert str(caught.value) == message
    assert caught.value.mend


def test_sqlite_is_not_read_as_a_stream() -> None:
    with pytest.raises(UnreadableSource, match="is not read as a stream"):
        list(ocel_rows("log", io.BytesIO(), encoding="sqlite"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"events": [{"id": tru}]}', "this is not JSON: expecting value"),
        ('{"events": [{"id": "a"} {"id": "b"}]}', "this is not JSON: `,` is missing"),
        ('{"events" [', "this is not JSON: `:` is missing"),
        ('{"events": [' + "[" * 100_000, "this is not JSON that can be read: "),
        ('{"events": ["a', "this is not JSON: unterminated string starting at"),
        ('{"events": []', "the file ends too early"),
    ],
)
def test_json_that_is_malformed_breaks_off(text: str, reason: str) -> None:
    assert f"the log breaks off here: {reason}" in str(rows(text, "json")[-1].problem)


def test_an_event_that_gives_a_name_twice_is_refused_and_no_other() -> None:
    text = json.dumps({"objectTypes": [], "eventTypes": [], "objects": [{"id": "r", "type": "relationship"}]})[:-1]
    events = ['{"id": "%s", %s"type": "note_added", "time": "2024-01-01T00:00:00Z", "relationships": [{"objectId": "r", "qualifier": ""}]}']
    both = ", ".join((events[0] % ("a", '"id": "b", '), events[0] % ("c", "")))
    first, second = ocel_rows("log.jsonocel", io.BytesIO(f'{text}, "events": [{both}]}}'.encode()), encoding="json")
    assert "gives `id` twice" in str(first.problem)
    assert (second.problem, second.fields["id"]) == (None, "c")
