"""Finding a rule set by what a user writes: a name, `module:attribute`, a Python file, or a TOML file of changed parameters."""

import importlib
import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from journey.errors import JourneyError, UnusableRules, did_you_mean, shown
from journey_projections.rules.derived import SUGGESTED, derived, problems_of
from journey_projections.rules.gallery import rule_set
from journey_projections.rules.rule_set import RuleSet


def load_rules(name: str) -> RuleSet:
    """The rule set called `name`, or in `module:attribute`, or the one in `FILE.py` or `FILE.toml`. Raises UnknownName, UnusableRules."""
    if name.endswith(".toml"):
        return read_rules(Path(name)).rules
    if name.endswith(".py"):
        return _only_one(_module_of(Path(name)), name)
    module, colon, attribute = name.partition(":")
    if not colon:
        return rule_set(name)
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        loaded = getattr(importlib.import_module(module), attribute, None)
    except ImportError as error:
        raise UnusableRules(
            f"`{module}` cannot be imported: {error}", "give module:attribute as Python would import it from here"
        ) from error
    except (Exception, SystemExit) as error:
        raise UnusableRules(f"`{module}`: {type(error).__name__}: {error}", "mend the module; importing it shows where it fails") from error
    if not isinstance(loaded, RuleSet):
        raise UnusableRules(f"`{attribute}` in `{module}` is not a RuleSet", "name the attribute that holds one")
    return loaded


def _module_of(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise UnusableRules(f"{path}: no such file", "name a Python file that holds a RuleSet")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise UnusableRules(f"{path}: {type(error).__name__}: {error}", "mend the file; `python FILE` shows where it fails") from error
    return module


def _only_one(module: ModuleType, path: str) -> RuleSet:
    rule_sets = {id(value): value for value in vars(module).values() if isinstance(value, RuleSet)}
    own = list(rule_sets.values())
    if not own:
        raise UnusableRules(f"{path}: holds no rule set", "give one of its names a RuleSet")
    if len(own) > 1:
        raise UnusableRules(f"{path}: holds {len(own)} rule sets where one is needed", f"in its folder, say which: {Path(path).stem}:NAME")
    return own[0]


MOST_FILES = 20
"""How many files may be based on one another."""
_KEYS = {"base": str, "name": str, "version": str, "parameters": dict}


class Derived(NamedTuple):
    """A rule set from a file, and the one it is based on."""

    rules: RuleSet
    base: RuleSet


def read_rules(path: Path, within: tuple[Path, ...] = ()) -> Derived:
    """The rule set that a TOML file holds, `within` the files that lead to it. Raises UnusableRules with all problems by path and line."""
    text = _text_of(path)
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"at line (\d+)", str(error))  # or at the end of the document
        line = at[1] if at else text.count("\n") + 1
        raise UnusableRules(f"{path}:{line}: not TOML: {error}", "mend that place; write a parameter as `name = number`") from error
    unknown = [key for key in content if key not in _KEYS]
    problems = [(key, f"there is no key {shown(key)}; {did_you_mean(key, _KEYS) or _BELOW}") for key in unknown[:SUGGESTED]]
    problems += [(key, f"there is no key {shown(key)}") for key in unknown[SUGGESTED:]]
    for key, form in _KEYS.items():
        if key in content and not (isinstance(content[key], form) and (form is dict or _is_word(content[key]))):
            needed = "a table of parameters" if form is dict else f'a text of one line, as in {key} = "…"'
            problems.append((key, f"`{key}` is {shown(content[key])}; it must be {needed}"))
        elif key not in content and form is str:
            problems.append((key, f'`{key}` is missing; give {key} = "…"'))
    if problems:
        raise _unusable(path, text, problems, f"a rule file has the keys {_LISTED}")
    base = _base_of(path, text, content["base"], (*within, path.resolve()))
    problems = problems_of(base, content["name"], content.get("parameters", {}))
    if problems:
        raise _unusable(path, text, problems, f"`journey rules {content['base']}` shows the parameters with their ranges")
    return Derived(derived(base, name=content["name"], version=content["version"], parameters=content.get("parameters", {})), base)


def _is_word(text: str) -> bool:
    """Whether a text is something to call a thing by: printable, with no blanks around it."""
    return text != "" and text.isprintable() and text == text.strip()


_LISTED = ", ".join(f"`{key}`" for key in _KEYS)
_BELOW = "if it is a parameter, put it below `[parameters]`"


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UnusableRules(f"{path}: no such file", "name a TOML file that holds a rule set") from error
    except UnicodeDecodeError as error:
        raise UnusableRules(f"{path}: not UTF-8: {error}", "save it as UTF-8") from error


def _base_of(path: Path, text: str, base: str, within: tuple[Path, ...]) -> RuleSet:
    try:
        if not base.endswith((".toml", ".py")):
            return load_rules(base)
        file = path.parent / base
        if file.resolve() in within:
            raise UnusableRules(f"{shown(base)} is made of this file itself", "let one of them stand on another base")
        if len(within) == MOST_FILES:
            raise UnusableRules(
                f"{shown(base)} is the base of {MOST_FILES} files, each based on the next", "let one of them stand on another base"
            )
        return read_rules(file, within).rules if base.endswith(".toml") else load_rules(str(file))
    except JourneyError as error:
        raise UnusableRules(f"{path}:{_line(text, 'base')}: `base`: {error}", error.mend) from error


def _unusable(path: Path, text: str, problems: list[tuple[str, str]], mend: str) -> UnusableRules:
    lines = [f"{path}:{_line(text, key)}: {message}" for key, message in problems[:SUGGESTED]]
    more = len(problems) - len(lines)
    return UnusableRules("; ".join([*lines, f"and {more:,} more problems"] if more else lines), mend)


def _line(text: str, key: str) -> int:
    """The line of a key or of a table within it, 1 where it stands nowhere."""
    spelt: Any = re.compile(rf"""\s*\[?\s*(?:[\w-]+\s*\.\s*)*["']?{re.escape(key)}["']?\s*[=.\]]""")
    return next((number for number, line in enumerate(text.splitlines(), start=1) if spelt.match(line)), 1)
