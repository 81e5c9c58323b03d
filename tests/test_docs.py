"""What README.md and docs/ say is true: their examples run, their names exist, their generated parts are fresh.

In a document, `python` blocks run in order in one namespace and a folder of its own; a `text` block right after one is what
it prints. `python raises=NAME` must raise that error, told as the command line tells it. In `console` blocks, lines after
`$ ` are run by a shell (`> ` continues one) and lines between are their output. `...` stands for any text in a line, and
alone on a line for any lines. A block `… file=NAME` is first written to that file. `examples/` is there as in the repository.
"""

import contextlib
import importlib
import io
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from eventsourcing.utils import clear_topic_cache

import journey
import journey_projections
from journey_cli.main import COMMANDS
from journey_projections.rules.gallery import NAMES, rule_set
from journey_projections.rules.goodwill.catalogue import RULES
from journey_projections.rules.loading import load_rules
from journey_projections.testing import LAWS, check_law

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = sorted((ROOT / "docs").rglob("*.md"))
DOCUMENTS = [README, *PAGES]
PROSE = [*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
OUR_PACKAGES = ("journey", "journey_cli", "journey_projections")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@dataclass(frozen=True)
class Block:
    """A fenced block: `line` is where its text begins."""

    line: int
    language: str
    options: dict[str, str]
    text: str
    follows: bool = False
    """Whether only blank lines stand between this block and the one before."""


@dataclass
class Workshop:
    """Where the blocks of one document run; `faults` are the outputs that are not as shown."""

    document: Path
    folder: Path
    namespace: dict[str, Any] = field(default_factory=dict)
    status: int = 0
    faults: list[str] = field(default_factory=list)

    def compare(self, line: int, expected: str, actual: str) -> None:
        if not is_shown(expected, actual):
            self.faults.append(f"{name_of(self.document)}:{line} shows\n{expected}\nand it is\n{actual}")

    def python(self, block: Block) -> str:
        """Run a block; what it printed, and what it said when it raised the error that it should raise."""
        code = compile("\n" * (block.line - 1) + block.text, str(self.document), "exec")
        printed, expected_error = io.StringIO(), block.options.get("raises")
        try:
            with contextlib.redirect_stdout(printed):
                exec(code, self.namespace)
        except Exception as error:
            if type(error).__name__ != expected_error:
                raise
            mend = getattr(error, "mend", "")
            return f"{printed.getvalue()}{error}\n" + (f"  mend: {mend}\n" if mend else "")
        assert expected_error is None, f"{name_of(self.document)}:{block.line}: {expected_error} is not raised"
        return printed.getvalue()

    def shell(self, command: str) -> str:
        """Run a command, `$?` being the exit code of the one before; what it wrote, errors included."""
        environment = {name: value for name, value in os.environ.items() if name not in ("JOURNEY_STORE", "FORCE_COLOR")}
        environment |= {"COLUMNS": "100", "PYTHONUTF8": "1", "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(
            ["sh", "-c", f"(exit {self.status})\n{command}"],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        self.status = done.returncode
        return done.stdout


def blocks(text: str) -> Iterator[Block]:
    language, options, begun, lines, follows = "", dict[str, str](), 0, list[str](), False
    for number, line in enumerate(text.splitlines(), start=1):
        if not begun and line.startswith("```"):
            language, *words = line.removeprefix("```").split()
            options = dict(word.split("=", 1) for word in words)
            begun, lines = number + 1, []
        elif begun and line == "```":
            yield Block(begun, language, options, "\n".join(lines) + "\n", follows)
            begun, follows = 0, True
        elif begun:
            lines.append(line)
        elif line.strip():
            follows = False
    assert not begun, f"the block from line {begun} on is never closed"


def commands(block: Block) -> Iterator[tuple[int, str, str]]:
    """Each command of a console block: its line, the command, the output that is shown."""
    number, command, shown = 0, "", list[str]()
    for at, line in enumerate(block.text.splitlines(), start=block.line):
        if line.startswith("$ "):
            if command:
                yield number, command, "\n".join(shown)
            number, command, shown = at, line.removeprefix("$ "), []
        elif line.startswith("> ") and not shown:
            command += "\n" + line.removeprefix("> ")
        else:
            shown.append(line)
    yield number, command, "\n".join(shown)


def is_shown(expected: str, actual: str) -> bool:
    """Whether `actual` is what `expected` shows, but for `...` and for spaces at the ends of lines."""
    lines = (line.rstrip() for line in expected.strip("\n").splitlines())
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(re.escape("..."), ".*") + r"\n" for line in lines)
    output = "".join(line.rstrip() + "\n" for line in actual.strip("\n").splitlines())
    return re.fullmatch(pattern, output) is not None


def run_console(workshop: Workshop, block: Block) -> None:
    shown_commands = list(commands(block))
    followers = [command for _, command, _ in shown_commands[1:]] + [""]
    for (line, command, expected), follower in zip(shown_commands, followers, strict=True):
        actual = workshop.shell(command)
        if workshop.status and follower != "echo $?":
            workshop.faults.append(f"{name_of(workshop.document)}:{line}: `{command}` exits with {workshop.status}\n{actual}")
        elif expected:
            workshop.compare(line, expected, actual)


@contextlib.contextmanager
def our_packages_anew(folder: Path) -> Iterator[None]:
    """Our modules are loaded anew inside, as by a program of its own, and what was loaded is there again afterwards.

    What else is loaded inside stays, unless it comes from the folder: some modules can be loaded only once.
    """

    def is_ours(name: str, module: ModuleType | None) -> bool:
        is_of_the_folder = (getattr(module, "__file__", None) or "").startswith(str(folder))
        return module is None or is_of_the_folder or name.split(".")[0] in OUR_PACKAGES

    def forget_ours() -> None:
        for name in [name for name, module in sys.modules.items() if is_ours(name, module)]:
            del sys.modules[name]
        clear_topic_cache()  # eventsourcing remembers the classes that it found by name

    before = dict(sys.modules)
    forget_ours()
    try:
        yield
    finally:
        forget_ours()
        sys.modules.update(before)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_the_examples_of_a_document_run_and_give_what_it_shows(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    workshop = Workshop(document, tmp_path)
    printed: str | None = None
    with our_packages_anew(tmp_path):
        for block in blocks(document.read_text(encoding="utf-8")):
            if "file" in block.options:
                file = tmp_path / block.options["file"]
                file.parent.mkdir(exist_ok=True)
                file.write_text(block.text, encoding="utf-8")
            elif block.language == "text" and block.follows and printed is not None:
                workshop.compare(block.line, block.text, printed)
            elif block.language == "console":
                run_console(workshop, block)
            printed = workshop.python(block) if block.language == "python" and "file" not in block.options else None
    if workshop.faults:
        pytest.fail("\n\n".join(workshop.faults), pytrace=False)


def test_ellipses_stand_for_any_text_and_nothing_else_does() -> None:
    assert is_shown("a\n...\nz", "a\nb\nc\nz\n") and is_shown("a\n...\nz", "a\nz\n") and is_shown("a ... c", "a b c  ")
    assert not is_shown("a\n...\nz", "a\nb\n") and not is_shown("a ... c", "a b") and not is_shown("a.c", "abc")


def test_every_public_name_is_told_of() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in DOCUMENTS)
    names = [*journey.__all__, *journey_projections.__all__]
    assert [name for name in names if not re.search(rf"\b{name}\b", pages)] == []


def test_every_command_has_its_section() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"\n## journey {name}\n" not in page] == []


