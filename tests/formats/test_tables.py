"""Tables of databases and workbooks: what is imported is the text that the source shows, at its place, or is refused."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.errors import UnreadableSource
from journey.formats.source_rows import Row
from journey.formats.tables.parts import path_and_part
from journey.formats.tables.postgres import postgres_rows
from journey.formats.tables.sqlite import sqlite_rows

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)


def refused(rows: Iterator[Row]) -> dict[int, str]:
    return {row.line: str(row.problem) for row in rows if row.problem}


def contents(rows: Iterator[Row]) -> list[Mapping[str, Any]]:
    return [row.fields for row in rows]


# Parts of a file


def test_a_part_is_named_after_a_hash(tmp_path: Path) -> None:
    assert path_and_part(tmp_path / "book.xlsx#Orders of 2024") == (tmp_path / "book.xlsx", "Orders of 2024")
    for whole in ("book.xlsx", "book.xlsx#", "#3.db"):
        assert path_and_part(tmp_path / whole) == (tmp_path / whole, None) or whole == "#3.db"
    (tmp_path / "a#b.db").touch()
    assert path_and_part(tmp_path / "a#b.db") == (tmp_path / "a#b.db", None)


# SQLite


def database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


@given(st.lists(st.tuples(st.none() | texts, st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)), max_size=5))
def test_sqlite_gives_each_value_as_text_that_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, Any]]
) -> None:
    path = database(tmp_path_factory.mktemp("sqlite") / "a.db", "CREATE TABLE t (word, number)")
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
        connection.commit()
    read = list(sqlite_rows(path))
    assert [row.line for row in read] == list(range(1, len(rows) + 1))
    for row, (word, number) in zip(read, rows, strict=True):
        assert row.fields.get("word") == word
        assert ("number" in row.fields) is (number is not None)
        if number is not None:
            assert row.fields["number"] == repr(number)


def test_sqlite_keeps_zeros_in_front_and_refuses_the_rows_with_bytes(tmp_path: Path) -> None:
    path = database(tmp_path / "a b#c?.db", "CREATE TABLE t (id, note)", "INSERT INTO t VALUES ('0012', '12E3'), (12, x'00ff'), (12.0, '')")
    assert contents(sqlite_rows(path)) == [{"id": "0012", "note": "12E3"}, {"id": "12"}, {"id": "12.0", "note": ""}]
    assert refused(sqlite_rows(path)) == {2: "note: is binary data of 2 bytes"}


def test_sqlite_text_that_is_not_unicode_stays_one_rows_fault(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", "CREATE TABLE t (id)", "INSERT INTO t VALUES (CAST(x'ff41' AS TEXT)), ('b')")
    assert contents(sqlite_rows(path)) == [{"id": "\udcffA"}, {"id": "b"}]


def test_sqlite_asks_for_one_of_several_tables(tmp_path: Path) -> None:
    path = database(
        tmp_path / "a.db", "CREATE TABLE orders (id)", 'CREATE TABLE "my ""notes""" (id)', "CREATE VIEW latest AS SELECT 7 AS id"
    )
    with pytest.raises(UnreadableSource, match=r'a\.db: holds 2 tables: `orders`, `my "notes"`') as asked:
        sqlite_rows(path)
    assert asked.value.mend == f"name one, as in `{path}#orders`"
    assert contents(sqlite_rows(path, 'my "notes"')) == []
    assert contents(sqlite_rows(path, "latest")) == [{"id": "7"}]
    with pytest.raises(UnreadableSource, match="no table `Orders`") as missing:
        sqlite_rows(path, "Orders")
    assert missing.value.mend == "did you mean `orders`?"


