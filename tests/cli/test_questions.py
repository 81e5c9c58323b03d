"""`journey attention`, `people`, `promises` and `portfolio`: what they say of a small shop on a fixed day, as text, JSON and tables."""

import csv
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journey import clock
from journey_projections.questions.attention import ATTENTION
from journey_projections.questions.people import LOSSES, PEOPLE
from journey_projections.questions.portfolio import PORTFOLIO
from journey_projections.questions.promises import PROMISES
from journey_projections.replaying.result_rows import CONTRIBUTIONS, COURSE, STANDINGS

if TYPE_CHECKING:
    from .conftest import Journey

AS_OF = ("--as-of", "2024-07-01")
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "attention": ("attention",),
    "people": ("people",),
    "people-without": ("people", "--without", "berta"),
    "promises": ("promises",),
    "portfolio": ("portfolio", "--since", "2024-03"),
}
"""Each question, and a name for its golden text."""
TABLES = {"attention": ATTENTION, "people": PEOPLE, "people-without": LOSSES, "promises": PROMISES, "portfolio": PORTFOLIO}
SHAPES = {
    "attention": {"relationship", "trust", "change", "exit_risk", "state", "owner", "last_heard", "warnings"},
    "people": {"representative", "relationships", "trust_carried", "share", "at_stake"},
    "people-without": {"relationship", "representative", "trust", "otherwise", "difference", "state"},
    "promises": {"promise", "relationship", "level", "made", "due", "state", "delivered"},
    "portfolio": {"until", "relationships", "trust", "states", "up", "down", "origins"},
}
"""The keys that each must have; more may come."""


def shop_touchpoints() -> Iterator[dict[str, Any]]:
    """Rossi was moved and had a failure; Bianchi was promised things; Verdi is new and well; Neri left. Anna and Berta deal with them."""

    def fact(kind: str, id: str, who: str, day: str, **fields: Any) -> dict[str, Any]:
        return {"kind": kind, "id": id, "relationship": f"{who}@shop", "occurred_at": f"2024-{day}T10:00:00Z", **fields}

    good = {"competence": 0.7, "benevolence": 0.8}
    for month in range(1, 7):
        yield fact("interaction", f"rossi-{month}", "rossi", f"0{month}-10", representative="anna", **good)
        yield fact("interaction", f"bianchi-{month}", "bianchi", f"0{month}-20", representative="berta", **good)
    yield fact("handover_made", "moved", "rossi", "06-12", from_representative="anna", to_representative="ugo", introduction="none")
    yield fact("failure_occurred", "late-parcel", "rossi", "06-15", severity=0.6, episode="parcel")
    yield fact("promise_made", "say-1", "bianchi", "03-01", promise="catalogue", level=0.6, due="2024-03-10T18:00:00Z")
    yield fact("delivery", "did-1", "bianchi", "03-08", promise="catalogue", delivered=0.6)
    yield fact("promise_made", "say-2", "bianchi", "05-02", promise="estimate", level=0.5, due="2024-06-10T18:00:00Z")
    yield fact("promise_made", "say-3", "bianchi", "06-20", promise="cupboard", level=0.8, due="2024-07-05T18:00:00Z")
    yield fact("relationship_opened", "verdi-0", "verdi", "05-06", origin="referral")
    yield fact("interaction", "verdi-1", "verdi", "06-24", representative="berta", **good)
    yield fact("interaction", "neri-1", "neri", "02-05", representative="anna", competence=-0.4)
    yield fact("relationship_ended", "neri-2", "neri", "04-02", outcome="exit")


