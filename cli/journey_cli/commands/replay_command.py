"""`journey replay`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from journey_cli.session import Session, bounded, bounds, console, counted, json_line, ruled_by, rules_option, working, write_json

if TYPE_CHECKING:
    from journey_projections import Replay, RuleSet


@click.command("replay")
@click.argument("relationships", nargs=-1)
@click.option("--all", "everyone", is_flag=True, help="Every relationship in the journal.")
@rules_option
@bounds
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write to FILE, as its suffix says: .jsonl or .csv."
)
@click.pass_obj
def command(
    session: Session,
    relationships: tuple[str, ...],
    everyone: bool,
    rules: str,
    as_of: str | None,
    known_at: str | None,
    output: Path | None,
) -> None:
    """Rebuild trust, confidence and state of RELATIONSHIPS (or FILE.jsonl), or of all."""
    from journey_cli import shapes
    from journey_cli.rule_files import load_rules

    if everyone == bool(relationships):
        raise click.UsageError("name relationships, or give --all")
    if output is not None and output.suffix not in _WRITERS:
        raise click.UsageError(f"`{output}` has no suffix that says a format; use {' or '.join(_WRITERS)}")
    results = _replays(session, relationships, load_rules(rules), as_of, known_at)
    if output is not None:
        partial = output.with_name(output.name + ".partial")
        try:
            _WRITERS[output.suffix](partial, (shapes.of_replay(result) for result in results))
            partial.replace(output)
        finally:
            partial.unlink(missing_ok=True)
    elif session.is_json:
        for result in results:
            write_json(shapes.of_replay(result))
    else:
        _print(list(results))


def _replays(session: Session, names: tuple[str, ...], rules: "RuleSet", as_of: str | None, known_at: str | None) -> "Iterator[Replay]":
    from journey_projections import replay

    if names:
        yield from (replay(session.history(name, as_of, known_at), rules) for name in names)
        return
    with session.reading() as journal:
        wanted = [summary.relationship for summary in journal.relationships()]
        with working("replaying", len(wanted)) as done:
            for name in wanted:
                yield replay(bounded(session.admitted(journal.history(name)), as_of, known_at), rules)
                done(1)


def _print(results: "list[Replay]") -> None:
    from journey_cli import drawing

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


_ROOM_FOR_BARS = 100
"""Columns from which a bar beside the number takes nothing from the rest."""


def _write_jsonl(path: Path, shapes: "Iterator[dict[str, Any]]") -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json_line(shape) + "\n" for shape in shapes)


def _write_csv(path: Path, shapes: "Iterator[dict[str, Any]]") -> None:
    import csv

    columns = ("relationship", "trust", "confidence", "state", "exit_risk", "at", "known_at", "touchpoints")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*columns, "rules"))
        for shape in shapes:
            times = {name: shape[name].isoformat() if shape[name] else "" for name in ("at", "known_at")}
            writer.writerow((*({**shape, **times}[column] for column in columns), shape["rules"]["hash"]))


_WRITERS = {".jsonl": _write_jsonl, ".csv": _write_csv}
