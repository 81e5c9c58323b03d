"""`journey help`."""

import click


@click.command("help")
@click.argument("names", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Show how a command is used, as `journey COMMAND --help` does; without one, list the commands.

    \b
    journey help ledger check
    """
    shown = ctx.find_root()
    for name in names:
        group = shown.command
        if not isinstance(group, click.Group):
            raise click.UsageError(f"`{shown.command_path}` has no command `{name}`", shown)
        _, found, _ = group.resolve_command(shown, [name])
        if found is None:
            raise click.UsageError(f"there is no command `{name}`", shown)
        shown = click.Context(found, info_name=name, parent=shown)
    click.echo(shown.get_help())
