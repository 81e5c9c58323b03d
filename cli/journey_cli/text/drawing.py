"""Trust as text: numbers, bars, sparklines and tables."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from journey_projections.replaying.replay import Contribution
from journey_projections.rules.rule_set import EXIT_LINE, TRANSITIONAL_FROM

if TYPE_CHECKING:
    from rich.console import Console

    from journey_cli.text.tables import Table

_TICKS = "▁▂▃▄▅▆▇█"


def spark(values: Sequence[float]) -> str:
    """A sparkline of values in [0, 1]; what lies outside, as under a broken rule set, is drawn at the edge."""
    return "".join(_TICKS[max(0, min(len(_TICKS) - 1, int(value * len(_TICKS))))] for value in values)


def sampled(values: Sequence[float], most: int) -> Sequence[float]:
    """So many of some values at the most, evenly spread, the first and the last among them."""
    return values if len(values) <= most else [values[place * (len(values) - 1) // (most - 1)] for place in range(most)]


def bar(value: float, width: int = 10) -> str:
    """A bar for a value in [0, 1]."""
    full = max(0, min(width, round(value * width)))
    return "█" * full + "·" * (width - full)


def trend(prior: float, contributions: Sequence[Contribution], width: int) -> str:
    """The course of trust from the first touchpoint to the last as a sparkline, evenly over time."""
    if not contributions:
        return spark([prior])
    first, last = contributions[0].occurred_at, contributions[-1].occurred_at
    span = (last - first).total_seconds()
    values, level, place = [], prior, 0
    for column in range(width):
        until = first.timestamp() + span * (column + 1) / width
        while place < len(contributions) and (contributions[place].occurred_at.timestamp() <= until or column == width - 1):
            level = contributions[place].after
            place += 1
        values.append(level)
    return spark(values)


def day(instant: datetime | None) -> str:
    """A date for people."""
    return "" if instant is None else instant.date().isoformat()


def tone(trust: float) -> str:
    """The colour of a trust value."""
    return "red" if trust < EXIT_LINE else "yellow" if trust < TRANSITIONAL_FROM else "green"


def signed(delta: float) -> str:
    """A change in trust with its sign."""
    return f"{delta:+.3f}"


def printable(text: str) -> str:
    """Untrusted text on one line, so that it cannot control the terminal."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def in_plain_words(kind: str) -> str:
    """A kind of touchpoint as one says it."""
    return kind.replace("_", " ")


def called(person: str, names: Mapping[str, str]) -> str:
    """A person by name, where there is one, and by id."""
    return f"{printable(names[person])} ({person})" if person in names else person


def bullet(out: "Console", text: str) -> None:
    """A point under a heading, wrapped at words."""
    indented(out, text, "  - ")


def indented(out: "Console", text: str, mark: str = "  ") -> None:
    """A line under a heading, behind a mark, wrapped at words."""
    from journey_cli.text.tables import wrapped

    for number, line in enumerate(wrapped(printable(text), max(out.width - len(mark), 1))):
        out.print((mark if number == 0 else " " * len(mark)) + line, soft_wrap=True)


def table(
    out: "Console",
    *titles: str,
    right: Collection[str] = (),
    whole: Collection[str] = (),
    ids: Collection[str] = (),
    bars: Collection[str] = (),
    spare: Sequence[str] = (),
) -> "Table":
    """An empty table: ruled on a terminal, bare columns elsewhere.

    Columns are named by their titles. `right` are numbers, `ids` names that may be shortened, `bars` drawings; these and `whole` are
    never wrapped. `spare` are dropped where there is no room, the first one first; bars go before them.
    """
    from journey_cli.text.tables import Table, columns_of

    return Table(columns_of(titles, right, whole, ids, bars), spare, out.is_terminal)
