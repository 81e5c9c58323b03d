"""The default rules are written so that the same source compiles: numba gives the same bits as the interpreter."""

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any

from compiling import arrays, compiled_rules, encoded_record, parameters_record
from hypothesis import given, settings

from journey import History, Touchpoint
from journey.testing import histories
from journey_cli.stories import NAMES, story
from journey_projections import GOODWILL, GoodwillParameters
from journey_projections.encoding import Encoder
from journey_projections.goodwill import rules, views


@cache
def _compiled() -> tuple[Callable[..., Any], Callable[..., Any]]:
    return compiled_rules()


def _assert_same_bits(history: History) -> None:
    apply, trust = _compiled()
    p, record = GoodwillParameters(), parameters_record()[0]
    names = Encoder()
    encoded = [names.encode(touchpoint) for touchpoint in history]
    state = GOODWILL.initial(p)
    GOODWILL.make_room(state, names.counts[0])
    compiled_state = arrays(state)
    now = encoded[0].at if encoded else 0
    for one in encoded:
        rules.advance(state, one.at - now, p)
        compiled_state.relationship[0]["now"] += one.at - now
        now = one.at
        assert rules.apply(state, one, p) == apply(compiled_state, encoded_record(one)[0], record)
    assert views.trust(state, p) == trust(compiled_state, record)
    for objects, table in zip(state, compiled_state, strict=True):
        for thing, row in zip(objects, table, strict=False):
            assert dataclasses.astuple(thing) == tuple(row.item())


def test_every_story_compiles_to_the_same_bits() -> None:
    for name in NAMES:
        _assert_same_bits(story(name).history)


@settings(max_examples=60)
@given(histories())
def test_any_history_compiles_to_the_same_bits(told: list[Touchpoint]) -> None:
    _assert_same_bits(History.of(told))
