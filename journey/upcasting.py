"""Upcasting: what was recorded under an older schema, in the fields of today's.

A kind's `SCHEMA_VERSION` counts its schemas. To change one: raise it, and add to `UPCASTERS` the function that turns the fields
of the version before into those of the new one. What journals hold is never rewritten; it is upcast whenever it is read.
"""

from collections.abc import Callable, Mapping
from typing import Any

from journey.amendments import FACTS
from journey.errors import UnsupportedSchema

Fields = dict[str, Any]
Upcaster = Callable[[Mapping[str, Any]], Fields]
"""Takes a touchpoint's plain fields, `kind` among them, and returns those of the next version; pure. Where it renames the kind,
the next version is the new kind's."""

UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""The upcaster from each (kind, version) that is no longer written."""


def upcast(fields: Fields, version: int) -> Fields:
    """The fields of a touchpoint stored under `version` of its kind, in today's schema.

    Raises UnsupportedSchema for a kind that is not known, a version that is yet to come, or one that nothing leads on from.
    """
    stored, stored_version = fields, version
    while True:
        kind = fields["kind"]
        upcaster = UPCASTERS.get((kind, version))
        if upcaster is not None:
            fields, version = upcaster(fields), version + 1
        elif kind in FACTS and version == FACTS[kind].SCHEMA_VERSION:
            return fields
        else:
            raise UnsupportedSchema(
                f"touchpoint `{stored['id']}` is a `{stored['kind']}` of schema {stored_version}, which this journey does not know",
                "upgrade journey to the version that wrote it, or read past it with --allow-unknown (`allow_unknown=True`)",
            )
