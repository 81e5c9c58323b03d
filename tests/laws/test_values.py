"""Values leave their process: every one pickles, and what comes out is equal and tells the same."""

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import History, Journal, Key, Touchpoint
from journey.seals import seal_after
from journey.testing import START, histories
from journey_projections import GOODWILL, GoodwillParameters, Replay, RuleSet, goodwill, replay, resume, rule_set, snapshot
from journey_projections.rules.derived import derived
from journey_projections.rules.gallery import NAMES
from journey_projections.rules.parameters import parameters_of
from journey_projections.testing.made_up_logs import made_up_log

rule_sets = st.sampled_from(NAMES).map(rule_set)


def _again(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def _data_of(result: Replay) -> object:
    """All that a replay tells, to the bit."""
    return repr((result, result.parties, result.episodes, result.promises, result.contributions))


@given(histories(), rule_sets)
def test_a_replay_tells_the_same_after_a_pickle(touchpoints: list[Touchpoint], rules: RuleSet) -> None:
    result = replay(History.of(touchpoints), rules)
    again = _again(result)
    assert again == result
    assert _data_of(again) == _data_of(result) == _data_of(_again(again)) == _data_of(copy.deepcopy(result))


@given(histories(), rule_sets, st.data())
def test_a_snapshot_goes_on_to_the_same_bits_after_a_pickle(touchpoints: list[Touchpoint], rules: RuleSet, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(touchpoints)))
    earlier, later = History.of(touchpoints[:cut]), History.of(touchpoints[cut:])
    taken = snapshot(earlier, rules)
    again = _again(taken)
    assert again == taken
    assert _data_of(resume(again, later)) == _data_of(resume(taken, later))
    assert again == taken  # resuming left both as they were


@given(histories(min_size=1), st.data())
def test_a_history_that_a_journal_told_is_whole_without_it(touchpoints: list[Touchpoint], data: st.DataObject) -> None:
    with Journal.open("memory:") as journal:
        journal.record(*touchpoints)
        one, other = (data.draw(st.sampled_from(touchpoints)).id for _ in range(2))
        journal.correct(one, {"note": "it rained", "certainty": 0.5})
        if other != one:
            journal.retract(other)
        history, same = journal.history("r"), journal.history("r")
        pickled = pickle.dumps(history)
    assert b"journey.stores" not in pickled
    again = pickle.loads(pickled)
    assert again == same
    assert [record.to_dict() for record in again.told] == [record.to_dict() for record in same.told]
    middle = START + timedelta(days=data.draw(st.integers(0, 400)))
    assert again.as_of(middle) == same.as_of(middle)
    assert again.known_at(middle) == same.known_at(middle)
    for touchpoint in same:
        assert again.without(touchpoint.id) == same.without(touchpoint.id)
    assert _data_of(replay(again)) == _data_of(replay(same))


@given(rule_sets, st.data())
def test_a_rule_set_pickles_with_its_parameters(base: RuleSet, data: st.DataObject) -> None:
    parameter = data.draw(st.sampled_from(parameters_of(base)))
    value = data.draw(st.sampled_from([one for one in (parameter.low, parameter.high, parameter.value) if one is not None]))
    for rules in (base, derived(base, name="mine", version="3", parameters={parameter.name: value})):
        assert _again(rules) == rules
        assert (_again(rules).hash, hash(_again(rules))) == (rules.hash, hash(rules))


def test_rules_of_ones_own_that_cannot_be_pickled_say_so_and_their_replays_can() -> None:
    rules = RuleSet("mine", "1", GoodwillParameters(), initial=lambda _: [0.5], apply=lambda *_: None, trust=lambda *_: 0.5)
    for value in (rules, snapshot(History.of([]), rules)):
        with pytest.raises((pickle.PicklingError, AttributeError), match="Can't"):
            pickle.dumps(value)
    result = replay(History.of([]), rules)
    assert _data_of(_again(result)) == _data_of(result)


def test_what_a_journal_answers_pickles() -> None:
    with Journal.open("memory:") as journal:
        visit = {"kind": "interaction", "id": "visit", "relationship": "m@bank", "occurred_at": START, "contact": "mia", "note": "sunny"}
        receipts = journal.record(visit, {**visit, "id": "other", "contact": None, "note": None})
        history = journal.history("m@bank")
        result = replay(history)
        values = [
            *receipts,
            *journal.relationships(),
            *journal.read(),
            journal.prepare([visit]),
            journal.verify(),
            journal.forget("mia"),
            *journal.read(),  # with a text that is withheld by now
            seal_after(None, [b"\x01" * 32]),
            Key.new(),
            result.parties,
            result.rules,
            result.explanation(),
            *result.contributions,
            goodwill(GoodwillParameters(gain=0.09)),
            GOODWILL.viewed(GOODWILL.start()),
        ]
    for value in values:
        assert _again(value) == value
        assert type(_again(value)) is type(value)


def test_values_go_to_another_process_and_back() -> None:
    touchpoints = list(History.of_records(made_up_log(200, 1).touchpoints()))
    history, half = History.of(touchpoints), len(touchpoints) // 2
    earlier, later = History.of(touchpoints[:half]), History.of(touchpoints[half:])
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        whole = [pool.submit(replay, history, rule_set(name)) for name in NAMES]
        resumed = [pool.submit(resume, snapshot(earlier, name), later) for name in NAMES]
        taken = pool.submit(snapshot, earlier)
        assert [_data_of(one.result(timeout=60)) for one in whole] == [_data_of(replay(history, name)) for name in NAMES]
        assert [_data_of(one.result(timeout=60)) for one in resumed] == [_data_of(resume(snapshot(earlier, name), later)) for name in NAMES]
        assert taken.result(timeout=60) == snapshot(earlier)
