"""Writes the generated files of docs/ from the code; with `--check` writes nothing and names the stale ones."""

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial

from coding_guide import coding_guide
from command_page import commands
from error_page import error_catalogue
from page import DOCS
from pictures import drawn
from rule_pages import laws, rule_sets, trust_rules
from touchpoint_pages import schema, touchpoints
from warning_page import warnings

from journey_projections.rules.goodwill.catalogue import RULES

GENERATED: Mapping[str, Callable[[], str]] = {
    "touchpoints.md": touchpoints,
    "coding-guide.md": coding_guide,
    "touchpoints.schema.json": schema,
    "errors.md": error_catalogue,
    "commands.md": commands,
    "trust-rules.md": trust_rules,
    "warnings.md": warnings,
    "laws.json": laws,
    "rule-sets.md": rule_sets,
    **{f"pictures/{rule.id}.svg": partial(drawn, rule) for rule in RULES},
}


def write() -> int:
    """Write what is stale, or with `--check` name it and return 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name the files that are stale")
    checks = parser.parse_args().check
    texts = {DOCS / name: generate() for name, generate in GENERATED.items()}
    stale = {path: text for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        if not checks:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"docs/{path.relative_to(DOCS)} {'is stale; `make docs` writes it' if checks else 'written'}\n")
    return 1 if checks and stale else 0


if __name__ == "__main__":
    sys.exit(write())
