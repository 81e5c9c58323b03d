"""`journey verify`."""

import click

from journey_cli.session import Session, console, counted, write_json

_TELLABLE = 20
"""How many violations are told in text; JSON has them all."""


@click.command("verify")
@click.pass_obj
def command(session: Session) -> int:
    """Check that the journal is as it was recorded.

    Recomputes the digest of every touchpoint and the chain of seals, and compares the ends with the store's counters: a
    touchpoint or seal that was edited, deleted, inserted or moved is named. Exit code 3 when there is one.
    """
    from journey_cli.main import VIOLATED

    with session.reading() as journal:
        found = journal.verify()
    if session.is_json:
        write_json(
            {
                "touchpoints": found.touchpoints,
                "seals": found.seals,
                "sealed": found.sealed,
                "holds": found.holds,
                "violations": [vars(violation) for violation in found.violations],
            }
        )
        return 0 if found.holds else VIOLATED
    out = console()
    for violation in found.violations[:_TELLABLE]:
        out.print(violation.problem)
    if len(found.violations) > _TELLABLE:
        out.print(f"… and {len(found.violations) - _TELLABLE} more; --format json tells them all")
    state = "as recorded" if found.holds else f"not as recorded: {counted(len(found.violations), 'violation')}"
    sealed = f"{found.sealed} sealed by {counted(found.seals, 'seal')}"
    out.print(f"{session.store}: {counted(found.touchpoints, 'touchpoint')}, {sealed}; {state}")
    return 0 if found.holds else VIOLATED
