"""Sources as tables of a DuckDB database: text first, and a type only where nothing is lost by it.

A column of text becomes one of numbers or times if each of its values stands for itself alone: as a number, `12` is written `12` again,
but `12E3`, `0012` and `7.60` are not, so a column that has one of them stays text. Values that do not fit the type at all, if they are
few (an `x` among hundreds of numbers), are refused, each with its line.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import msgspec

from journey.errors import InvalidTouchpoint, UnreadableSource, shown
from journey.formats.opening import STDIN, Source
from journey.formats.readers import table_of
from journey.formats.source_rows import Row, Table

LINES = "journey.lines"
"""For each row of the table `source`, its line."""
_TEXTS = "journey.texts"
"""The table that is being loaded, as text: its columns by their numbers, and the lines."""
_FEW, _MANY = 0.01, 0.5
_SAMPLE = 1_000
_TYPES = {
    "BIGINT": ("TRY_CAST(VALUE AS BIGINT)::VARCHAR = VALUE", _FEW),
    "DOUBLE": ("TRY_CAST(VALUE AS DOUBLE)::VARCHAR = VALUE AND regexp_matches(VALUE, '^-?[0-9]')", _FEW),
    "BOOLEAN": ("VALUE IN ('true', 'false')", _FEW),
    "DATE": ("TRY_CAST(VALUE AS DATE)::VARCHAR = VALUE", _MANY),
    "TIMESTAMP": ("TRY_CAST(VALUE AS TIMESTAMP)::VARCHAR = VALUE", _MANY),
    "TIMESTAMPTZ": ("TRY_CAST(VALUE AS TIMESTAMPTZ)::VARCHAR = VALUE", _MANY),
}
"""For each type: whether a text stands for itself once it is cast, and which share of the texts may fail to be cast."""


def load(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, source: Source) -> Iterator[Row]:
    """Make a source the table `name`, and the lines of those of `source` the table LINES; yields the rows that are refused.

    A Parquet file has types of its own: it becomes a view.
    """
    if "parquet" in (source.options.format, source.path.suffix.lower().removeprefix(".")):
        _view(connection, folder, name, source)
        return
    table = table_of(source)
    written = folder / "rows.jsonl"
    yield from _write(table, written)
    if not table.columns:
        raise UnreadableSource(f"{source.name}: no row of it can be read", "see --input-format and --encoding")
    _check_names(source, table.columns)
    types = ", ".join([f"c{number}: 'VARCHAR'" for number in range(len(table.columns))] + ["line: 'BIGINT'"])
    connection.execute(
        f"CREATE TABLE {_TEXTS} AS FROM read_json(?, columns = {{{types}}}, "
        f"format = 'newline_delimited', maximum_object_size = {max(8 * source.options.row_limit, 2**24)})",
        [str(written)],
    )
    written.unlink()
    yield from _typed(connection, name, source, table)


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _view(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, source: Source) -> None:
    """A Parquet file, by a name in which nothing is a pattern."""
    if source.path == STDIN:
        raise UnreadableSource("Parquet cannot be read from standard input", "save it to a file")
    source.open().close()
    plain = folder / f"{len(list(folder.iterdir()))}.parquet"
    try:
        plain.symlink_to(source.path.resolve())
    except OSError:
        shutil.copyfile(source.path, plain)
    try:
        connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM read_parquet('{plain}', hive_partitioning = false)")
    except duckdb.Error as error:
        raise UnreadableSource(f"{source.name}: {first_lines(error)}", "name a Parquet file") from None


def first_lines(error: Exception) -> str:
    """What DuckDB says, without its drawing of where, and the functions that it would have known."""
    text = str(error).split("\n\n")[0].partition("Candidate functions:")[0]
    return " ".join(part.strip() for part in text.splitlines()).strip()


_PLACE = re.compile(r"^LINE (\d+):(.*)\n( *)(\^+)", re.MULTILINE)


def drawing_in(error: Exception, ahead: int = 0) -> str:
    """Where DuckDB says that it is: the line, counted from `ahead` lines before the query, and a caret under the place."""
    if (place := _PLACE.search(str(error))) is None:
        return ""
    number, text, blanks, carets = place.groups()
    name = f"LINE {int(number) + ahead}:"
    return f"{name}{text}\n{blanks}{' ' * (len(name) - len(f'LINE {number}:'))}{carets}"


def _write(table: Table, path: Path) -> Iterator[Row]:
    """Write the rows as lines of JSON, all values as text; yields those that are refused."""
    numbers = dict[str, str]()
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as file:
        for row in table.rows:
            if row.problem is not None:
                yield row
                continue
            values: dict[str, object] = {"line": row.line}
            for name, value in row.fields.items():
                values[numbers.get(name) or numbers.setdefault(name, f"c{table.columns.index(name)}")] = value
            try:
                file.write(encode(values) + b"\n")
            except UnicodeEncodeError:
                problem = InvalidTouchpoint([("", "its bytes are not of the file's encoding")], "give --encoding, such as cp1252")
                yield row._replace(problem=problem)


def _check_names(source: Source, columns: list[str]) -> None:
    seen = dict[str, str]()
    for name in columns:
        if not name:
            raise UnreadableSource(f"{source.name}: a column has no name", "name it, or delete it")
        if not is_unicode(name):
            raise UnreadableSource(f"{source.name}: the column {shown(name)} is not Unicode text", "give --encoding, such as cp1252")
        if (before := seen.setdefault(name.casefold(), name)) != name:
            raise UnreadableSource(
                f"{source.name}: `{before}` and `{name}` differ by case alone, which SQL does not tell apart", "rename one"
            )


def is_unicode(text: str) -> bool:
    """Whether a text has no surrogates, which stand for bytes that could not be decoded."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _typed(connection: duckdb.DuckDBPyConnection, name: str, source: Source, table: Table) -> Iterator[Row]:
    """The table with a type for each column, without the rows that do not fit, which are yielded."""
    types = [
        "VARCHAR" if source.options.all_text else _type(connection, f"c{number}", is_text=column in table.quoted)
        for number, column in enumerate(table.columns)
    ]
    casts = [f"TRY_CAST(c{number} AS {kind})" for number, kind in enumerate(types)]
    misfit = " OR ".join(f"({cast} IS NULL AND c{number} IS NOT NULL)" for number, cast in enumerate(casts) if types[number] != "VARCHAR")
    fits = f"NOT ({misfit or 'false'})"
    selected = ", ".join(f"{cast} AS {quoted(column)}" for cast, column in zip(casts, table.columns, strict=True))
    connection.execute(f"CREATE TABLE {quoted(name)} AS SELECT {selected} FROM {_TEXTS} WHERE {fits}")
    if name == "source":
        connection.execute(f"CREATE TABLE {LINES} AS SELECT line FROM {_TEXTS} WHERE {fits}")
    refused = connection.execute(f"SELECT * FROM {_TEXTS} WHERE NOT {fits} ORDER BY line")
    while rows := refused.fetchmany(1000):
        for *texts, line in rows:
            problem = _misfit(connection.cursor(), table.columns, texts, types)
            fields = {column: text for column, text in zip(table.columns, texts, strict=True) if text is not None}
            yield Row(source.name, line, fields, problem)
    connection.execute(f"DROP TABLE {_TEXTS}")


