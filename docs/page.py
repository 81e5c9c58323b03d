"""What every generated page has."""

from pathlib import Path

DOCS = Path(__file__).resolve().parent


def written_by(source: str) -> str:
    """The line that says where a page comes from."""
    return f"<!-- Written by `make docs` from {source}; edit that instead. -->"


def page(parts: list[str]) -> str:
    """A page of paragraphs; empty ones are left out."""
    return "\n".join(line.rstrip() for line in "\n\n".join(filter(None, parts)).splitlines()) + "\n"


def claim(documented: object) -> str:
    """The docstring of something, on one line."""
    return " ".join(str(documented.__doc__).split())
