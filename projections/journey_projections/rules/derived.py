"""A rule set with some parameters changed: data on top of an existing rule set."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from journey.errors import UnusableRules, did_you_mean, shown
from journey_projections.rules.gallery import NAMES
from journey_projections.rules.parameters import parameters_of
from journey_projections.rules.rule_set import RuleSet

SUGGESTED = 100
"""How many problems of a file are listed; and for how many a suggestion is searched, which takes time."""


def derived(base: RuleSet, *, name: str, version: str, parameters: Mapping[str, Any]) -> RuleSet:
    """`base` under a name and version of its own, with only these parameters changed. Raises UnusableRules with all problems at once."""
    problems = problems_of(base, name, parameters)
    if problems:
        messages = "; ".join(message for _, message in problems)
        raise UnusableRules(f"rule set {shown(name)}: {messages}", f"`journey rules {base.name}` shows the parameters with their ranges")
    return dataclasses.replace(base, name=name, version=version, parameters=_changed(base, parameters), about="")


def _changed(base: RuleSet, parameters: Mapping[str, Any]) -> BaseModel:
    """The parameters of `base` with these changed; a whole number is a number too."""
    return type(base.parameters).model_validate({**base.parameters.model_dump(), **parameters})


def problems_of(base: RuleSet, name: str, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What keeps `base` from taking such parameters under such a name: (key, message) for each fault."""
    problems = [("name", f"`name` is {shown(name)}, which comes with journey; give it a name of its own")] if name in NAMES else []
    known = {one.name: one for one in parameters_of(base)}
    for key, value in parameters.items():
        if key not in known:
            hint = did_you_mean(key, known) if len(problems) < SUGGESTED else ""
            problems.append((key, f"`{base.name}` has no parameter {shown(key)}" + (f"; {hint}" if hint else "")))
            continue
        low, high = known[key].low, known[key].high
        least, most = -math.inf if low is None else low, math.inf if high is None else high
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            problems.append((key, f"`{key}` is {shown(value)}, which is not a number"))
        elif not least <= value <= most:
            problems.append((key, f"`{key}` is {shown(value)}, outside its range, {least:g} to {most:g}"))
    try:
        _changed(base, {} if problems else parameters)
    except ValidationError as error:  # what the base's own parameters ask beyond a range
        problems += [(key := ".".join(map(str, one["loc"])), f"`{key}`: {one['msg']}") for one in error.errors()]
    return problems


def changes_of(rules: RuleSet, base: RuleSet) -> dict[str, tuple[Any, Any]]:
    """The parameters in which a rule set differs from its base, each with the base's value and its own."""
    values = {one.name: one.value for one in parameters_of(base)}
    return {one.name: (values[one.name], one.value) for one in parameters_of(rules) if one.value != values[one.name]}
