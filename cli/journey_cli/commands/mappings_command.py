"""`journey mappings`."""

from typing import TYPE_CHECKING, Any

import click

from journey_cli.completion import mappings
from journey_cli.session import Session
from journey_cli.text.console import console, write_json

if TYPE_CHECKING:
    from journey.formats import ReadyMapping
    from journey.formats.sql.shapes import Shape


@click.command("mappings")
@click.argument("name", required=False, metavar="[NAME]", shell_complete=mappings)
@click.option("--sql", is_flag=True, help="Print the SQL of the mapping, to read it or to write your own.")
@click.pass_obj
def command(session: Session, name: str | None, sql: bool) -> None:
    """List the ready mappings, or show one: the tables it needs, its parameters, and what each of its facts assumes.

    `journey import --mapping NAME FOLDER` imports an export by it, and `--set PARAMETER=VALUE` sets a parameter.
    """
    from journey.formats import mapping_names, read_mapping

    if name is None and sql:
        raise click.UsageError("--sql prints one mapping; name it")
    if name is None:
        _list(session, [read_mapping(one) for one in mapping_names()])
    elif sql:
        click.echo(read_mapping(name).query.read_text(encoding="utf-8"), nl=False)
    else:
        _show(session, read_mapping(name))


def _list(session: Session, found: "list[ReadyMapping]") -> None:
    from journey_cli.text import drawing

    out = console()
    rows = drawing.table(out, "mapping", "tables", "maps", right=("tables",), whole=("mapping", "tables"), spare=("tables",))
    for one in found:
        tables = [shape.name for shape in one.shapes]
        if session.is_json:
            write_json({"mapping": one.name, "about": one.about, "tables": tables, "words": list(one.words)})
        rows.add_row(one.name, str(len(tables)), one.about)
    if not session.is_json:
        out.print(rows)


def _show(session: Session, one: "ReadyMapping") -> None:
    from journey_cli.text import drawing

    parameters = [
        {"parameter": each.name, "type": each.type, "default": each.default, "meaning": each.meaning} for each in one.parameters()
    ]
    if session.is_json:
        write_json(
            {
                "mapping": one.name,
                "about": one.about,
                "time_zone": one.time_zone,
                "words": list(one.words),
                "tables": [_table(shape) for shape in one.shapes],
                "parameters": parameters,
                "folder": str(one.folder),
            }
        )
        return
    out = console()
    if out.is_terminal:
        from rich.markdown import Markdown

        out.print(Markdown(one.readme))
    else:
        click.echo(one.readme)
    tables = drawing.table(out, "table", "needed", "columns", "is", whole=("table", "needed"))
    for shape in one.shapes:
        tables.add_row(shape.name, "yes" if shape.required else "no", ", ".join(shape.needs), shape.about)
    out.print(tables)
    if parameters:
        from journey.formats.sql.script import shown_value

        rows = drawing.table(out, "parameter", "default", "meaning", whole=("parameter", "default"))
        for each in parameters:
            rows.add_row(str(each["parameter"]), shown_value(each["default"]), str(each["meaning"]))
        out.print(rows)


def _table(shape: "Shape") -> dict[str, Any]:
    return {
        "table": shape.name,
        "about": shape.about,
        "needed": shape.required,
        "needs": list(shape.needs),
        "columns": list(shape.columns),
        "without": shape.without,
    }
