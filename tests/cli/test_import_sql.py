"""`journey import --sql`: any table by one SELECT, down to a real market's ratings."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Journey, Process, Run

ROOT = Path(__file__).resolve().parents[2]
MARKET = ROOT.parent / "shared" / "data" / "bitcoin_otc" / "soc-sign-bitcoinotc.csv"
MAPPING = ROOT / "journey" / "formats" / "mappings" / "bitcoin-otc" / "mapping.sql"
SELECT = "SELECT 'interaction' AS kind, name AS id, 'r' AS relationship, "


def test_a_mapping_reads_any_table(journey: "Journey") -> None:
    source = journey.file("visits.csv", "name;when;stars", "anna;2024-01-05 10:00:00;5", "berta;2024-01-06 10:00:00;1")
    when = "timezone('Europe/Rome', \"when\"::TIMESTAMP) AS occurred_at"
    mapping = journey.file("mapping.sql", f"-- stars to qualities\n{SELECT} {when}, (stars - 3) / 2 AS benevolence FROM source;")
    assert journey.imported("--sql", mapping, source).counts == (2, 2, 0, 0)
    first, second = journey.in_json("history", "r").lines
    assert first["occurred_at"].startswith("2024-01-05T09:00:00")
    assert (first["benevolence"], second["benevolence"]) == (1.0, -1.0)


def test_further_files_are_views_named_by_their_stem(journey: "Journey") -> None:
    source = journey.file("visits.csv", "name,day", "anna,5", "berta,6")
    people = journey.file("people.jsonl", {"name": "anna", "contact": "anna.b"}, {"name": "berta", "contact": "berta.c"})
    mapping = journey.file(
        "mapping.sql",
        f"{SELECT.replace('name', 's.name')} contact, make_timestamptz(2024, 1, day::BIGINT, 10, 0, 0) AS occurred_at",
        "FROM source s JOIN people p ON s.name = p.name",
    )
    assert journey.imported("--sql", mapping, source, people).counts == (2, 2, 0, 0)
    assert [line["contact"] for line in journey.in_json("history", "r").lines] == ["anna.b", "berta.c"]


def test_a_mapped_row_is_refused_like_any_other(journey: "Journey") -> None:
    source = journey.file("visits.csv", "name,stars", "anna,1", "berta,5", "carla,0")
    mapping = journey.file("mapping.sql", f"{SELECT} TIMESTAMPTZ '2024-01-05 10:00:00+01' AS occurred_at, stars AS benevolence FROM source")
    run = journey.imported("--sql", mapping, source)
    assert run.code == 1
    assert run.counts == (3, 2, 0, 1)
    (refused,) = journey.read("visits.rejects.jsonl")
    assert (refused["row"]["id"], refused["mend"]) == ("berta", "give `benevolence` a number from -1 to 1")


@pytest.fixture(scope="module")
def market(process: "Process", tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, "Run"]:
    """A folder whose journal holds a real market's ratings, and what importing them answered."""
    if not MARKET.exists():
        pytest.skip("the Bitcoin OTC ratings are not beside this repository")
    folder = tmp_path_factory.mktemp("market")
    return folder, process(folder, "--format", "json", "import", "--sql", MAPPING, MARKET)


@pytest.fixture
def at_market(market: tuple[Path, "Run"], journey: "Journey", monkeypatch: pytest.MonkeyPatch) -> "Journey":
    monkeypatch.chdir(market[0])
    return journey


def test_a_real_market_is_imported_whole(market: tuple[Path, "Run"]) -> None:
    assert (market[1].code, market[1].err) == (0, "")
    assert market[1].counts == (35_592, 35_592, 0, 0)


def test_a_real_market_imported_again_changes_nothing(at_market: "Journey") -> None:
    assert at_market.in_json("import", "--sql", MAPPING, MARKET).counts == (35_592, 0, 35_592, 0)


def test_a_real_market_is_replayed_whole(at_market: "Journey") -> None:
    lines = at_market.in_json("replay", "--all").lines
    assert len(lines) == 5_858
    assert sum(line["touchpoints"] for line in lines) == 35_592


def test_a_member_of_a_real_market_is_explained(at_market: "Journey") -> None:
    explained = at_market.in_json("explain", "35").json
    assert explained["prior"] + sum(one["delta"] for one in explained["contributions"]) == explained["trust"]
    assert sum(one["touchpoint"] is not None for one in explained["contributions"]) == 535
    assert at_market("explain", "35").code == 0
