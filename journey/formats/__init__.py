"""Formats in and out: files as rows, rows as touchpoints, importing them into a journal, and exporting it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journey.formats.exporting import Exported, export_journal
    from journey.formats.history_file import read_history
    from journey.formats.importing import Outcome, import_files
    from journey.formats.mappings.ready import ReadyMapping, mapping_names, read_mapping
    from journey.formats.opening import ReadOptions
    from journey.formats.report import Report

__all__ = [
    "Exported",
    "Outcome",
    "ReadOptions",
    "ReadyMapping",
    "Report",
    "export_journal",
    "import_files",
    "mapping_names",
    "read_history",
    "read_mapping",
]
_MODULES = {
    "Exported": "exporting",
    "Outcome": "importing",
    "ReadOptions": "opening",
    "ReadyMapping": "mappings.ready",
    "Report": "report",
    "export_journal": "exporting",
    "import_files": "importing",
    "mapping_names": "mappings.ready",
    "read_history": "history_file",
    "read_mapping": "mappings.ready",
}


def __getattr__(name: str) -> Any:
    """What is exported here, on first use: a command that reads one file does not pay for all formats."""
    if name in _MODULES:
        return getattr(import_module(f"journey.formats.{_MODULES[name]}"), name)
    raise AttributeError(f"module `journey.formats` has no attribute `{name}`")
