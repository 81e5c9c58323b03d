"""Searches of laws: seeds repeat them, and edges are drawn often enough."""

import itertools
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from journey_projections import GOODWILL, RuleSet, rule_set
from journey_projections.rules.parameters import parameters_of
from journey_projections.testing import LAWS, Judge, Law, LawBroken, check_law
from journey_projections.testing.edges import (
    HAIR,
    LONGEST,
    PATIENCE,
    THRESHOLDS,
    declared_thresholds,
    edge_clean_histories,
    edge_histories,
    edge_levels,
    edge_qualities,
    edge_severities,
    edge_waits,
    zone_of,
)
from journey_projections.testing.law import Draw

BETA = rule_set("beta")
T = TypeVar("T")
DRAWS = 400
OFTEN = 0.3
"""The least share of edges among what is drawn: half of it, less what chance and hypothesis's own habits take."""


def drawn(strategy: st.SearchStrategy[T]) -> list[T]:
    """Some hundred values of a strategy, always the same; with a number beside each, as hypothesis draws no example twice."""
    values: list[T] = []

    @settings(
        max_examples=DRAWS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(strategy, st.integers(0, 2**60))
    def collect(value: T, _: int) -> None:
        values.append(value)

    collect()
    return values


def share(values: Sequence[T], is_edge: Callable[[T], bool]) -> float:
    return sum(map(is_edge, values)) / len(values)


def test_thresholds_and_the_zone_are_the_rule_sets_own() -> None:
    values = {one.name: one.value for one in parameters_of(GOODWILL)}
    assert declared_thresholds(GOODWILL) == tuple(values[name] for name in values if name in THRESHOLDS)
    assert zone_of(GOODWILL) == values["zone"]
    assert (declared_thresholds(BETA), zone_of(BETA)) == ((), 0.1)


@pytest.mark.parametrize("rules", [GOODWILL, BETA], ids=lambda rules: rules.name)
def test_levels_are_at_edges_about_half_the_time(rules: RuleSet) -> None:
    zone, levels = zone_of(rules), drawn(edge_levels(rules))
    own = (0.0, zone, 1.0 - zone, 1.0, *declared_thresholds(rules))
    edges = {near for edge in own for near in (edge - HAIR, edge, edge + HAIR) if 0.0 <= near <= 1.0}
    assert edges <= set(levels), "an edge that 400 draws never meet"
    assert share(levels, lambda value: value in edges or round(100 * value, 6) % 1 != 0) > OFTEN


def test_severities_are_those_that_a_customer_notices() -> None:
    severities = drawn(edge_severities(GOODWILL))
    assert min(severities) == 0.05
    assert max(severities) == 1.0


def test_qualities_are_drawn_on_both_sides() -> None:
    qualities = drawn(edge_qualities(GOODWILL))
    assert (min(qualities), max(qualities)) == (-1.0, 1.0)


def test_waits_end_just_before_at_and_just_after_a_date() -> None:
    waits = drawn(edge_waits(BETA, 10.0))
    for date in (*PATIENCE, 10.0):
        near = {value - date for value in waits if abs(value - date) < 1e-3}
        assert len(near) == 3 and min(near) < 0 < max(near), date
    assert {0.0, LONGEST} <= set(waits)


def test_histories_are_edges_about_half_the_time() -> None:
    histories = drawn(edge_histories())
    assert share(histories, lambda history: not history) > 0.05
    assert share(histories, lambda history: len({one.occurred_at for one in history}) < len(history)) > 0.2
    assert share(histories, lambda history: len(history) > 10) > OFTEN
    assert all(one.occurred_at <= later.occurred_at for history in histories for one, later in itertools.pairwise(history))


def test_clean_histories_are_often_the_least() -> None:
    histories = drawn(edge_clean_histories(4, 60))
    assert share(histories, lambda history: len(history) == 4) > 0.1
    assert max(map(len, histories)) > 30


def test_a_seed_repeats_its_search_and_no_other() -> None:
    def search(seed: int | None) -> tuple[list[str], int]:
        seen: list[str] = []

        def check(_: Judge, draw: Draw) -> None:
            seen.append(repr(draw(edge_levels(GOODWILL))))

        verdict = check_law(Law("L00", "a law that notes what it draws", "any", check), GOODWILL, examples=20, seed=seed)
        assert verdict.holds
        assert verdict.seed == seed
        return seen, verdict.examples

    assert search(7) == search(7)
    assert search(7) != search(8)
    assert search(None) == search(None)


def test_a_verdict_says_how_many_examples_it_took_and_of_which_seed() -> None:
    def check(_: Judge, draw: Draw) -> None:
        if draw(st.integers(0, 10_000)) > 5:
            raise LawBroken("more than five", [])

    law = Law("L00", "no number is more than five", "any", check)
    verdict = check_law(law, GOODWILL, examples=50, seed=3)
    assert not verdict.holds
    assert verdict.examples <= 10, "the examples that made it smaller are counted too"
    assert verdict.in_words() == f"L00 is broken within {verdict.examples} examples of seed 3: no number is more than five\nmore than five"
    assert check_law(LAWS[0], BETA, examples=5).in_words().startswith("L01 holds in ")
