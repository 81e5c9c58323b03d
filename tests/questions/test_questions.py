"""The questions of a morning: from a journal and from its ledger the same, and what each says is what replays say."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from journey import Journal, UnknownName
from journey_projections import replay, rule_set
from journey_projections.early_warnings import warnings
from journey_projections.early_warnings.outlook import Outlook
from journey_projections.made_up import made_up_branch
from journey_projections.questions.attention import SORTED_BY, attention
from journey_projections.questions.ledger_place import LedgerPlace
from journey_projections.questions.outlooks import OutlookQuery, outlooks
from journey_projections.questions.people import people, without
from journey_projections.questions.periods import last_periods, periods_since
from journey_projections.questions.portfolio import portfolio
from journey_projections.questions.promises import PROMISE_STATES, promises

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
RULES = rule_set("beta")
DATES = last_periods(AT, "quarter", 4)


@pytest.fixture(scope="module")
def journal() -> Iterator[Journal]:
    """A small branch."""
    with Journal.open("memory:") as journal:
        journal.record(*made_up_branch(date(2026, 3, 2), customers=100, people=10, seed=8))
        yield journal


def looked(journal: Journal, place: LedgerPlace | None = None) -> list[Outlook]:
    query = OutlookQuery(RULES, AT, dates=DATES, promises=True, stakes=True)
    with ExitStack() as files:
        return sorted(outlooks(journal, query, place or LedgerPlace(), files), key=lambda one: one.relationship)


@pytest.fixture(scope="module")
def everybody(journal: Journal) -> list[Outlook]:
    """The outlook of each customer."""
    return looked(journal)


def test_a_ledger_gives_the_same_outlooks(journal: Journal, everybody: list[Outlook], tmp_path: Path) -> None:
    query = OutlookQuery(RULES, AT, dates=DATES, promises=True, stakes=True)
    with ExitStack() as files:
        by_ledger = sorted(outlooks(journal, query, LedgerPlace(tmp_path / "ledger"), files), key=lambda one: one.relationship)
        for one, other in zip(everybody, by_ledger, strict=True):
            called = ("warnings", "promises")
            assert [getattr(one, name) for name in Outlook.__slots__ if name not in called] == [
                getattr(other, name) for name in Outlook.__slots__ if name not in called
            ]
            assert one.warnings() == other.warnings()
            assert one.promises() == other.promises()


def test_a_stale_promise_is_no_new_warning_in_a_ledger_either(tmp_path: Path) -> None:
    due = AT - timedelta(days=500)
    made = {"kind": "promise_made", "id": "p", "relationship": "r", "occurred_at": (due - timedelta(days=9)).isoformat()}
    with Journal.open("memory:") as journal, ExitStack() as files:
        journal.record({**made, "promise": "p", "level": 0.7, "due": due.isoformat()})
        by_ledger = outlooks(journal, OutlookQuery(RULES, AT, promises=True), LedgerPlace(tmp_path / "ledger"), files)
        assert [(one.newest, one.warnings()) for one in by_ledger] == [(None, ())]


def test_an_outlook_is_what_replay_and_warnings_say(journal: Journal, everybody: list[Outlook]) -> None:
    for one in everybody:
        history = journal.history(one.relationship)
        alone = replay(history, RULES, AT)
        assert (one.trust, one.state, one.exit_risk, one.touchpoints) == (alone.trust, alone.state, alone.exit_risk, alone.touchpoints)
        assert one.warnings() == warnings(history, AT, RULES)
        for level, day in zip(one.course, DATES, strict=True):
            then = replay(history, RULES, day)
            assert level == ((then.trust, then.state) if then.touchpoints else None)


@pytest.mark.parametrize("sort", SORTED_BY)
def test_attention_keeps_the_first_of_those_with_warnings(everybody: list[Outlook], sort: str) -> None:
    whole = attention(everybody, sort=sort)
    assert whole.count == len(whole.rows) == sum(bool(one.warnings()) for one in everybody) > 10
    assert attention(everybody, sort=sort, top=5) == type(whole)(whole.rows[:5], whole.count)


def test_attention_ranks_by_what_is_at_stake_and_how_soon(everybody: list[Outlook]) -> None:
    rows = attention(everybody).rows
    assert [one.urgency for one in rows] == sorted((one.urgency for one in rows), reverse=True)
    assert all(0.0 < one.urgency <= 1.0 for one in rows)


def test_attention_keeps_states_owners_and_what_is_new(everybody: list[Outlook]) -> None:
    whole = attention(everybody).rows
    owner, state = next(one.owner for one in whole if one.owner), whole[0].state
    since = AT - timedelta(days=60)
    assert attention(everybody, owners=[owner]).rows == tuple(one for one in whole if one.owner == owner)
    assert attention(everybody, states=[state]).rows == tuple(one for one in whole if one.state == state)
    recent = tuple(one for one in whole if any(warning.since >= since for warning in one.warnings))
    assert 0 < len(recent) < len(whole)
    assert attention(everybody, since=since).rows == recent


def test_people_carry_the_trust_of_those_who_deal_with_them(everybody: list[Outlook]) -> None:
    rows = people(everybody)
    going = [one for one in everybody if not one.state.startswith("ended_")]
    assert sum(one.relationships for one in rows) == sum(one.owner is not None for one in everybody)
    for row in rows:
        theirs = [one for one in everybody if one.owner == row.representative]
        assert row.trust_carried == pytest.approx(sum(one.trust for one in theirs))
        assert row.share == pytest.approx(row.trust_carried / sum(one.trust for one in going))
        assert row.at_stake == pytest.approx(sum(one.at_stake for one in theirs))
    assert [one.representative for one in people(everybody, sort="name")] == sorted(one.representative for one in rows)


def test_people_keep_states_and_owners(everybody: list[Outlook]) -> None:
    whole = people(everybody)
    some = [one.representative for one in whole[:2]]
    assert people(everybody, owners=some) == whole[:2]
    communal = people(everybody, states=["transitional"])
    assert sum(one.relationships for one in communal) == sum(one.owner is not None and one.state == "transitional" for one in everybody)


def test_who_leaves_takes_what_a_replay_without_them_loses(journal: Journal) -> None:
    query = OutlookQuery(rule_set("goodwill"), AT, stakes=True)
    with ExitStack() as files:
        everybody = list(outlooks(journal, query, LedgerPlace(), files))
    anna = people(everybody)[0].representative
    losses = without(everybody, anna)
    assert losses
    for one in losses:
        left = {"kind": "representative_left", "id": "zz", "occurred_at": AT.isoformat(), "representative": anna}
        history = journal.history(one.relationship).as_of(AT)
        assert one.trust == replay(history).trust
        assert one.otherwise == pytest.approx(replay(history.inserting({**left, "relationship": one.relationship}), at=AT).trust, abs=1e-15)
        assert one.otherwise < one.trust


def test_nobody_leaves_who_is_not_in_charge(everybody: list[Outlook]) -> None:
    somebody = people(everybody)[0].representative
    with pytest.raises(UnknownName, match="no customer deals with `nobody-at-all`"):
        without(everybody, "nobody-at-all")
    with pytest.raises(UnknownName) as error:
        without(everybody, somebody[:-1])
    assert f"`{somebody}`" in error.value.mend


def test_promises_come_by_what_presses(everybody: list[Outlook]) -> None:
    rows = promises(everybody)
    assert len(rows) > 50
    assert {one.promise.state for one in rows} >= {"overdue", "broken", "kept"}
    places = [PROMISE_STATES.index(one.promise.state) for one in rows]
    assert places == sorted(places)
    kept = promises(everybody, states=["kept"])
    assert [one for one in rows if one.promise.state == "kept"] == list(kept)
    for one in rows:
        assert (one.promise.delivered is None) == (one.promise.state in ("overdue", "due", "open", "void"))
        assert one.promise.state != "overdue" or (one.promise.due is not None and one.promise.due < AT)


def test_a_portfolio_counts_everybody_at_the_end_of_each_period(journal: Journal, everybody: list[Outlook]) -> None:
    periods = portfolio(everybody, DATES, RULES, journal.history)
    assert [one.until for one in periods] == DATES[1:]
    for period in periods:
        then = [replay(journal.history(one.relationship), RULES, period.until) for one in everybody]
        begun = [one for one in then if one.touchpoints]
        going = [one.trust for one in begun if not one.state.startswith("ended_")]
        assert period.relationships == len(begun)
        assert period.states == {state: sum(one.state == state for one in begun) for state in period.states}
        assert sum(period.states.values()) == len(begun)
        assert period.trust == pytest.approx(sum(going) / len(going))
        assert sum(one.relationships for one in period.origins.values()) == len(going)
        assert all(one.change > 0.0 for one in period.up)
        assert all(one.change < 0.0 for one in period.down)


def test_a_mover_names_the_touchpoint_that_did_most(journal: Journal, everybody: list[Outlook]) -> None:
    periods = portfolio(everybody, DATES, RULES, journal.history)
    movers = [(one, period) for period in periods for one in period.down if one.touchpoint]
    assert movers
    for mover, period in movers:
        since = DATES[DATES.index(period.until) - 1]
        contributions = [
            one for one in replay(journal.history(mover.relationship), RULES, period.until).contributions if one.occurred_at > since
        ]
        assert min(contributions, key=lambda one: one.delta).touchpoint == mover.touchpoint


@pytest.mark.parametrize(
    ("every", "first"),
    [("day", "2026-02-28"), ("week", "2026-02-22"), ("month", "2026-01-31"), ("quarter", "2025-09-30"), ("year", "2024-12-31")],
)
def test_the_last_periods_end_where_the_calendar_says(every: str, first: str) -> None:
    dates = last_periods(AT, every, 2)
    assert [dates[0].date().isoformat(), dates[-1]] == [first, AT]
    assert dates == sorted(set(dates))
    assert len(dates) == 3


def test_there_are_no_periods_before_the_calendar() -> None:
    assert last_periods(datetime(1, 1, 5, tzinfo=UTC), "month", 12) == [datetime(1, 1, 5, tzinfo=UTC)]


def test_periods_since_a_day_begin_right_before_it() -> None:
    dates = periods_since(datetime(2026, 1, 10, tzinfo=UTC), AT, "month")
    assert [one.date().isoformat() for one in dates] == ["2026-01-09", "2026-01-31", "2026-02-28", "2026-03-02"]
