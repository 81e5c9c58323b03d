"""What an import came to, in text: what was recorded, what was refused and why, and what may be a mistake."""

from typing import TYPE_CHECKING

from journey_cli.text.console import console, counted

if TYPE_CHECKING:
    from journey.formats.importing import Outcome
    from journey.formats.report import Report

_FEW = 3
"""So many of each are named."""


def print_outcome(outcome: "Outcome", *, would: bool) -> None:
    """Print the outcome of an import; `would` says that it was a rehearsal."""
    out = console()
    verb = "would be recorded" if would else "recorded"
    out.print(f"{outcome.read} read: {outcome.recorded} {verb}, {outcome.unchanged} already recorded, {outcome.refused} refused")
    if outcome.read and not outcome.recorded and not outcome.refused:
        out.print("nothing changed")
    for line in (*_contents(outcome.report), *_refused(outcome), *_remarks(outcome.report)):
        out.print(line, soft_wrap=True)


def _contents(report: "Report") -> list[str]:
    if not report.kinds:
        return []
    kinds = ", ".join(f"{count} {kind}" for kind, count in report.kinds.most_common())
    relationships, people = counted(len(report.relationships.all), "relationship"), len(report.people.all)
    who = f"{relationships}, {people} {'person' if people == 1 else 'people'}"
    span = "" if report.first is None or report.last is None else f", {report.first:%Y-%m-%d} to {report.last:%Y-%m-%d}"
    return [f"  {who}{span}", f"  {kinds}"]


def _refused(outcome: "Outcome") -> list[str]:
    lines = [f"  refused: {count} × {reason}" for reason, count in outcome.report.reasons.most_common(_FEW)]
    if outcome.rejects_file:
        lines.append(f"the refused rows, with reason and mend, are in {outcome.rejects_file}")
    return lines


def _remarks(report: "Report") -> list[str]:
    """What is legal, and nearly always a mistake."""
    lines = list(report.notes)
    lines += [f"{count} will move nothing: {why}" for why, count in report.unmoving.most_common()]
    if report.same_instant:
        lines.append(
            f"{report.same_instant} share their time; they stand in the order of their ids: give `sequence` to keep the source's order"
        )
    if report.known_later:
        lines.append(f"{report.known_later} became known later than their `recorded_at`: something later was recorded before them")
    if report.far_off:
        lines.append(f"in the future, or before 1970-01-02: {_some(report.far_off)}")
    if alike := [*report.relationships.alike, *report.people.alike]:
        pairs = _some([f"`{one}` and `{other}`" for one, other in alike])
        lines.append(f"{counted(len(alike), 'pair')} of names differ only by case, blanks or form of letters: {pairs}")
    for what, references in (("episode", report.episodes), ("promise", report.promises)):
        if unknown := references.unknown():
            some = _some([f"`{id}` of {relationship}" for relationship, id in unknown])
            lines.append(f"{counted(len(unknown), what)} named and never begun: {some}")
    if report.impossible:
        some = _some([f"`{id}` ({why})" for id, why in report.impossible.items()])
        lines.append(f"{counted(len(report.impossible), 'fact')} about facts cannot be so, and do not count: {some}")
    if report.waiting:
        some = _some([f"`{id}` for `{about}`" for id, about in report.waiting.items()])
        lines.append(f"{counted(len(report.waiting), 'fact')} about facts wait for what is not recorded: {some}")
    return lines


def _some(names: list[str]) -> str:
    rest = f" and {len(names) - _FEW:,} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + rest
