"""Recorded facts as JSON, one an object: lines, or one array."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from journey.amendments import Fact
from journey.formats.cloudevents import event_of
from journey.formats.process_logs.documents import Writable
from journey.records import Recorded

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def write_jsonl(file: Writable, records: Iterable[Recorded[Fact]]) -> None:
    """Write a fact a line, as `Recorded.to_dict` gives it."""
    for record in records:
        file.write(f"{_encode(record.to_dict())}\n".encode())


def write_cloudevents(file: Writable, records: Iterable[Recorded[Fact]], *, is_batch: bool = False) -> None:
    """Write facts as CloudEvents in their structured form: one a line, or all as one batch, which is a JSON array."""
    events = (event_of(record) for record in records)
    if is_batch:
        _write_array(file, events)
        return
    for event in events:
        file.write(f"{_encode(event)}\n".encode())


def _write_array(file: Writable, items: Iterable[Mapping[str, Any]]) -> None:
    between = "["
    for item in items:
        file.write(f"{between}\n{_encode(item)}".encode())
        between = ","
    file.write(b"[]\n" if between == "[" else b"\n]\n")
