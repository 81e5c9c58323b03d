"""The tables that a ready mapping reads: which columns, all as text, whatever else a file has and whatever it lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journey.errors import UnreadableSource, did_you_mean

if TYPE_CHECKING:
    import duckdb

SCHEMA = "shaped"
"""Where the tables are once they have their shape."""


@dataclass(frozen=True)
class Shape:
    """A table of a mapping: `needs` are columns that a file must have, `columns` others that the query reads, NULL where absent.

    Names are compared without case, blanks and marks, so `CreatedDate` is `created_date`; `also` gives a column more names. `about` says
    what the table is, `without` what is not seen if it is missing; a `required` table has none. `files` are more names of its file.
    """

    name: str
    about: str
    required: bool
    needs: Sequence[str]
    columns: Sequence[str]
    also: Mapping[str, Sequence[str]]
    without: str
    files: Sequence[str]

    def give(self, connection: "duckdb.DuckDBPyConnection", file: str | None = None) -> None:
        """Make the loaded table of this name the one that the query reads, or an empty one. Raises UnreadableSource for `file`."""
        if file is None:
            columns = ", ".join(f"{_quoted(one)} VARCHAR" for one in (*self.needs, *self.columns))
            connection.execute(f"CREATE TABLE {SCHEMA}.{_quoted(self.name)} ({columns})")
            return
        named = [name for name, *_ in connection.execute(f"DESCRIBE {_quoted(self.name)}").fetchall()]
        chosen = [(one, self._found(one, named)) for one in (*self.needs, *self.columns)]
        for needed, found in chosen[: len(self.needs)]:
            if found is None:
                known = ", ".join(f"`{one}`" for one in (needed, *self.also.get(needed, ())))
                mend = f"{did_you_mean(needed, named)} Name it {known}".strip()
                raise UnreadableSource(f"{file}: has no column `{needed}`, which the mapping needs in the table `{self.name}`", mend)
        selected = ", ".join(f"{'NULL' if found is None else _quoted(found)}::VARCHAR AS {_quoted(one)}" for one, found in chosen)
        connection.execute(f"CREATE TABLE {SCHEMA}.given AS SELECT {selected} FROM {_quoted(self.name)}")
        is_view = connection.execute("SELECT 1 FROM duckdb_views() WHERE view_name = ?", [self.name]).fetchall()
        connection.execute(f"DROP {'VIEW' if is_view else 'TABLE'} {_quoted(self.name)}")
        connection.execute(f"ALTER TABLE {SCHEMA}.given RENAME TO {_quoted(self.name)}")

    def _found(self, column: str, named: Sequence[str]) -> str | None:
        """What a file calls a column."""
        plain = {plain_name(one): one for one in reversed(named)}
        return next((plain[name] for one in (column, *self.also.get(column, ())) if (name := plain_name(one)) in plain), None)


def plain_name(name: str) -> str:
    """A name of a table or column, as names are compared."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
