"""Shell completion: stories, rule sets and relationships, bounded, and silent where nothing can be read."""

from typing import TYPE_CHECKING

import pytest
from click.shell_completion import BashComplete

from journey_cli.main import journey as command_line

if TYPE_CHECKING:
    from .conftest import Journey, Process, Visit


def offered(line: str) -> list[str]:
    """What is offered at the end of a line after `journey`."""
    *words, incomplete = line.split(" ")
    shell = BashComplete(command_line, {}, "journey", "_JOURNEY_COMPLETE")
    return [item.value for item in shell.get_completions(words, incomplete) if item.type == "plain"]


def test_stories_are_offered() -> None:
    assert offered("demo cr") == ["crisis-tested", "crisis-hidden"]


@pytest.mark.parametrize("line", ["rules ", "laws ", "explain r --rules ", "compare r --rules "])
def test_rule_sets_are_offered(line: str) -> None:
    assert {"goodwill", "beta"} <= set(offered(line))
    assert offered(f"{line}good") == ["goodwill"]


@pytest.mark.parametrize("command", ["explain", "history", "replay", "whatif", "compare", "check", "merge", "unmerge", "export out.jsonl"])
def test_relationships_are_offered(bank: "Journey", command: str) -> None:
    assert offered(f"{command} m") == ["m@bank"]
    assert offered(f"{command} x") == []


def test_few_of_many_relationships_are_offered_from_the_store_that_is_named(journey: "Journey", visit: "Visit") -> None:
    journey.in_json("--store", "sqlite:///many.db", "import", journey.file("many.jsonl", *(visit(f"v{n}", f"r{n:04}") for n in range(300))))
    assert offered("--store sqlite:///many.db explain r01") == [f"r{n:04}" for n in range(100, 150)]
    assert offered("explain r01") == []


@pytest.mark.parametrize("store", ["sqlite:///missing.db", "nonsense://", "postgresql://nobody@127.0.0.1:1/none", "sqlite:///text.db"])
def test_what_cannot_be_read_offers_nothing_and_makes_no_file(journey: "Journey", store: str) -> None:
    (journey.folder / "text.db").write_text("no database")
    assert offered(f"--store {store} explain m") == []
    assert journey.names() == {"text.db"}


def test_bash_asks_as_the_readme_switches_it_on(bank: "Journey", process: "Process") -> None:
    script = process(bank.folder, _JOURNEY_COMPLETE="bash_source")
    assert (script.code, "complete -o nosort" in script.out) == (0, True)
    asked = process(bank.folder, _JOURNEY_COMPLETE="bash_complete", COMP_WORDS="journey explain m", COMP_CWORD="2")
    assert (asked.code, asked.out, asked.err) == (0, "plain,m@bank\n", "")
