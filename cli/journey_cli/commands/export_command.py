"""`journey export`."""

import shlex
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from journey.errors import UnwritableTarget
from journey_cli.completion import relationships
from journey_cli.options import bounds, rules_option
from journey_cli.session import Session
from journey_cli.text.console import console, counted, naming_failures, say_on_terminal, working, write_json

if TYPE_CHECKING:
    from journey import History, Journal, JourneyError
    from journey.formats import Exported
    from journey.formats.exporting import Course
    from journey_projections.rules.rule_set import RuleSet

_FORMATS = ("jsonl", "csv", "cloudevents", "parquet", "ocel", "xes")


@click.command("export")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.argument("relationships", nargs=-1, shell_complete=relationships)
@click.option("--kinds", metavar="KIND,…", help="Only facts of these kinds, such as interaction,delivery.")
@click.option("--histories", is_flag=True, help="Histories as they stand, as with a bound; in XES and OCEL always.")
@bounds
@click.option("--output-format", "format", type=click.Choice(_FORMATS), help="The format, if the suffix of PATH does not say.")
@rules_option
@click.pass_obj
def command(
    session: Session,
    path: Path | None,
    relationships: tuple[str, ...],
    kinds: str | None,
    histories: bool,
    as_of: str | None,
    known_at: str | None,
    format: str | None,
    rules: str,
) -> None:
    """Export the journal to PATH, or only RELATIONSHIPS; `-` is standard output.

    The suffix says the format: .jsonl, .csv, .xes, .jsonocel or .xmlocel, all of them also with .gz, and .parquet or .sqlite (OCEL).
    Facts are exported as they were recorded, in that order; `journey import` reads JSONL, CloudEvents and Parquet back. With
    --histories, --as-of or --known-at, histories are exported as `journey history` shows them. OCEL has the course of trust too, by
    --rules. PATH is there once it is whole, and replaces a file of that name.
    """
    from journey.formats import export_journal
    from journey.formats.targets import Target
    from journey_projections.rules.loading import load_rules

    if path is None:
        raise click.UsageError("name the file to write, as in `journey export journey.jsonl`; `-` is standard output")
    chosen_kinds = [kind.strip() for kind in kinds.split(",")] if kinds else []
    with naming_failures() as failed, session.reading() as journal, working("exporting") as done:
        _refuse_a_relationship(journal, path, relationships, format)
        trust = _trust_by(load_rules(rules), failed) if Target.of(path, format).format == "ocel" else None
        exported = export_journal(
            journal,
            path,
            format=format,
            relationships=relationships,
            kinds=chosen_kinds,
            as_of=as_of,
            known_at=known_at,
            histories=histories,
            trust=trust,
            progress=done,
        )
        _say(session, exported)


def _refuse_a_relationship(journal: "Journal", path: Path, relationships: tuple[str, ...], format: str | None) -> None:
    """Say what was meant where a relationship stands in the place of the file."""
    from journey.formats.targets import Target

    try:
        Target.of(path, format)
    except UnwritableTarget as error:
        if format is None and journal.version(str(path)):
            file = next((name for name in relationships if not journal.version(name)), "FILE.jsonl")
            chosen = [str(path), *(name for name in relationships if name != file)]
            raise UnwritableTarget(
                f"`{path}` is a relationship, and the file to write comes first", f"`journey export {shlex.join([file, *chosen])}`"
            ) from error
        raise


def _trust_by(rules: "RuleSet", failed: "Callable[[str, JourneyError], object]") -> "Course":
    """The course of trust in a history; one on which the rules fail has none, and is given to `failed`."""
    from journey import UnusableRules
    from journey_projections import replay

    def trust(history: "History") -> tuple[tuple[datetime, float], ...]:
        try:
            return replay(history, rules).course
        except UnusableRules as error:
            failed(history.relationship or "", error)
            return ()

    return trust


def _say(session: Session, exported: "Exported") -> None:
    """Say what was written; where that was standard output, only on a terminal."""
    if exported.unknown:
        click.echo(f"journey: left out {counted(exported.unknown, 'fact')} of kinds not known", err=True)
    if exported.file is None:
        say_on_terminal(_in_words(exported))
    elif session.is_json:
        write_json(exported.to_dict())
    else:
        console().print(_in_words(exported))


def _in_words(exported: "Exported") -> str:
    withheld = f", {exported.withheld} of them with texts that cannot be read" if exported.withheld else ""
    view = "as recorded" if exported.view == "facts" else "of histories"
    return f"{counted(exported.facts, 'fact')}{withheld}, {view}: {exported.format} in {exported.file or 'standard output'}"
