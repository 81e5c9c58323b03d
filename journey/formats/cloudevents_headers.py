"""CloudEvents whose attributes are headers: HTTP in binary mode, and dumps of messages as Kafka has them."""

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from journey.errors import InvalidTouchpoint, shown
from journey.reading import object_of

_JSON = re.compile(r"[^/;\s]+/(?:[^/;\s]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
_STRUCTURED = re.compile(r"application/cloudevents\+json\s*(?:;.*)?", re.IGNORECASE)
_CONTENTS = ("body", "value", "data")


def envelope_of_headers(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The structured form of an event that came over HTTP: its attributes in headers `ce-…`, its data as the body.

    Header names are of any case, their values percent-encoded. A body that is itself a structured event is returned as that.
    Raises InvalidTouchpoint.
    """
    return _envelope(headers, body)


def envelope_of_message(message: Mapping[str, Any]) -> dict[str, Any]:
    """The structured form of a message `{"headers": {…}, "value": …}`: headers `ce_…` as they are, or `ce-…` as over HTTP.

    Its content is under `value`, `body` or `data`: an object, or the JSON text of one. Raises InvalidTouchpoint.
    """
    headers, content = message["headers"], next((message[name] for name in _CONTENTS if message.get(name) is not None), b"")
    if not isinstance(headers, Mapping):
        raise InvalidTouchpoint([("headers", f"{shown(headers)} is not a JSON object")], "give the headers by their names")
    return _envelope(headers, content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)


def is_json(content_type: object) -> bool:
    """Whether data of this media type is JSON; without one it is."""
    return content_type is None or (isinstance(content_type, str) and _JSON.fullmatch(content_type.strip()) is not None)


def _envelope(headers: Mapping[str, Any], content: Any) -> dict[str, Any]:
    envelope: dict[str, Any] = {}
    for header, value in headers.items():
        name = header.lower()
        if name.startswith("ce-"):
            envelope[name[3:]] = _unescaped(header, value)
        elif name.startswith("ce_"):
            envelope[name[3:]] = value
        elif name == "content-type":
            envelope["datacontenttype"] = value
    content_type = envelope.get("datacontenttype")
    if isinstance(content_type, str) and _STRUCTURED.fullmatch(content_type.strip()):
        # What is not an object has none of an event's attributes.
        return object_of(content, "body") if isinstance(content, bytes) else dict(content) if isinstance(content, Mapping) else {}
    if not isinstance(content, bytes):
        envelope["data"] = content
    elif content and is_json(content_type):
        envelope["data"] = object_of(content, "body")
    elif content:
        envelope["data_base64"] = b64encode(content).decode()
    return envelope


def _unescaped(header: str, value: Any) -> Any:
    """A header's value without its quotes and percent-encoding."""
    if not isinstance(value, str):
        return value
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise InvalidTouchpoint([(header, f"{shown(value)} is not percent-encoded UTF-8")], "encode it again") from None
