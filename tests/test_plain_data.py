"""Plain data: whatever is told becomes JSON as it is, in the shapes that the documentation lists, and serves in pydantic models."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from journey import History, Journal, Receipt, Recorded, Summary, Touchpoint, read_touchpoint
from journey.json_shapes import HistoryShape, ReceiptShape, SummaryShape
from journey.testing import histories
from journey_projections import Contribution, Finding, Parties, PartyTrust, Replay, RuleSet, RuleSetId, View, replay, rule_set
from journey_projections.json_shapes import (
    ContributionShape,
    ExplanationShape,
    FindingShape,
    PartiesShape,
    PartyShape,
    ReplayShape,
    RulesShape,
)
from journey_projections.rules.gallery import NAMES

VISIT: dict[str, Any] = {
    "kind": "interaction",
    "id": "visit-1",
    "relationship": "m@bank",
    "occurred_at": "2024-03-05T10:00:00+00:00",
    "benevolence": 0.6,
}


def _is_plain(value: object, shape: Any) -> bool:
    """Whether JSON holds this as it is, without NaN, and it has exactly the fields of its shape."""
    strictly = TypeAdapter(shape).validate_python(value, strict=True)
    return bool(json.loads(json.dumps(value, allow_nan=False)) == value == strictly)


@given(histories(), st.sampled_from(NAMES))
def test_whatever_a_replay_tells_is_plain_data(touchpoints: list[Touchpoint], rules: str) -> None:
    history = History.of(touchpoints)
    result = replay(history, rules)
    assert _is_plain(result.to_dict(), ReplayShape)
    assert _is_plain(result.explanation(), ExplanationShape)
    assert _is_plain(history.to_dict(), HistoryShape)
    explained = result.explanation()
    assert explained["contributions"] == [one.to_dict() for one in result.contributions]
    assert explained["prior"] + sum(one["delta"] for one in explained["contributions"]) == explained["trust"]


def test_a_party_of_whom_nothing_is_known_has_no_number() -> None:
    nan = float("nan")
    assert PartyTrust(nan, nan).to_dict() == {"trust": None, "competence": None, "goodwill": None}
    parties = Parties(PartyTrust(0.5), {"anna": PartyTrust(0.25, 0.5, 0.0)}, PartyTrust(nan))
    assert _is_plain(parties.to_dict(), PartiesShape)
    assert parties.to_dict()["representatives"] == {"anna": {"trust": 0.25, "competence": 0.5, "goodwill": 0.0}}


def test_a_rule_set_that_knows_no_confidence_tells_none() -> None:
    def unsure(*_: object) -> View:
        return View(0.5, float("nan"), float("inf"), 1)

    base = rule_set("beta")
    rules = RuleSet("mine", "1", base.parameters, initial=base.initial, apply=lambda *_: None, trust=lambda *_: 0.5, view=unsure)
    data = replay(History.of([read_touchpoint(VISIT)]), rules).to_dict()
    assert (data["confidence"], data["exit_risk"]) == (None, None)
    assert _is_plain(data, ReplayShape)


def test_records_are_told_with_what_the_journal_knows_of_them() -> None:
    recorded_at = datetime(2024, 3, 6, tzinfo=UTC)
    with Journal.open("memory:", now=lambda: recorded_at) as journal:
        receipt = journal.record({**VISIT, "note": "sunny", "contact": "mia"})[0]
        journal.correct("visit-1", {"benevolence": 0.7}, as_id="better")
        journal.forget("mia")
        history = journal.history("m@bank")
        summary = next(journal.relationships())
    first = {"position": 1, "recorded_at": "2024-03-06T00:00:00+00:00"}
    assert receipt.to_dict() == {"id": "visit-1", **first}
    assert summary.to_dict() == {
        "relationship": "m@bank",
        "touchpoints": 1,
        "first": "2024-03-05T10:00:00+00:00",
        "last": "2024-03-05T10:00:00+00:00",
    }
    data = history.as_of("2024-03-07").to_dict()
    assert (data["relationship"], data["as_of"], data["known_at"]) == ("m@bank", "2024-03-07T23:59:59.999999+00:00", None)
    (visit,) = data["touchpoints"]
    expected = {**VISIT, "benevolence": 0.7, "contact": "mia", **first, "corrected_by": ["better"], "withheld": True}
    assert {name: visit.get(name) for name in expected} == expected
    assert "note" not in visit


class Answer(BaseModel):
    replay: Replay
    contributions: list[Contribution]
    receipts: list[Receipt] = []
    records: list[Recorded[Touchpoint]] = []
    summary: Summary | None = None


class Question(BaseModel):
    history: History


def test_values_are_fields_of_models_and_serialise_to_their_shapes() -> None:
    with Journal.open("memory:") as journal:
        receipts = journal.record(VISIT)
        history, summary = journal.history("m@bank"), next(journal.relationships())
    result = replay(history)
    answer = Answer(
        replay=result, contributions=list(result.contributions), receipts=receipts, records=list(history.records), summary=summary
    )
    assert answer.replay is result
    expected = {
        "replay": result.to_dict(),
        "contributions": [one.to_dict() for one in result.contributions],
        "receipts": [receipts[0].to_dict()],
        "records": [history.records[0].to_dict()],
        "summary": summary.to_dict(),
    }
    assert json.loads(answer.model_dump_json()) == answer.model_dump() == expected


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (Replay, ReplayShape),
        (Contribution, ContributionShape),
        (Parties, PartiesShape),
        (PartyTrust, PartyShape),
        (RuleSetId, RulesShape),
        (Receipt, ReceiptShape),
        (Summary, SummaryShape),
        (Finding, FindingShape),
    ],
)
def test_the_json_schema_of_a_value_is_that_of_its_shape(value: Any, shape: Any) -> None:
    adapter, of_shape = TypeAdapter[Any](value), TypeAdapter[Any](shape).json_schema()
    assert adapter.json_schema(mode="serialization") == adapter.json_schema(mode="validation") == of_shape
    assert of_shape["properties"]


def test_no_data_stands_for_a_result() -> None:
    data = replay(History.of([read_touchpoint(VISIT)])).to_dict()
    with pytest.raises(ValidationError, match="a Replay is needed"):
        TypeAdapter(Replay).validate_python(data)


def test_a_history_is_read_from_touchpoints_and_serialised_to_them() -> None:
    retraction = {
        "kind": "touchpoint_retracted",
        "id": "no",
        "relationship": "m@bank",
        "occurred_at": "2024-03-07T10:00:00+00:00",
        "retracts": "visit-2",
    }
    question = Question.model_validate({"history": [{**VISIT, "id": "visit-2"}, VISIT, retraction]})
    assert list(question.history) == [read_touchpoint(VISIT)]
    assert [record.touchpoint.id for record in question.history.amendments] == ["no"]
    written = json.loads(question.model_dump_json())["history"]
    assert written == question.model_dump()["history"]
    assert {**VISIT}.items() <= written[0].items()
    assert len(written) == 1
    assert list(Question.model_validate_json(question.model_dump_json()).history) == list(question.history)
    assert Question(history=question.history).history is question.history


@given(histories())
def test_a_history_comes_back_from_what_it_is_serialised_to(touchpoints: list[Touchpoint]) -> None:
    adapter, history = TypeAdapter(History), History.of(touchpoints)
    assert adapter.validate_json(adapter.dump_json(history)) == history


def test_what_no_history_can_be_is_an_error_of_validation() -> None:
    with pytest.raises(ValidationError, match="occurred_at"):
        Question.model_validate({"history": [{**VISIT, "occurred_at": "2024-03-05"}]})
    with pytest.raises(ValidationError, match=r"`visit-1` of `.*` is already recorded with other content"):
        Question.model_validate({"history": [VISIT, {**VISIT, "benevolence": 0.1}]})


def test_the_json_schema_of_a_history_is_a_list_of_facts() -> None:
    for mode in ("validation", "serialization"):
        schema = Question.model_json_schema(mode=mode)
        kinds = schema["properties"]["history"]["items"]["discriminator"]["mapping"]
        assert {"interaction", "touchpoint_retracted"} <= set(kinds)
        assert "Interaction" in schema["$defs"]
