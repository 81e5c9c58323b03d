"""Large JSON objects as streams: the same elements as the whole document has, however little is read at a time."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.formats.process_logs.documents import BrokenOff
from journey.formats.process_logs.json_stream import Element, JsonDocument

_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=8
)
_documents = st.dictionaries(st.text(max_size=4), _values, max_size=4)


class Trickle(io.BytesIO):
    """A file that gives a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._size = size

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._size)


def elements(data: bytes, size: int = 1 << 20) -> list[Element]:
    return list(JsonDocument("log.json", Trickle(data, size)).elements())


def expected(document: dict[str, Any]) -> list[tuple[str, str | None, Any]]:
    found: list[tuple[str, str | None, Any]] = []
    for key, value in document.items():
        if isinstance(value, list):
            found += [(key, None, one) for one in value]
        elif isinstance(value, dict):
            found += [(key, name, one) for name, one in value.items()]
    return found


@given(_documents, st.integers(1, 40), st.booleans(), st.sampled_from((None, 0, 2)))
def test_elements_are_those_of_the_document_however_it_is_read(
    document: dict[str, Any], size: int, ascii: bool, indent: int | None
) -> None:
    data = json.dumps(document, ensure_ascii=ascii, indent=indent).encode()
    found = elements(data, size)
    assert [(one.key, one.name, one.value) for one in found] == expected(document)
    if indent is not None and found:
        lines = data.decode().split("\n")
        assert all(json.dumps(one.value, ensure_ascii=ascii)[0] in lines[one.line - 1] for one in found)


@given(_documents.filter(bool), st.integers(1, 40), st.data())
def test_a_document_that_is_cut_off_gives_the_elements_before(document: dict[str, Any], size: int, data: st.DataObject) -> None:
    whole = json.dumps(document).encode()
    read: list[Any] = []
    with pytest.raises(BrokenOff):
        for one in JsonDocument("log.json", Trickle(whole[: data.draw(st.integers(1, len(whole) - 1))], size)).elements():
            read.append((one.key, one.name, one.value))
    assert read == expected(document)[: len(read)]


def test_an_element_longer_than_what_is_read_at_once_is_whole() -> None:
    long = "x" * 300_000
    assert [one.value for one in elements(json.dumps({"a": [long, 1]}).encode())] == [long, 1]
