"""`journey laws`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from journey_cli.completion import rule_sets
from journey_cli.session import Session
from journey_cli.text.console import console, working, write_json

if TYPE_CHECKING:
    from rich.console import Console

    from journey_projections.testing import Law, Verdict


@click.command("laws")
@click.argument("rules", default="goodwill", metavar="[NAME | FILE.toml | FILE.py | MODULE:ATTRIBUTE]", shell_complete=rule_sets)
@click.option(
    "--examples", type=click.IntRange(min=1), default=200, show_default=True, metavar="N", help="How many histories to try for each law."
)
@click.option("--seed", type=int, metavar="N", help="Search the histories of this seed.  [default: always the same histories]")
@click.option("--law", "ids", multiple=True, metavar="ID", help="Only this law, as in L12; may be given again.")
@click.option(
    "--save", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER", help="Write each counterexample to FOLDER/ID.jsonl."
)
@click.pass_obj
def command(session: Session, rules: str, examples: int, seed: int | None, ids: tuple[str, ...], save: Path | None) -> int:
    """Search for histories that break the published laws under a rule set, and show the smallest found for each broken law.

    A counterexample is JSONL that `journey replay FILE.jsonl` and `journey explain FILE.jsonl` accept. The search is the same each
    time; --seed N makes another, and the same N repeats it. Exit code 3 when a law is broken. Needs the extra `testing`.
    """
    from journey_cli.main import VIOLATED
    from journey_projections.rules.loading import load_rules
    from journey_projections.testing import check_laws

    judged, laws = load_rules(rules), _chosen(ids)
    verdicts = []
    with working("laws", len(laws)) as done:
        for verdict in check_laws(judged, laws, examples=examples, seed=seed):
            verdicts.append(verdict)
            done(1)
            if session.is_json:
                write_json(_shape(verdict))
    broken = [verdict for verdict in verdicts if not verdict.holds]
    if save is not None and broken:
        save.mkdir(parents=True, exist_ok=True)
        for verdict in broken:
            (save / f"{verdict.law.id}.jsonl").write_text("".join(f"{line}\n" for line in _lines(verdict)), encoding="utf-8")
    if not session.is_json:
        _print(console(), verdicts, broken)
    return VIOLATED if broken else 0


_TELLABLE = 24
"""How many touchpoints of a counterexample are shown; of a longer one, the last."""


def _chosen(ids: tuple[str, ...]) -> "list[Law]":
    from journey import UnknownName
    from journey_projections.testing import LAWS

    known = {law.id: law for law in LAWS}
    for id in ids:
        if id.upper() not in known:
            raise UnknownName.of("law", id, known, "`journey laws` lists them")
    return [known[id] for id in dict.fromkeys(id.upper() for id in ids)] or list(LAWS)


def _lines(verdict: "Verdict") -> list[str]:
    import json

    from journey.touchpoints import fields_of

    return [json.dumps(_without_defaults(fields_of(touchpoint)), ensure_ascii=False) for touchpoint in verdict.counterexample]


def _without_defaults(fields: dict[str, object]) -> dict[str, object]:
    """The fields without those at the defaults that every kind shares."""
    shared = {"sequence": 0, "certainty": 1.0}
    return {name: value for name, value in fields.items() if name not in shared or value != shared[name]}


def _shape(verdict: "Verdict") -> dict[str, object]:
    from journey.touchpoints import fields_of

    return {
        "law": verdict.law.id,
        "statement": verdict.law.statement,
        "rules": verdict.rules.name,
        "holds": verdict.holds,
        "examples": verdict.examples,
        "seed": verdict.seed,
        "counterexample": None if verdict.holds else [fields_of(touchpoint) for touchpoint in verdict.counterexample],
    }


def _print(out: "Console", verdicts: "list[Verdict]", broken: "list[Verdict]") -> None:
    from rich.text import Text

    from journey_cli.text import drawing

    rows = drawing.table(out, "law", "", "from", "statement", whole=("law", "", "from"), spare=("from",))
    for verdict in verdicts:
        mark = Text("holds", style="green") if verdict.holds else Text("broken", style="bold red")
        rows.add_row(verdict.law.id, mark, verdict.law.histories, verdict.law.statement)
    out.print(rows)
    rules = verdicts[0].rules
    searched = "" if verdicts[0].seed is None else f" in the search of seed {verdicts[0].seed}"
    out.print(f"{rules.name} {rules.version} ({rules.hash}) keeps {len(verdicts) - len(broken)} of {len(verdicts)} laws{searched}")
    for verdict in broken:
        _print_counterexample(out, verdict)


def _print_counterexample(out: "Console", verdict: "Verdict") -> None:
    """The smallest counterexample as a story, then as JSONL."""
    from rich.text import Text

    from journey import History
    from journey_cli.text import drawing
    from journey_projections import replay

    out.print()
    out.print(Text(f"{verdict.law.id} is broken: {verdict.law.statement}", style="bold red"))
    out.print(f"  {verdict.message}")
    after = {one.touchpoint: one.after for one in replay(History.of(verdict.counterexample), verdict.rules).contributions}
    rows = drawing.table(out, "  when", "trust", "what happened", right=("trust",), whole=("  when",))
    for touchpoint in verdict.counterexample[-_TELLABLE:]:
        rows.add_row(
            f"  {touchpoint.occurred_at:%Y-%m-%d %H:%M}",
            f"{after[touchpoint.id]:.4f}",
            _in_words(touchpoint.model_dump(exclude_defaults=True), touchpoint.kind),
        )
    left_out = len(verdict.counterexample) - _TELLABLE
    if left_out > 0:
        out.print(f"  … after {left_out} earlier touchpoints; --save FOLDER writes them all")
    out.print(rows)
    for line in _lines(verdict) if left_out <= 0 else []:
        out.print(line, soft_wrap=True)


def _in_words(fields: dict[str, object], kind: str) -> str:
    values = ", ".join(f"{name} {value}" for name, value in fields.items() if name not in ("kind", "relationship", "occurred_at"))
    return f"{kind.replace('_', ' ')}: {values}"
