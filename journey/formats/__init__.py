"""Formats in and out: files as rows, rows as touchpoints, and importing them into a journal."""

from journey.formats.history_file import read_history
from journey.formats.importing import Outcome, import_files

__all__ = ["Outcome", "import_files", "read_history"]
