"""The laws hold across every parameter's stated range: no number was bent until a test passed.

Here always the same few cases for each law, so that the suite fails for a reason; `tests/range_sweep.py` tries both ends of each range.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey_projections import GOODWILL, GoodwillParameters, goodwill
from journey_projections.rules.parameters import Parameter, parameters_of
from journey_projections.testing import LAWS, Judge, Law, LawBroken

PARAMETERS = parameters_of(GOODWILL)


@st.composite
def changed(draw: st.DrawFn) -> tuple[Parameter, float]:
    """One parameter at an end of its range, or somewhere in it."""
    parameter = draw(st.sampled_from(PARAMETERS))
    low, high = float(parameter.low or 0.0), float(parameter.high or 0.0)
    return parameter, draw(st.one_of(st.sampled_from((low, high)), st.floats(low, high)))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.id)
def test_the_law_holds_wherever_a_parameter_stands_in_its_range(law: Law) -> None:
    @settings(derandomize=True, database=None)
    @given(changed(), st.data())
    def search(change: tuple[Parameter, float], data: st.DataObject) -> None:
        parameter, value = change
        values: dict[str, Any] = {parameter.name: value}
        try:
            law.check(Judge(goodwill(GoodwillParameters(**values))), data.draw)
        except LawBroken as broken:
            raise AssertionError(f"{parameter.name} = {value}: {broken}") from broken

    search()
