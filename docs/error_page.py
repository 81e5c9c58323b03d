"""docs/errors.md: every class of errors with a sample that is run and the message that it gives."""

import os
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

from page import claim, page, written_by

from journey import errors
from journey_cli.main import FAILURE, USAGE

SAMPLES = {
    "InvalidTouchpoint": """
from journey import read_touchpoint

fields = {"id": "card-1", "relationship": "m@bank", "occurred_at": "2024-03-05T10:00:00", "severity": 2}
read_touchpoint({"kind": "failure_occurred", **fields})
""",
    "UnknownKind": """
from journey import read_touchpoint

read_touchpoint({"kind": "interacton", "id": "visit-1", "relationship": "m@bank", "occurred_at": "2024-03-05T10:00:00Z"})
""",
    "UnknownName": """
from journey import Interaction, Journal

with Journal.open("memory:") as journal:
    journal.record(Interaction(id="visit-1", relationship="m@bank", occurred_at="2024-03-05T10:00:00Z"))
    journal.history("m@bnak")
""",
    "ConflictingTouchpoint": """
from journey import Interaction, Journal

with Journal.open("memory:") as journal:
    journal.record(Interaction(id="visit-1", relationship="m@bank", occurred_at="2024-03-05T10:00:00Z", benevolence=0.6))
    journal.record(Interaction(id="visit-1", relationship="m@bank", occurred_at="2024-03-05T10:00:00Z", benevolence=0.9))
""",
    "UnsupportedSchema": """
import sqlite3

from journey import Journal

Journal.open("sqlite:///tomorrow.db").close()
file = sqlite3.connect("tomorrow.db")
file.execute("UPDATE journey_format SET version = 99")  # as a later journey might
file.commit()
file.close()
Journal.open("sqlite:///tomorrow.db")
""",
    "InvalidStoreUrl": """
from journey import Journal

Journal.open("bank.db")
""",
    "StoreUnavailable": """
from journey import Journal

Journal.open("sqlite:///nowhere.db", read_only=True)
""",
    "Overloaded": """
import asyncio

from journey import AsyncJournal, Interaction


async def record() -> None:
    visits = [Interaction(id=f"visit-{n}", relationship="m@bank", occurred_at="2024-03-05T10:00:00Z") for n in range(1_000)]
    async with await AsyncJournal.open("memory:", queue=2) as journal:
        await asyncio.gather(*(journal.record(*visits) for _ in range(4)))


asyncio.run(record())
""",
    "DamagedJournal": """
import sqlite3

from journey import Journal

file = sqlite3.connect("other.db")
file.execute("CREATE TABLE touchpoints (finger TEXT)")
file.close()
Journal.open("sqlite:///other.db")
""",
    "DamagedLedger": """
from pathlib import Path

from journey_projections.ledger import Ledger

folder = Path("journey.ledger/touchpoints")
folder.mkdir(parents=True)
(folder / "000000000001-000000000009.parquet").write_bytes(b"cut off")
Ledger(Path("journey.ledger")).open()
""",
    "ConflictingHistory": """
from journey import Interaction, Journal

with Journal.open("memory:") as journal:
    journal.record(Interaction(id="visit-1", relationship="m@bank", occurred_at="2024-03-05T10:00:00Z"))
    later = Interaction(id="visit-2", relationship="m@bank", occurred_at="2024-03-06T10:00:00Z")
    journal.record(later, expected_version=0)
""",
    "ConflictingSubscription": """
from journey import Interaction, Journal

with Journal.open("memory:") as journal:
    visits = [Interaction(id=f"visit-{n}", relationship="m@bank", occurred_at="2024-03-05T10:00:00Z") for n in range(3)]
    journal.record(*visits)
    with journal.subscribe(name="billing") as earlier, journal.subscribe(name="billing") as later:
        next(earlier)
        next(earlier)
""",
    "UnreadableSource": """
from pathlib import Path

from journey.formats.sources import rows_from

Path("visits.jsonl").write_bytes(b"")
rows_from([Path("visits.jsonl")])
""",
    "UnwritableTarget": """
from pathlib import Path

from journey import Journal
from journey.formats import export_journal

with Journal.open("memory:") as journal:
    export_journal(journal, Path("journal.jsnol"))
""",
    "UnusableRules": """
from pathlib import Path

from journey_projections.rules.loading import load_rules

Path("mine.py").write_text("step = 0.1")
load_rules("mine.py")
""",
    "MissingExtra": """
import sys

sys.modules["hypothesis"] = None  # as where it is not installed
import journey.testing
""",
}
"""Code that raises each error, by the error's name."""


def error_catalogue() -> str:
    """docs/errors.md: a sample, its message and its mend for each class, by running the sample."""
    intro, tree, outro = str(errors.__doc__).strip().split("\n\n")
    tree = textwrap.dedent(tree)
    told = [
        "# Errors",
        written_by("journey/errors.py"),
        f"{intro} The command line writes them to standard error as below, after `journey: `, and exits with {FAILURE} "
        f"({USAGE} if the call itself was wrong).",
        f"```text\n{tree}\n```",
        outro,
        "`except JourneyError` catches all of them. A time without an offset in a call such as `history.as_of` is a `ValueError`: "
        "a mistake in the program, not in its input.",
    ]
    for error in _errors(errors.JourneyError):
        if error.__name__ not in SAMPLES:
            raise SystemExit(f"docs/error_page.py: give `{error.__name__}` a sample in SAMPLES")
        sample = SAMPLES[error.__name__].strip()
        told += [f"## {error.__name__}", claim(error), f"```python raises={error.__name__}\n{sample}\n```"]
        told.append(f"```text\n{_raised(sample, error)}\n```")
    return page(told)


def _errors(root: type[errors.JourneyError]) -> Iterator[type[errors.JourneyError]]:
    for error in root.__subclasses__():
        if error.__module__ == errors.__name__:
            yield error
            yield from _errors(error)


def _raised(sample: str, expected: type[errors.JourneyError]) -> str:
    """What a sample's error says, in a folder of its own and as if the testing kits had not been imported yet."""
    modules, folder = dict(sys.modules), Path.cwd()
    for name in [name for name in modules if name.split(".")[1:2] == ["testing"]]:
        del sys.modules[name]
    with tempfile.TemporaryDirectory() as workshop:
        os.chdir(workshop)
        try:
            exec(compile(sample, expected.__name__, "exec"), {})
        except errors.JourneyError as error:
            if type(error) is not expected:
                raise
            return f"{error}\n  mend: {error.mend}"
        finally:
            os.chdir(folder)
            sys.modules.clear()
            sys.modules.update(modules)
    raise SystemExit(f"docs/error_page.py: the sample of `{expected.__name__}` raises nothing")
