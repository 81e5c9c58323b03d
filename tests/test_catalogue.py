"""Every trust rule has a function that names it, something that shows it, and a source; every parameter belongs to a rule."""

import importlib
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from journey_projections import GoodwillParameters, rule_set
from journey_projections.rules.gallery import NAMES
from journey_projections.rules.goodwill import catalogue
from journey_projections.rules.goodwill.catalogue import RULES, Rule
from journey_projections.rules.parameters import parameters_of
from journey_projections.testing import LAWS

ORACLES = Path(__file__).parent / "oracles"


def functions() -> dict[str, Callable[..., Any]]:
    """Every function of the rule set by name."""
    folder = Path(catalogue.__file__).parent
    modules = [importlib.import_module(f"journey_projections.rules.goodwill.{one.name}") for one in pkgutil.iter_modules([str(folder)])]
    return {name: value for module in modules for name, value in vars(module).items() if callable(value) and hasattr(value, "__code__")}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_its_function_its_source_and_what_shows_it(rule: Rule) -> None:
    function = functions()[rule.name]
    assert (function.__doc__ or "").startswith(f"{rule.id}. ")
    assert rule.sources
    oracles = {f"O{int(number)}" for number in re.findall(r"def test_o(\d+)", (ORACLES / "test_oracles.py").read_text())}
    mechanisms = {f"m{int(number)}" for number in re.findall(r"def test_m(\d+)", (ORACLES / "test_mechanisms.py").read_text())}
    assert rule.shown_by
    assert set(rule.shown_by) <= oracles | mechanisms | {law.id for law in LAWS}


def test_every_numbered_function_is_in_the_catalogue_once() -> None:
    numbered = {name for name, function in functions().items() if re.match(r"T\d+\. ", function.__doc__ or "")}
    assert numbered == {rule.name for rule in RULES}
    assert [rule.id for rule in RULES] == [f"T{number}" for number in range(1, len(RULES) + 1)]


def test_every_parameter_belongs_to_a_rule() -> None:
    assert {name for rule in RULES for name in rule.parameters} == set(GoodwillParameters.model_fields)


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_tells_meaning_unit_range_and_source(name: str) -> None:
    for parameter in parameters_of(rule_set(name)):
        assert parameter.meaning and parameter.unit and parameter.source
        assert parameter.low is not None and parameter.high is not None
        assert parameter.low <= parameter.value <= parameter.high


def test_exponents_stay_where_compilers_agree() -> None:
    weights = [one for one in parameters_of(rule_set("goodwill")) if one.unit == "exponent"]
    assert {weight.name for weight in weights} == {"competence_weight", "representative_weight"}
    assert all(weight.low is not None and weight.high is not None and 0 < weight.low < weight.high < 0.5 for weight in weights)
