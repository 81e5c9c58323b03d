"""Ids that are nearly always one: they differ only by case, blanks or the form of their letters, or by one letter."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from journey.history import History
from journey.near_names import plain_form
from journey.touchpoints import PEOPLE
from journey_projections.questions.checks.finding import ALIKE, MISSPELT_PERSON, Finding, command

MOST = 100
"""So many touchpoints of a person are named."""
_OFTEN, _LONG = 5, 5
"""A name is taken for a misspelling of one that is so frequent and so long."""


def alike_relationships(names: Iterable[str], among: Iterable[str] = ()) -> Iterator[Finding]:
    """Relationships whose names are nearly one; where some are asked about, only pairs with one `among` them."""
    wanted = set(among)
    for one, other in _pairs(names):
        if not wanted or not wanted.isdisjoint((one, other)):
            words = f"`{other}` and `{one}` differ only by case, blanks or the form of their letters"
            yield Finding(ALIKE, other, (), words, f"{command('merge', one, other)} if they are one")


def alike_references(history: History) -> Iterator[Finding]:
    """Episodes and promises of one history whose names are nearly one."""
    for field in ("episode", "promise"):
        named: dict[str, list[str]] = {}
        for record in history.records:
            if (name := getattr(record.outline, field, None)) is not None:
                named.setdefault(name, []).append(record.outline.id)
        for pair in _pairs(named):
            rare, usual = sorted(pair, key=lambda name: len(named[name]))
            words = f"names the {field} `{rare}`, which differs from `{usual}` only by case, blanks or the form of its letters"
            mend = f"{command('correct', named[rare][0], f'{field}={usual}')} if they are one"
            yield Finding(ALIKE, history.relationship, tuple(named[rare]), words, mend)


class People:
    """The people of many histories: how often each is named, and where."""

    def __init__(self) -> None:
        self._counts = Counter[str]()
        self._acting = Counter[str]()
        self._ids: dict[str, list[str]] = {}
        self._where: dict[str, set[str | None]] = {}

    def add(self, history: History) -> None:
        """Count those of a history."""
        for record in history.records:
            outline: Any = record.outline
            for field in PEOPLE:
                person = getattr(outline, field, None)
                if person is None:
                    continue
                self._counts[person] += 1
                self._acting[person] += field == "representative"
                ids = self._ids.setdefault(person, [])
                if len(ids) < MOST:
                    ids.append(outline.id)
                    self._where.setdefault(person, set()).add(history.relationship)

    def alike(self) -> Iterator[Finding]:
        """People whose ids are nearly one, and representatives named once whose id is one letter away from a frequent one."""
        pairs = set()
        for pair in _pairs(self._counts):
            rare, usual = sorted(pair, key=self._counts.__getitem__)
            pairs.add(frozenset(pair))
            yield self._finding(ALIKE, rare, usual, f"differs from `{usual}` only by case, blanks or the form of its letters")
        frequent = [name for name, count in self._acting.items() if count >= _OFTEN and len(name) >= _LONG]
        by_rest: dict[str, list[str]] = {}
        for name in frequent:
            for rest in _one_letter_less(name):
                by_rest.setdefault(rest, []).append(name)
        for rare in [name for name, count in self._counts.items() if count == 1 and self._acting[name]]:
            near = {name for rest in _one_letter_less(rare) for name in by_rest.get(rest, ()) if _letters(name) != _letters(rare)}
            for usual in sorted(near, key=lambda name: (-self._counts[name], name))[:1]:
                if frozenset((rare, usual)) not in pairs:
                    yield self._finding(MISSPELT_PERSON, rare, usual, f"acts once, and is one letter away from `{usual}`")

    def _finding(self, kind: str, rare: str, usual: str, words: str) -> Finding:
        where = self._where[rare]
        relationship = next(iter(where)) if len(where) == 1 else None
        times = f"({self._counts[rare]} of {self._counts[rare] + self._counts[usual]} mentions)"
        mend = f"{command('merge', '--people', usual, rare)} if they are one"
        return Finding(kind, relationship, tuple(dict.fromkeys(self._ids[rare])), f"person `{rare}` {words} {times}", mend)


def _pairs(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each name with the first of the same plain form."""
    first: dict[str, str] = {}
    for name in names:
        if (other := first.setdefault(plain_form(name), name)) != name:
            yield other, name


def _one_letter_less(name: str) -> set[str]:
    """A name, and every name that it is without one letter: two names that share one are a letter apart."""
    return {name, *(name[:place] + name[place + 1 :] for place in range(len(name)))}


def _letters(name: str) -> str:
    """A name without digits: ids that differ by a number are others on purpose."""
    return "".join(letter for letter in name if not letter.isdigit())
