"""Replay of every relationship in a ledger: some at a time, so that memory is bounded by a setting and not by the log."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from journey.errors import UnusableRules
from journey.times import moment
from journey_projections.compiled import Replays, replay_all
from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.ledger.chunks import Chunk
from journey_projections.ledger.open_ledger import OpenLedger
from journey_projections.ledger.results import Instant, Results, Standings
from journey_projections.rules.rule_set import RuleSet

MEBIBYTE = 2**20
MEMORY = 1024 * MEBIBYTE
"""About how much memory replaying a ledger takes by default, in bytes."""
PROCESS = 300 * MEBIBYTE
"""What a process takes before it reads any row: Python, Arrow, the compiled rules."""
ROW = 400
"""What one row takes while it is read and replayed, with room to spare."""
CONTRIBUTION = 240
"""What its contribution takes in addition, or its warnings."""
AT_DATE = 50
"""What the trust of one relationship at one date takes."""
LEAST = 20_000
"""The least number of rows to read at once."""
LEAST_COURSES = 1_000
"""The least number of rows to read at once where trust is computed at dates …"""
LEAST_DATES = 10_000_000
"""… but no more than for so many of those."""


class ReplayedChunk(NamedTuple):
    """A chunk with the replays of its relationships, by the codes that its rows have."""

    chunk: Chunk
    replays: Replays


def replay_ledger(
    opened: OpenLedger,
    rules: str | RuleSet = "goodwill",
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
    dates: Sequence[Instant] = (),
    parties: bool = False,
    contributions: bool = False,
    states: bool = False,
    warnings: WarningParameters | None = None,
    promises: bool = False,
    stakes: bool = False,
    on_chunk: Callable[[ReplayedChunk], object] = lambda _: None,
    memory: int = MEMORY,
    threads: int = 2,
    notice: Callable[[str], object] | None = None,
    failed: Callable[[str, UnusableRules], object] | None = None,
) -> Standings:
    """Replay every relationship of a ledger as of a day and as known at a day, in about so many bytes of `memory`.

    It takes more where one relationship needs more. Each is bit-identical to `replay` of its history. `on_chunk` gets each chunk as
    soon as it is replayed, with the trust at `dates`, `contributions` and what else is asked for, as by `replay_all`; the Standings have
    `parties` if asked for.
    `notice` is as for `replay_all`; so is `failed`, but that it takes the relationship's name.
    Raises UnknownName for rules, UnusableRules, DamagedLedger.
    """
    known = None if known_at is None else moment(known_at)
    results = []
    courses = len(dates) * opened.note.names["relationships"] / max(opened.rows, 1)
    more = contributions or warnings is not None
    for chunk in opened.chunks(rows_within(memory, contributions=more, courses=courses, dates=len(dates)), known):
        options: dict[str, Any] = {"at": as_of, "dates": dates, "parties": parties, "contributions": contributions}
        options |= {"states": states, "warnings": warnings, "promises": promises, "stakes": stakes}
        errors: dict[int, UnusableRules] = {}
        take = None if failed is None else errors.__setitem__
        replays = replay_all(chunk.columns, rules, **options, threads=threads, notice=notice, failed=take)
        if failed is not None and errors:
            chunk.present[list(errors)] = False
            names = opened.names.of("relationships").take(pa.array(chunk.first + code for code in errors))
            for name, error in zip(names.to_pylist(), errors.values(), strict=True):
                failed(name, error)
        on_chunk(ReplayedChunk(chunk, replays))
        results.append(Results.of(chunk, replays))
    return Standings.of(opened.names, results, rules, as_of, known_at)


def rows_within(memory: int, *, contributions: bool = False, courses: float = 0.0, dates: int = 0) -> int:
    """How many rows at once are replayed in so many bytes of memory, where trust is computed at `courses` dates for each row.

    One row may be a relationship's only one, and has its trust at all `dates`.
    """
    room = (memory - PROCESS) // (ROW + CONTRIBUTION * contributions + AT_DATE * courses)
    return max(min(LEAST_COURSES, 1 + LEAST_DATES // max(1, dates)) if courses else LEAST, int(room))
