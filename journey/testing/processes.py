"""Other processes over one store, started in milliseconds, with their failures brought home."""

import multiprocessing
import traceback
from collections.abc import Callable
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_LOADED_BEFORE = [
    "pytest",
    "journey.testing.crash",
    "journey.testing.tails",
    "journey.stores.sqlite.store",
    "journey.stores.postgres.store",
]


def start(report: Path, target: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Start `target` in a process of its own, which writes what it raises to the file `report`."""
    process: BaseProcess = _context().Process(target=_reporting, args=(report, target, *arguments), daemon=True)  # type: ignore[attr-defined]
    process.start()
    return process


def failure(report: Path) -> list[str]:
    """What the process with this report raised, if anything."""
    return [report.read_text(encoding="utf-8")] if report.exists() else []


def _context() -> BaseContext:
    """Processes are forked from one that has loaded everything and holds no connection; elsewhere they start from nothing."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED_BEFORE)
    return context


def _reporting(report: Path, target: Callable[..., None], *arguments: Any) -> None:
    try:
        target(*arguments)
    except Exception:
        report.write_text(traceback.format_exc(), encoding="utf-8")
