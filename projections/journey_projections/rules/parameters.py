"""The parameters of a rule set: each with its range, unit, meaning and source."""

from typing import Any, NamedTuple

from pydantic import BaseModel, Field, JsonValue

from journey_projections.rules.rule_set import RuleSet


def parameter(default: float, low: float, high: float, unit: str, meaning: str, source: str) -> Any:
    """The field of a parameter in a rule set's model: its value where nothing else is said, and what `parameters_of` gives."""
    extra: dict[str, JsonValue] = {"unit": unit, "source": source}
    return Field(default=default, ge=low, le=high, allow_inf_nan=False, description=meaning, json_schema_extra=extra)


class Parameter(NamedTuple):
    """One parameter of a rule set: its value, its range (None where open), unit, meaning and source."""

    name: str
    value: Any
    low: float | None
    high: float | None
    unit: str
    meaning: str
    source: str


def parameters_of(rules: RuleSet) -> list[Parameter]:
    """The parameters of a rule set with what they mean."""
    return parameters_in(rules.parameters)


def parameters_in(model: BaseModel) -> list[Parameter]:
    """The fields of a model that `parameter` made, with what they mean."""
    parameters = []
    for name, field in type(model).model_fields.items():
        bounds = {bound: getattr(rule, bound) for rule in field.metadata for bound in ("ge", "le") if hasattr(rule, bound)}
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        unit, source = str(extra.get("unit", "")), str(extra.get("source", ""))
        value = getattr(model, name)
        parameters.append(Parameter(name, value, bounds.get("ge"), bounds.get("le"), unit, field.description or "", source))
    return parameters
