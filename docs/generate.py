"""Writes the generated files of docs/ from the code; with `--check` writes nothing and names the stale ones."""

import argparse
import json
import os
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, Union

import click
from pictures import drawn
from pydantic import Field, TypeAdapter
from verdicts import EXAMPLES, Entry, text_of, verdicts

from journey import errors
from journey.amendments import LOG_FACTS, Fact
from journey.touchpoints import KINDS
from journey_cli.main import COMMANDS, FAILURE, USAGE, journey, main
from journey_cli.stories import NAMES as STORIES
from journey_cli.stories import story
from journey_projections import GOODWILL, RuleSet, replay, rule_set
from journey_projections.rules.derived import changes_of
from journey_projections.rules.gallery import NAMES
from journey_projections.rules.goodwill.catalogue import RULES
from journey_projections.rules.loading import read_rules
from journey_projections.rules.parameters import parameters_of
from journey_projections.testing import LAWS

DOCS = Path(__file__).resolve().parent
HELP_WIDTH = 100
Schema = dict[str, Any]

EXAMPLE = (
    '{"kind": "interaction", "id": "visit-1", "relationship": "m@bank", "occurred_at": "2024-03-05T10:00:00+01:00", "benevolence": 0.6}'
)

SAMPLES = {
    "InvalidTouchpoint": """
from journey import read_touchpoint

fields = {"id": "card-1", "relationship": "m@bank", "occurred_at": "2024-03-05T10:00:00", "severity": 2}
read_touchpoint({"kind": "failure_occurred", **fields})
""",
    "UnknownKind": """
from journey import read_touchpoint

read_touchpoint({"kind": "interacton", "id": "visit-1", "relationship": "m@bank", "occurred_at": "2024-03-05T10:00:00Z"})
""",
    "UnknownName": """
from journey import Interaction, Journal

with Journal.open("memory:") as journal:
    journal.record(Interaction(id="visit-1", relationship="m@bank", occurred_at="2024-03-05T10:00:00Z"))
    journal.history("m@bnak")
""",
    "ConflictingTouchpoint": """
from journey import Interaction, Journal

with Journal.open("memory:") as journal:
    journal.record(Interaction(id="visit-1", relationship="m@bank", occurred_at="2024-03-05T10:00:00Z", benevolence=0.6))
    journal.record(Interaction(id="visit-1", relationship="m@bank", occurred_at="2024-03-05T10:00:00Z", benevolence=0.9))
""",
    "UnsupportedSchema": """
import sqlite3

from journey import Journal

Journal.open("sqlite:///tomorrow.db").close()
file = sqlite3.connect("tomorrow.db")
file.execute("UPDATE journey_format SET version = 99")  # as a later journey might
file.commit()
file.close()
Journal.open("sqlite:///tomorrow.db")
""",
    "InvalidStoreUrl": """
from journey import Journal

Journal.open("bank.db")
""",
    "StoreUnavailable": """
from journey import Journal

Journal.open("sqlite:///nowhere.db", read_only=True)
""",
    "Overloaded": """
import asyncio

from journey import AsyncJournal, Interaction


async def record() -> None:
    visits = [Interaction(id=f"visit-{n}", relationship="m@bank", occurred_at="2024-03-05T10:00:00Z") for n in range(1_000)]
    async with await AsyncJournal.open("memory:", queue=2) as journal:
        await asyncio.gather(*(journal.record(*visits) for _ in range(4)))


asyncio.run(record())
""",
    "DamagedJournal": """
import sqlite3

from journey import Journal

file = sqlite3.connect("other.db")
file.execute("CREATE TABLE touchpoints (finger TEXT)")
file.close()
Journal.open("sqlite:///other.db")
""",
    "DamagedLedger": """
from pathlib import Path

from journey_projections.ledger import Ledger

folder = Path("journey.ledger/touchpoints")
folder.mkdir(parents=True)
(folder / "000000000001-000000000009.parquet").write_bytes(b"cut off")
Ledger(Path("journey.ledger")).open()
""",
    "ConflictingHistory": """
from journey import Interaction, Journal

with Journal.open("memory:") as journal:
    journal.record(Interaction(id="visit-1", relationship="m@bank", occurred_at="2024-03-05T10:00:00Z"))
    later = Interaction(id="visit-2", relationship="m@bank", occurred_at="2024-03-06T10:00:00Z")
    journal.record(later, expected_version=0)
""",
    "ConflictingSubscription": """
from journey import Interaction, Journal

with Journal.open("memory:") as journal:
    visits = [Interaction(id=f"visit-{n}", relationship="m@bank", occurred_at="2024-03-05T10:00:00Z") for n in range(3)]
    journal.record(*visits)
    with journal.subscribe(name="billing") as earlier, journal.subscribe(name="billing") as later:
        next(earlier)
        next(earlier)
""",
    "UnreadableSource": """
from pathlib import Path

from journey.formats.sources import rows_of

Path("visits.jsonl").write_bytes(b"")
rows_of(Path("visits.jsonl"), None)
""",
    "UnusableRules": """
from pathlib import Path

from journey_projections.rules.loading import load_rules

Path("mine.py").write_text("step = 0.1")
load_rules("mine.py")
""",
    "MissingExtra": """
import sys

sys.modules["hypothesis"] = None  # as where it is not installed
import journey.testing
""",
}
"""Code that raises each error, by the error's name."""


