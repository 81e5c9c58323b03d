"""docs/trust-rules.md, docs/rule-sets.md and docs/laws.json: what the rules claim, and which laws each rule set keeps."""

import json
import sys
from functools import cache

from page import DOCS, claim, page, written_by
from verdicts import EXAMPLES, Entry, text_of, verdicts

from journey_cli.stories import NAMES as STORIES
from journey_cli.stories import story
from journey_projections import GOODWILL, RuleSet, replay, rule_set
from journey_projections.rules.derived import changes_of
from journey_projections.rules.gallery import NAMES
from journey_projections.rules.goodwill.catalogue import RULES
from journey_projections.rules.loading import read_rules
from journey_projections.rules.parameters import parameters_of
from journey_projections.testing import LAWS


def trust_rules() -> str:
    """docs/trust-rules.md: every rule of `goodwill` with the laws that show it and its parameters."""
    laws = {law.id: f"- **{law.id}** From {law.histories} histories: {law.statement}" for law in LAWS}
    told = [
        "# Trust rules",
        written_by("projections/journey_projections/rules/goodwill/catalogue.py"),
        f"These are the claims of the rule set `{GOODWILL.name}` {GOODWILL.version}; each is one small function. The laws under a rule are "
        "properties of every history, or of every clean one, in which all went well before; the tests search for histories that break "
        "them. A picture shows the input of a rule against its effect, drawn by running the rule under the default parameters. Signs and "
        "orders come from the sources; a magnitude is this project's own unless its row says otherwise. "
        "[A file of a few lines](write-a-rule-set.md#a-rule-set-as-data) gives any parameter another value within its range, and "
        "`journey compare --all --rules FILE.toml` shows whose trust that changes.",
        "| rule | claims |\n|---|---|\n" + "\n".join(f"| [{rule.id}](#{rule.id.lower()}-{rule.name}) | {rule.claim} |" for rule in RULES),
    ]
    for rule in RULES:
        told += [f"## {rule.id} {rule.name}", rule.claim, f"![{rule.id}: what goes in against what it does](pictures/{rule.id}.svg)"]
        told += ["\n".join(laws[id] for id in rule.shown_by if id in laws)]
        rows = ["| parameter | default | range | unit | means | source |", "|---|---|---|---|---|---|"]
        for one in (parameter for parameter in parameters_of(GOODWILL) if parameter.name in rule.parameters):
            rows.append(f"| `{one.name}` | {one.value:g} | {one.low:g} to {one.high:g} | {one.unit} | {one.meaning} | {one.source} |")
        told += ["\n".join(rows) if rule.parameters else "", f"After {rule.source}." if rule.source else ""]
    return page(told)


def laws() -> str:
    """docs/laws.json: which laws each rule set keeps, and what that was found under."""
    return text_of(_verdicts())


