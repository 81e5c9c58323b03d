"""Killing writers at random moments, and seeing that the journal keeps its word.

Writers in processes of their own note each receipt in a file once `record` has returned, and are killed while they open,
record, seal or close. Whoever comes next goes on with the first batch that nobody acknowledged to it, as a client would.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from journey.errors import StoreUnavailable
from journey.journal import Journal
from journey.testing.places import STUCK_SECONDS, Opener, contact, contacts, records
from journey.testing.processes import failure, start
from journey.times import to_microseconds
from journey.touchpoints import Interaction

_ROUNDS_IN_ONE_PLACE = 6
_BATCHES = (0, 0, 1, 3, 12)
"""A writer is killed after one of these numbers of acknowledged batches, at the earliest …"""
_SECONDS = (0.001, 0.01, 0.05)
"""… and at most so many seconds later."""
_SIZES = (1,) * 40 + (2, 3, 5, 8, 20) * 6 + (100, 100, 100, 1_100)


@dataclass(frozen=True)
class CrashTrial:
    """What was found after `rounds` of killing: touchpoints `recorded` and, of them, acknowledged or present without it.

    `lost` were acknowledged and are gone or changed, `doubled` are there twice; `problems` tells of these and of anything else
    that is not as it should be.
    """

    seed: int
    rounds: int = 0
    killed: int = 0
    recorded: int = 0
    acknowledged: int = 0
    unacknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    problems: tuple[str, ...] = ()


def crash_trial(
    new_opener: Callable[[], Opener], *, rounds: int, seed: int, writers: int = 3, strike: Callable[[], object] | None = None
) -> CrashTrial:
    """Let `writers` processes record in places that `new_opener` makes, and kill them, for so many rounds.

    `strike`, if given, is called in each round before the writers are killed, and may take the server away from under them
    for a while; they then retry. `seed` decides the batches and the moments.
    """
    random, trial = Random(seed), CrashTrial(seed)
    with TemporaryDirectory(prefix="journey-crash-") as folder:
        while trial.rounds < rounds and not trial.problems:
            place = _Place(new_opener(), [Path(folder) / f"{trial.rounds}-{number}" for number in range(writers)])
            for _ in range(min(_ROUNDS_IN_ONE_PLACE, rounds - trial.rounds)):
                _kill(place, random, strike)
                trial = _checked(place, replace(trial, rounds=trial.rounds + 1, killed=trial.killed + writers))
                if trial.problems:
                    return trial
            trial = _gone_on(place, trial)
    return trial


class _Place(NamedTuple):
    """One store and the files in which its writers note what was acknowledged to them."""

    opener: Opener
    notes: Sequence[Path]


class _Acknowledged(NamedTuple):
    """The first receipt of a batch, as its writer noted it."""

    position: int
    recorded_at: int


def _batch(writer: str, number: int) -> list[Interaction]:
    """What a writer's batch of that number always holds."""
    random = Random(f"{writer} {number}")
    return [
        contact(
            f"{writer}-{number}-{one}", relationship=f"r{random.randrange(5)}", day=random.randrange(100), note="x" * random.randrange(200)
        )
        for one in range(random.choice(_SIZES))
    ]


def _write(opener: Opener, notes: Path, seed: int, is_patient: bool) -> None:
    """Record batch after batch, opening and closing in between, until killed."""
    random, number = Random(seed), len(_acknowledged(notes))
    with notes.open("ab", buffering=0) as file:
        file.write(b"\n")  # the writer before may have been killed within a line
        while True:
            try:
                with Journal(opener()) as journal:
                    for _ in range(random.randint(1, 25)):
                        first = journal.record(*_batch(notes.name, number))[0]
                        file.write(f"{number} {first.position} {to_microseconds(first.recorded_at)} acknowledged\n".encode())
                        number += 1
            except StoreUnavailable:
                if not is_patient:
                    raise
                time.sleep(0.01)


def _acknowledged(notes: Path) -> list[_Acknowledged]:
    """What was acknowledged, batch by batch."""
    lines = notes.read_text(encoding="ascii").splitlines() if notes.exists() else []
    complete = [line.split() for line in lines if line.endswith(" acknowledged")]
    assert [int(words[0]) for words in complete] == list(range(len(complete))), "a writer notes its batches in order"
    return [_Acknowledged(int(position), int(recorded_at)) for _, position, recorded_at, _ in complete]


