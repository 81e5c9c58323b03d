"""Reading ready mappings: `tables.toml`, `mapping.sql` and `README.md` in a folder of their own."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journey.errors import UnreadableSource, did_you_mean
from journey.extras import extra
from journey.formats.sql.shapes import Shape

if TYPE_CHECKING:
    from journey.formats.sql.script import Parameter

_HERE = Path(__file__).parent
_TABLES, _QUERY, _README = "tables.toml", "mapping.sql", "README.md"


@dataclass(frozen=True)
class ReadyMapping:
    """A mapping with the tables that it reads.

    `about` is a line on what it maps; `words` are those of the coding guide that it uses; `time_zone` is that of times without an offset,
    None where they are refused; `prefixes` may stand before the name of a table in the name of its file.
    """

    name: str
    folder: Path
    about: str
    words: Sequence[str]
    time_zone: str | None
    prefixes: Sequence[str]
    shapes: Sequence[Shape]

    @property
    def query(self) -> Path:
        """The file with its parameters and its SELECT."""
        return self.folder / _QUERY

    @property
    def readme(self) -> str:
        """What it needs, and what each of its facts assumes and cannot know, in Markdown."""
        return (self.folder / _README).read_text(encoding="utf-8")

    def parameters(self) -> "Sequence[Parameter]":
        """What `--set` may set. Raises MissingExtra without DuckDB."""
        with extra("sql", "mapping by SQL"):
            from journey.formats.sql.script import read_script
        return read_script(self.query).parameters


def mapping_names() -> Sequence[str]:
    """The ready mappings, by name."""
    return sorted(file.parent.name for file in _HERE.glob(f"*/{_TABLES}"))


def read_mapping(name: str | Path) -> ReadyMapping:
    """The ready mapping of this name, or that of a folder of one's own, given as a Path or with a slash. Raises UnreadableSource."""
    names = mapping_names()
    if isinstance(name, str) and "/" not in name and name not in names:
        mend = f"{did_you_mean(name, names)} `journey mappings` lists them".lstrip()
        raise UnreadableSource(f"there is no mapping `{name}`", mend)
    folder = _HERE / name if name in names else Path(name)
    try:
        return _mapping(folder, tomllib.loads((folder / _TABLES).read_text(encoding="utf-8")))
    except OSError as error:
        problem = f"{folder / _TABLES}: {(error.strerror or str(error)).lower()}"
        raise UnreadableSource(problem, f"a mapping is a folder with {_TABLES}, {_QUERY} and {_README}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableSource(f"{folder / _TABLES}: {error}", "see docs/importing.md for what it holds") from None


def _mapping(folder: Path, data: dict[str, Any]) -> ReadyMapping:
    shapes = [_shape(name, table) for name, table in data["tables"].items()]
    return ReadyMapping(folder.name, folder, data["about"], data.get("words", ()), data.get("time_zone"), data.get("prefixes", ()), shapes)


def _shape(name: str, table: dict[str, Any]) -> Shape:
    without = table.get("without", "")
    columns, also, files = table.get("columns", ()), table.get("also", {}), table.get("files", ())
    return Shape(name, table["about"], not without, table["needs"], columns, also, without, files)
