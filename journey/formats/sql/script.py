"""The text of a mapping: parameters with their defaults, as `SET VARIABLE` statements, and then one SELECT.

A file runs in DuckDB as it stands; here each parameter may be given another value of its type before the query runs.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from journey.errors import UnreadableSource, did_you_mean
from journey.formats.sql.loading import drawing_in, first_lines

_ONE = "write one SELECT whose columns are touchpoint fields"
_PARAMETER = re.compile(r'\s*SET\s+VARIABLE\s+"?(?P<name>\w+)"?\s*(=|TO)', re.IGNORECASE)
_MEANING = re.compile(r";[ \t]*--[ \t]*(.+)")
_YES, _NO = ("true", "yes", "1"), ("false", "no", "0")


class Parameter(NamedTuple):
    """A value that the query reads by `getvariable('NAME')`: DuckDB's type of it, its default, and the comment behind it.

    Where the default is None, it must be set.
    """

    name: str
    type: str
    default: Any
    meaning: str


@dataclass(frozen=True)
class Script:
    """A mapping as read: `query` is its SELECT, and `ahead` how many lines come before it."""

    path: Path
    query: str
    ahead: int
    parameters: Sequence[Parameter]

    def set_variables(self, connection: duckdb.DuckDBPyConnection, settings: Mapping[str, str]) -> None:
        """Give each parameter its value: of `settings`, else its default. Raises UnreadableSource for one that is unknown or of no use."""
        known = {one.name: one for one in self.parameters}
        for name in settings:
            if name not in known:
                has = f"it has {', '.join(f'`{one}`' for one in known)}" if known else "it has none: SET VARIABLE NAME = DEFAULT; makes one"
                raise UnreadableSource(f"{self.path}: `{name}` is not a parameter", f"{did_you_mean(name, known)} {has}".lstrip())
        for one in self.parameters:
            given = settings.get(one.name)
            if given is None and one.default is None:
                raise UnreadableSource(f"{self.path}: `{one.name}` is not set", f"--set {one.name}=VALUE: {one.meaning}")
            value, kind = (one.default, one.type) if given is None else (_read(one, given), _wide(one.type))
            try:
                connection.execute(f'SET VARIABLE "{one.name}" = CAST(? AS {kind})', [value])
            except duckdb.Error as error:
                raise UnreadableSource(f"`{one.name}`: {first_lines(error)}", f"give a {kind}") from None


def read_script(path: Path) -> Script:
    """Read a mapping. Raises UnreadableSource."""
    text = _text(path)
    try:
        statements = [one for one in duckdb.extract_statements(text) if one.query.strip()]
    except duckdb.Error as error:
        raise failed(path, error) from None
    if not statements:
        raise UnreadableSource(f"{path}: is empty", _ONE)
    *settings, last = statements
    with duckdb.connect() as connection:
        parameters = [_parameter(connection, path, one.query) for one in settings if _PARAMETER.match(one.query)]
    if len(parameters) < len(settings):
        raise UnreadableSource(f"{path}: holds {len(statements)} statements", f"{_ONE}, behind SET VARIABLE statements alone")
    if last.type != duckdb.StatementType.SELECT:
        raise UnreadableSource(f"{path}: holds a {last.type.name} statement", _ONE)
    query = last.query.strip().removesuffix(";")
    return Script(path, query, text[: max(0, text.rfind(query))].count("\n"), parameters)


def failed(path: Path, error: duckdb.Error, ahead: int = 0) -> UnreadableSource:
    """The error for a query that fails; `ahead` lines of the file come before the query."""
    mend = "fix the query; the source is the table `source`"
    if isinstance(error, duckdb.BinderException | duckdb.ConversionException):
        mend += "; a column is text unless its numbers or times can be written back as they were: cast it, as in `t::TIMESTAMP`"
    problem = UnreadableSource(f"{path}: {first_lines(error)}", mend)
    problem.detail = drawing_in(error, ahead)
    return problem


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableSource(f"{path}: {(error.strerror or str(error)).lower()}", "name a file with one SELECT") from None
    except ValueError:
        raise UnreadableSource(f"{path}: is not text", "name a file with one SELECT") from None


def _parameter(connection: duckdb.DuckDBPyConnection, path: Path, statement: str) -> Parameter:
    """What one `SET VARIABLE` statement says, with the comment behind it on its line."""
    found = _PARAMETER.match(statement)
    assert found is not None
    name = found["name"]
    meaning = _MEANING.search(statement)
    try:
        connection.execute(statement)
        ((kind, default),) = connection.execute(f"SELECT typeof(getvariable('{name}')), getvariable('{name}')").fetchall()
    except duckdb.Error as error:
        raise failed(path, error) from None
    words = meaning[1].strip() if meaning else ""
    if default is None:
        return Parameter(name, "VARCHAR", None, words)
    return Parameter(name, kind, float(default) if kind.startswith("DECIMAL") else default, words)


def _wide(kind: str) -> str:
    """The type of a value that is given: a number with decimals may have more of them than its default."""
    return "DOUBLE" if kind.startswith("DECIMAL") else kind


def _read(parameter: Parameter, text: str) -> Any:
    """A value as given; a number or a truth value that is none is refused, where DuckDB would round or guess."""
    kind = _wide(parameter.type)
    wrong = UnreadableSource(f"`{parameter.name}`: `{text}` is not a {kind}", f"give one, such as {shown_value(parameter.default)}")
    try:
        match kind:
            case "BOOLEAN" if text.lower() in (*_YES, *_NO):
                return text.lower() in _YES
            case "BOOLEAN":
                raise wrong
            case "INTEGER" | "BIGINT":
                return int(text)
            case "DOUBLE" if not math.isfinite(float(text)):
                raise wrong
    except ValueError:
        raise wrong from None
    return text


def shown_value(value: Any) -> str:
    """A parameter's value as `--set` takes it; nothing for one that must be set."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
