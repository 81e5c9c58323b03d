"""Counterfactual edits as text, as the command line writes them: `--without ID`, `--replace ID:field=value`, `--insert JSON`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from journey.amendments import Fact
from journey.errors import InvalidTouchpoint
from journey.history import History
from journey.reading import read_json

WITHOUT, REPLACE, INSERT = "--without", "--replace", "--insert"
Edit = tuple[str, str]


def apply_edits(history: History, edits: Sequence[Edit]) -> History:
    """The history after the edits, in their order; replacements of one touchpoint go together.

    Raises UnknownName, InvalidTouchpoint, ConflictingTouchpoint, and ValueError for a malformed edit.
    """
    replaced: dict[str, dict[str, Any]] = {}
    for option, text in edits:
        if option == REPLACE:
            id, field, value = _replacement(text)
            replaced.setdefault(id, {})[field] = value
    for id, fields in replaced.items():
        history = history.replacing(id, **fields)
    for option, text in edits:
        if option == WITHOUT:
            history = history.without(text)
        elif option == INSERT:
            history = history.inserting(_of(history, read_json(text)))
    return history


def _of(history: History, touchpoint: Fact) -> Fact:
    names = {history.relationship, *(record.outline.relationship for record in history.told)} - {""}
    if touchpoint.relationship not in names and names != {None}:
        raise InvalidTouchpoint(
            [("relationship", f"`{touchpoint.relationship}` is not the one that is replayed")],
            f"insert a touchpoint of `{history.relationship}`",
        )
    return touchpoint


def pairs(arguments: Sequence[str]) -> list[Edit]:
    """`["--without", "a", …]` as edits."""
    return list(zip(arguments[::2], arguments[1::2], strict=True))


def flat(edits: Sequence[Edit]) -> list[str]:
    """Edits as the list of arguments that says them."""
    return [part for edit in edits for part in edit]


def assignment(text: str) -> tuple[str, str | None]:
    """`field=value` as the two; an empty value or null is None."""
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise ValueError(f"`{text}` is not a correction; write field=value, as in benevolence=0.6")
    return field, None if value in ("", "null") else value


def _replacement(text: str) -> tuple[str, str, str | None]:
    id, colon, rest = text.partition("=")[0].rpartition(":")
    if not colon or not id or not rest or "=" not in text:
        raise ValueError(f"`{text}` is not a replacement; write ID:field=value, as in meeting-131:benevolence=0.6")
    return id, *assignment(text[len(id) + 1 :])


def latest(*instants: datetime | None) -> datetime | None:
    """The latest of some instants that may be missing."""
    return max((instant for instant in instants if instant is not None), default=None)
