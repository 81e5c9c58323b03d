"""Any source mapped to touchpoints by one SELECT, which DuckDB runs over the tables that the sources become."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from journey.errors import InvalidTouchpoint, UnreadableSource
from journey.formats.opening import Source
from journey.formats.source_rows import FIELDS, NAMES, RECORD_FIELDS, Row
from journey.formats.sql.loading import LINES, is_unicode, load, quoted
from journey.formats.sql.query import Query
from journey.formats.sql.script import Script, failed
from journey.formats.sql.shapes import SCHEMA, Shape
from journey.times import from_microseconds, to_microseconds

_CHUNK = 10_000
_MAPPED = "journey.mapped"
"""The result of the query."""
_MEMORY = "512MB"
"""How much memory DuckDB takes before it uses the disk."""
_INSTANTS = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")
_INFINITE = {2**63 - 1: "infinity", 1 - 2**63: "-infinity"}
_FIRST = to_microseconds(datetime(1, 1, 1, tzinfo=UTC))
_END = to_microseconds(datetime(9999, 12, 31, tzinfo=UTC)) + 86_400_000_000


def mapped_rows(
    tables: Mapping[str, Source],
    script: Script,
    settings: Mapping[str, str],
    *,
    shapes: Sequence[Shape] = (),
    time_zone: str = "UTC",
) -> Iterator[Row]:
    """The rows of a script's query over sources as tables, with its parameters as `settings` have them.

    With `shapes`, these are the tables: those that have no source are empty. A cast of a text to TIMESTAMPTZ reads a time without an
    offset in `time_zone`. Rows that cannot be read, and rows for which the query fails, come with a problem. Raises UnreadableSource when
    a source cannot be read or the query cannot be run.
    """
    with TemporaryDirectory(prefix="journey-mapping-") as place, duckdb.connect(f"{place}/mapping.db") as connection:
        try:
            connection.execute(f"SET TimeZone = '{time_zone}'")
        except duckdb.Error:
            raise UnreadableSource(f"`{time_zone}` is not a time zone to DuckDB", "name one such as Europe/Rome or UTC") from None
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        connection.execute("CREATE SCHEMA journey")
        script.set_variables(connection, settings)
        for name, source in tables.items():
            yield from load(connection, Path(place), name, source)
        if shapes:
            connection.execute(f"CREATE SCHEMA {SCHEMA}")
            connection.execute(f"SET search_path = '{SCHEMA},main'")
        for shape in shapes:
            shape.give(connection, tables[shape.name].name if shape.name in tables else None)
        try:
            yield from _Mapping(connection, script, next(iter(tables.values())).name).rows()
        except duckdb.Error as error:
            raise failed(script.path, _as_written(connection, script.query, error), script.ahead) from None


def tables_by_stem(sources: Sequence[Source]) -> Mapping[str, Source]:
    """The first source as the table `source`, and the others by their stems. Raises UnreadableSource."""
    tables, names = dict[str, Source](), dict[str, Source]()
    for source in sources:
        name = _stem(source.path) if tables else "source"
        if not name or not is_unicode(name):
            raise UnreadableSource(f"{source.name}: its name cannot be that of a table", "rename the file")
        if (taken := names.setdefault(name.lower(), source)) is not source:
            raise UnreadableSource(f"{source.name}: its table `{name}` is `{taken.name}` already", "rename the file")
        tables[name] = source
    return tables


def _stem(path: Path) -> str:
    """A file's name without its suffixes."""
    return path.name.removesuffix(".gz").rsplit(".", 1)[0]


def _as_written(connection: duckdb.DuckDBPyConnection, sql: str, error: duckdb.Error) -> duckdb.Error:
    """The error as it shows its place in the query: what failed may have been the query with something ahead, or rewritten."""
    try:
        connection.execute(sql)
    except duckdb.Error as of_file:
        return of_file
    return error


