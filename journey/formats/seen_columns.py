"""What the first rows of a source show of each of its columns, in words and in SQL."""

import re
from collections import Counter
from dataclasses import dataclass, field

ZONE = "UTC"
"""The time zone that is suggested for times without an offset."""
_FEW, _SOME, _SHOWN = 8, 3, 30
"""So many values are shown where there are no more; else so many; of each, so many characters."""
_KINDS = {
    "time": "times",
    "local": "times without an offset",
    "day_first": "times, read as the day first",
    "number": "numbers",
    "text": "texts",
}
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2}| UTC)?")
_DAY_FIRST = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{4}( \d{1,2}:\d{2}(:\d{2})?)?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass
class Column:
    """What the first rows show of a column."""

    name: str
    values: Counter[str] = field(default_factory=Counter)

    @property
    def kind(self) -> str:
        """`time`, `local` (a time without an offset), `day_first`, `number` or `text`."""
        values = [value for value in self.values if value.strip()]
        if not values:
            return "text"
        matches = [_ISO.fullmatch(value) for value in values]
        if all(matches):
            return "time" if all(match and match[4] for match in matches) else "local"
        if all(map(_DAY_FIRST.fullmatch, values)):
            return "day_first"
        return "number" if all(map(_NUMBER.fullmatch, values)) else "text"

    @property
    def is_time(self) -> bool:
        """Whether its values are times."""
        return self.kind in ("time", "local", "day_first")

    @property
    def is_unique(self) -> bool:
        """Whether each value is there once."""
        return bool(self.values) and max(self.values.values()) == 1

    def is_like(self, pattern: str) -> bool:
        """Whether its name is like a pattern."""
        return re.search(pattern, self.name, re.IGNORECASE) is not None

    @property
    def sql(self) -> str:
        """Its name in SQL."""
        return '"' + self.name.replace('"', '""') + '"'

    @property
    def at(self) -> str:
        """Its time in SQL; without an offset it is taken for one of ZONE."""
        if self.kind == "local":
            return f"timezone('{ZONE}', CAST({self.sql} AS TIMESTAMP))"
        if self.kind != "day_first":
            return self.sql
        separator = next(letter for letter in next(iter(self.values)) if not letter.isdigit())
        day = f"%d{separator}%m{separator}%Y"
        return f"timezone('{ZONE}', try_strptime({self.sql}, ['{day} %H:%M:%S', '{day} %H:%M', '{day}']))"

    def said(self, rows: int) -> str:
        """In words, what is in it."""
        if not self.values:
            return "empty"
        missing, most = rows - sum(self.values.values()), self.values.most_common(_FEW if len(self.values) <= _FEW else _SOME)
        few = ", ".join(_cut(value) if self.is_unique else f"{_cut(value)} ({count})" for value, count in most)
        some = few if len(most) == len(self.values) else f"{few}, …"
        different = "all different" if self.is_unique else f"{len(self.values)} different"
        return f"{_KINDS[self.kind]}, {different}: {some}" + (f", {missing} empty" if missing else "")


def _cut(value: str) -> str:
    text = " ".join(value.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
