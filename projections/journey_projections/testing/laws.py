"""The laws of trust, by id."""

from journey_projections.testing import any_laws, clean_laws, conduct_laws, crisis_laws, people_laws, waiting_laws, wide_laws
from journey_projections.testing.law import Law

_FAMILIES = (any_laws, clean_laws, conduct_laws, crisis_laws, people_laws, waiting_laws, wide_laws)
LAWS: tuple[Law, ...] = tuple(
    sorted((one for family in _FAMILIES for one in vars(family).values() if isinstance(one, Law)), key=lambda one: one.id)
)
"""Every law, each once."""