def _kill(place: _Place, random: Random, strike: Callable[[], object] | None) -> None:
    """Start the writers and kill each at a moment of its own: some time after some of its batches were acknowledged."""
    before = [_lines(notes) for notes in place.notes]
    started = [start(_report(notes), _write, place.opener, notes, random.randrange(2**32), strike is not None) for notes in place.notes]

    def wait_for(writer: int, batches: int) -> None:
        deadline = time.monotonic() + STUCK_SECONDS
        while started[writer].is_alive() and _lines(place.notes[writer]) <= before[writer] + batches and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(random.choice(_SECONDS) * random.random())

    if strike is not None:
        wait_for(0, random.choice(_BATCHES))
        strike()
        before = [_lines(notes) - 1 for notes in place.notes]
    for writer in random.sample(range(len(started)), len(started)):
        wait_for(writer, random.choice(_BATCHES))
        started[writer].kill()
    for process in started:
        process.join()


def _checked(place: _Place, trial: CrashTrial) -> CrashTrial:
    """The trial with what is found in the place now."""
    problems = [text for notes in place.notes for text in failure(_report(notes))]
    with Journal(place.opener()) as journal:
        facts = records(journal)
        verification = journal.verify()
    by_id = {one.touchpoint.id: one for one in facts}
    acknowledged = unacknowledged = lost = 0
    for notes in place.notes:
        noted = _acknowledged(notes)
        for number, (position, recorded_at) in enumerate(noted):
            for at, touchpoint in enumerate(_batch(notes.name, number), start=position):
                acknowledged += 1
                record = by_id.get(touchpoint.id)
                if record is None or (record.touchpoint, record.position, to_microseconds(record.recorded_at)) != (
                    touchpoint,
                    at,
                    recorded_at,
                ):
                    lost += 1
                    problems.append(f"`{touchpoint.id}` was acknowledged at position {at}, and now there is {record}")
        following = _batch(notes.name, len(noted))
        present = sum(touchpoint.id in by_id for touchpoint in following)
        unacknowledged += present
        if present not in (0, len(following)):
            problems.append(f"batch {len(noted)} of {notes.name} is there in part: {present} of {len(following)}")
    if acknowledged - lost + unacknowledged != len(by_id):
        problems.append(f"{len(by_id)} touchpoints are there, {acknowledged} were acknowledged and {unacknowledged} may be there besides")
    if [one.position for one in facts] != list(range(1, len(facts) + 1)):
        problems.append("positions have gaps or are out of order")
    if verification.touchpoints != len(facts):
        problems.append(f"{len(facts)} touchpoints are read and {verification.touchpoints} verified")
    problems += [violation.problem for violation in verification.violations]
    doubled = len(facts) - len(by_id)
    return replace(
        trial,
        unacknowledged=trial.unacknowledged + unacknowledged,
        lost=trial.lost + lost,
        doubled=trial.doubled + doubled,
        problems=(*trial.problems, *problems),
    )


def _gone_on(place: _Place, trial: CrashTrial) -> CrashTrial:
    """The trial with what the place holds in the end, once one more writer has recorded in it and closed it."""
    last = contacts(3, prefix="last-")
    with Journal(place.opener()) as journal:
        journal.record(*last)
    with Journal(place.opener()) as journal:
        facts = records(journal)
        verification = journal.verify()
    count, problems = len(facts), [violation.problem for violation in verification.violations]
    if [one.touchpoint for one in facts[-len(last) :]] != last:
        problems.append("what the next writer recorded is not there")
    if verification.sealed != count:
        problems.append(f"the next writer sealed up to {verification.sealed} of {count}")
    acknowledged = sum(len(_batch(notes.name, number)) for notes in place.notes for number in range(len(_acknowledged(notes))))
    return replace(
        trial,
        recorded=trial.recorded + count,
        acknowledged=trial.acknowledged + acknowledged + len(last),
        problems=(*trial.problems, *problems),
    )


def _lines(notes: Path) -> int:
    return notes.read_bytes().count(b"\n") if notes.exists() else 0


def _report(notes: Path) -> Path:
    return notes.with_suffix(".error")
