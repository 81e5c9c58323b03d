"""Finding a rule set by what a user writes: a name, `module:attribute`, a Python file, or a TOML file of changed parameters."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from journey.errors import UnusableRules
from journey_projections.rules.gallery import rule_set
from journey_projections.rules.rule_set import RuleSet


def load_rules(name: str) -> RuleSet:
    """The rule set called `name`, or in `module:attribute`, or the one in `FILE.py` or `FILE.toml`. Raises UnknownName, UnusableRules."""
    if name.endswith(".toml"):
        from journey_cli.rule_data import read_rules

        return read_rules(Path(name)).rules
    if name.endswith(".py"):
        return _only_one(_module_of(Path(name)), name)
    module, colon, attribute = name.partition(":")
    if not colon:
        return rule_set(name)
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(importlib.import_module(module), attribute, None)
    except ImportError as error:
        raise UnusableRules(
            f"`{module}` cannot be imported: {error}", "give module:attribute as Python would import it from here"
        ) from error
    except (Exception, SystemExit) as error:
        raise UnusableRules(f"`{module}`: {type(error).__name__}: {error}", "mend the module; importing it shows where it fails") from error
    if not isinstance(found, RuleSet):
        raise UnusableRules(f"`{attribute}` in `{module}` is no RuleSet", "name the attribute that holds one")
    return found


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
    found = {id(value): value for value in vars(module).values() if isinstance(value, RuleSet)}
    own = list(found.values())
    if not own:
        raise UnusableRules(f"{path}: holds no rule set", "give one of its names a RuleSet")
    if len(own) > 1:
        raise UnusableRules(f"{path}: holds {len(own)} rule sets where one is needed", f"say which: {Path(path).stem}:NAME")
    return own[0]
