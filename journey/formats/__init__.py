"""Formats in and out: files as rows, rows as touchpoints, importing them into a journal, and exporting it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journey.formats.exporting import Exported, export_journal
    from journey.formats.history_file import read_history
    from journey.formats.importing import Outcome, import_files
    from journey.formats.opening import ReadOptions
    from journey.formats.report import Report

__all__ = ["Exported", "Outcome", "ReadOptions", "Report", "export_journal", "import_files", "read_history"]
_MODULES = {
    "Exported": "exporting",
    "Outcome": "importing",
    "ReadOptions": "opening",
    "Report": "report",
    "export_journal": "exporting",
    "import_files": "importing",
    "read_history": "history_file",
}


def __getattr__(name: str) -> Any:
    """What is exported here, on first use: a command that reads one file does not pay for all formats."""
    if name in _MODULES:
        return getattr(import_module(f"journey.formats.{_MODULES[name]}"), name)
    raise AttributeError(f"module `journey.formats` has no attribute `{name}`")