def commands_named(text: str) -> set[str]:
    """The commands of `journey` that a text calls, in backticks or after a prompt."""
    calls = re.findall(r"(?:`|^\$ |\| )journey ([^`\n]*)", text, flags=re.MULTILINE)
    names = set()
    for words in map(str.split, calls):
        while words and words[0].startswith("-"):
            words = words[2:] if words[0] in ("--store", "--format") else words[1:]
        if words and re.fullmatch("[a-z]+", words[0]):
            names.add(words[0])
    return names


@pytest.mark.parametrize("document", PROSE, ids=name_of)
def test_a_document_names_only_commands_and_tasks_that_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    tasks = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert commands_named(text) <= set(COMMANDS)
    assert set(re.findall(r"(?:`|^\$ |^)make ([a-z-]+)(?=`|\s+#|$)", text, flags=re.MULTILINE)) <= tasks


@pytest.mark.parametrize("document", PROSE, ids=name_of)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        page = document.parent / path if path else document
        assert page.exists(), f"{name_of(document)}: there is no `{target}`"
        assert not anchor or anchor in anchors(page), f"{name_of(document)}: `{target}` has no such heading"


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_the_generated_pages_are_fresh() -> None:
    generate = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(generate, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.svg"), key=lambda path: int(path.stem[1:]))


def test_every_trust_rule_has_its_picture_and_every_picture_its_rule() -> None:
    page = (ROOT / "docs" / "trust-rules.md").read_text(encoding="utf-8")
    assert [path.stem for path in PICTURES] == [rule.id for rule in RULES]
    assert re.findall(r"\]\(pictures/(T\d+)\.svg\)", page) == [rule.id for rule in RULES]


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_a_picture_has_a_title_and_no_text_that_is_cut_off_or_lies_over_another(path: Path) -> None:
    root = ET.parse(path).getroot()
    svg = "{http://www.w3.org/2000/svg}"
    title = root.findtext(f"{svg}title") or ""
    assert title.startswith(f"{path.stem}: ")
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    boxes = []
    for text in root.iter(f"{svg}text"):
        size, words = float(text.attrib["font-size"]), text.text or ""
        long, x, y = 0.56 * size * len(words), float(text.attrib["x"]), float(text.attrib["y"])
        left = x - long * {"start": 0.0, "middle": 0.5, "end": 1.0}[text.attrib["text-anchor"]]
        assert left >= 0 and left + long <= width and size <= y <= height, words
        boxes.append((left, left + long, y - 0.75 * size, y, words))
    for one, other in combinations(boxes, 2):
        assert one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2], (one[4], other[4])


