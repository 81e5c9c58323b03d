"""Change files of every format at random and import them, to see that the door holds: `make fuzz`.

Each input is a good file in which bytes or tokens were changed; it is imported into a journal in memory. Whatever the file holds, an
import raises nothing but a JourneyError, ends, counts what it read, and writes each refused row to the rejects with its reason. Where a
line is a row, every line that was not changed is recorded exactly, and every fact that is recorded says what its line says. The exit code
is 1 when something else was seen; what was imported is then kept beside its story.
"""

import argparse
import json
import random
import re
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fuzz_files import Seed, objects_in, records_in, says, seeds

from journey import Journal, JourneyError
from journey.amendments import FACTS
from journey.formats import Outcome, import_files
from journey.touchpoints import fields_of

SECONDS = 5
"""So long an import of a few rows may take."""
_TOKENS = [
    *(b'"', b'""', b'","', b"\n", b"\r", b"\r\n", b"\n\n", b",", b";", b"\t", b"|", b" ", b"{", b"}", b"[", b"]", b"[[", b":", b"\\", b"'"),
    *(b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe9", b"\xc3", b"\xed\xa0\x80", "\u2028".encode(), "\u00a0".encode(), b"\x1a", b"\x0c"),
    *(
        b"null",
        b"true",
        b"NaN",
        b"Infinity",
        b"1e400",
        b"-0",
        b"0x10",
        b"1_0",
        b"1E5",
        "１２".encode(),
        "٣".encode(),
        b"99999999999999999999",
    ),
    *(b"T24:00:00Z", b"0000-01-01T00:00:00Z", b"10000-01-01", b"09:00:60Z", b".123456789Z", b"infinity", b"epoch", b"+25:00"),
    *(b"\\ud800", b"\\u0000", b'{"a":', b'"kind":"note_added",', b"<", b">", b"&lt;", b"&#0;", b"<!DOCTYPE a>", b"]]>", b"<event>", b"/>"),
]


class Failed(Exception):
    """Raised where an import did not do what it promises."""


class _TooSlow(BaseException):
    """Raised in an import that takes too long."""


# Changes


def changed(content: bytes, chance: random.Random) -> bytes:
    """The content with one change, or with a few."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        content = chance.choice(_CHANGES)(content, chance)
    return content


def _insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(_TOKENS) + content[at:]


def _replace(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(_TOKENS) + content[at + chance.choice((1, 1, 2, 10)) :]


def _flip(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + bytes([byte ^ 1 << chance.randrange(8) for byte in content[at : at + 1]]) + content[at + 1 :]


def _remove(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + content[at + chance.choice((1, 1, 2, 30)) :]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(content) + 1), chance.choice((1, 5, 50, 200))
    return content[: at + size] + content[at:]


def _value(content: bytes, chance: random.Random) -> bytes:
    """Put a token in the place of whatever is between two delimiters."""
    marks = [at for at, byte in enumerate(content) if byte in b",:;\n>="]
    if len(marks) < 2:
        return content
    number = chance.randrange(len(marks) - 1)
    return content[: marks[number] + 1] + chance.choice(_TOKENS) + content[marks[number + 1] :]


def _shuffle(content: bytes, chance: random.Random) -> bytes:
    """Put a line into another place."""
    lines = content.splitlines(keepends=True)
    line = lines.pop(chance.randrange(len(lines))) if lines else b""
    lines.insert(chance.randrange(len(lines) + 1), line)
    return b"".join(lines)


_CHANGES = (_insert, _insert, _replace, _value, _flip, _remove, _cut, _repeat, _shuffle)


# Imports


@contextmanager
def _limited() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _TooSlow

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def try_import(folder: Path, seed: Seed, content: bytes) -> Outcome | str:
    """Import a changed file: the outcome, or why it cannot be read. Raises Failed."""
    path, rejects, mapping = folder / seed.name, folder / "rejects.jsonl", None
    path.write_bytes(seed.repack(content))
    rejects.unlink(missing_ok=True)
    if seed.mapping is not None:
        mapping = folder / "map.sql"
        mapping.write_text(seed.mapping)
    with Journal.open("memory:") as journal:
        try:
            with _limited():
                outcome = import_files(journal, [path], mapping=mapping, options=seed.options, rejects=rejects)
        except JourneyError as error:
            if not str(error) or not error.mend:
                raise Failed(f"without text or mend: {error!r}") from error
            return str(error)
        except _TooSlow as error:
            raise Failed(f"not done in {SECONDS} s") from error
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            raise Failed(f"{type(error).__name__}: {error}") from error
        facts = {record.touchpoint.id: fields_of(record.touchpoint) for record in journal.read()}
    _check_counts(outcome, len(facts), rejects)
    if seed.read_line is not None:
        _check_lines(seed, content, facts, rejects)
    return outcome


def _check_counts(outcome: Outcome, facts: int, rejects: Path) -> None:
    if outcome.read != outcome.recorded + outcome.unchanged + outcome.refused or outcome.recorded != facts:
        raise Failed(f"counts do not add up: {outcome}; {facts} facts")
    refused = [json.loads(line) for line in rejects.read_bytes().splitlines()] if outcome.refused else []
    if len(refused) != outcome.refused or rejects.exists() != bool(refused):
        raise Failed(f"{len(refused)} rejects of {outcome.refused}")
    for one in refused:
        if not one["reason"] or not one["mend"]:
            raise Failed(f"without reason or mend: {one}")
    json.dumps(outcome.to_dict())


def _check_lines(seed: Seed, content: bytes, facts: Mapping[str, Mapping[str, Any]], rejects: Path) -> None:
    assert seed.read_line is not None
    if not content.startswith(seed.content[: 1 if content[:1] in b"{[" else seed.content.index(b"\n") + 1]):
        return
    text = content.decode(errors="surrogateescape")
    good = {line.strip(): seed.read_line(line) for line in seed.content.decode().split("\n")}
    taken = rejects.read_text(encoding="utf-8") if rejects.exists() else ""
    lines = [(line, seed.read_line(line)) for line in re.split("\n" if ".json" in seed.name else "[\r\n]", text)]
    for line, fields in lines:
        if not fields or good.get(line.strip()) != fields or fields["id"] in ("id", *facts) or "corrects" in fields:
            continue
        if not any(f"{what} `{fields['id']}`" in taken for what in ("touchpoint", "the id")):
            raise Failed(f"a good row was lost: {line}")
    given: dict[str, list[Mapping[str, Any]]] = {}
    for fields in objects_in(text) if ".json" in seed.name else records_in(text, seed.read_line):
        given.setdefault(str(fields.get("id")), []).append(fields)
    for id, fact in facts.items():
        if not any(_is_said(fields, fact) for fields in given.get(id, ())):
            raise Failed(f"no line says this: {fact}")


def _is_said(fields: Mapping[str, Any], fact: Mapping[str, Any]) -> bool:
    defaults = {name: field.default for name, field in FACTS[fact["kind"]].model_fields.items()}
    extra = {name for name, value in fields.items() if name not in fact and value is not None} - {"position", "recorded_at"}
    return not extra and all(
        says(fields[name], value) if fields.get(name) is not None else value == defaults[name] for name, value in fact.items()
    )


def run(count: int, seed: int, keep: Path, only: str) -> Counter[str]:
    """Import so many changed files. Returns what was seen, and how often."""
    chance, seen, stories = random.Random(seed), Counter[str](), set[str]()
    with TemporaryDirectory() as place:
        folder = Path(place)
        files = [one for one in seeds(folder) if only in one.name]
        for one in files:
            outcome = try_import(folder, one, one.content)
            assert isinstance(outcome, Outcome) or "damaged" in outcome, (one.name, outcome)
        for number in range(count):
            one = chance.choices(files, [file.weight for file in files])[0]
            content = changed(one.content, chance)
            try:
                outcome = try_import(folder, one, content)
            except Failed as failure:
                seen["failed"] += 1
                frames = traceback.extract_tb(failure.__cause__.__traceback__) if failure.__cause__ else ()
                where = next(
                    (
                        f"{frame.name} ({Path(frame.filename).name}:{frame.lineno})"
                        for frame in reversed(frames)
                        if "/journey/" in frame.filename
                    ),
                    "",
                )
                story = f"{one.name}: {str(failure)[:60]} in {where}"
                if story not in stories:
                    stories.add(story)
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{seed}-{number}-{one.name}").write_bytes(one.repack(content))
                    print(f"{seed}-{number}-{one.name}: {failure} {where}", flush=True)
            else:
                seen["unreadable" if isinstance(outcome, str) else "with refusals" if outcome.refused else "all good"] += 1
            seen[one.name] += 1
    return seen


def main() -> int:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=20_000, help="how many files")
    parser.add_argument("seed", nargs="?", type=int, default=1, help="of the random changes")
    parser.add_argument("--keep", type=Path, default=Path("fuzzed"), help="the folder for files that failed")
    parser.add_argument("--only", default="", help="only files with this in their name, such as .csv")
    arguments = parser.parse_args()
    seen = run(arguments.count, arguments.seed, arguments.keep, arguments.only)
    print(", ".join(f"{name} {number}" for name, number in seen.most_common()))
    return 1 if seen["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