def touchpoints() -> str:
    """docs/touchpoints.md: every kind, field by field."""
    schemas = {kind: model.model_json_schema() for kind, model in KINDS.items()}
    common = _common(schemas)
    told = [
        "# Touchpoints",
        _written_by("journey/touchpoints.py"),
        "A touchpoint is one contact between a customer and an organisation. It is a fact: recorded once, never changed. In JSON it is "
        "one object, and its `kind` says what it is:",
        f"```json\n{EXAMPLE}\n```",
        "This page is also a [JSON Schema](touchpoints.schema.json). Unknown fields are refused. Times need an offset; they "
        "are stored in UTC, to the microsecond. An identifier has "
        f"{common['id']['minLength']} to {common['id']['maxLength']} characters and no control characters. Use pseudonyms as ids of "
        "people. Only `note`, the `reason` of a correction, and the `name` of a `person_named` are meant for personal data.",
        "| kind | means |\n|---|---|\n" + "\n".join(f"| [`{kind}`](#{kind}) | {_claim(model)} |" for kind, model in KINDS.items()),
        "## Fields of every touchpoint",
        _table(common, required=schemas["note_added"].get("required", ())),
        "If a kind has another default, or requires a field that is optional elsewhere, its own table says so.",
    ]
    for kind, schema in schemas.items():
        fields = {name: field for name, field in schema["properties"].items() if name != "kind"}
        required = schema.get("required", ())
        own = {name: field for name, field in fields.items() if _shape(field) != _shape(common.get(name, {}))}
        told += [f"## {kind}", f"`{KINDS[kind].__name__}`. {_claim(KINDS[kind])}"]
        told.append(_table(own, required=required, kind=kind) if own else "No fields of its own.")
    told += [
        "## Facts about facts",
        "These facts say that an earlier fact was wrong or never happened, that two relationships or two people are one, or that a person "
        "has a name. Record them as JSON like touchpoints, or with `journey correct`, `retract`, `merge`, `unmerge` and `name`. They "
        "change no row, and count from when they are recorded. `journey forget` destroys keys and then records `subject_forgotten`. "
        "`reason` and `name` are personal data.",
    ]
    for kind, amendment in LOG_FACTS.items():
        schema = amendment.model_json_schema()
        fields = {name: field for name, field in schema["properties"].items() if name != "kind"}
        told += [f"### {kind}", f"`{amendment.__name__}`. {_claim(amendment)}", _table(fields, required=schema["required"], kind=kind)]
    return _page(told)


