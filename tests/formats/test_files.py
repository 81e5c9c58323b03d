"""Laws of whole files: every good row is recorded exactly, every bad one is refused once, however the file is written, cut or grown."""

import gzip
import json
import re
import zlib
from collections.abc import Mapping

import pytest
from formats.any_facts import exactly
from formats.any_files import AnyRow, Dialect, Table, as_csv, csv_lines, dialects, json_texts, tables, texts_of
from formats.desk import desk
from hypothesis import assume, example, given
from hypothesis import strategies as st

from journey import Interaction, UnreadableSource
from journey.amendments import Fact
from journey.testing import START

SAME = "SELECT * FROM source"


def expected(facts: Mapping[str, Fact]) -> dict[str, str]:
    return {id: exactly(fact) for id, fact in facts.items()}


def layouts(table: Table) -> dict[str, str]:
    """The table in each layout of JSON."""
    texts = json_texts(table)
    return {
        "a.jsonl": "\n".join(texts) + "\n",
        "b.jsonl": "\r\n\r\n".join(texts),
        "a.json": "[\n" + ",\n".join(texts) + "\n]\n",
        "b.json": "\n".join(texts),
    }


def lines_of_bad_rows(lines: list[str], table: Table) -> dict[int, bool]:
    """The first lines of the bad rows of a CSV; False for one that may be told with the bad row before, whose quote never closes."""
    found, line, before = dict[int, bool](), 1 + ends_in(lines[0]), ""
    for text, row in zip(lines[1:], table.rows, strict=True):
        if row.fact is None:
            found[line] = before.count('"') != 1
        line, before = line + ends_in(text), row.csv
    return found


def ends_in(text: str) -> int:
    return len(re.findall("\r\n|\r|\n", text))


