"""The calls of the Segment specification, as Segment's, RudderStack's and others' libraries send them: each gives one fact.

| call | fact |
|---|---|
| `track`, its event the name of a kind (`Failure Occurred`) | that touchpoint, its properties the fields |
| any other `track` | an `interaction` about that event |
| `page`, `screen` | an `interaction` on the `web` or in the `app`, about what was seen |
| `identify` with a name among its traits | `person_named` |
| any other `identify`, and `group` | `note_added`, without a note |
| `alias` | `people_merged` |

The user is the contact of each touchpoint. An interaction has no fields for what else a call says, such as its other properties, traits
and context; these are left out.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from journey.errors import InvalidTouchpoint, UnknownKind, did_you_mean, shown
from journey.touchpoints import KINDS

_TYPES = ("track", "identify", "group", "alias", "page", "screen")
_CHANNELS = {"page": "web", "screen": "app"}
_ONE_CALL = 'send one call as a JSON object, or `{"batch": [calls]}`'
_NEEDED = {"alias": ("previousId",), "group": ("groupId",), "track": ("event",)}
_MENDS = {
    "messageId": "send the library's own `messageId`, so that a repeated call counts once",
    "timestamp": "give `timestamp`, when it happened",
    "userId": "give `userId`, or `anonymousId`",
    "previousId": "give `previousId`, the id that the user had before",
    "groupId": "give `groupId`, in its context if this is not a `group` call",
    "event": "give `event`, what was done",
}
"""How to fix the absence of what a fact needs."""


def calls_of(body: object) -> Iterator[Any]:
    """The calls of a request: those of its `batch`, or the one that it is. Raises InvalidTouchpoint if it is neither."""
    if not isinstance(body, Mapping):
        raise InvalidTouchpoint([("", f"{shown(body)} is not a call")], _ONE_CALL)
    batch = body.get("batch", [body])
    if not isinstance(batch, list):
        raise InvalidTouchpoint([("batch", f"{shown(batch)} is not a list of calls")], _ONE_CALL)
    return iter(batch)


def fields_of_call(call: object, relationship: Literal["user", "group"] = "user") -> dict[str, Any]:
    """The plain fields of the one fact that a call gives, for `read_fact`.

    `messageId` is its id, `timestamp` (else `originalTimestamp`) its time. Its relationship is that of the user (`userId`, else
    `anonymousId`), or of the group (`groupId`, else the context's), unless a touchpoint's properties name another. Properties are
    named as fields are, or in camelCase. Raises InvalidTouchpoint, or UnknownKind for a type of call that is none of these.
    """
    if not isinstance(call, Mapping):
        raise InvalidTouchpoint([("", f"{shown(call)} is not a call")], _ONE_CALL)
    type, context = call.get("type"), _inside(call, "context")
    if type not in _TYPES:
        mend = did_you_mean(str(type), _TYPES) or f"the types are {', '.join(f'`{one}`' for one in _TYPES)}"
        raise UnknownKind([("type", f"{shown(type)} is not a type of call" if type else "is missing")], mend)
    user = call.get("userId") or call.get("anonymousId")
    group = call.get("groupId") or context.get("groupId")
    call = {**call, "userId": user, "groupId": group, "timestamp": call.get("timestamp") or call.get("originalTimestamp")}
    needed = ["messageId", "timestamp", "userId", *_NEEDED.get(type, ())]
    name = _inside(call, "traits").get("name")
    is_named = type == "identify" and isinstance(name, str) and bool(name.strip())
    if relationship == "group" and not is_named and type not in ("alias", "group"):
        needed.append("groupId")
    if missing := [name for name in needed if not call.get(name)]:
        raise InvalidTouchpoint([(name, "is missing") for name in missing], "; ".join(_MENDS[name] for name in missing))

    fact = {"id": call["messageId"], "occurred_at": call["timestamp"]}
    touchpoint = {**fact, "relationship": user if relationship == "user" else group, "contact": user}
    match type:
        case "alias":
            return {"kind": "people_merged", **fact, "person": user, "other": call["previousId"]}
        case "identify" if is_named:
            return {"kind": "person_named", **fact, "person": user, "name": name}
        case "identify":
            return {"kind": "note_added", **touchpoint}
        case "group":
            return {"kind": "note_added", **touchpoint, "topic": f"group:{group}"}
        case "track":
            return _tracked(call, touchpoint | _channel(call))
        case _:
            return {"kind": "interaction", **touchpoint, **_channel(call), **({"topic": call["name"]} if call.get("name") else {})}


def _tracked(call: Mapping[str, Any], touchpoint: Mapping[str, Any]) -> dict[str, Any]:
    event = call["event"]
    kind = re.sub(r"[\s\-]+", "_", event.strip().lower()) if isinstance(event, str) else ""
    if kind not in KINDS:
        return {"kind": "interaction", **touchpoint, "topic": event}
    fields, problems = {"kind": kind, **touchpoint}, []
    settled = {"kind", "id", "occurred_at"}
    for name, value in _inside(call, "properties").items():
        if value is None:
            continue
        field = re.sub(r"(?<=[a-z])[A-Z]", lambda capital: f"_{capital[0].lower()}", name)
        if field in settled and fields[field] != value:
            problems.append((name, f"is {shown(value)}, but `{field}` is {shown(fields[field])} already"))
        fields[field] = value
        settled.add(field)
    if problems:
        raise InvalidTouchpoint(problems, "give each field once; `messageId` is the id, `timestamp` the time, `event` the kind")
    return fields


def _channel(call: Mapping[str, Any]) -> dict[str, Any]:
    """Where it happened, as the call says, else by its type; a `track` with a page in its context happened on the web."""
    context = _inside(call, "context")
    named = call.get("channel") or context.get("channel") or _CHANNELS.get(call["type"]) or ("web" if context.get("page") else None)
    return {"channel": named} if named else {}


def _inside(call: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inside = call.get(name) or {}
    if not isinstance(inside, Mapping):
        raise InvalidTouchpoint([(name, f"{shown(inside)} is not a JSON object")], f"give `{name}` as an object, or leave it out")
    return inside
