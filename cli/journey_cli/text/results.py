"""Where relationships stand, and the course of their trust: printed, or written to files."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from journey_cli.session import Session
from journey_cli.text.console import console, counted, json_line, write_json
from journey_cli.text.files import Rows, Sink, rows_of, tables_to
from journey_cli.text.summary import Summary, ordered

if TYPE_CHECKING:
    from journey_projections import Replay
    from journey_projections.ledger import Standing

    Results = Iterable[Replay | Standing]

_LONGEST = 366
"""How many values of a course are drawn at the most."""
_SHORTEST = 8
"""So many are drawn however narrow the screen is."""
_BESIDE = 16
"""The width of two values of trust and the gaps beside a course."""


def write(output: Path, results: "Results") -> None:
    """Write standings to a file, as its suffix says."""
    if output.suffix == ".jsonl":
        from journey.formats.whole_file import whole

        with whole(output) as partial, partial.open("w", encoding="utf-8") as file:
            file.writelines(json_line(result.to_dict()) + "\n" for result in results)
        return
    from journey_projections.replaying.result_rows import STANDINGS, standing_row

    with tables_to(output, STANDINGS) as write:
        if output.suffix == ".csv":
            for result in results:
                write([standing_row(result)])
        else:
            from journey_projections.ledger.results import Standings, table_of

            write(results.table() if isinstance(results, Standings) else table_of(results))


def print_standings(results: "Results", *, everyone: bool, since: float, sort: str | None, top: int | None) -> None:
    """Print standings as a table, row by row as they come unless they are sorted; under those of everyone, what they come to.

    `since` is when the work began, by `perf_counter`.
    """
    from journey_cli.text import drawing

    out = console()
    numbers = ("trust", "confidence", "exit risk", "touchpoints")
    rows = drawing.table(
        out,
        *("relationship", "trust", "", "confidence", "state", "exit risk", "touchpoints", "at"),
        right=numbers,
        whole=("state", "at"),
        ids=("relationship",),
        bars=("",),
        spare=("touchpoints", "confidence", "at", "exit risk"),
    )
    summary = Summary()
    shown = rows.write(out, map(_cells, ordered(summary.counting(results), sort, top)))
    if everyone or summary.last:
        out.print(summary.counted(shown) + (f" {ruled_by(summary.last)}" if summary.last else ""))
    if everyone and summary.last:
        out.print(summary.in_words(perf_counter() - since))


def _cells(result: "Replay | Standing") -> tuple[str, ...]:
    from journey_cli.text import drawing

    trust = f"{result.trust:.3f}", drawing.bar(result.trust)
    numbers = f"{result.confidence:.2f}", result.state, f"{result.exit_risk:.2f}", str(result.touchpoints)
    return result.relationship or "", *trust, *numbers, drawing.day(result.at)


@contextmanager
def course_to(session: Session, output: Path | None) -> Iterator[Sink]:
    """Where the course of trust goes: a file, or standard output as JSON or as a table."""
    from journey_projections.replaying.result_rows import COURSE

    if output is not None:
        with tables_to(output, COURSE) as write:
            yield write if output.suffix != ".jsonl" else lambda rows: write(list(map(_in_json, rows_of(rows))))
    elif session.is_json:

        def write_rows(table: Rows) -> None:
            for row in rows_of(table):
                write_json(_in_json(row))

        yield write_rows
    else:
        courses: dict[str, list[float]] = {}

        def collect(table: Rows) -> None:
            for row in rows_of(table):
                courses.setdefault(row["relationship"], []).append(row["trust"])

        yield collect
        _print_courses(courses)


def _in_json(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a course as its shape in JSON."""
    return {"relationship": row["relationship"], "at": row["as_of"], "trust": row["trust"]}


def _print_courses(courses: dict[str, list[float]]) -> None:
    from journey_cli.text import drawing

    out = console()
    width = max(_SHORTEST, min(_LONGEST, out.width - max(map(len, courses), default=0) - _BESIDE))
    rows = drawing.table(out, "relationship", "first", "course", "last", right=("first", "last"), ids=("relationship",), bars=("course",))
    for name, trust in sorted(courses.items()):
        rows.add_row(name, f"{trust[0]:.3f}", drawing.spark(drawing.sampled(trust, width)), f"{trust[-1]:.3f}")
    out.print(rows)
    out.print(counted(len(courses), "relationship"))


def ruled_by(result: "Replay | Standing") -> str:
    """Which rules made a result, in words."""
    return f"under {result.rules.name} {result.rules.version} ({result.rules.hash})"