def test_sqlite_never_writes(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", "PRAGMA journal_mode = WAL", "CREATE TABLE t (id)", "INSERT INTO t VALUES (1)")
    before = path.read_bytes()
    assert contents(sqlite_rows(path)) == [{"id": "1"}]
    assert path.read_bytes() == before
    with pytest.raises(UnreadableSource, match="unable to open database file"):
        sqlite_rows(tmp_path / "nosuch.db")
    assert not (tmp_path / "nosuch.db").exists()


@pytest.mark.parametrize(("content", "message"), [(b"kind,id\n" * 1000, "file is not a database"), (b"", "holds no table with data")])
def test_what_is_no_sqlite_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.db").write_bytes(content)
    with pytest.raises(UnreadableSource, match=message):
        sqlite_rows(tmp_path / "a.db")


# PostgreSQL


def made(url: str, *statements: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
    return url


def test_postgres_gives_each_value_as_text_that_reads_back_the_same(postgres_url: str) -> None:
    made(postgres_url, "CREATE TABLE t (place serial, word text, number double precision)")

    @given(st.lists(st.tuples(st.none() | texts, st.none() | st.floats(allow_nan=False)), max_size=5))
    def law(rows: list[tuple[Any, Any]]) -> None:
        with psycopg.connect(postgres_url) as connection:
            connection.execute("TRUNCATE t")
            connection.cursor().executemany("INSERT INTO t (word, number) VALUES (%s, %s)", rows)
        read = contents(postgres_rows(postgres_url, "SELECT word, number FROM t ORDER BY place"))
        assert [(row.get("word"), row.get("number") and float(row["number"])) for row in read] == rows

    law()


def test_postgres_tells_every_type_in_one_notation(postgres_url: str) -> None:
    made(
        postgres_url,
        "CREATE TABLE t (code text, n numeric, at timestamptz, local timestamp, day date, yes boolean, big bigint, "
        "nothing text, raw bytea)",
        "INSERT INTO t VALUES ('0012', 12.50, '2024-03-01 10:00+01', '2024-03-01 10:00', '2024-03-01', true, 9007199254740993, NULL, NULL)",
        "INSERT INTO t (code, raw) VALUES ('b', '\\x00ff')",
        "ALTER ROLE CURRENT_USER SET TimeZone = 'Europe/Rome'",
        "ALTER ROLE CURRENT_USER SET DateStyle = 'German'",
    )
    try:
        rows = list(postgres_rows(postgres_url))
    finally:
        made(postgres_url, "ALTER ROLE CURRENT_USER RESET ALL")
    assert rows[0].fields == {
        "code": "0012",
        "n": "12.50",
        "at": "2024-03-01 09:00:00+00",
        "local": "2024-03-01 10:00:00",
        "day": "2024-03-01",
        "yes": "true",
        "big": "9007199254740993",
    }
    assert refused(iter(rows)) == {2: "raw: is binary data of 2 bytes"}
    assert rows[1].fields == {"code": "b"}


def test_postgres_takes_a_table_a_view_or_a_query(postgres_url: str) -> None:
    made(
        postgres_url,
        'CREATE TABLE "My Orders" (id int)',
        'INSERT INTO "My Orders" VALUES (1)',
        "CREATE SCHEMA shop",
        "CREATE TABLE shop.visits AS SELECT 2 AS id",
        "CREATE VIEW latest AS SELECT 3 AS id",
    )
    one, two, three = ([{"id": id}] for id in "123")
    assert contents(postgres_rows(postgres_url)) == one
    assert contents(postgres_rows(postgres_url, "My Orders")) == contents(postgres_rows(postgres_url, '"My Orders"')) == one
    assert contents(postgres_rows(postgres_url, "shop.visits")) == two
    assert contents(postgres_rows(postgres_url, "latest")) == three
    assert contents(postgres_rows(postgres_url, "SELECT id + 1 AS id FROM shop.visits WHERE '100 %' LIKE '%';")) == three
    assert contents(postgres_rows(postgres_url, "WITH v AS (SELECT 2 AS id) SELECT id FROM v -- a comment")) == two


@pytest.mark.parametrize(
    ("asked", "message", "mend"),
    [
        (None, "holds 2 tables: `orders`, `visits`", "name one, as in `"),
        ("order", "no table `order`", "did you mean `orders`?"),
        ("nosuch", "no table `nosuch`", "name a table, or give a query"),
        ("SELECT id, id FROM orders", "columns 1 and 2 are both named `id`", "rename one, or delete it"),
        ("SELECT nosuch FROM orders", 'column "nosuch" does not exist', "check the address"),
        ("INSERT INTO orders VALUES (1)", "syntax error", "check the address"),
        ("SELECT nextval('s') AS id", "read-only transaction", "check the address"),
    ],
)
def test_what_postgres_cannot_give_is_refused(postgres_url: str, asked: str | None, message: str, mend: str) -> None:
    made(postgres_url, "CREATE TABLE orders (id int)", "CREATE TABLE visits (id int)", "CREATE SEQUENCE s")
    with pytest.raises(UnreadableSource) as error:
        list(postgres_rows(postgres_url, asked))
    assert message in str(error.value)
    assert error.value.mend.startswith(mend)


def test_a_postgres_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource) as error:
        postgres_rows(f"postgresql://ugo:secret@/d?host={tmp_path}")
    assert "secret" not in str(error.value)
    assert str(error.value).startswith("postgresql://ugo@")
