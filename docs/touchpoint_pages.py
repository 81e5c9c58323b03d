"""docs/touchpoints.md and its JSON Schema, from the models."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Union

from page import claim, page, written_by
from pydantic import Field, TypeAdapter

from journey.amendments import LOG_FACTS, Fact
from journey.touchpoints import CURRENCY_PATTERN, KINDS

Schema = dict[str, Any]

EXAMPLE = (
    '{"kind": "interaction", "id": "visit-1", "relationship": "m@bank", "occurred_at": "2024-03-05T10:00:00+01:00", "benevolence": 0.6}'
)


def touchpoints() -> str:
    """docs/touchpoints.md: every kind, field by field."""
    schemas = {kind: model.model_json_schema() for kind, model in KINDS.items()}
    common = _common(schemas)
    told = [
        "# Touchpoints",
        written_by("journey/touchpoints.py"),
        "A touchpoint is one contact between a customer and an organisation. It is a fact: recorded once, never changed. In JSON it is "
        "one object, and its `kind` says what it is:",
        f"```json\n{EXAMPLE}\n```",
        "This page is also a [JSON Schema](touchpoints.schema.json). Unknown fields are refused. Times need an offset; they "
        "are stored in UTC, to the microsecond. An identifier has "
        f"{common['id']['minLength']} to {common['id']['maxLength']} characters and no control characters. Use pseudonyms as ids of "
        "people. Only `note`, the `reason` of a correction, and the `name` of a `person_named` are meant for personal data.",
        "| kind | means |\n|---|---|\n" + "\n".join(f"| [`{kind}`](#{kind}) | {claim(model)} |" for kind, model in KINDS.items()),
        "## Fields of every touchpoint",
        _table(common, required=schemas["note_added"].get("required", ())),
        "If a kind has another default, or requires a field that is optional elsewhere, its own table says so. Which number is *curt*, and "
        "which a week late, says the [coding guide](coding-guide.md).",
    ]
    for kind, schema in schemas.items():
        fields = {name: field for name, field in schema["properties"].items() if name != "kind"}
        required = schema.get("required", ())
        own = {name: field for name, field in fields.items() if _shape(field) != _shape(common.get(name, {}))}
        told += [f"## {kind}", f"`{KINDS[kind].__name__}`. {claim(KINDS[kind])}"]
        told.append(_table(own, required=required, kind=kind) if own else "No fields of its own.")
    told += [
        "## Facts about facts",
        "These facts say that an earlier fact was wrong or never happened, that two relationships or two people are one, or that a person "
        "has a name. Record them as JSON like touchpoints, or with `journey correct`, `retract`, `merge`, `unmerge` and `name`. They "
        "change no row, and count from when they are recorded. `journey forget` destroys keys and then records `subject_forgotten`. "
        "`reason` and `name` are personal data.",
    ]
    for kind, amendment in LOG_FACTS.items():
        schema = amendment.model_json_schema()
        fields = {name: field for name, field in schema["properties"].items() if name != "kind"}
        told += [f"### {kind}", f"`{amendment.__name__}`. {claim(amendment)}", _table(fields, required=schema["required"], kind=kind)]
    return page(told)


def _common(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """The fields that every kind has, each in the form that most kinds give it."""
    forms: dict[str, list[Schema]] = {}
    for schema in schemas.values():
        for name, field in schema["properties"].items():
            forms.setdefault(name, []).append(field)
    shared = {name: of_name for name, of_name in forms.items() if len(of_name) == len(schemas) and name != "kind"}
    usual = {name: Counter(map(_shape, of_name)).most_common(1)[0][0] for name, of_name in shared.items()}
    return {name: next(field for field in of_name if _shape(field) == usual[name]) for name, of_name in shared.items()}


def _shape(field: Schema) -> str:
    """A field's schema apart from its description, to compare by."""
    return json.dumps({key: value for key, value in field.items() if key != "description"}, sort_keys=True)


def _table(fields: Mapping[str, Schema], *, required: Any, kind: str = "") -> str:
    rows = ["| field | values | default | means |", "|---|---|---|---|"]
    for name, field in fields.items():
        default = field.get("default")
        shown = "**required**" if name in required else "" if default in (None, "") else f"`{json.dumps(default).strip(chr(34))}`"
        rows.append(f"| `{name}` | {_values(field)} | {shown} | {_meaning(kind, name, field)} |")
    return "\n".join(rows)


def _values(field: Schema) -> str:
    """What a field may hold, in words."""
    form = next((one for one in field.get("anyOf", ()) if one.get("type") != "null"), field)
    match form:
        case {"enum": values}:
            return ", ".join(f"`{value}`" for value in values)
        case {"const": value}:
            return f"`{value}`" if value else "empty"
        case {"type": "number" | "integer" as number, "minimum": low, "maximum": high}:
            return f"{number}, {_number(low)} to {_number(high)}"
        case {"type": "integer", "minimum": low}:
            return f"integer, at least {_number(low)}"
        case {"type": "object"}:
            return "an object of fields"
        case {"type": "boolean"}:
            return "`true`, `false`"
        case {"format": "date-time"}:
            return "time with an offset"
        case {"type": "string", "pattern": pattern} if pattern == CURRENCY_PATTERN:
            return "three capital letters"
        case {"type": "string", "pattern": _}:
            return "identifier"
        case {"type": "string", "maxLength": most}:
            return f"text, at most {most:,} characters"
    raise SystemExit(f"docs/touchpoint_pages.py: teach `_values` to tell {form}")


def _number(value: float) -> str:
    return {2**53: "2⁵³", -(2**53): "-2⁵³", 10**15: "10¹⁵", -(10**15): "-10¹⁵"}.get(int(value), f"{value:g}")


def _meaning(kind: str, name: str, field: Schema) -> str:
    meaning = field.get("description")
    if not meaning:
        raise SystemExit(f"docs/touchpoint_pages.py: `{kind}.{name}` has no meaning; give its Field a description")
    return str(meaning).replace("|", "\\|")


def schema() -> str:
    """docs/touchpoints.schema.json: the union as a JSON Schema."""
    adapter: TypeAdapter[Fact] = TypeAdapter(Annotated[Union[(*KINDS.values(), *LOG_FACTS.values())], Field(discriminator="kind")])
    told = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Touchpoint", **adapter.json_schema()}
    for kind in told["$defs"].values():
        kind["required"] = ["kind", *kind["required"]]  # a default for Python's constructors; on paper it is what tells kinds apart
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"
