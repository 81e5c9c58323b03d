"""`compare`: histories under several rule sets; with `--all` a whole journal under two."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from journey import Journal
from journey_projections.rules.gallery import NAMES

if TYPE_CHECKING:
    from .conftest import Journey, Visit

HARSH = 'base = "goodwill"\nname = "harsh"\nversion = "1"\n[parameters]\nbetrayal = 2.5\n'


@pytest.fixture
def market(journey: "Journey", visit: "Visit") -> "Journey":
    """Four relationships: two all good, one that was betrayed at the end, one at the start."""
    visits = []
    for name, bad in (("ann", ()), ("bob", ()), ("cid", (9,)), ("dan", (1,))):
        visits += [visit(f"{name}-{day}", name, day=day, benevolence=-0.8 if day in bad else 0.7) for day in range(1, 10)]
    journey.record(*visits)
    Path("harsh.toml").write_text(HARSH)
    return journey


def test_without_rules_all_that_come_with_journey_judge(market: "Journey") -> None:
    assert [one["rules"]["name"] for one in market("--format", "json", "compare", "ann").lines] == list(NAMES)


def test_a_file_is_set_against_its_base_over_the_whole_journal(market: "Journey") -> None:
    comparison = market("--format", "json", "compare", "--all", "--rules", "harsh.toml").json
    assert [one["name"] for one in comparison["rules"]] == ["goodwill", "harsh"]
    assert comparison["parameters"] == [{"name": "betrayal", "first": 1.7, "second": 2.5}]
    assert (comparison["relationships"], comparison["differing"]) == (4, 2)
    most = comparison["most_changed"]
    assert [one["relationship"] for one in most] == ["cid", "dan"]
    for one in most:
        alone = {
            rules: market("--format", "json", "replay", one["relationship"], "--rules", rules).json for rules in ("goodwill", "harsh.toml")
        }
        assert one["first"]["trust"] == alone["goodwill"]["trust"]
        assert one["second"] == {**one["second"], "trust": alone["harsh.toml"]["trust"], "state": alone["harsh.toml"]["state"]}
        assert sum(reason["difference"] for reason in one["reasons"]) == one["difference"] == one["second"]["trust"] - one["first"]["trust"]
    assert (most[0]["reasons"][0]["second_cause"], most[0]["reasons"][0]["touchpoint"]) == (
        "relational_breach_grows_with_goodwill",
        "cid-9",
    )
    assert comparison["largest_difference"] == abs(most[0]["difference"])


def test_one_other_rule_set_is_set_against_goodwill_and_two_against_each_other(market: "Journey") -> None:
    def names(*rules: str) -> list[str]:
        return [one["name"] for one in market("--format", "json", "compare", "--all", *(f"--rules={one}" for one in rules)).json["rules"]]

    assert names("beta") == ["goodwill", "beta"]
    assert names("fire", "hmm") == ["fire", "hmm"]


def test_by_way_of_the_ledger_it_is_the_same(market: "Journey") -> None:
    direct = market("--format", "json", "compare", "--all", "--rules", "harsh.toml").json
    assert market("--format", "json", "compare", "--all", "--rules", "harsh.toml", "--ledger", "columns").json == direct
    assert Path("columns").is_dir()


@pytest.mark.parametrize("command", [("compare", "--all", "--rules=beta"), ("history", "ann"), ("explain", "ann")])
def test_a_small_journal_is_opened_once_and_each_history_read_once_for_all_rule_sets(
    market: "Journey", command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, read = list[str](), list[str]()
    opens, reads = Journal.open, Journal.history
    monkeypatch.setattr(Journal, "open", lambda url, **how: opened.append(url) or opens(url, **how))  # type: ignore[func-returns-value]
    monkeypatch.setattr(Journal, "history", lambda journal, name: read.append(name) or reads(journal, name))  # type: ignore[func-returns-value]
    assert market(*command).code == 0
    # compare comes back to those whom it tells of: here all that differ.
    assert (len(opened), sorted(read)) == (1, sorted(["ann", "bob", "cid", "dan"] * 2) if "--all" in command else ["ann"])


def test_who_changes_most_and_why_is_told_in_words(market: "Journey") -> None:
    run = market("compare", "--all", "--rules", "harsh.toml", "--top", "1")
    assert "\nbetrayal 1.7 → 2.5\ntrust differs in 2, by " in run.out
    assert "the ranking: Spearman's ρ " in run.out
    line = next(line for line in run.out.splitlines() if line.startswith("cid"))
    assert "treated badly as a person" in line
    assert "dan " not in run.out.partition("who moves")[0]


def test_of_one_relationship_two_rule_sets_are_told_with_why_they_differ(market: "Journey") -> None:
    text = market("compare", "cid", "--rules", "goodwill", "--rules", "harsh.toml").out
    (most, *_) = market("--format", "json", "compare", "--all", "--rules", "harsh.toml").json["most_changed"]
    assert text.splitlines()[5].split()[0] == f"{most['difference']:+.3f}"
    assert "treated badly as a person" in text
    assert "why" not in market("compare", "ann", "--rules", "goodwill", "--rules", "harsh.toml").out  # they agree
    assert "why" not in market("compare", "cid").out


def test_where_two_rule_sets_give_other_causes_both_are_reported(journey: "Journey", visit: "Visit") -> None:
    failure = {"kind": "failure_occurred", "relationship": "r", "occurred_at": "2024-02-01T10:00:00+00:00", "severity": 0.7}
    journey.record(visit("v", "r", benevolence=-0.8), {**failure, "id": "f"})
    for run in (journey("compare", "--all", "--rules", "beta"), journey("compare", "r", "--rules", "goodwill", "--rules", "beta")):
        words = " ".join(run.out.split())
        assert "the customer was treated badly as a person → something bad happened (v)" in words
        assert "work went wrong → something bad happened (f)" in words


def test_rule_sets_of_other_parameters_differ_in_none(market: "Journey") -> None:
    assert market("--format", "json", "compare", "--all", "--rules", "beta").json["parameters"] == []


def test_rule_sets_that_agree_are_told_to(market: "Journey") -> None:
    Path("same.toml").write_text('base = "goodwill"\nname = "same"\nversion = "1"\n')
    assert market("compare", "--all", "--rules", "same.toml").out.splitlines()[1] == "no trust differs"


def test_before_anything_happened_nothing_differs_and_nothing_is_ranked(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("v"))
    comparison = journey("--format", "json", "compare", "--all", "--rules", "beta", "--as-of", "1999-01-01").json
    assert (comparison["differing"], comparison["rank_correlation"], comparison["most_changed"]) == (0, None, [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name relationships, or give --all"),
        (("ann", "--all"), "name relationships, or give --all"),
        (("--all",), "give --rules twice, or once for one to set against its base"),
        (("--all", "--rules=beta", "--rules=fire", "--rules=hmm"), "--all compares two rule sets"),
    ],
)
def test_what_cannot_be_compared_is_a_mistake_in_the_call(market: "Journey", arguments: tuple[str, ...], words: str) -> None:
    run = market("compare", *arguments)
    assert (run.code, run.out) == (2, "")
    assert words in run.err
