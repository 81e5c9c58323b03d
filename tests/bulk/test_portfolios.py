"""Made-up portfolios: the same for the same seed, and the same as columns and as touchpoints."""

import json

import numpy as np

from journey.reading import read_json
from journey_projections.encoding import codes
from journey_projections.encoding.columns import FAMILIES, LAYOUT, Columns, columns_of
from journey_projections.testing.made_up_logs import made_up_log


def assert_equal(one: Columns, other: Columns) -> None:
    for name in LAYOUT:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def test_a_portfolio_tells_the_same_as_columns_and_as_touchpoints() -> None:
    made = made_up_log(2_000, 40)
    dictionaries = made.dictionaries()
    sizes = {family: len(getattr(dictionaries, family)) for family in FAMILIES.values()}
    assert_equal(made.columns, columns_of(made.touchpoints(), dictionaries))
    assert sizes == {family: len(getattr(dictionaries, family)) for family in FAMILIES.values()}


def test_some_rows_of_a_portfolio_are_read_as_the_touchpoints_that_they_are() -> None:
    made = made_up_log(2_000, 40)
    read = [read_json(json.dumps(row)) for row in made.rows(500, 700)]
    assert read == [record.touchpoint for record in made.touchpoints()[500:700]]


def test_a_portfolio_is_as_large_as_asked_and_the_same_for_the_same_seed() -> None:
    made = made_up_log(5_000, 100, seed=7)
    assert len(made.columns) == 5_000
    assert_equal(made.columns, made_up_log(5_000, 100, seed=7).columns)


def test_a_portfolio_has_late_arrivals_handovers_and_recoveries() -> None:
    columns = made_up_log(5_000, 100).columns
    assert np.all(np.diff(columns.recorded_at) >= 0)
    assert np.any(np.diff(columns.occurred_at) < 0)
    assert {codes.HANDOVER_MADE, codes.RECOVERY_STEP_TAKEN, codes.DELIVERY} <= set(columns.kind.tolist())
