"""A history from a JSONL file, without a journal."""

from pathlib import Path

from journey.errors import InvalidTouchpoint, UnreadableSource
from journey.formats.opening import ReadOptions, Source
from journey.formats.readers import rows_of
from journey.formats.source_rows import fact_of
from journey.history import History


def read_history(path: Path, *, allow_unknown: bool = False) -> History:
    """The history in a JSONL file. Raises UnreadableSource, or InvalidTouchpoint with the line."""
    touchpoints = []
    for row in rows_of(Source(path, ReadOptions("jsonl"))):
        try:
            touchpoints.append(fact_of(row, allow_unknown=allow_unknown))
        except InvalidTouchpoint as error:
            raise InvalidTouchpoint([("", f"{path}:{row.line}: {error}")], error.mend) from None
    relationships = list(dict.fromkeys(touchpoint.relationship for touchpoint in touchpoints if touchpoint.relationship))
    if len(relationships) > 1:
        raise UnreadableSource(
            f"{path}: holds {len(relationships)} relationships, among them `{relationships[0]}` and `{relationships[1]}`",
            "import it, then name one of them",
        )
    return History.of(touchpoints)
