"""What sources that hold tables have in common: one of several parts is chosen by name, and each column has a name of its own."""

from collections.abc import Sequence
from pathlib import Path

from journey.errors import InvalidTouchpoint, UnreadableSource, did_you_mean, shown

_SHOWN = 8


def path_and_part(path: Path) -> tuple[Path, str | None]:
    """`book.xlsx#Orders` as the file and the name of its part; a file whose own name has a `#` is taken whole."""
    name, mark, part = str(path).rpartition("#")
    return (Path(name), part) if mark and name and part and not path.exists() else (path, None)


def chosen(place: str, what: str, names: Sequence[str], name: str | None) -> str:
    """The part called `name`, or the only one. Raises UnreadableSource, which names the parts that there are."""
    listed = ", ".join(shown(one) for one in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    if name is not None and name in names:
        return name
    if not names:
        raise UnreadableSource(f"{place}: holds no {what} with data", "there is nothing to import")
    if name is not None:
        raise UnreadableSource(f"{place}: no {what} {shown(name)}", did_you_mean(name, names) or f"it holds {listed}")
    if len(names) > 1:
        raise UnreadableSource(f"{place}: holds {len(names)} {what}s: {listed}", f"name one, as in `{place}#{names[0]}`")
    return names[0]


def check_names(place: str, names: Sequence[str], columns: Sequence[str]) -> None:
    """Raise UnreadableSource if a column has no name, or that of another; `columns` are what the source calls them by their places."""
    first = dict[str, int]()
    for number, name in enumerate(names):
        if not name.strip():
            raise UnreadableSource(f"{place}: column {columns[number]} has no name", "name every column, or delete it")
        before = first.setdefault(name.casefold(), number)
        if before != number:
            both = shown(name) if name == names[before] else f"{shown(names[before])} and {shown(name)}, alike but for their case"
            wrong = f"columns {columns[before]} and {columns[number]} are both named {both}"
            raise UnreadableSource(f"{place}: {wrong}", "rename one, or delete it")


def binary(column: str, size: int) -> InvalidTouchpoint:
    """What is wrong with a row in which this column holds bytes."""
    return InvalidTouchpoint([(column, f"is binary data of {size} bytes")], "store it as text, or leave the column out")


def together(problems: Sequence[InvalidTouchpoint]) -> InvalidTouchpoint | None:
    """All that is wrong with a row as one problem, if anything is."""
    if not problems:
        return None
    mends = dict.fromkeys(problem.mend for problem in problems)
    return InvalidTouchpoint([one for problem in problems for one in problem.problems], "; ".join(mends))
