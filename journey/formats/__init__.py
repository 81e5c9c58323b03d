"""Formats in and out: files as rows, rows as touchpoints, importing them into a journal, and exporting it."""

from journey.formats.exporting import Exported, export_journal
from journey.formats.history_file import read_history
from journey.formats.importing import Outcome, import_files
from journey.formats.opening import ReadOptions
from journey.formats.report import Report

__all__ = ["Exported", "Outcome", "ReadOptions", "Report", "export_journal", "import_files", "read_history"]
