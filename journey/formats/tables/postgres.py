"""The rows of a table or query in a PostgreSQL database, as text."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from typing import Any

import psycopg

from journey.errors import UnreadableSource, did_you_mean, shown
from journey.formats.source_rows import Row
from journey.formats.tables.parts import binary, check_names, chosen, together
from journey.stores.addresses import without_password

_CHUNK = 10_000
_BYTEA = 17
_NOTATION = (
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'"
)
_TABLES = """SELECT relation.oid::regclass::text, relation.relkind IN ('r', 'p') AND pg_table_is_visible(relation.oid)
    FROM pg_class AS relation JOIN pg_namespace AS space ON space.oid = relation.relnamespace
    WHERE relation.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relation.relispartition
        AND space.nspname NOT IN ('pg_catalog', 'information_schema') AND space.nspname !~ '^pg_(toast|temp)'
    ORDER BY 1"""
_MEND = "check the address, the table or the query, and the rights to read it"


def postgres_rows(url: str, table_or_query: str | None = None) -> Iterator[Row]:
    """The rows of a table, a view or a query, by default of the only table: each value as PostgreSQL writes it, times in UTC.

    They come from a cursor in a transaction that only reads. What has blanks and is not the name of a table is a query. NULL is left
    out; a row with binary data comes with that problem. `line` is the number of the row. Raises UnreadableSource, at once where
    the database cannot be reached, or has no such table.
    """
    place = without_password(url)
    try:
        with ExitStack() as opened:
            connection = opened.enter_context(closing(psycopg.connect(url, client_encoding="UTF8")))
            connection.read_only = True
            connection.execute(_NOTATION)
            source = _source(connection, place, table_or_query)
            columns = connection.execute(f"SELECT * FROM {source} AS source LIMIT 0".encode()).description or []
            names = [column.name for column in columns]
            check_names(place, names, [str(number) for number, _ in enumerate(names, start=1)])
            binaries = {column.name for column in columns if column.type_code == _BYTEA}
            cursor = opened.enter_context(connection.cursor("journey_import"))
            cursor.itersize = _CHUNK
            given = [f"c{number}" for number, _ in enumerate(names)]
            texts = ", ".join(f"{name}::text" for name in given)
            cursor.execute(f"SELECT {texts} FROM {source} AS source ({', '.join(given)})".encode())
            return _rows(place, opened.pop_all(), cursor, names, binaries)
    except psycopg.Error as error:
        raise UnreadableSource(f"{place}: {_line(error)}", _MEND) from None


def _source(connection: psycopg.Connection[Any], place: str, table_or_query: str | None) -> str:
    """The table, or the query in brackets, as SQL."""
    relations: Mapping[str, bool] = dict(connection.execute(_TABLES).fetchall())
    if table_or_query is None:
        return chosen(place, "table", [name for name, is_default in relations.items() if is_default], None)
    bare = {name.replace('"', ""): name for name in relations} | {name: name for name in relations}
    if table_or_query in bare:
        return bare[table_or_query]
    query = table_or_query.strip().rstrip(";")
    if len(query.split()) > 1:
        # Its last line may end in a comment.
        return f"({query}\n)"
    raise UnreadableSource(
        f"{place}: no table {shown(table_or_query)}", did_you_mean(table_or_query, bare) or "name a table, or give a query"
    )


def _rows(place: str, opened: ExitStack, cursor: psycopg.ServerCursor[Any], names: Sequence[str], binaries: set[str]) -> Iterator[Row]:
    with opened:
        try:
            for line, values in enumerate(cursor, start=1):
                content = {name: value for name, value in zip(names, values, strict=True) if value is not None}
                # `\x`, then two digits a byte.
                problems = [binary(name, len(content.pop(name)) // 2 - 1) for name in sorted(binaries & content.keys())]
                yield Row(place, line, content, together(problems))
        except (psycopg.Error, UnicodeDecodeError) as error:
            raise UnreadableSource(f"{place}: {_line(error)}", _MEND) from None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
