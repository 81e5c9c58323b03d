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

AS_IT_IS: Upcaster = dict
"""The upcaster from a version whose fields the next one reads to the same values."""
UPCASTERS: dict[tuple[str, int], Upcaster] = {
    ("relationship_opened", 1): AS_IT_IS,  # since then, `strength` may be below 0
    ("failure_occurred", 1): AS_IT_IS,  # since then, there are `noticed`, which is true where it is missing, and the cause `supplier`
    ("relationship_ended", 1): AS_IT_IS,  # since then, there is the outcome `unknown`
}
"""The upcaster from each (kind, version) that is no longer written."""


def is_read_as_it_is(kind: str, version: int) -> bool:
    """Whether today's schema of a kind that is known reads what was stored under `version` as it is."""
    today = FACTS[kind].SCHEMA_VERSION
    return version == today or (1 <= version < today and all(UPCASTERS.get((kind, one)) is AS_IT_IS for one in range(version, today)))


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