@given(tables(), dialects, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_a_csv_gives_its_good_rows_and_the_lines_of_its_bad_ones(table: Table, dialect: Dialect, encoding: str) -> None:
    with desk() as one:
        lines = list(csv_lines(table, dialect))
        one.imported("a.csv", "".join(lines).encode(encoding), delimiter=dialect.delimiter)
        assert one.facts() == expected(table.facts)
        bad = lines_of_bad_rows(lines, table)
        assert {line for line, is_told in bad.items() if is_told} <= set(one.refused_lines()) <= set(bad)
        assert len(set(one.refused_lines())) == len(one.refused_lines())


@given(tables(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_json_gives_its_good_rows_and_refuses_each_bad_one_once(table: Table, encoding: str) -> None:
    for name, text in layouts(table).items():
        with desk() as one:
            outcome = one.imported(name, text.encode(encoding))
            assert one.facts() == expected(table.facts)
            assert (outcome.recorded, outcome.refused) == (len(table.facts), table.refused)


@given(tables(), dialects)
def test_importing_again_changes_nothing_and_a_file_that_grows_only_adds(table: Table, dialect: Dialect) -> None:
    with desk() as one:
        lines = list(csv_lines(table, dialect))
        half = len(lines) // 2 + 1
        first = one.imported("a.csv", "".join(lines[:half]), delimiter=dialect.delimiter)
        before = one.facts()
        whole = one.imported("a.csv", "".join(lines), delimiter=dialect.delimiter)
        assert (whole.unchanged, whole.recorded) == (first.recorded, len(table.facts) - first.recorded)
        assert before.items() <= one.facts().items()
        again = one.imported("a.csv", "".join(lines), delimiter=dialect.delimiter)
        assert (again.recorded, again.unchanged, again.refused) == (0, len(table.facts), whole.refused)


@given(tables(bad=False), st.data())
def test_a_csv_that_is_cut_anywhere_loses_nothing_before_the_cut_and_tells_it(table: Table, data: st.DataObject) -> None:
    lines = [line.encode() for line in csv_lines(table)]
    cut = data.draw(st.integers(len(lines[0]), sum(map(len, lines)) - 1))
    whole, length = list[str](), len(lines[0])
    for line, row in zip(lines[1:], table.rows, strict=True):
        length += len(line)
        if length <= cut and row.fact is not None:
            whole.append(row.fact.id)
    with desk() as one:
        outcome = one.imported("a.csv", b"".join(lines)[:cut])
        kept = one.facts()
        assert {id: kept[id] for id in whole} == expected({id: table.facts[id] for id in whole})
        assert len(kept) <= len(whole) + 1
        is_between = cut in (sum(map(len, lines[:number])) for number in range(1, len(lines)))
        assert is_between or outcome.refused or outcome.report.notes


@given(tables(bad=False), st.sampled_from(["a.jsonl", "a.json"]), st.data())
def test_json_that_is_cut_anywhere_loses_nothing_before_the_cut_and_tells_it(table: Table, name: str, data: st.DataObject) -> None:
    content = layouts(table)[name].encode()
    cut = data.draw(st.integers(1, len(content) - 2))
    texts = [text.encode() for text in json_texts(table)]
    ends = [content.index(text) + len(text) for text in texts]
    whole = {row.fact.id: row.fact for row, end in zip(table.rows, ends, strict=True) if row.fact and end <= cut}
    with desk() as one:
        try:
            outcome = one.imported(name, content[:cut])
        except UnreadableSource:
            assert not content[:cut].strip()
        else:
            assert one.facts() == expected(whole)
            assert outcome.refused == (
                1 if name == "a.json" or content[cut - 1 : cut] not in b"}\n" or cut not in (*ends, *(end + 1 for end in ends)) else 0
            )


@given(tables(bad=False), st.sampled_from(["a.csv.gz", "a.jsonl.gz"]), st.data())
def test_gzip_of_any_members_is_read_and_one_that_is_cut_is_told(table: Table, name: str, data: st.DataObject) -> None:
    text = (as_csv(table) if "csv" in name else layouts(table)["a.jsonl"]).encode()
    middle = data.draw(st.integers(0, len(text)))
    packed = gzip.compress(text[:middle]) + gzip.compress(text[middle:])
    with desk() as one:
        one.imported(name, packed)
        assert one.facts() == expected(table.facts)
    single = gzip.compress(text)
    cut = single[: data.draw(st.integers(20, len(single) - 1))]
    with desk() as one:
        with pytest.raises(UnreadableSource):
            one.imported(name, cut)
        assert one.facts().items() <= expected(table.facts).items()
        assert len(one.facts()) <= zlib.decompressobj(31).decompress(cut).count(b"\n")


@given(tables())
def test_by_sql_the_same_rows_are_the_same_facts(table: Table) -> None:
    good = Table([row for row in table.rows if row.fact], table.columns)
    assume(good.rows)
    texts = [json.dumps(texts_of(row.fact)) for row in good.rows if row.fact]
    for name, text in {"a.csv": as_csv(good), "a.jsonl": "\n".join(texts), "a.json": "[" + ",".join(texts) + "]"}.items():
        with desk() as one:
            outcome = one.imported(name, text, sql=SAME, all_text=True)
            assert outcome.refused == 0
            assert one.facts() == expected(good.facts)


@given(tables(bad=False), st.sampled_from(["cp1252", "latin-1", "cp437", "shift_jis", "utf-16-be", "utf-32", "utf-7"]))
def test_a_named_encoding_changes_nothing(table: Table, encoding: str) -> None:
    text = as_csv(table)
    try:
        content = text.encode(encoding)
        assume(content.decode(encoding) == text)
    except UnicodeError:
        assume(False)
    with desk() as one:
        one.imported("a.csv", content, encoding=encoding)
        assert one.facts() == expected(table.facts)


_odd_ids = st.one_of(
    st.sampled_from(
        [
            "0012",
            "12",
            "12E3",
            "12000",
            "12000.0",
            "7.60",
            "7.6",
            "1e400",
            "inf",
            "nan",
            "-0",
            "0",
            "+1",
            "1",
            "01",
            "0x10",
            "1_0",
            "true",
            "TRUE",
        ]
    ),
    st.sampled_from(
        [
            "2024-03-01",
            "20240301",
            "2024-3-1",
            "01/03/2024",
            "2024-03-01 00:00:00",
            "2024-03-01T00:00:00Z",
            "2024-03-01 00:00:00+00",
            "epoch",
        ]
    ),
    st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{1,4})?([eE][0-9]{1,3})?", fullmatch=True),
    st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=6),
)


@given(st.lists(_odd_ids, min_size=1, max_size=8, unique=True), st.sampled_from(["csv", "jsonl"]), st.booleans())
@example(["2024-03-01", "2024-03-01 00:00:00"], "csv", False)
@example(["9007199254740993", "9007199254740992"], "csv", False)
@example(["0.1", "0.10"], "csv", False)
@example(["2024-03-01T00:00:00Z"], "jsonl", False)
@example(["2024-03-01T00:00:00Z", "2024-03-01T01:00:00+01:00"], "csv", False)
@example(["2024-03-01 00:00", "2024-03-01T00:00:00"], "csv", False)
def test_ids_never_collide_or_change_on_their_way_through_sql(ids: list[str], format: str, all_text: bool) -> None:
    query = (
        "SELECT 'interaction' AS kind, 'o-' || id AS id, id || '@shop' AS relationship, '2024-03-01T09:00:00Z' AS occurred_at FROM source"
    )
    quoted = ['"' + id.replace('"', '""') + '"' for id in ids]
    text = "id,x\n" + "".join(f"{id},1\n" for id in quoted) if format == "csv" else "\n".join(json.dumps({"id": id}) for id in ids)
    with desk() as one:
        outcome = one.imported(f"a.{format}", text, sql=query, all_text=all_text)
        names = {summary.relationship for summary in one.journal.relationships()}
        assert names <= {f"{id}@shop" for id in ids}
        assert len(names) == outcome.recorded == len(ids) - outcome.refused
        assert not (all_text and outcome.refused)


def test_the_strategies_write_rows_of_each_sort() -> None:
    fact = Interaction(id="a", relationship="m", occurred_at=START, note='"x"', competence=0.5)
    table = Table([AnyRow(fact)], ["kind", "id", "relationship", "occurred_at", "note", "competence", "sequence", "by", "certainty"])
    assert as_csv(table).splitlines()[1].startswith('interaction,a,m,2015-01-01T09:00:00+00:00,"""x""",0.5,')