def _type(connection: duckdb.DuckDBPyConnection, column: str, *, is_text: bool) -> str:
    """The type in which all values of a column, but for a few that have none of it, stand for themselves."""
    tried = ["DATE", "TIMESTAMP", "TIMESTAMPTZ"] if is_text else list(_TYPES)
    # Most types are ruled out by a few values, and a look at all of them takes long.
    few = f"(SELECT {column} FROM {_TEXTS} WHERE {column} IS NOT NULL LIMIT {_SAMPLE})"
    tried = [kind for kind, (_, cast, exact) in _fits(connection, column, tried, few).items() if exact == cast > 0]
    for kind, (total, cast, exact) in _fits(connection, column, tried, _TEXTS).items():
        if exact == cast and total - cast <= total * _TYPES[kind][1]:
            return kind
    return "VARCHAR" if is_text else _decimal(connection, column)


def _fits(connection: duckdb.DuckDBPyConnection, column: str, kinds: Sequence[str], texts: str) -> dict[str, tuple[int, int, int]]:
    """For each type: how many texts there are, how many can be cast to it, and how many stand for themselves then."""
    if not kinds:
        return {}
    counts = [f"count(TRY_CAST({column} AS {kind})), count_if({_TYPES[kind][0].replace('VALUE', column)})" for kind in kinds]
    total, *found = connection.execute(f"SELECT count({column}), {', '.join(counts)} FROM {texts}").fetchall()[0]
    return {kind: (total, found[2 * number], found[2 * number + 1]) for number, kind in enumerate(kinds)}


def _decimal(connection: duckdb.DuckDBPyConnection, column: str) -> str:
    """DECIMAL, if all values have as many decimals; else VARCHAR."""
    decimals = f"length(split_part({column}, '.', 2))"
    fit = f"regexp_full_match({column}, '-?(0|[1-9]\\d{{0,8}})\\.\\d{{1,9}}')"
    total, matching, fewest, most = connection.execute(
        f"SELECT count({column}), count_if({fit}), min({decimals}), max({decimals}) FROM {_TEXTS} WHERE {column} IS NOT NULL"
    ).fetchall()[0]
    return f"DECIMAL(18, {most})" if total and matching == total and fewest == most else "VARCHAR"


def _misfit(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[str], texts: Sequence[str | None], types: Sequence[str]
) -> InvalidTouchpoint:
    """What is wrong with a row of texts."""
    problems = []
    for column, text, kind in zip(columns, texts, types, strict=True):
        if text is not None and connection.execute(f"SELECT TRY_CAST(? AS {kind})::VARCHAR", [text]).fetchall()[0][0] is None:
            problems.append((column, f"{shown(text)} is not a {kind}, which nearly all of its column are"))
    return InvalidTouchpoint(problems, "fix the value, or give every column as text by --all-text and cast in the query")
