"""Results as text: tables, stories, bars, files."""
