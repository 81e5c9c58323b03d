"""Touchpoints as columns: the layout that segments hold, and what each kind puts there."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings

from journey import FailureOccurred, History, Touchpoint
from journey.testing import START, histories
from journey_projections.encoding.columns import FAMILIES, LAYOUT, Columns, Dictionaries, columns_of
from journey_projections.encoding.mentions import mention


def test_the_columns_are_the_layout() -> None:
    assert [one.name for one in dataclasses.fields(Columns)] == [*LAYOUT, "ids", "kept", "stretches"]


@settings(max_examples=50)
@given(histories())
def test_columns_tell_every_touchpoint_as_it_is_mentioned(touchpoints: list[Touchpoint]) -> None:
    records, dictionaries = History.of(touchpoints).records, Dictionaries()
    columns = columns_of(records, dictionaries)
    names = {column: getattr(dictionaries, family).names for column, family in FAMILIES.items()}
    for place, record in enumerate(records):
        assert names["relationship"][columns.relationship[place]] == record.touchpoint.relationship
        assert columns.ids(np.array([place])) == [record.touchpoint.id]
        row = mention(record.touchpoint, record.at)
        for field in dataclasses.fields(row):
            expected, value = getattr(row, field.name), getattr(columns, "occurred_at" if field.name == "at" else field.name)[place]
            if field.name in FAMILIES:
                assert (names[field.name][value] if value >= 0 else -1) == expected
            else:
                assert value == expected or (math.isnan(value) and math.isnan(expected))


def test_a_failure_without_an_episode_has_its_own_id_as_one() -> None:
    dictionaries = Dictionaries()
    columns = columns_of(History.of([FailureOccurred(id="f-1", relationship="r", occurred_at=START)]).records, dictionaries)
    assert [dictionaries.episodes.names[code] for code in columns.episode] == ["f-1"]


def test_a_column_of_another_type_is_refused_with_what_it_should_be() -> None:
    columns = columns_of([], Dictionaries())
    with pytest.raises(ValueError, match=r"column `kind` is int64 of shape .* give int8 of shape"):
        dataclasses.replace(columns, kind=np.zeros(0, np.int64))
