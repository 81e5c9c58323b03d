"""`journey check`."""

from typing import TYPE_CHECKING

import click

from journey_cli.completion import relationships
from journey_cli.options import rules_option, today_option, unknown_kinds_option
from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json

if TYPE_CHECKING:
    from rich.console import Console

    from journey_projections.questions.check import Finding

_SHOWN = 5
"""How many findings of each kind are shown in text, and how many ids of each."""
_TITLES = {
    "moves_nothing": "Moves nothing",
    "unknown_episode": "Belongs to an episode that nothing opened",
    "unknown_promise": "Delivers a promise that nobody made",
    "unknown_touchpoint": "Corrects or retracts what is not recorded",
    "idle_person": "Names people who are never there",
    "misspelt_person": "Names somebody once who may be somebody else",
    "far_off": "Lies far off in time",
    "alike": "Has nearly the same id as another",
}


@click.command("check")
@click.argument("relationships", nargs=-1, metavar="[RELATIONSHIP]...", shell_complete=relationships)
@rules_option
@today_option
@unknown_kinds_option
@click.option("--full", is_flag=True, help="Show every finding, and every id.")
@click.pass_obj
def command(session: Session, relationships: tuple[str, ...], rules: str, as_of: str | None, full: bool) -> int:
    """Find recorded facts that are nearly always a mistake, in the whole journal or in some relationships.

    These are facts that move nothing under the rules, answers to episodes and promises that nothing opened, people who take over and
    never act, times that lie far off, and ids that are nearly the same. Each finding says what to do; nothing is changed. Exit code 3
    when there is one.
    """
    from journey import clock
    from journey.times import moment
    from journey_cli.main import VIOLATED
    from journey_projections.questions.check import check
    from journey_projections.rules.loading import load_rules

    now = clock.now() if as_of is None else moment(as_of)
    judged_by = load_rules(rules)
    found: list[Finding] = []
    checked = set[str | None]()
    with session.reading() as journal:
        for finding in check(
            journal, now, tuple(dict.fromkeys(relationships)), judged_by, lambda history: checked.add(history.relationship)
        ):
            found.append(finding)
            if session.is_json:
                write_json(finding.to_dict())
    if not session.is_json:
        out = console()
        _print(out, found, None if full else _SHOWN)
        out.print(f"{counted(len(checked), 'relationship')}: {counted(len(found), 'finding') if found else 'nothing found'}")
    return VIOLATED if found else 0


def _print(out: "Console", found: "list[Finding]", most: int | None) -> None:
    from rich.padding import Padding
    from rich.text import Text

    for kind, title in _TITLES.items():
        of_kind = [finding for finding in found if finding.kind == kind]
        if not of_kind:
            continue
        out.print(Text(f"{title} ({len(of_kind)})", style="bold"))
        for finding in of_kind[:most]:
            out.print(Padding(Text(_subject(finding, most)), (0, 0, 0, 2)))
            out.print(Padding(Text(finding.words), (0, 0, 0, 4)))
            out.print(Padding(Text(f"mend: {finding.mend}", style="dim"), (0, 0, 0, 4)))
        if most is not None and len(of_kind) > most:
            out.print(f"  … and {len(of_kind) - most} more; --full shows them all")
        out.print()


def _subject(finding: "Finding", most: int | None) -> str:
    """Whose touchpoints a finding is about, and which."""
    ids = ", ".join(finding.touchpoints[:most])
    more = "" if most is None or len(finding.touchpoints) <= most else f" and {len(finding.touchpoints) - most} more"
    where = finding.relationship or "several relationships"
    return f"{where}: {ids}{more}" if ids else where