def _common(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """The fields that every kind has, each in the form that most kinds give it."""
    forms: dict[str, list[Schema]] = {}
    for schema in schemas.values():
        for name, field in schema["properties"].items():
            forms.setdefault(name, []).append(field)
    shared = {name: of_name for name, of_name in forms.items() if len(of_name) == len(schemas) and name != "kind"}
    usual = {name: Counter(map(_shape, of_name)).most_common(1)[0][0] for name, of_name in shared.items()}
    return {name: next(field for field in of_name if _shape(field) == usual[name]) for name, of_name in shared.items()}


def _shape(field: Schema) -> str:
    """A field's schema apart from its description, to compare by."""
    return json.dumps({key: value for key, value in field.items() if key != "description"}, sort_keys=True)


def _table(fields: Mapping[str, Schema], *, required: Any, kind: str = "") -> str:
    rows = ["| field | values | default | means |", "|---|---|---|---|"]
    for name, field in fields.items():
        default = field.get("default")
        shown = "**required**" if name in required else "" if default in (None, "") else f"`{json.dumps(default).strip(chr(34))}`"
        rows.append(f"| `{name}` | {_values(field)} | {shown} | {_meaning(kind, name, field)} |")
    return "\n".join(rows)


def _values(field: Schema) -> str:
    """What a field may hold, in words."""
    form = next((one for one in field.get("anyOf", ()) if one.get("type") != "null"), field)
    match form:
        case {"enum": values}:
            return ", ".join(f"`{value}`" for value in values)
        case {"const": value}:
            return f"`{value}`" if value else "empty"
        case {"type": "number" | "integer" as number, "minimum": low, "maximum": high}:
            return f"{number}, {_number(low)} to {_number(high)}"
        case {"type": "integer", "minimum": low}:
            return f"integer, at least {_number(low)}"
        case {"type": "object"}:
            return "an object of fields"
        case {"type": "boolean"}:
            return "`true`, `false`"
        case {"format": "date-time"}:
            return "time with an offset"
        case {"type": "string", "pattern": _}:
            return "identifier"
        case {"type": "string", "maxLength": most}:
            return f"text, at most {most:,} characters"
    raise SystemExit(f"docs/generate.py: teach `_values` to tell {form}")


def _number(value: float) -> str:
    return {2**53: "2⁵³", -(2**53): "-2⁵³"}.get(int(value), f"{value:g}")


def _meaning(kind: str, name: str, field: Schema) -> str:
    meaning = field.get("description")
    if not meaning:
        raise SystemExit(f"docs/generate.py: `{kind}.{name}` has no meaning; give its Field a description")
    return str(meaning).replace("|", "\\|")


def schema() -> str:
    """docs/touchpoints.schema.json: the union as a JSON Schema."""
    adapter: TypeAdapter[Fact] = TypeAdapter(Annotated[Union[(*KINDS.values(), *LOG_FACTS.values())], Field(discriminator="kind")])
    told = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Touchpoint", **adapter.json_schema()}
    for kind in told["$defs"].values():
        kind["required"] = ["kind", *kind["required"]]  # a default for Python's constructors; on paper it is what tells kinds apart
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def error_catalogue() -> str:
    """docs/errors.md: a sample, its message and its mend for each class, by running the sample."""
    intro, tree, outro = str(errors.__doc__).strip().split("\n\n")
    tree = textwrap.dedent(tree)
    told = [
        "# Errors",
        _written_by("journey/errors.py"),
        f"{intro} The command line writes them to standard error as below, after `journey: `, and exits with {FAILURE} "
        f"({USAGE} if the call itself was wrong).",
        f"```text\n{tree}\n```",
        outro,
        "`except JourneyError` catches all of them. A time without an offset in a call such as `history.as_of` is a `ValueError`: "
        "a mistake in the program, not in its input.",
    ]
    for error in _errors(errors.JourneyError):
        if error.__name__ not in SAMPLES:
            raise SystemExit(f"docs/generate.py: give `{error.__name__}` a sample in SAMPLES")
        sample = SAMPLES[error.__name__].strip()
        told += [f"## {error.__name__}", _claim(error), f"```python raises={error.__name__}\n{sample}\n```"]
        told.append(f"```text\n{_raised(sample, error)}\n```")
    return _page(told)


def _errors(root: type[errors.JourneyError]) -> Iterator[type[errors.JourneyError]]:
    for error in root.__subclasses__():
        if error.__module__ == errors.__name__:
            yield error
            yield from _errors(error)


def _raised(sample: str, expected: type[errors.JourneyError]) -> str:
    """What a sample's error says, in a folder of its own and as if the testing kits had not been imported yet."""
    modules, folder = dict(sys.modules), Path.cwd()
    for name in [name for name in modules if name.split(".")[1:2] == ["testing"]]:
        del sys.modules[name]
    with tempfile.TemporaryDirectory() as workshop:
        os.chdir(workshop)
        try:
            exec(compile(sample, expected.__name__, "exec"), {})
        except errors.JourneyError as error:
            if type(error) is not expected:
                raise
            return f"{error}\n  mend: {error.mend}"
        finally:
            os.chdir(folder)
            sys.modules.clear()
            sys.modules.update(modules)
    raise SystemExit(f"docs/generate.py: the sample of `{expected.__name__}` raises nothing")


def commands() -> str:
    """docs/commands.md: every command with its help."""
    context = click.Context(journey, info_name="journey", terminal_width=HELP_WIDTH, **journey.context_settings)
    told = [
        "# Commands",
        _written_by("the commands' own help"),
        "`journey [OPTIONS] COMMAND [ARGS]...`: the options before the command are the same for all commands. With `--format json` a "
        "result is one JSON object, and a list is one object a line; [the shapes](library.md#json-shapes) are stable.",
        f"Exit codes: {str(main.__doc__).partition('exit: ')[2]} An `import` that refused a row has failed. Errors go to standard "
        "error, with [what is wrong and how to fix it](errors.md).",
        "| command | does |\n|---|---|\n" + "\n".join(f"| [`{name}`](#journey-{name}) | {does} |" for name, does in COMMANDS.items()),
        "## journey",
        f"```text\n{journey.get_help(context)}\n```",
    ]
    for name in COMMANDS:
        command = journey.get_command(context, name)
        if command is None:
            raise SystemExit(f"docs/generate.py: `{name}` is in COMMANDS and cannot be loaded")
        own = click.Context(command, info_name=name, parent=context)
        told += [f"## journey {name}", f"```text\n{command.get_help(own)}\n```"]
        for part, subcommand in command.commands.items() if isinstance(command, click.Group) else ():
            help = subcommand.get_help(click.Context(subcommand, info_name=part, parent=own))
            told += [f"### journey {name} {part}", f"```text\n{help}\n```"]
    return _page(told)


def trust_rules() -> str:
    """docs/trust-rules.md: every rule of `goodwill` with the laws that show it and its parameters."""
    laws = {law.id: f"- **{law.id}** From {law.histories} histories: {law.statement}" for law in LAWS}
    told = [
        "# Trust rules",
        _written_by("projections/journey_projections/rules/goodwill/catalogue.py"),
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
    return _page(told)


def _claim(documented: object) -> str:
    return " ".join(str(documented.__doc__).split())


def _written_by(source: str) -> str:
    return f"<!-- Written by `make docs` from {source}; edit that instead. -->"


def _page(parts: list[str]) -> str:
    return "\n".join(line.rstrip() for line in "\n\n".join(filter(None, parts)).splitlines()) + "\n"


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
        _written_by("the rule sets, by running them"),
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
        told += [f"### {rules.name}", f"{_claim(sys.modules[rules.initial.__module__])}"]
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
    return _page(told)


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


GENERATED: Mapping[str, Callable[[], str]] = {
    "touchpoints.md": touchpoints,
    "touchpoints.schema.json": schema,
    "errors.md": error_catalogue,
    "commands.md": commands,
    "trust-rules.md": trust_rules,
    "laws.json": laws,
    "rule-sets.md": rule_sets,
    **{f"pictures/{rule.id}.svg": partial(drawn, rule) for rule in RULES},
}


def write() -> int:
    """Write what is stale, or with `--check` name it and return 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name the files that are stale")
    checks = parser.parse_args().check
    texts = {DOCS / name: generate() for name, generate in GENERATED.items()}
    stale = {path: text for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        if not checks:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"docs/{path.relative_to(DOCS)} {'is stale; `make docs` writes it' if checks else 'written'}\n")
    return 1 if checks and stale else 0


if __name__ == "__main__":
    sys.exit(write())
