"""Edges: where rules break more often than in between, drawn with a probability of about one half.

Thresholds, the zone of tolerance and patience are read from the rule set's own parameters where it has them, by name and unit.
"""

from collections.abc import Iterable

from hypothesis import strategies as st

from journey.testing.strategies import clean_histories, histories
from journey.touchpoints import Touchpoint
from journey_projections.rules.parameters import Parameter, parameters_of
from journey_projections.rules.rule_set import RuleSet

HAIR = 0.0001
"""How far on either side of an edge a value is drawn: less than any source tells apart, far more than a rounding error."""
INSTANT = 1e-6
"""The same for times, in days: a tenth of a second."""
ZONE = 0.1
"""The half-width of the zone of tolerance where a rule set has no parameter `zone` (Zeithaml, Berry & Parasuraman 1993)."""
THRESHOLDS = ("trifle", "minor", "step_taken")
"""Parameters at which a rule set declares that it may jump."""
PATIENCE = (1.0, 3.0, 14.0, 30.0)
"""Days after which a waiting customer may lose patience where a rule set does not say."""
NOTICED = 0.05
"""The least severity that laws about noticeable failures speak of."""
_SCALES = ("severity", "level", "quality")


def declared_thresholds(rules: RuleSet) -> tuple[float, ...]:
    """The severities and sizes at which a rule set declares a threshold."""
    return tuple(one.value for one in _numbers(rules) if one.name in THRESHOLDS)


def zone_of(rules: RuleSet) -> float:
    """The half-width of the zone of tolerance."""
    return next((one.value for one in _numbers(rules) if one.name == "zone"), ZONE)


def edge_levels(rules: RuleSet, least: float = 0.0) -> st.SearchStrategy[float]:
    """A severity, level or size from `least`: any in whole percents, or 0, 1, a threshold, or a hair beside one."""
    own = [one.value for one in _numbers(rules) if one.unit in _SCALES]
    zone = zone_of(rules)
    edges = _around((0.0, 0.1, 0.5, 0.9, 1.0, zone, 1.0 - zone, *own), HAIR, least, 1.0)
    return st.one_of(st.integers(round(100 * least), 100).map(lambda percent: percent / 100), st.sampled_from(edges))


def edge_severities(rules: RuleSet) -> st.SearchStrategy[float]:
    """The severity of something that a customer notices, at an edge about half the time."""
    return edge_levels(rules, NOTICED)


def edge_qualities(rules: RuleSet) -> st.SearchStrategy[float]:
    """A quality from -1 to 1, at an edge about half the time."""
    return st.builds(lambda size, sign: sign * size, edge_levels(rules), st.sampled_from((-1.0, 1.0)))


def edge_waits(rules: RuleSet, *dates: float) -> st.SearchStrategy[float]:
    """Days of waiting: none, some, long, or just before, at and just after each of `dates` and each time that the rules are patient."""
    patience = [one.value for one in _numbers(rules) if one.unit == "days" and "patience" in one.name]
    edges = _around((0.0, *PATIENCE, *patience, *dates), INSTANT, 0.0, LONGEST)
    return st.one_of(st.sampled_from((0.0, 0.5, 2.0, 7.0, 45.0, 120.0, 400.0, LONGEST)), st.sampled_from(edges))


LONGEST = 3000.0
"""The longest wait, in days."""


def edge_histories(*, min_size: int = 0) -> st.SearchStrategy[list[Touchpoint]]:
    """ANY history, about half of them edges: none, a few touchpoints, or some at one instant."""
    few, many = histories(min_size=min_size, max_size=max(min_size, 3)), histories(min_size=min_size)
    return st.one_of(few if min_size else st.just([]), few, many, many, many, _tied(min_size))


def edge_clean_histories(least: int, most: int) -> st.SearchStrategy[list[Touchpoint]]:
    """A CLEAN history of so many touchpoints; about one in five has the least, one in five a few more."""
    many = clean_histories(min_size=least, max_size=most)
    return st.one_of(*(clean_histories(min_size=least, max_size=least + more) for more in (0, 3)), many, many, many)


@st.composite
def _tied(draw: st.DrawFn, min_size: int) -> list[Touchpoint]:
    """ANY history in which the last touchpoints happen at once."""
    history = draw(histories(min_size=max(min_size, 2)))
    first = draw(st.integers(0, len(history) - 1))
    return [*history[:first], *(one.model_copy(update={"occurred_at": history[first].occurred_at}) for one in history[first:])]


def _numbers(rules: RuleSet) -> list[Parameter]:
    """The parameters that are numbers."""
    return [one for one in parameters_of(rules) if isinstance(one.value, float | int) and not isinstance(one.value, bool)]


def _around(values: Iterable[float], hair: float, low: float, high: float) -> tuple[float, ...]:
    """Each value, and a hair less and more, within bounds."""
    return tuple(sorted({near for value in values for near in (value - hair, value, value + hair) if low <= near <= high}))