class _Mapping:
    """A query over the loaded tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, script: Script, source: str) -> None:
        self._connection = connection
        self._path = script.path
        self._source = source
        self._query = Query(connection, script.query)

    def rows(self) -> Iterator[Row]:
        """What the query makes of the source, row by row: each with its line in the source, if it comes from one, or its number."""
        columns = self._columns()
        has_places = self._query.place is not None
        failing = self._run(has_places)
        names, readers = list(columns), {name: read for name, kind in columns.items() if (read := _reader_of(name, kind))}
        fetched = [_fetched(name, kind) for name, kind in columns.items()]
        fetched += [quoted(f"{name}.failed") for name in failing] + ['"source.row"'] * has_places
        result = self._connection.cursor().execute(f"SELECT {', '.join(fetched)} FROM {_MAPPED}")
        number = 0
        while rows := result.fetchmany(_CHUNK):
            lines = self._lines([row[-1] for row in rows]) if has_places else {}
            for values in rows:
                number += 1
                place = values[-1] if has_places else None
                row = _row(self._source, lines.get(place, number), names, readers, values)
                if failing and (wrong := [name for name, failed in zip(failing, values[len(columns) :], strict=False) if failed]):
                    reasons = [(name, self._query.failure(name, place)) for name in wrong]
                    row = row._replace(problem=InvalidTouchpoint(reasons, "fix the value, or let the query make NULL of it: TRY_CAST"))
                yield row

    def _columns(self) -> dict[str, str]:
        """The columns of the query and their types, once each is known to be a field and each time an instant."""
        columns = dict[str, str]()
        for name, kind, *_ in self._connection.execute(f"DESCRIBE {self._query.sql}").fetchall():
            if name in columns:
                raise UnreadableSource(f"{self._path}: the column `{name}` is given twice", f"give it once, as in * EXCLUDE ({name})")
            columns[name] = kind
            if name not in FIELDS and name not in RECORD_FIELDS:
                raise UnreadableSource(
                    f"{self._path}: the column `{name}` is not a field of any touchpoint", "rename it, or leave it out of the SELECT"
                )
            if kind == "DATE" or (kind.startswith("TIMESTAMP") and kind not in _INSTANTS):
                # A time in nanoseconds stays one; cast, it would be rounded.
                cast = "::TIMESTAMP" if kind in ("DATE", "TIMESTAMP_S", "TIMESTAMP_MS") else ""
                mend = f"give its time zone: timezone('Europe/Rome', {name}{cast}) AS {name}"
                raise UnreadableSource(f"{self._path}: `{name}` is a {kind}, which has no UTC offset", mend)
        return columns

    def _run(self, has_places: bool) -> Sequence[str]:
        """Keep the result as a table; the columns that may have failed in some rows, if it did not run through."""
        try:
            self._connection.execute(f"CREATE TABLE {_MAPPED} AS {self._query.text(has_places=has_places)}")
        except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException):
            if not self._query.computed:
                raise
            # What two columns have in common would be computed before both, and fail for all rows.
            self._connection.execute("SET disabled_optimizers = 'common_subexpressions'")
            self._connection.execute(f"CREATE TABLE {_MAPPED} AS {self._query.text(has_places=has_places, is_tried=True)}")
            return self._query.computed
        return ()

    def _lines(self, places: Sequence[int]) -> dict[int | None, int]:
        """The lines of rows of the source."""
        cursor = self._connection.cursor()
        first, last = min(places), max(places)
        if last - first < 2 * len(places):
            return dict(cursor.execute(f"SELECT rowid, line FROM {LINES} WHERE rowid BETWEEN ? AND ?", [first, last]).fetchall())
        return dict(cursor.execute(f"SELECT rowid, line FROM {LINES} WHERE rowid IN (SELECT unnest(?::BIGINT[]))", [places]).fetchall())


def _fetched(name: str, kind: str) -> str:
    """How a column is fetched: an instant as microseconds (or nanoseconds), infinite ones as more or less than any."""
    column = quoted(name)
    if kind not in _INSTANTS:
        return column
    since = "epoch_ns" if kind == "TIMESTAMPTZ_NS" else "epoch_us"
    infinite = " ".join(f"WHEN '{text}'::{kind} THEN {number}" for number, text in _INFINITE.items())
    return f"CASE {column} {infinite} ELSE {since}({column}) END"


def _reader_of(name: str, kind: str) -> Callable[[Any], Any] | None:
    """What makes of a fetched value what its field takes; raises ValueError, with the mend."""
    if kind in _INSTANTS:
        return partial(_instant, name, 1000 if kind == "TIMESTAMPTZ_NS" else 1)
    if kind.startswith("DECIMAL"):
        return None if name in NAMES else float
    if kind.startswith("STRUCT"):
        return partial(_plain, name)
    # A column of names may have become one of whole numbers, as far as each is written in one way.
    return str if name in NAMES and kind.endswith("INT") else None


def _plain(name: str, value: Any) -> Any:
    """A value inside of a struct, as the field of its name takes it."""
    if isinstance(value, dict):
        return {field: _plain(field, one) for field, one in value.items()}
    if name in NAMES:
        return str(value) if type(value) is int else value
    return float(value) if isinstance(value, Decimal) else value


def _instant(name: str, per_microsecond: int, since: int) -> datetime:
    if since in _INFINITE:
        raise ValueError(f"`{_INFINITE[since]}` is not a date or time; fix the value")
    microseconds, rest = divmod(since, per_microsecond)
    if rest:
        raise ValueError(f"`{since}` ns since 1970 is finer than a microsecond; cut it: {name}::TIMESTAMPTZ")
    if not _FIRST <= microseconds < _END:
        seconds = microseconds // 1_000_000
        raise ValueError(f"`{seconds}` s since 1970 falls outside the years 1 to 9999; are these milliseconds? Divide them by 1000")
    return from_microseconds(microseconds)


def _row(source: str, line: int, names: Sequence[str], readers: Mapping[str, Callable[[Any], Any]], values: Sequence[Any]) -> Row:
    fields: dict[str, Any] = {name: value for name, value in zip(names, values, strict=False) if value is not None}
    problems = list[tuple[str, str, str]]()
    for name, read in readers.items():
        if name in fields:
            try:
                fields[name] = read(fields[name])
            except ValueError as error:
                message, _, mend = str(error).partition("; ")
                problems.append((name, message, mend))
    if not problems:
        return Row(source, line, fields)
    mend = "; ".join(dict.fromkeys(mend for *_, mend in problems))
    return Row(source, line, fields, InvalidTouchpoint([(name, message) for name, message, _ in problems], mend))