def rule_sets() -> str:
    """docs/rule-sets.md: which laws each rule set keeps, and every story under each."""
    found = _verdicts()
    kept = {rules.name: [set(found[one.name]["keeps"]) for one in (rules, _tuned(rules)) if one] for rules in map(rule_set, NAMES)}
    header, line = " | ".join(kept), "|---" * (len(kept) + 2) + "|"
    tuned = [made for made in map(_tuned, map(rule_set, NAMES)) if made]
    told = [
        "# Rule sets",
        written_by("the rule sets, by running them"),
        f"A rule set turns touchpoints into trust. All of these judge the same touchpoints. `{GOODWILL.name}` is the default; the others "
        "are published models, to compare it with. They are valence models: they learn only how good or bad a touchpoint was, so no law "
        "about kinds, people, promises or recoveries can hold under them. They are the benchmark, not straw men. So they are here twice: "
        "as published, with the parameters of their papers or vendors, and tuned.",
        "| rule set | is | parameters |\n|---|---|---|\n"
        + "\n".join(f"| [`{one.name}`](#{one.name}) | {one.about} | {len(parameters_of(one))} |" for one in map(rule_set, NAMES)),
        "You can change any of them without a line of code: [a rule set as data](write-a-rule-set.md#a-rule-set-as-data) changes "
        "parameters, and works wherever a rule set does.",
        "## The laws",
        f"● means that the law holds in all of {EXAMPLES} histories that the search tried; ○ means that one of them breaks it. A published "
        "model has two marks: as published, then tuned. `journey laws NAME` shows the smallest history that breaks a law; the project's "
        "tests try more histories for the default rule set. Keeping L02 to L06 is mostly up to the engine: it orders touchpoints, drops "
        "duplicates and gives rules no date. These laws hold for nearly any rule set, and so flatter the published models.",
        f"| law | | {header} |\n{line}\n"
        + "\n".join(f"| {law.id} | {law.statement} | {' | '.join(_marks(law.id, held) for held in kept.values())} |" for law in LAWS)
        + f"\n| | **kept of {len(LAWS)}** | "
        + " | ".join("**" + " ".join(str(len(one)) for one in held) + "**" for held in kept.values())
        + " |",
        "## The stories",
        "Trust before and after the story's turning point under `goodwill`, and at its end. `journey demo STORY` tells it, and "
        "`journey compare` judges a history of your own by all of them.",
        _stories([rule_set(name) for name in NAMES]),
        "The same, tuned:",
        _stories(tuned),
        "## The parameters",
        "The tables show each parameter as published and as tuned. `benchmarks/tune.py` tuned the models to 35,592 real ratings between "
        "members of a market ([the data](importing.md#anything-else-by-sql)): it chose the parameters on the first 70 % of the ratings by "
        "time, and scored them on the last 30 %. The score says how well a member's trust predicts whether their next rating is good or "
        "bad: the area under the curve (AUC), ½ for guessing and 1 for knowing. The tuned rule sets are files in "
        "[`examples/tuned/`](../examples/tuned), so `--rules examples/tuned/beta.toml` judges by one. "
        f"`{GOODWILL.name}` is scored as it is, untuned.",
    ]
    scores: dict[str, list[float]] = json.loads((TUNED / "scores.json").read_text(encoding="utf-8"))
    cells = ((name, *(f"{score:.3f}" for score in scores[name]), *([""] if len(scores[name]) == 1 else [])) for name in NAMES)
    told.append("| AUC on the last 30 % | as published | tuned |\n|---|---|---|\n" + "\n".join(f"| {' | '.join(row)} |" for row in cells))
    for rules in map(rule_set, NAMES):
        made = _tuned(rules)
        told += [f"### {rules.name}", f"{claim(sys.modules[rules.initial.__module__])}"]
        if made is None:
            told += ["Its parameters are with [the rules](trust-rules.md) that use them."]
            continue
        values = changes_of(made, rules)
        rows = ["| parameter | published | tuned | range | unit | means | source |", "|---|---|---|---|---|---|---|"]
        for one in parameters_of(rules):
            after = f"{values[one.name][1]:g}" if one.name in values else ""
            span = f"{one.low:g} to {one.high:g}"
            rows.append(f"| `{one.name}` | {one.value:.4g} | {after} | {span} | {one.unit} | {one.meaning} | {one.source} |")
        told.append("\n".join(rows))
    return page(told)


TUNED = DOCS.parent / "examples" / "tuned"


def _tuned(rules: RuleSet) -> RuleSet | None:
    """A rule set as it was tuned; None for the default one, which was not."""
    path = TUNED / f"{rules.name}.toml"
    return read_rules(path).rules if path.exists() else None


@cache
def _verdicts() -> dict[str, Entry]:
    sets = [one for rules in map(rule_set, NAMES) for one in (rules, _tuned(rules)) if one]
    return verdicts(sets, search="--check" not in sys.argv)


def _marks(id: str, held: list[set[str]]) -> str:
    return " ".join("●" if id in one else "○" for one in held)


def _stories(sets: list[RuleSet]) -> str:
    """What each story comes to under each rule set."""
    header = f"| story | turning point | {' | '.join(one.name for one in sets)} |\n" + "|---" * (len(sets) + 2) + "|\n"
    return header + "\n".join(_story_row(name, sets) for name in STORIES)


def _story_row(name: str, sets: list[RuleSet]) -> str:
    history = story(name).history
    turning = min((one for one in replay(history).contributions if one.touchpoint), key=lambda one: one.delta).touchpoint
    cells = []
    for result in (replay(history, rules) for rules in sets):
        at = next(one for one in result.contributions if one.touchpoint == turning)
        cells.append(f"{at.before:.2f} → {at.after:.2f}, end {result.trust:.2f}")
    return f"| {name} | `{turning}` | " + " | ".join(cells) + " |"
