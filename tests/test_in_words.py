"""The words that go with a touchpoint's numbers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import read_touchpoint
from journey.in_words import BENEVOLENCE, COMPETENCE, INTEGRITY, SEVERITY, in_words, score_in_words, word_for
from journey.testing import touchpoints

SCALES = [BENEVOLENCE, COMPETENCE, INTEGRITY, SEVERITY]


@pytest.mark.parametrize("scale", SCALES)
def test_every_number_of_a_scale_is_called_by_its_word(scale: Any) -> None:
    assert [word_for(value, scale) for value, _ in scale] == [word for _, word in scale]


@given(st.floats(-1, 1), st.sampled_from([BENEVOLENCE, COMPETENCE, INTEGRITY]))
def test_a_word_is_on_the_side_of_its_number(value: float, scale: Any) -> None:
    word = word_for(value, scale)
    assert (word == "") == (value == 0)
    assert all(one * value > 0 for one, called in scale if called == word)


@given(touchpoints())
def test_whatever_can_be_recorded_can_be_said(touchpoint: Any) -> None:
    words = in_words(touchpoint)
    assert words == words.strip(", ")


@pytest.mark.parametrize(
    ("instrument", "score", "words"), [("csat", 0.25, "CSAT 2 of 5"), ("nps", 0.6, "NPS 6"), ("free", 0.3, "score 0.3 of 1")]
)
def test_a_score_is_out_of_what_it_was_asked_with(instrument: str, score: float, words: str) -> None:
    assert score_in_words(instrument, score) == words


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("interaction", {"benevolence": -0.35, "recognised": False}, "cold (-0.35), a long-standing customer treated as a number"),
        ("interaction", {"competence": 0.0}, "competence 0"),
        ("failure_occurred", {"severity": 0.45, "cause": "supplier"}, "a serious failure (0.45), caused by a supplier"),
        ("promise_made", {"promise": "p", "level": 0.7, "due": "2024-03-09T00:00:00Z"}, "level 0.7, due 2024-03-09"),
        ("delivery", {"delivered": 0.4, "promised": 0.7, "perceived": 0.3}, "delivered 0.4 of 0.7 promised, seen as 0.3"),
        ("feedback_given", {"instrument": "csat", "score": 0.25}, "CSAT 2 of 5"),
        ("recovery_step_taken", {"step": "acknowledge"}, "acknowledge"),
        ("recovery_step_taken", {"step": "compensate", "size": 0.5}, "compensate, size 0.5"),
        ("handover_made", {"from_representative": "a", "to_representative": "b"}, "from a, not introduced"),
        ("note_added", {"certainty": 0.4}, "certainty 0.4"),
        ("note_added", {}, ""),
    ],
)
def test_numbers_are_said(kind: str, fields: dict[str, Any], words: str) -> None:
    shared = {"kind": kind, "id": "a", "relationship": "r", "occurred_at": datetime(2024, 1, 1, tzinfo=UTC)}
    assert in_words(read_touchpoint({**shared, **fields})) == words
