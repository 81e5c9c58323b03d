"""Which laws each rule set keeps, as the search found it: kept in docs/laws.json, and searched anew when anything has changed that counts.

A search takes half a minute a rule set, and finds the same for the same code. So each entry carries a digest of all that it depends
on: the rule set's parameters and modules, the laws, how histories are made up, the major version of hypothesis; and for how these are
encoded and replayed, what the rule set makes of every bundled story, so that a change of the engine that changes no trust costs no
search. Lesser versions of hypothesis come out each week, and the page would be stale for whoever installs the newest.
"""

import hashlib
import inspect
import json
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

from journey_cli.stories import NAMES as STORIES
from journey_cli.stories import story
from journey_projections import RuleSet, replay
from journey_projections.testing import LAWS, check_laws

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = 100
"""How many histories are tried for each law."""
RECORDED = ROOT / "docs" / "laws.json"
_COUNTS = (
    "journey/testing/strategies.py",
    "projections/journey_projections/testing/checking.py",
    "projections/journey_projections/testing/edges.py",
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "projections/journey_projections/testing").glob("*law*.py")),
)


class Entry(TypedDict):
    """What was found of one rule set, and the digest of what that depends on."""

    of: str
    keeps: list[str]


def recorded() -> dict[str, Entry]:
    """What docs/laws.json holds, by rule set."""
    found: dict[str, Entry] = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    return found


def digest(rules: RuleSet) -> str:
    """The digest of all that the verdicts on a rule set depend on."""
    home = Path(inspect.getfile(rules.apply)).resolve()
    own = sorted(home.parent.glob("*.py")) if home.parent.name == "goodwill" else [home]
    shared = [home.parent / "valence.py"] if home.parent.name == "published" else []
    searcher = version("hypothesis").partition(".")[0]
    content = hashlib.sha256(f"{rules.hash} {EXAMPLES} {searcher}".encode())
    for path in (*own, *shared, *(ROOT / name for name in _COUNTS)):
        content.update(path.read_bytes())
    for name in STORIES:
        content.update(repr([one.after for one in replay(story(name).history, rules).contributions]).encode())
    return content.hexdigest()[:16]


def verdicts(sets: Iterable[RuleSet], *, search: bool) -> dict[str, Entry]:
    """What each rule set keeps. What is out of date is searched anew, or else, without `search`, told as it was, under its new digest."""
    before, now = recorded(), {rules.name: (rules, digest(rules)) for rules in sets}
    found = {name: Entry(of=of, keeps=before[name]["keeps"] if name in before else []) for name, (_, of) in now.items()}
    stale = [rules for name, (rules, of) in now.items() if name not in before or before[name]["of"] != of]
    for rules in stale if search else ():
        sys.stdout.write(f"searching for histories that break the laws under {rules.name}\n")
        sys.stdout.flush()
        found[rules.name]["keeps"] = kept(rules)
    return found


def kept(rules: RuleSet) -> list[str]:
    """The ids of the laws that the search finds kept."""
    return [verdict.law.id for verdict in check_laws(rules, LAWS, examples=EXAMPLES) if verdict.holds]


def text_of(entries: dict[str, Entry]) -> str:
    """docs/laws.json: an entry a line."""
    lines = (f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"
