"""Where relationships stand, and the course of their trust: printed, or written to files."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from journey_cli.session import Session
from journey_cli.text.console import console, counted, json_line, write_json
from journey_cli.text.files import Rows, Sink, rows_of, tables_to

if TYPE_CHECKING:
    from journey_projections import Replay
    from journey_projections.ledger import Standing

    Results = Iterable[Replay | Standing]

_ROOM_FOR_BARS = 100
"""From this many columns on there is room for a bar next to the number."""
_LONGEST = 366
"""How many values of a course are drawn at the most."""


def write(output: Path, results: "Results") -> None:
    """Write standings to a file, as its suffix says."""
    if output.suffix in (".parquet", ".arrow"):
        from journey_projections.ledger.results import Standings, table_of
        from journey_projections.replaying.result_rows import STANDINGS

        table = results.table() if isinstance(results, Standings) else table_of(results)
        with tables_to(output, STANDINGS) as write:
            write(table)
        return
    from journey.formats.whole_file import whole

    with whole(output) as partial:
        (_write_jsonl if output.suffix == ".jsonl" else _write_csv)(partial, results)


def print_standings(results: "Sequence[Replay | Standing]") -> None:
    """Print standings as a table."""
    from journey_cli.text import drawing

    out = console()
    barred = out.width >= _ROOM_FOR_BARS
    columns = ("relationship", "trust", *(("",) if barred else ()), "confidence", "state", "exit risk", "touchpoints", "at")
    rows = drawing.table(out, *columns, right=("trust", "confidence", "exit risk", "touchpoints"), whole=columns[1:])
    for result in results:
        rows.add_row(
            result.relationship,
            f"{result.trust:.3f}",
            *((drawing.bar(result.trust),) if barred else ()),
            f"{result.confidence:.2f}",
            result.state,
            f"{result.exit_risk:.2f}",
            str(result.touchpoints),
            drawing.day(result.at),
        )
    if results:
        out.print(rows)
    out.print(counted(len(results), "relationship") + (f" {ruled_by(results[0])}" if results else ""))


def _write_jsonl(path: Path, results: "Results") -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json_line(result.to_dict()) + "\n" for result in results)


def _write_csv(path: Path, results: "Results") -> None:
    import csv

    from journey_projections.replaying.result_rows import STANDINGS

    columns = [name for name in STANDINGS if name != "rules"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*columns, "rules"))
        for result in results:
            times = {name: instant.isoformat() if (instant := getattr(result, name)) else "" for name in ("at", "known_at")}
            writer.writerow((*(times.get(column, getattr(result, column)) for column in columns), result.rules.hash))


@contextmanager
def course_to(session: Session, output: Path | None) -> Iterator[Sink]:
    """Where the course of trust goes: a file, or standard output as JSON or as a table."""
    from journey_projections.replaying.result_rows import COURSE

    if output is not None:
        with tables_to(output, COURSE) as write:
            yield write
    elif session.is_json:

        def write_rows(table: Rows) -> None:
            for row in rows_of(table):
                write_json(row)

        yield write_rows
    else:
        courses: dict[str, list[float]] = {}

        def collect(table: Rows) -> None:
            for row in rows_of(table):
                courses.setdefault(row["relationship"], []).append(row["trust"])

        yield collect
        _print_courses(courses)


def _print_courses(courses: dict[str, list[float]]) -> None:
    from journey_cli.text import drawing

    out = console()
    rows = drawing.table(out, "relationship", "first", "course", "last", right=("first", "last"))
    for name, trust in sorted(courses.items()):
        rows.add_row(name, f"{trust[0]:.3f}", drawing.spark(drawing.sampled(trust, _LONGEST)), f"{trust[-1]:.3f}")
    out.print(rows)
    out.print(counted(len(courses), "relationship"))


def ruled_by(result: "Replay | Standing") -> str:
    """Which rules made a result, in words."""
    return f"under {result.rules.name} {result.rules.version} ({result.rules.hash})"
