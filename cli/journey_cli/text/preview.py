"""What a rehearsed import would come to: touchpoints in words, what would move nothing, and trust before and after."""

from collections import Counter
from typing import TYPE_CHECKING

from journey_cli.text import drawing
from journey_cli.text.console import counted
from journey_cli.text.happenings import what_happened, who_acted

if TYPE_CHECKING:
    from rich.console import Console

    from journey.formats.rehearsal import Rehearsal

FIRST = 5
"""So many touchpoints are shown in words."""
LOOKED_AT = 200
"""So many relationships, those with most touchpoints, are looked through for what would move nothing."""
COMPARED = 3
"""For so many relationships trust is shown before and after."""


def print_preview(out: "Console", rehearsal: "Rehearsal") -> None:
    """Print the preview of an import while its rehearsal is open; nothing where nothing would be recorded."""
    longest = rehearsal.longest(LOOKED_AT)
    if longest:
        _print_first(out, rehearsal)
        _print_trust(out, rehearsal, longest[:COMPARED])
        _print_unmoving(out, rehearsal, longest)


def _print_first(out: "Console", rehearsal: "Rehearsal") -> None:
    out.print()
    out.print("the first of them, in words", style="bold")
    for record in rehearsal.first(FIRST):
        touchpoint, what = record.touchpoint, what_happened(record)
        who, kind = who_acted(touchpoint, {}), drawing.in_plain_words(touchpoint.kind)
        said = f"{f'{who}: ' if who else ''}{kind}{f'; {what}' if what else ''}"
        drawing.bullet(out, f"{drawing.day(touchpoint.occurred_at)}, {touchpoint.relationship}: {said}")


def _print_trust(out: "Console", rehearsal: "Rehearsal", relationships: list[str]) -> None:
    from journey_projections import replay

    out.print()
    out.print("trust before and after, where most would be added", style="bold")
    for name in relationships:
        before, after = map(replay, rehearsal.before_and_after(name))
        was = f"{before.trust:.3f}" if before.touchpoints else "new"
        drawing.bullet(out, f"{name}: {was} -> {after.trust:.3f}, {drawing.in_plain_words(after.state)}, {after.touchpoints} touchpoints")


def _print_unmoving(out: "Console", rehearsal: "Rehearsal", relationships: list[str]) -> None:
    from journey_projections.questions.check import check_history
    from journey_projections.questions.checks.finding import MOVES_NOTHING

    why, touchpoints = Counter[str](), 0
    for name in relationships:
        _, after = rehearsal.before_and_after(name)
        touchpoints += len(after.records)
        for found in check_history(after, after.records[-1].touchpoint.occurred_at) if after.records else ():
            if found.kind == MOVES_NOTHING:
                why[found.words] += len(found.touchpoints)
    out.print()
    looked = f"of {counted(touchpoints, 'touchpoint')} in {counted(len(relationships), 'relationship')}"
    out.print(f"{sum(why.values())} would move nothing, {looked}", style="bold")
    for words, count in why.most_common(FIRST):
        drawing.bullet(out, f"{count}: {words}")
