"""Formats in and out: files as rows, rows as touchpoints, and importing them into a journal."""

from journey.formats.history_file import read_history
from journey.formats.importing import Outcome, import_files
from journey.formats.opening import ReadOptions
from journey.formats.report import Report

__all__ = ["Outcome", "ReadOptions", "Report", "import_files", "read_history"]