def test_the_recorded_verdicts_are_what_the_search_finds() -> None:
    recorded = json.loads((ROOT / "docs" / "laws.json").read_text(encoding="utf-8"))
    tuned = sorted((ROOT / "examples" / "tuned").glob("*.toml"))
    sets = [*map(rule_set, NAMES), *(load_rules(str(path)) for path in tuned)]
    assert set(recorded) == {rules.name for rules in sets}
    for number, rules in enumerate(sets):
        law = LAWS[number * 7 % len(LAWS)]  # another one for each: all of them take minutes
        assert check_law(law, rules, examples=100).holds is (law.id in recorded[rules.name]["keeps"]), (rules.name, law.id)


def test_the_coding_guide_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    guide = importlib.import_module("coding_guide")
    assert (ROOT / "docs" / "coding-guide.md").read_text(encoding="utf-8") == guide.coding_guide()
    words = [row.words for table in guide.TABLES for row in table.rows]
    assert len(words) == len(set(words))


def test_the_recorded_verdicts_outlive_a_release_of_hypothesis_but_no_change_of_the_laws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    verdicts = importlib.import_module("verdicts")
    recorded, goodwill = verdicts.recorded()["goodwill"]["of"], rule_set("goodwill")
    for name, value, is_fresh in (
        ("version", lambda _: "6.999.1", True),
        ("version", lambda _: "7.0.0", False),
        ("_COUNTS", verdicts._COUNTS[1:], False),
    ):
        with monkeypatch.context() as changed:
            changed.setattr(verdicts, name, value)
            assert (verdicts.digest(goodwill) == recorded) is is_fresh, name


def test_readme_says_how_each_part_that_is_told_of_is_installed_from_a_clone() -> None:
    sources = (path for folder in ("journey", "projections", "cli") for path in (ROOT / folder).rglob("*.py"))
    extras = {one for path in (*PROSE, *sources) for one in re.findall(r"customer-journey\[(\w+)\]", path.read_text(encoding="utf-8"))}
    (install,) = (block.text for block in blocks(README.read_text(encoding="utf-8")) if block.text.startswith("pip install .  "))
    assert extras
    assert extras <= set(re.findall(r"\w+", install))
    assert extras <= set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"])


def test_the_pythons_that_are_promised_are_those_that_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    promised = [line.rsplit(" ", 1)[1] for line in project["project"]["classifiers"] if re.search(r":: 3\.\d+$", line)]
    assert project["tool"]["tox"]["env_list"] == promised
    assert project["project"]["requires-python"] == f">={promised[0]}"


def test_readme_starts_with_the_two_commands() -> None:
    first = next(blocks(README.read_text(encoding="utf-8")))
    assert {"make demo", "make test"} <= {line.split("#")[0].strip() for line in first.text.splitlines()}


def test_the_changelog_says_what_comes_next() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text and "★" in text


def tracked_texts() -> Sequence[tuple[str, str]]:
    """Every text file of the project by name: what git tracks, or would."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        names = subprocess.run(listing, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no checkout, so nothing says which files are the project's")
    found = []
    for name in filter(None, names):
        with contextlib.suppress(UnicodeDecodeError, FileNotFoundError):
            found.append((name, (ROOT / name).read_text(encoding="utf-8")))
    return found


def test_no_file_names_this_machine_or_a_registry() -> None:
    here = [re.escape(f"{folder}/") for folder in (ROOT, Path.home()) if len(folder.parts) > 1]
    machine = re.compile("|".join([*here, r"/(?:home|Users)/\w"]))
    registry = re.compile(r"pypi\.[a-z]+\b|python[h]osted|://[^\s/]+/(?:[^\s]*/)?simple\b|--(?:extra-)?index-url")
    texts = tracked_texts()
    assert len(texts) > 20
    assert [name for name, text in texts if machine.search(text)] == []
    assert [name for name, text in texts if registry.search(text)] == []
