"""A warm process replays single histories by compiled rules: to the interpreter's bits, in the result and in the state behind it."""

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from journey import FailureOccurred, History, Interaction, Touchpoint, UnknownName, UnusableRules
from journey.testing import START, histories
from journey.touchpoints import UnknownTouchpoint
from journey_cli.stories import NAMES as STORIES
from journey_cli.stories import story
from journey_projections import GoodwillParameters, RuleSet, goodwill, replay, resume, snapshot, warm
from journey_projections.compiled.program import as_array
from journey_projections.compiled.single_history import _state
from journey_projections.encoding.numbering import Counts
from journey_projections.replaying import engines
from journey_projections.replaying.engines import warm_fold
from journey_projections.rules.gallery import NAMES, rule_set

GENTLE = goodwill(GoodwillParameters(competence_loss=0.2, evidence_days=400))
RULES = {**{name: rule_set(name) for name in NAMES}, "gentle": GENTLE}
bounds = st.one_of(st.none(), st.integers(0, 400).map(lambda day: START + timedelta(days=day)))


@contextmanager
def cold() -> Iterator[None]:
    """Nothing is loaded."""
    with patch.object(engines, "_FOLDS", {}):
        yield


@pytest.fixture(autouse=True, scope="module")
def _warm() -> Iterator[None]:
    with cold():
        for name in NAMES:
            warm(name)
        yield


def everything(history: History, rules: RuleSet, at: datetime | None) -> list[Any]:
    """All that can be told of a history, and where its fold stands."""
    result, run = replay(history, rules, at), snapshot(history, rules).run
    state = [[dataclasses.astuple(one) for one in records] for records in run.state]
    stands = [state, run.names, run.now, run.count, run.last, list(run.names.parties), list(run.names.promises)]
    return [result, list(result.parties.representatives), result.contributions, *stands]


def assert_same(history: History, rules: RuleSet, at: datetime | None = None) -> None:
    fold = warm_fold(rules)
    assert fold is not None
    assert fold(history.records, rules) is not None if len(history) else True
    result = everything(history, rules, at)
    with cold():
        assert result == everything(history, rules, at)


@pytest.mark.parametrize("rules", RULES)
def test_every_story_is_told_the_same(rules: str) -> None:
    for name in STORIES:
        assert_same(story(name).history, RULES[rules])


@settings(max_examples=100)
@given(histories(), st.sampled_from(sorted(RULES)), bounds)
@example([], "goodwill", START)
def test_any_history_is_replayed_the_same(touchpoints: list[Touchpoint], rules: str, at: datetime | None) -> None:
    assert_same(History.of(touchpoints), RULES[rules], at)


@settings(max_examples=40)
@given(histories(), st.integers(0, 12))
def test_what_stands_warm_goes_on_as_if_it_were_not(touchpoints: list[Touchpoint], cut: int) -> None:
    history = History.of(touchpoints)
    first, rest = History.of(list(history)[:cut]), History.of(list(history)[cut:])
    result = resume(snapshot(first), rest)
    with cold():
        assert result == resume(snapshot(first), rest)


def test_what_is_not_known_is_a_note() -> None:
    unknown = UnknownTouchpoint(kind="interaction", schema_version=9, id="u", relationship="r", occurred_at=START, payload={})
    assert_same(History.of([unknown, FailureOccurred(id="f", relationship="r", occurred_at=START)]), RULES["goodwill"])  # type: ignore[list-item]


def test_many_threads_do_not_meet() -> None:
    journeys = [story(name).history for name in STORIES] * 20
    with ThreadPoolExecutor(4) as threads:
        warm = list(threads.map(replay, journeys))
    with cold():
        assert warm == list(map(replay, journeys))


def _divides(state: Any, touchpoint: Any, p: Any) -> int:
    return 1 // int(touchpoint.amount < 0.5)


def test_a_failure_is_told_with_its_touchpoint() -> None:
    own = dataclasses.replace(rule_set("rescorla_wagner"), name="mine", apply=_divides)
    warm(own)
    touchpoints = [Interaction(id=f"i-{part}", relationship="r", occurred_at=START, competence=part) for part in (0.25, 0.75)]
    with pytest.raises(UnusableRules, match=r"`mine` fails on touchpoint `i-0.75` \(interaction\): ZeroDivisionError"):
        replay(History.of(touchpoints), own)


def test_what_does_not_compile_is_refused_and_runs_as_before() -> None:
    own = dataclasses.replace(rule_set("beta"), name="mine", initial=lambda _: {})
    with pytest.raises(UnusableRules, match="rule set `mine` does not compile: its state is not a NamedTuple of lists of records"):
        warm(own)
    with pytest.raises(UnusableRules, match="rule set `mine` takes touchpoints"):
        warm(dataclasses.replace(own, takes_touchpoints=True))
    with pytest.raises(UnknownName):
        warm("godwill")
    assert warm_fold(own) is None


@dataclasses.dataclass(slots=True)
class Keyed:
    first: int = 0
    second: float = dataclasses.field(default=0.0, kw_only=True)
    third: int = 0


class Holder(NamedTuple):
    keyed: list[Keyed]


def test_records_of_a_state_may_be_told_by_name_only() -> None:
    keyed = [Keyed(1, 3, second=2.0)]
    assert _state(Holder(as_array(keyed, Keyed)), {"keyed": Keyed}, rule_set("beta"), Counts()) == Holder(keyed)  # type: ignore[arg-type]


def test_nothing_is_loaded_unless_asked() -> None:
    program = (
        "import sys; from journey_projections import replay; from journey_cli.stories import story; "
        "replay(story('silent-course').history); assert 'numba' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
