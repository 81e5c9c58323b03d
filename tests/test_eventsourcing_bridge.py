"""The example of a bridge from a team's aggregates: each event once, whatever was lost on the way."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from journey import Journal
from journey_projections import replay


@pytest.fixture(scope="module")
def bridge() -> ModuleType:
    path = Path(__file__).parent.parent / "examples" / "eventsourcing_bridge.py"
    spec = importlib.util.spec_from_file_location("eventsourcing_bridge", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def desk(bridge: ModuleType) -> Any:
    """A help desk with two tickets: one answered and solved, one left alone."""
    app = bridge.HelpDesk()
    answered = app.open("anna@shop", "Where is my parcel?", urgent=True)
    app.reply(answered, "ugo")
    app.solve(answered, "ugo")
    app.open("bob@shop", "My invoice is wrong.")
    return app


def test_each_event_is_one_touchpoint_of_its_customer(bridge: ModuleType, desk: Any, tmp_path: Path) -> None:
    with Journal.open("memory:") as journal:
        assert bridge.follow(desk, journal, tmp_path / "position") == 4
        kinds = {
            one.relationship: [record.touchpoint.kind for record in journal.history(one.relationship).records]
            for one in journal.relationships()
        }
        assert kinds == {"anna@shop": ["request_made", "interaction", "recovery_step_taken"], "bob@shop": ["request_made"]}
        assert replay(journal.history("anna@shop")).touchpoints == 3


@pytest.mark.parametrize("known", [None, 0, 1, 3])
def test_what_comes_again_after_a_crash_changes_nothing(bridge: ModuleType, desk: Any, tmp_path: Path, known: int | None) -> None:
    position = tmp_path / "position"
    with Journal.open("memory:") as journal:
        bridge.follow(desk, journal, position)
        if known is None:
            position.unlink()
        else:
            position.write_text(str(known))
        assert bridge.follow(desk, journal, position) == 0
        desk.open("bob@shop", "Hello?")
        assert bridge.follow(desk, journal, position) == 1
        assert journal.last_position() == 5


def test_it_reads_on_page_by_page(bridge: ModuleType, desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "PAGE", 1)
    with Journal.open("memory:") as journal:
        assert bridge.follow(desk, journal, tmp_path / "position") == 4
