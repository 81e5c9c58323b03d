"""`journey verify`."""

import re

import click

from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json

_TELLABLE = 20
"""How many violations are shown in text; JSON has them all."""


@click.command("verify")
@click.option("--against", metavar="SEAL", help="Also check that the journal still has this seal, NUMBER:DIGEST, published earlier.")
@click.option("--prove", metavar="ID", help="Instead, write the proof that this touchpoint was recorded as it is read now, as JSON.")
@click.pass_obj
def command(session: Session, against: str | None, prove: str | None) -> int:
    """Check that the journal is as it was recorded.

    Recomputes the digest of every touchpoint and the chain of seals, and compares the ends with the store's counters: a
    touchpoint or seal that was edited, deleted, inserted or moved is named. Exit code 3 when there is one.

    The last seal is named. Published or kept elsewhere, it protects everything recorded until then, even against somebody who could
    compute all digests and seals again. examples/check_seal.py checks a proof, or a whole file, against a
    seal without journey.
    """
    from journey.stores.addresses import without_password
    from journey_cli.main import VIOLATED

    if against is not None and not re.fullmatch(r"[1-9][0-9]*:[0-9a-f]{64}", against):
        raise click.UsageError(f"`{against}` is not a seal; write NUMBER:DIGEST, as `journey verify` names it")
    with session.reading() as journal:
        if prove is not None:
            write_json(journal.prove(prove, against))
            return 0
        verification = journal.verify(against)
    if session.is_json:
        write_json(
            {
                "touchpoints": verification.touchpoints,
                "seals": verification.seals,
                "sealed": verification.sealed,
                "last_seal": verification.last_seal,
                "holds": verification.holds,
                "violations": [vars(violation) for violation in verification.violations],
            }
        )
        return 0 if verification.holds else VIOLATED
    out = console()
    for violation in verification.violations[:_TELLABLE]:
        out.print(violation.problem)
    if len(verification.violations) > _TELLABLE:
        out.print(f"… and {len(verification.violations) - _TELLABLE} more; --format json lists them all")
    state = "as recorded" if verification.holds else f"not as recorded: {counted(len(verification.violations), 'violation')}"
    sealed = f"{verification.sealed} sealed by {counted(verification.seals, 'seal')}"
    out.print(f"{without_password(session.store)}: {counted(verification.touchpoints, 'touchpoint')}, {sealed}; {state}")
    if verification.last_seal is not None:
        out.print(f"last seal {verification.last_seal}", soft_wrap=True)
    return 0 if verification.holds else VIOLATED
