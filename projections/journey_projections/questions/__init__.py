"""Questions about everybody in a journal."""
