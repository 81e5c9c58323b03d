"""What a rule set is."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from journey.errors import UnusableRules
from journey_projections.encoding.codes import NEVER
from journey_projections.encoding.numbering import Counts, Encoder
from journey_projections.rules.reports import Parties, PartyTrust, Report

EXIT_LINE = 0.35
"""Below this trust a relationship counts as damaged."""
TRANSITIONAL_FROM = 0.6
"""Trust from which a relationship is more than a series of transactions."""
COMMUNAL_FROM = 0.8
"""Trust from which the parties look after each other."""


PROSPECT, TRANSACTIONAL, TRANSITIONAL, COMMUNAL, DAMAGED, ENDED_EXIT, ENDED_SATISFIED, ENDED_DORMANT, ENDED_UNKNOWN = range(9)
STATES = (
    *("prospect", "transactional", "transitional", "communal", "damaged"),
    *("ended_exit", "ended_satisfied", "ended_dormant", "ended_unknown"),
)
"""States of a relationship, after Zhang, Watson, Palmatier & Dant 2016, by the numbers above; an end is told with its outcome."""


class View(NamedTuple):
    """What a state says in four values: trust, confidence and exit risk in [0, 1], and a number of STATES."""

    trust: float
    confidence: float
    exit_risk: float
    state: int


class PartyLevels(NamedTuple):
    """Trust in one party, 0 to 1, with its two dimensions (NaN where there are none); `known` is 0 for one who never acted."""

    known: int
    trust: float
    competence: float
    goodwill: float


class Room(NamedTuple):
    """Which list of a state grows with the names: it holds `beside` records, and one more fresh `record` for each name of a family.

    `per` names the family, a field of `encoding.Counts`.
    """

    records: str
    record: type[Any]
    per: str
    beside: int = 0


def _nothing(*_: Any) -> None:
    """A rule set that needs no room for names, or in which time does nothing."""


FAILURES = (Exception, SystemExit)
"""What a function of a rule set may raise to count as its failure; only Ctrl-C still interrupts."""
SILENCE = "time passed: silence"
"""What the passing of time was, where a rule set says nothing else."""
CAUSE_UNTOLD = (("moved_by_the_rules", "the rules moved it; they do not say why"),)


T = TypeVar("T")


def one_of(things: Sequence[T], number: int) -> T:
    """One of some things by its number, from 0. Raises IndexError, also for a negative number, which Python counts from the end."""
    if number < 0:
        raise IndexError(f"there is no number {number}")
    return things[number]


@dataclass(frozen=True)
class RuleSet:
    """A named, versioned value: frozen parameters and pure functions over a state of the rule set's own making.

    `initial(p)` is the state before anything happened. `advance(state, elapsed, p)` lets microseconds pass and
    `apply(state, touchpoint, p)` lets one touchpoint act, both in place; `apply` may return a number of `causes`.
    `trust(state, p)` in [0, 1], `view(state, p)`,
    `party(state, index, p)` and `report(state, names, p)` only read. A rule set never learns the
    absolute time, only what elapsed since the first touchpoint. `passed(state, names, elapsed, p)` says in words what the time was that
    just passed, and `falls_due(state)` when, in microseconds since the first touchpoint, something next begins to cost by itself (NEVER:
    nothing will); these two only read, too.

    `apply` gets touchpoints as `Encoded` numbers, and `room` says which lists of the state grow so that it holds every name
    so far; with `takes_touchpoints` it gets the touchpoints themselves instead. `about` says in a line what it is.

    The same source runs compiled on millions of relationships if it can be compiled: then the state is a NamedTuple of lists of
    dataclasses of ints and floats, the parameters are numbers, the functions are in the part of Python that numba compiles, and
    every function of your own that they call is imported by its name.
    """

    name: str
    version: str
    parameters: BaseModel
    initial: Callable[[Any], Any]
    apply: Callable[[Any, Any, Any], int | None]
    trust: Callable[[Any, Any], float]
    advance: Callable[[Any, int, Any], None] = _nothing
    room: tuple[Room, ...] = ()
    view: Callable[[Any, Any], View] | None = None
    party: Callable[[Any, int, Any], PartyLevels] | None = None
    report: Callable[[Any, Encoder, Any], Report] | None = None
    passed: Callable[[Any, Encoder, int, Any], str] | None = None
    falls_due: Callable[[Any], int] | None = None
    causes: tuple[tuple[str, str], ...] = CAUSE_UNTOLD
    takes_touchpoints: bool = False
    about: str = ""

    @property
    def hash(self) -> str:
        """Twelve hex digits over name, version and every parameter. The version stands for the functions: who changes them raises it."""
        content = json.dumps([self.name, self.version, self.parameters.model_dump(mode="json")], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    def start(self) -> Any:
        """The state before anything happened. Raises UnusableRules where `initial` gives none."""
        try:
            state = self.initial(self.parameters)
        except FAILURES as error:
            raise self.unusable("before the first touchpoint", error, "mend its `initial`") from error
        if state is None:
            raise UnusableRules(f"rule set `{self.name}` starts with no state", "let its `initial` return one")
        return state

    def unusable(self, where: str, error: BaseException, mend: str) -> UnusableRules:
        """The error for what one of its functions raised, one of FAILURES."""
        return UnusableRules(f"rule set `{self.name}` fails {where}: {type(error).__name__}: {error}", mend)

    def make_room(self, state: Any, counts: Counts) -> None:
        """Let a state hold every name so far."""
        for room in self.room:
            records = getattr(state, room.records)
            records.extend(room.record() for _ in range(room.beside + getattr(counts, room.per) - len(records)))

    def viewed(self, state: Any) -> View:
        """The view of a state; a rule set that has none knows no confidence and judges the rest by trust alone."""
        return view_by_trust(self.trust(state, self.parameters)) if self.view is None else self.view(state, self.parameters)

    def reported(self, state: Any, names: Encoder) -> Report:
        """The report of a state; a rule set that has none knows one party, and nothing of the customer."""
        if self.report is not None:
            return self.report(state, names, self.parameters)
        prior = self.trust(self.start(), self.parameters)
        return Report(Parties(PartyTrust(self.trust(state, self.parameters)), {}, PartyTrust(prior)))

    def passed_in(self, state: Any, names: Encoder, elapsed: int) -> str:
        """In words, what the time was that just passed; a rule set that does not say so knows of silence only."""
        return SILENCE if self.passed is None else self.passed(state, names, elapsed, self.parameters)

    def next_due(self, state: Any) -> int:
        """When something next begins to cost by itself, in microseconds since the first touchpoint; NEVER without one."""
        return NEVER if self.falls_due is None else self.falls_due(state)


def view_by_trust(trust: float) -> View:
    """What trust alone says."""
    return View(trust, 0.0, 1.0 - trust, state_by_trust(trust))


def state_by_trust(trust: float) -> int:
    """The state of a relationship when only its trust is known, a number of STATES."""
    if trust < EXIT_LINE:
        return DAMAGED
    if trust < TRANSITIONAL_FROM:
        return TRANSACTIONAL
    return TRANSITIONAL if trust < COMMUNAL_FROM else COMMUNAL
