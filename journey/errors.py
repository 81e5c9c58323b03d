"""Every error that journey raises on purpose, by what the caller does next.

    JourneyError
    ├── InvalidTouchpoint        fix the input
    │   └── UnknownKind          … its kind
    ├── UnknownName              name something that exists (a relationship, touchpoint, rule set, story)
    ├── ConflictingTouchpoint    two contents under one id: give one of them another id
    ├── ConflictingHistory       read the history again, decide again, retry
    ├── ConflictingSubscription  stop following, or give each subscription a name of its own
    ├── UnreadableSource         fix or rename the file to import
    ├── UnwritableTarget         name another file to export to, or another format
    ├── UnusableRules            fix the rule file
    ├── UnsupportedSchema        upgrade journey
    ├── InvalidStoreUrl          fix the store's address
    ├── StoreUnavailable         make the store reachable, then retry
    │   └── Overloaded           … in a moment: nothing was done
    ├── DamagedJournal           restore from a backup
    ├── DamagedLedger            rebuild the ledger
    └── MissingExtra             install it

`str(error)` is one line: what is wrong, with the user's value in backticks. `error.mend` says how to fix it, and `error.detail` may show
where.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class JourneyError(Exception):
    """The root of all errors below."""

    detail = ""
    """Lines that show the place, such as a line of SQL with a caret under it; mostly there are none."""

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend

    def __reduce__(self) -> tuple[object, ...]:
        """An error comes out of a pickle with all that it holds, whatever its class is made from."""
        return _as_it_was, (type(self), self.args), vars(self)


class InvalidTouchpoint(JourneyError):
    """A touchpoint is malformed. `problems` lists every fault as (field, message)."""

    def __init__(self, problems: Iterable[tuple[str, str]], mend: str = "") -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{field}: {message}" if field else message for field, message in self.problems), mend)


class UnknownKind(InvalidTouchpoint):
    """The kind is unknown."""


class UnknownName(JourneyError):
    """A relationship, touchpoint, rule set or story of that name does not exist."""

    @classmethod
    def of(cls, what: str, name: str, known: Iterable[str], mend: str = "") -> "UnknownName":
        """The error for a `what` called `name`, with the nearest of the `known` names as its mend."""
        return cls(f"no {what} `{name}`", did_you_mean(name, known) or mend)


class ConflictingTouchpoint(JourneyError):
    """The id is taken by a touchpoint with other content. `recorded` and `offered` hold the two contents as plain fields."""

    def __init__(self, id: str, recorded: dict[str, object], offered: dict[str, object]) -> None:
        self.id, self.recorded, self.offered = id, recorded, offered
        names = sorted({*recorded, *offered} - {"relationship"})
        differing = [name for name in names if recorded.get(name) != offered.get(name)]
        changes = ", ".join(f"{name} {_or_nothing(recorded.get(name))} against {_or_nothing(offered.get(name))}" for name in differing)
        own, other = (fields.get("relationship") for fields in (recorded, offered))
        whose = f" of {shown(own)}" if own else ""
        if own == other:
            mend = "give the new touchpoint an id of its own; recorded facts stay as they are"
            super().__init__(f"touchpoint {shown(id)}{whose} is already recorded with other content: {changes}", mend)
        else:
            mend = (
                "an id is unique in the whole journal; give the new touchpoint one of its own, perhaps with the relationship's name in it"
            )
            taken = f"the id {shown(id)} is taken by a touchpoint{whose}" if own else f"the id {shown(id)} is taken by a fact about people"
            super().__init__(f"{taken}, recorded with other content" + (f": {changes}" if changes else ""), mend)


class ConflictingHistory(JourneyError):
    """Somebody else recorded in between. `relationship`, `expected` and `actual` versions say what happened."""

    def __init__(self, relationship: str, expected: int | None, actual: int) -> None:
        self.relationship, self.expected, self.actual = relationship, expected, actual
        super().__init__(
            f"relationship {shown(relationship)} has {actual} touchpoints, not {expected} as expected",
            "read its history again, and retry with its version",
        )


class ConflictingSubscription(JourneyError):
    """A later subscription has taken over this name."""


class UnreadableSource(JourneyError):
    """A file cannot be read in its format."""


class UnwritableTarget(JourneyError):
    """A file cannot be exported to."""


class UnusableRules(JourneyError):
    """A file or module holds no rule set that can be used."""


class UnsupportedSchema(JourneyError):
    """The journal was written by a newer journey."""


class InvalidStoreUrl(JourneyError):
    """The store's address cannot be understood."""


class StoreUnavailable(JourneyError):
    """The store cannot be reached, opened or written."""


class Overloaded(StoreUnavailable):
    """Too many calls wait for the store already, or this one has waited too long for its turn."""


class DamagedJournal(JourneyError):
    """The store does not hold what journey wrote."""


class DamagedLedger(JourneyError):
    """The files of a ledger are damaged, incomplete or another journal's."""


class MissingExtra(JourneyError):
    """A part that is not installed by default is needed."""


def _as_it_was(error: type[JourneyError], args: tuple[object, ...]) -> JourneyError:
    return error.__new__(error, *args)


def shown(value: object) -> str:
    """A value of the user's in backticks, on one line and not too long."""
    text = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in str(value))
    return f"`{text[:60]}…`" if len(text) > 60 else f"`{text}`"


def _or_nothing(value: object) -> str:
    return "nothing" if value is None else shown(value)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`did you mean …?` for the nearest known name, whatever its case, or nothing; for the first word of some, those, three at most."""
    by_letters: dict[str, str] = {}
    for one in known:
        by_letters.setdefault(one.casefold(), one)
    begun = [one for letters, one in by_letters.items() if letters.startswith(f"{name.casefold()}_")][:3]
    if name and len(begun) > 1:
        return f"did you mean {', '.join(f'`{one}`' for one in begun[:-1])} or `{begun[-1]}`?"
    near = get_close_matches(name.casefold(), by_letters, n=1, cutoff=0.5)
    return f"did you mean `{by_letters[near[0]]}`?" if near else ""
