"""What a rule set is, and where to find one by name."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import BaseModel

from journey.errors import UnknownName
from journey_projections.encoding import Encoded, Encoder
from journey_projections.reports import Report

NAMES = ("goodwill",)
"""The rule sets that come with journey."""


class View(NamedTuple):
    """What a state says in four values: trust, confidence and exit risk in [0, 1], and the state's name."""

    trust: float
    confidence: float
    exit_risk: float
    state: str


@dataclass(frozen=True)
class RuleSet:
    """A named, versioned value: frozen parameters and pure functions over a state of the rule set's own making.

    `initial(p)` is the state before anything happened; `make_room(state, names)` lets it hold every name met so far;
    `advance(state, elapsed, p)` lets microseconds pass and `apply(state, touchpoint, p)` lets one encoded touchpoint act
    (returning a number of `causes`), both in place; `trust`, `view` and `report` only read. A rule set never learns the
    absolute time, only what elapsed since the first touchpoint.
    """

    name: str
    version: str
    parameters: BaseModel
    initial: Callable[[Any], Any]
    make_room: Callable[[Any, Encoder], None]
    advance: Callable[[Any, int, Any], None]
    apply: Callable[[Any, Encoded, Any], int]
    trust: Callable[[Any, Any], float]
    view: Callable[[Any, Any], View]
    report: Callable[[Any, Encoder, Any], Report]
    causes: tuple[tuple[str, str], ...]

    @property
    def hash(self) -> str:
        """Twelve hex digits over name, version and every parameter: two results with the same hash were made by the same rules."""
        content = json.dumps([self.name, self.version, self.parameters.model_dump(mode="json")], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:12]


def rule_set(name: str) -> RuleSet:
    """The rule set that comes with journey under that name. Raises UnknownName."""
    if name == "goodwill":
        from journey_projections.goodwill import GOODWILL

        return GOODWILL
    raise UnknownName.of("rule set", name, NAMES, f"there is {', '.join(f'`{known}`' for known in NAMES)}")
