"""Early warnings: what is the matter with a relationship, since when, and until when there is time."""

from journey_projections.early_warnings.parameters import WARNING_PARAMETERS, WarningParameters
from journey_projections.early_warnings.warning import Warning  # noqa: A004 - so it is called in the field
from journey_projections.early_warnings.warnings import warning_course, warnings

__all__ = ["WARNING_PARAMETERS", "Warning", "WarningParameters", "warning_course", "warnings"]
