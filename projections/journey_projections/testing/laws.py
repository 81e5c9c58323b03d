"""The thirty laws of trust, by id."""

from journey_projections.testing import any_laws, clean_laws
from journey_projections.testing.law import Law

LAWS: tuple[Law, ...] = tuple(
    sorted((one for family in (any_laws, clean_laws) for one in vars(family).values() if isinstance(one, Law)), key=lambda one: one.id)
)
"""Every law, each once."""
