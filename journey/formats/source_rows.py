"""One row of a source, whatever its format: its place, its content, and what is wrong with it."""

import json
from typing import Any, NamedTuple

from pydantic_core import from_json

from journey.errors import InvalidTouchpoint
from journey.touchpoints import KINDS

FIELDS = frozenset(name for model in KINDS.values() for name in model.model_fields)


class Row(NamedTuple):
    """One row of a source: its place (`path:line`), its content, and what is wrong with it as a row.

    The content of a JSON line is its bytes until `parsed` reads them.
    """

    path: str
    line: int
    content: dict[str, Any] | bytes
    problem: InvalidTouchpoint | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a parsed row."""
        assert isinstance(self.content, dict)
        return self.content

    def parsed(self) -> "Row":
        """The row with its fields, or with what is wrong with its line."""
        return _parsed(self.path, self.line, self.content) if isinstance(self.content, bytes) else self


def _parsed(path: str, line: int, raw: bytes) -> Row:
    try:
        fields = from_json(raw)
    except ValueError:
        fields = None
    if isinstance(fields, dict):
        return Row(path, line, fields)
    # The parser above is three times as fast; this one reads what else may pass for JSON, and says why something does not.
    text = raw.decode("utf-8-sig" if line == 1 else "utf-8", errors="surrogateescape").strip()
    try:
        fields = json.loads(text)
        problem = "" if isinstance(fields, dict) else f"a JSON object is needed, not {type(fields).__name__}"
    except (ValueError, RecursionError) as error:
        fields, problem = {}, f"this is not JSON: {error}"
    if problem:
        return Row(path, line, {"text": text}, InvalidTouchpoint([("", problem)], "write one JSON object a line"))
    return Row(path, line, fields)
