"""The fences of import-linter hold every module: one that is added later is not left outside."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = {f"journey.{path.stem}" for path in (ROOT / "journey").glob("*.py") if path.stem not in ("__init__", "clock")}
CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
}


@pytest.mark.parametrize(
    "name",
    [
        "eventsourcing and databases only in the stores",
        "no file, socket, process or clock in the journal's core",
        "hypothesis only in the testing kits",
    ],
)
def test_every_module_of_the_journals_core_is_behind_the_fence(name: str) -> None:
    assert set(CONTRACTS[name]["source_modules"]) >= CORE


def test_every_module_of_the_journals_core_has_its_layer() -> None:
    layers = CONTRACTS["inside the journal: the journal on the stores, these on histories, these on touchpoints"]["layers"]
    assert {module for layer in layers for module in layer.split(" | ")} >= CORE
