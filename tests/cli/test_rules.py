"""Rule sets as data: a TOML file changes parameters of a rule set, and stands wherever `--rules` does."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import History, UnusableRules
from journey.testing import START
from journey.touchpoints import Interaction
from journey_projections import GOODWILL, RuleSet, replay
from journey_projections.rules.derived import SUGGESTED, changes_of, derived
from journey_projections.rules.gallery import NAMES, rule_set
from journey_projections.rules.loading import MOST_FILES
from journey_projections.rules.parameters import Parameter, parameters_of

if TYPE_CHECKING:
    from .conftest import Journey

MINE = 'base = "goodwill"\nname = "mine"\nversion = "2"\n\n[parameters]\ngain = 0.1\n'
VISIT = '{"kind": "interaction", "id": "v", "relationship": "m@bank", "occurred_at": "2024-03-05T10:00:00Z", "competence": 1}\n'


@st.composite
def changes(draw: st.DrawFn) -> tuple[RuleSet, Parameter, float]:
    """A rule set, one of its parameters, and a value in its range."""
    rules = rule_set(draw(st.sampled_from(NAMES)))
    parameter = draw(st.sampled_from(parameters_of(rules)))
    return rules, parameter, draw(st.floats(parameter.low, parameter.high))


@given(changes())
def test_a_derived_rule_set_differs_in_what_was_changed_and_is_known_by_its_hash(change: tuple[RuleSet, Parameter, float]) -> None:
    base, parameter, value = change
    made = derived(base, name="mine", version="1", parameters={parameter.name: value})
    assert changes_of(made, base) == ({} if value == parameter.value else {parameter.name: (parameter.value, value)})
    assert made.hash != base.hash
    assert made.hash == derived(base, name="mine", version="1", parameters={parameter.name: value}).hash
    assert (made.apply, made.name, made.version) == (base.apply, "mine", "1")


@given(changes(), st.floats(min_value=1e-6, max_value=1e6))
def test_what_lies_outside_a_range_is_refused(change: tuple[RuleSet, Parameter, float], beyond: float) -> None:
    base, parameter, _ = change
    for value in ((parameter.low or 0.0) - beyond, (parameter.high or 0.0) + beyond, float("nan"), float("inf"), True, "1"):
        with pytest.raises(UnusableRules, match=f"`{parameter.name}` is "):
            derived(base, name="mine", version="1", parameters={parameter.name: value})


def test_a_file_of_changed_parameters_replays_under_its_own_name(journey: "Journey", tmp_path: Path) -> None:
    Path("mine.toml").write_text(MINE)
    Path("visit.jsonl").write_text(VISIT)
    answer = journey("--format", "json", "replay", "visit.jsonl", "--rules", "mine.toml").json
    made = derived(GOODWILL, name="mine", version="2", parameters={"gain": 0.1})
    visit = History.of([Interaction(id="v", relationship="m@bank", occurred_at=START, competence=1)])
    assert answer["trust"] == replay(visit, made).trust > replay(visit).trust
    assert answer["rules"] == {"name": "mine", "version": "2", "hash": made.hash}


@pytest.mark.parametrize("command", ["explain", "whatif", "compare", "replay"])
def test_a_file_stands_wherever_rules_do(journey: "Journey", command: str) -> None:
    Path("mine.toml").write_text(MINE)
    Path("visit.jsonl").write_text(VISIT)
    run = journey(command, "visit.jsonl", "--rules", "mine.toml", *(("--without", "v") if command == "whatif" else ()))
    assert run.code == 0, run.err
    assert "mine" in run.out


def test_laws_are_tried_on_a_file(journey: "Journey") -> None:
    Path("mine.toml").write_text(MINE)
    assert "mine 2 (" in journey("laws", "mine.toml", "--law", "L01", "--examples", "5").out


def test_a_seed_makes_another_search_and_repeats_it(journey: "Journey") -> None:
    search = ("--format", "json", "laws", "beta", "--law", "L08", "--examples", "5")
    fixed, seeded, again = journey(*search), journey(*search, "--seed", "7"), journey(*search, "--seed", "7")
    assert (fixed.json["seed"], seeded.json["seed"]) == (None, 7)
    assert seeded.out == again.out
    assert "laws in the search of seed 7" in journey("laws", "beta", "--law", "L01", "--examples", "5", "--seed", "7").out


def test_a_file_may_stand_on_a_file_or_on_rules_of_ones_own(journey: "Journey") -> None:
    Path("far").mkdir()
    Path("far/mine.toml").write_text(MINE)
    Path("own.toml").write_text('base = "far/mine.toml"\nname = "own"\nversion = "1"\n[parameters]\nadmit = 0.3\n')
    run = journey("rules", "own.toml")
    assert "mine 2 (" in run.out and "with 1 parameter changed" in run.out


def test_rules_tells_of_a_file_what_it_changes_first(journey: "Journey") -> None:
    Path("mine.toml").write_text(MINE)
    lines = journey("rules", "mine.toml").out.splitlines()
    assert lines[1].endswith("with 1 parameter changed")
    assert lines[3].split()[:3] == ["gain", "0.1", "0.08"]
    first = journey("--format", "json", "rules", "mine.toml").lines[0]
    assert (first["rules"], first["name"], first["value"], first["base"]) == ("mine", "gain", 0.1, 0.08)


def test_rules_lists_all_with_what_they_are(journey: "Journey") -> None:
    answer = journey("--format", "json", "rules").lines
    assert [one["name"] for one in answer] == list(NAMES)
    assert all(one["about"] for one in answer)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (MINE.replace("gain", "gian"), ("mine.toml:6: `goodwill` has no parameter `gian`; did you mean `gain`?", "journey rules goodwill")),
        (MINE.replace("0.1", "3"), ("mine.toml:6: `gain` is `3`, outside its range, 0.04 to 0.1",)),
        (MINE.replace("0.1", '"much"'), ("mine.toml:6: `gain` is `much`, which is not a number",)),
        (MINE.replace("0.1", "nan"), ("mine.toml:6: `gain` is `nan`, which is not a number",)),
        (MINE.replace("goodwill", "godwill"), ("mine.toml:1: `base`: no rule set `godwill`", "did you mean `goodwill`?")),
        (MINE.replace('"mine"', '"beta"'), ("mine.toml:2: `name` is `beta`, which comes with journey",)),
        (MINE.replace('"2"', "2"), ('mine.toml:3: `version` is `2`; it must be a text of one line, as in version = "…"',)),
        (MINE.replace('"mine"', '"red\\u001b[31m"'), ("mine.toml:2: `name` is `red", "it must be a text of one line")),
        (MINE.replace('"mine"', '" "'), ("mine.toml:2: `name` is ` `; it must be a text of one line",)),
        (MINE.replace("[parameters]\n", "parameters.").replace("0.1", "3"), ("mine.toml:5: `gain` is `3`",)),
        (MINE.replace("gain = 0.1", "[parameters.gain]\nearly = 0.1"), ("mine.toml:6: `gain` is",)),
        ("x = " + "[" * 9_999 + "]" * 9_999, ("not TOML: maximum recursion depth exceeded",)),
        (MINE.replace("version", "vision"), ("mine.toml:3: there is no key `vision`; did you mean `version`?", "`version` is missing")),
        (MINE.replace("goodwill", "mine.toml"), ("mine.toml:1: `base`: `mine.toml` is made of this file itself",)),
        (MINE.replace("goodwill", "gone.toml"), ("mine.toml:1: `base`: gone.toml: no such file",)),
        (MINE + "candour_gain 0.2\n", ("mine.toml:7: not TOML: ",)),
        (MINE + "gain = 0.09\n", ("mine.toml:7: not TOML: ",)),
        (MINE + "admit =", ("mine.toml:7: not TOML: ",)),
        (MINE.replace("[parameters]\n", ""), ("mine.toml:5: there is no key `gain`; if it is a parameter, put it below `[parameters]`",)),
        (MINE + "[parameters.admit]\nshare = 0.3\n", ("mine.toml:7: `admit` is `{'share': 0.3}`, which is not a number",)),
        (MINE + "admit = 9\nhelp = 9\n", ("mine.toml:7: `admit`", "mine.toml:8: `help`")),
    ],
)
def test_what_is_wrong_with_a_file_is_told_by_line_with_its_mend(journey: "Journey", text: str, words: tuple[str, ...]) -> None:
    Path("mine.toml").write_text(text)
    run = journey("rules", "mine.toml")
    assert (run.code, run.out) == (1, "")
    assert "mend: " in run.err
    for word in words:
        assert word in run.err


def test_a_file_that_an_editor_marks_as_utf_8_is_read_too(journey: "Journey") -> None:
    Path("mine.toml").write_text(MINE, encoding="utf-8-sig")
    assert journey("rules", "mine.toml").code == 0


def test_a_file_that_is_not_there_is_reported(journey: "Journey") -> None:
    assert "gone.toml: no such file" in journey("replay", "r", "--rules", "gone.toml").err


def test_of_many_problems_the_first_are_told_and_searched_for(journey: "Journey", monkeypatch: pytest.MonkeyPatch) -> None:
    searched = list[str]()
    for module in ("journey_projections.rules.derived", "journey_projections.rules.loading"):
        monkeypatch.setattr(f"{module}.did_you_mean", lambda name, _: searched.append(name) or "")  # type: ignore[func-returns-value]
    parameters = "".join(f"wrong_{number} = 1\n" for number in range(2345))
    for text in (MINE + parameters, parameters + MINE):
        (journey.folder / "mine.toml").write_text(text)
        run = journey("rules", "mine.toml")
        assert (run.code, run.out, run.err.count("mine.toml:")) == (1, "", SUGGESTED)
        assert "`wrong_0`" in run.err
        assert "; and 2,245 more problems\n" in run.err
    assert len(searched) == 2 * SUGGESTED


@pytest.mark.parametrize(("files", "code"), [(MOST_FILES, 0), (MOST_FILES + 1, 1)])
def test_files_that_are_based_on_one_another_are_bounded(journey: "Journey", files: int, code: int) -> None:
    for number in range(files):
        base = f"{number + 1}.toml" if number < files - 1 else "goodwill"
        (journey.folder / f"{number}.toml").write_text(MINE.replace("goodwill", base))
    run = journey("rules", "0.toml")
    assert run.code == code
    if code:
        assert f"`base`: `{MOST_FILES}.toml` is the base of {MOST_FILES} files, each based on the next\n  mend: " in run.err


def test_a_rule_set_that_would_end_the_process_is_reported(journey: "Journey") -> None:
    (journey.folder / "visit.jsonl").write_text(VISIT)
    (journey.folder / "leaving.py").write_text("raise SystemExit(0)\n")
    (journey.folder / "leaves.py").write_text(
        "import sys\nfrom journey_projections import rule_set\nfrom dataclasses import replace\n"
        "LEAVES = replace(rule_set('goodwill'), name='leaves', apply=lambda *_: sys.exit(0))\n"
    )
    for command in (("replay", "visit.jsonl"), ("compare", "visit.jsonl")):
        run = journey(*command, "--rules", "leaves.py")
        assert (run.code, run.out) == (1, "")
        assert "rule set `leaves` fails on touchpoint `v` (interaction): SystemExit: 0\n  mend: mend its `apply`" in run.err
        run = journey(*command, "--rules", "leaving:RULES")
        assert (run.code, run.out) == (1, "")
        assert "journey: `leaving`: SystemExit: 0\n" in run.err