@pytest.fixture
def shop(journey: "Journey") -> "Journey":
    journey.record(*shop_touchpoints())
    return journey


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_in_words_on_80_columns(
    shop: "Journey", golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run = shop(*QUESTIONS[question], *AS_OF)
    assert (run.code, run.err) == (0, "")
    assert max(map(len, run.out.splitlines())) <= 80
    golden(f"{question}-80", run.out)


@pytest.mark.parametrize("columns", [40, 60])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_narrow_screen_breaks_no_word_and_no_id(shop: "Journey", monkeypatch: pytest.MonkeyPatch, question: str, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    words = set(shop(*QUESTIONS[question], *AS_OF).out.split())
    monkeypatch.setenv("COLUMNS", str(columns))
    narrow = shop(*QUESTIONS[question], *AS_OF)
    assert max(map(len, narrow.out.splitlines())) <= columns
    for word in set(narrow.out.split()) - words:  # an id, which keeps both its ends
        start, _, end = word.partition("…")
        assert start
        assert end
        assert any(one.startswith(start) and one.endswith(end) for one in words)


@pytest.mark.parametrize("question", QUESTIONS)
def test_json_has_the_keys_of_the_contract(shop: "Journey", question: str) -> None:
    lines = shop.in_json(*QUESTIONS[question], *AS_OF).lines
    assert lines
    assert all(set(line) >= SHAPES[question] for line in lines)


def test_attention_says_whose_customer_it_is_and_what_is_the_matter(shop: "Journey") -> None:
    rossi, bianchi, neri = shop.in_json("attention", *AS_OF).lines
    assert [one["relationship"] for one in (rossi, bianchi, neri)] == ["rossi@shop", "bianchi@shop", "neri@shop"]
    assert (rossi["owner"], neri["owner"], neri["state"]) == ("ugo", None, "ended_exit")
    kinds = {one["kind"]: one for one in rossi["warnings"]}
    assert set(kinds) == {"unanswered_failure", "unintroduced_handover", "bond_at_risk", "trust_fell"}
    failure = kinds["unanswered_failure"]
    assert set(failure) >= {"kind", "since", "due", "words", "touchpoints"}
    assert (failure["touchpoints"], failure["due"], failure["since"]) == (["late-parcel"], None, "2024-06-15T10:00:00+00:00")
    assert {one["kind"] for one in bianchi["warnings"]} == {"promise_due", "promise_overdue"}
    for one in (rossi, bianchi, neri):
        alone = shop.in_json("replay", one["relationship"], *AS_OF).json
        assert [one[name] for name in ("trust", "state", "exit_risk")] == [alone[name] for name in ("trust", "state", "exit_risk")]


def test_attention_is_chosen_and_sorted(shop: "Journey") -> None:
    def named(*options: str) -> list[str]:
        return [one["relationship"].partition("@")[0] for one in shop.in_json("attention", *AS_OF, *options).lines]

    assert named("--top", "1") == ["rossi"]
    assert named("--sort", "name") == ["bianchi", "neri", "rossi"]
    assert named("--sort", "trust") == ["rossi", "neri", "bianchi"]
    assert named("--state", "ended_exit") == ["neri"]
    assert named("--owner", "ugo", "--owner", "berta", "--sort", "name") == ["bianchi", "rossi"]
    assert named("--since", "2024-06-28") == ["bianchi"]


def test_people_without_somebody_is_what_falls(shop: "Journey") -> None:
    berta, ugo = sorted(shop.in_json("people", *AS_OF).lines, key=lambda one: one["representative"])
    assert (berta["representative"], berta["relationships"], ugo["representative"]) == ("berta", 2, "ugo")
    assert berta["share"] + ugo["share"] == pytest.approx(1.0)
    losses = shop.in_json("people", "--without", "berta", *AS_OF).lines
    assert {one["relationship"] for one in losses} == {"bianchi@shop", "verdi@shop"}
    assert sum(one["difference"] for one in losses) == pytest.approx(-berta["at_stake"])


def test_people_are_chosen(shop: "Journey") -> None:
    whole = {one["representative"]: one for one in shop.in_json("people", *AS_OF).lines}
    assert shop.in_json("people", *AS_OF, "--owner", "ugo").lines == [whole["ugo"]]
    assert shop.in_json("people", *AS_OF, "--state", "damaged").lines == [whole["ugo"]]
    assert [one["representative"] for one in shop.in_json("people", *AS_OF, "--top", "1").lines] == ["berta"]


def test_promises_say_what_became_of_them(shop: "Journey") -> None:
    lines = shop.in_json("promises", *AS_OF).lines
    assert [(one["promise"], one["state"], one["delivered"]) for one in lines] == [
        ("estimate", "overdue", None),
        ("cupboard", "due", None),
        ("catalogue", "kept", 0.6),
    ]
    assert [one["promise"] for one in shop.in_json("promises", *AS_OF, "--state", "kept", "--state", "due").lines] == [
        "cupboard",
        "catalogue",
    ]
    assert [one["promise"] for one in shop.in_json("promises", *AS_OF, "--since", "2024-06").lines] == ["cupboard"]
    assert [one["promise"] for one in shop.in_json("promises", *AS_OF, "--sort", "level").lines] == ["cupboard", "catalogue", "estimate"]
    assert shop.in_json("promises", *AS_OF, "--owner", "ugo").lines == []


def test_a_portfolio_begins_with_the_first_customer(shop: "Journey") -> None:
    lines = shop.in_json("portfolio", "--since", "2020", *AS_OF).lines
    assert (lines[0]["until"][:10], lines[-1]["until"][:10]) == ("2024-01-31", "2024-07-01")
    assert [one["relationships"] for one in lines] == [2, 3, 3, 3, 4, 4, 4]
    assert lines[-1]["states"]["ended_exit"] == 1
    assert {name: one["relationships"] for name, one in lines[-1]["origins"].items()} == {"unknown": 2, "referral": 1}
    assert [one["relationship"] for one in lines[5]["down"]] == ["rossi@shop", "bianchi@shop"]
    unnamed = shop.in_json("portfolio", "--top", "0", *AS_OF).lines
    assert not any(one["up"] or one["down"] for one in unnamed)
    only = shop.in_json("portfolio", "--state", "ended_exit", "--every", "quarter", *AS_OF).lines
    assert [(one["relationships"], one["trust"] is None) for one in only] == [(1, False), (1, True), (1, True)]


def rows_in(path: Path) -> list[dict[str, Any]]:
    """The rows of an exported file."""
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()  # type: ignore[no-any-return]
    if path.suffix == ".arrow":
        with pa.ipc.open_file(str(path)) as file:
            return file.read_all().to_pylist()  # type: ignore[no-any-return]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_file_holds_what_json_says(shop: "Journey", question: str) -> None:
    lines = shop.in_json(*QUESTIONS[question], *AS_OF).lines
    for suffix in ("jsonl", "csv", "parquet", "arrow"):
        run = shop(*QUESTIONS[question], *AS_OF, "--output", f"answer.{suffix}")
        assert (run.code, run.out, run.err) == (0, "", "")
    assert shop.read("answer.jsonl") == lines
    by_suffix = {suffix: rows_in(shop.folder / f"answer.{suffix}") for suffix in ("csv", "parquet", "arrow")}
    assert by_suffix["parquet"] == by_suffix["arrow"]
    for suffix, rows in by_suffix.items():
        assert [list(row) for row in rows] == [list(TABLES[question])] * len(lines)
        for row, line in zip(rows, lines, strict=True):
            for name in set(row) & set(line) - {"warnings"}:
                if isinstance(line[name], float):
                    assert float(row[name]) == line[name]
                elif suffix == "csv":
                    assert row[name] == ("" if line[name] is None else str(line[name]))


RESERVED_IN_POSTGRESQL = """
all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
concurrently constraint create cross current_date current_role current_time current_timestamp current_user default deferrable desc
distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is
isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer
overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then
to trailing true union unique user using variadic verbose when where window with
"""


@pytest.mark.parametrize(
    "columns", [*TABLES.values(), STANDINGS, COURSE, CONTRIBUTIONS], ids=[*TABLES, "standings", "course", "contributions"]
)
def test_no_exported_column_is_a_reserved_word(columns: Mapping[str, str]) -> None:
    import duckdb

    of_duckdb = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')"
    reserved = {str(name) for (name,) in duckdb.execute(of_duckdb).fetchall()}
    assert "at" in reserved
    assert not set(columns) & (reserved | set(RESERVED_IN_POSTGRESQL.split()))
    names = ", ".join(columns)
    with sqlite3.connect(":memory:") as database:
        database.execute(f"CREATE TABLE answer ({names})")
        assert database.execute(f"SELECT {names} FROM answer WHERE {' OR '.join(f'{name} > 0' for name in columns)}").fetchall() == []
    database.close()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("attention", "--state", "comunal"), 2, "there is no state `comunal`; did you mean `communal`?"),
        (("portfolio", "--state", "comunal"), 2, "there is no state `comunal`; did you mean `communal`?"),
        (("promises", "--state", "lost"), 2, "'lost' is not one of 'overdue', 'due', 'open', 'broken', 'kept', 'void'"),
        (("attention", "--since", "yesterday"), 2, "`yesterday` is not a date or time"),
        (("attention", "--sort", "luck"), 2, "'luck' is not one of"),
        (("people", "--top", "-1"), 2, "-1 is not in the range"),
        (("people", "--output", "answer.txt"), 2, "`answer.txt` has no known suffix"),
        (("people", "--output", "none/answer.csv"), 2, "there is no folder `none`"),
        (("attention", "--owner", "bertha"), 1, "no customer deals with `bertha`\n  mend: did you mean `berta`?"),
        (("promises", "--owner", "nobody"), 1, "no customer deals with `nobody`\n  mend: `journey people --top 0`"),
        (("portfolio", "--owner", "nobody"), 1, "no customer deals with `nobody`"),
        (("people", "--owner", "nobody"), 1, "no customer deals with `nobody`"),
        (("people", "--without", "berta", "--owner", "berta"), 2, "leave out --state and --owner"),
        (("people", "--without", "nobody"), 1, "no customer deals with `nobody`"),
        (("portfolio", "--since", "2030"), 1, "2030-01-01 is after 2024-07-01"),
        (("portfolio", "--since", "1200", "--every", "day"), 1, "there are more than 4000 periods of a day from 1200-01-01"),
        (("attention", "--rules", "goodwil"), 1, "did you mean `goodwill`?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_asked_is_refused_with_a_mend(shop: "Journey", arguments: tuple[str, ...], code: int, says: str) -> None:
    run = shop(*arguments, *AS_OF)
    assert (run.code, run.out) == (code, "")
    assert says in run.err
    assert "mend: " in run.err
    assert not [name for name in shop.names() if name.startswith("answer")]


@pytest.mark.parametrize("question", ["attention", "people", "promises", "portfolio"])
def test_where_there_is_no_journal_none_is_made(journey: "Journey", question: str) -> None:
    run = journey(question)
    assert (run.code, run.out) == (1, "")
    assert "there is no journal at `journey.db`" in run.err
    assert journey.names() == set()


@pytest.mark.parametrize("question", ["attention", "people", "promises", "portfolio"])
def test_before_anything_happened_the_answer_is_nothing(shop: "Journey", question: str) -> None:
    run = shop(question, "--as-of", "1990")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("0 ")
    assert shop.in_json(question, "--as-of", "1990").lines == []


def test_a_journal_of_the_past_says_from_where_to_look(shop: "Journey") -> None:
    run = shop("promises", "--state", "overdue")
    assert run.code == 0
    assert (
        run.err == "journey: the last customer was heard on 2024-06-24, and this is seen from now; `--as-of 2024-06-24` looks from there\n"
    )
    assert shop("promises", "--as-of", "now").err == ""


def test_only_what_was_known_then_counts(shop: "Journey") -> None:
    assert json.loads(shop("attention", *AS_OF, "--known-at", "2020", "--format", "json").out or "[]") == []


def test_the_next_command_of_an_answer_works_where_it_was_asked(shop: "Journey", monkeypatch: pytest.MonkeyPatch) -> None:
    for question, call in (("attention", ("explain", "rossi@shop")), ("people", ("people", "--without", "berta"))):
        hint = " ".join(("journey --store sqlite:///journey.db", *call, *AS_OF))
        assert f"`{hint}`" in shop("--store", "sqlite:///journey.db", question, *AS_OF).out
        assert shop(*call, *AS_OF).code == 0
    monkeypatch.setattr(clock, "now", lambda: datetime(2024, 7, 1, tzinfo=UTC))
    assert "`journey explain rossi@shop --as-of now`" in shop("attention").out
