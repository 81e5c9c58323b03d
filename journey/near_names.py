"""Which of very many names somebody may have meant, found by looking at a few places in their order."""

import unicodedata
from collections.abc import Iterable, Sequence

LIMIT = 3
"""How many names to look at from each start on."""
_LADDER = 24
_CANDIDATES = 2
_TYPED = 40
"""Up to so many characters an id may have been typed."""
_TYPABLE = "abcdefghijklmnopqrstuvwxyz0123456789-_.:/@"


def starts_near(name: str) -> Sequence[str]:
    """Texts at which, in the order of names, those like `name` are found: beginnings of it, long ones first, and other cases of it.

    A name that is wrong in its first letter, but for the case, is found only by luck.
    """
    length = len(name)
    beginnings = [name[:end] for end in range(length - 1, 0, -(length // _LADDER + 1))]
    cases = (name.lower(), name.upper(), name.capitalize(), name[:1].swapcase() + name[1:])
    other_cases = [text[:end] for text in cases if text != name for end in (length, length // 2 + 1)]
    return list(dict.fromkeys([*beginnings, *other_cases]))


def one_slip_from(id: str) -> Sequence[str]:
    """Every id that a slip of the keyboard makes `id` of: a letter too many, too few, wrong or swapped with the next; or another case.

    Ids have no order worth searching by, so each is looked up; a long one, which nobody types, has none.
    """
    if not 0 < len(id) <= _TYPED:
        return ()
    letters = sorted({*id, *_TYPABLE})
    halves = [(id[:place], id[place:]) for place in range(len(id) + 1)]
    slips = [head + tail[1:] for head, tail in halves if tail]
    slips += [head + tail[1] + tail[0] + tail[2:] for head, tail in halves if len(tail) > 1]
    slips += [head + letter + tail[1:] for head, tail in halves if tail for letter in letters]
    slips += [head + letter + tail for head, tail in halves for letter in letters]
    return list(dict.fromkeys([id.lower(), id.upper(), *slips]) - {"": None, id: None}.keys())


def nearest(name: str, known: Iterable[str]) -> Sequence[str]:
    """The few that share the most at both ends with `name`, whatever their case."""
    folded = name.casefold()
    return sorted(known, key=lambda one: _unlike(folded, one.casefold()))[:_CANDIDATES]


def plain_form(name: str) -> str:
    """A name without case, blanks and the form of its letters: two names of one plain form are nearly always one."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _unlike(one: str, other: str) -> int:
    """How many letters lie between what two names share at their beginning and at their end, in both."""
    ahead = _shared(one, other)
    one, other = one[ahead:], other[ahead:]
    return len(one) + len(other) - 2 * _shared(one[::-1], other[::-1])


def _shared(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    for place, (letter, of_other) in enumerate(zip(one, other, strict=False)):
        if letter != of_other:
            return place
    return min(len(one), len(other))
