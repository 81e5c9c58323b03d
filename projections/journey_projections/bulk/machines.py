"""A rule set as a machine: its functions compiled into the fold, its parameters, state and scratch as records of numbers."""

import hashlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from journey_projections import encoding
from journey_projections.bulk import fold, tables
from journey_projections.bulk.compiling import Function, compiled
from journey_projections.bulk.windows import first, window
from journey_projections.encoding import Counts, Encoded
from journey_projections.rule_sets import Room, RuleSet

Array = np.ndarray[Any, Any]

RESULT = np.dtype(
    [
        *((name, np.float64) for name in ("trust", "confidence", "exit_risk")),
        *((name, np.int64) for name in ("at", "touchpoints", "state", "pending")),
    ]
)
CONTRIBUTION = np.dtype([*((name, np.int64) for name in ("row", "at", "cause")), *((name, np.float64) for name in ("before", "after"))])
PARTY = np.dtype(
    [
        *((name, np.int64) for name in ("relationship", "party", "representative")),
        *((name, np.float64) for name in ("trust", "competence", "goodwill")),
    ]
)
SLOT = np.dtype([("place", np.int64), ("actor", np.int64)])
"""Of a slot for a wound: which touchpoint opened it, counted in their order, and who acted; room for as many as there are touchpoints."""


class NotCompilable(Exception):
    """A rule set cannot be compiled; says why."""


class Tables(NamedTuple):
    """The names of one relationship, as `encoding.Names`."""

    counts: Array
    parties: Array
    promises: Array
    topics: Array
    latest: tuple[Array, Array]
    shared: tuple[Array, Array]


class Rules(NamedTuple):
    """What the fold needs of a rule set: parameters, the state at the start, and a fresh record of each kind."""

    parameters: Any
    start: Any
    blank: Any


class Scratch(NamedTuple):
    """What one thread writes and forgets from relationship to relationship."""

    state: Any
    spare: Any
    names: Any
    had: Any
    touchpoint: Any
    people: Array
    told: Array


class Wanted(NamedTuple):
    """What the fold is asked: whether there is a bound and which, the dates of trajectories, and whether to tell of parties."""

    at: int
    is_bounded: bool
    dates: Array
    parties: bool


class Out(NamedTuple):
    """Where the fold writes."""

    results: Array
    trajectories: Array
    contributions: Array
    parties: Array
    slots: Array


class Machine(NamedTuple):
    """A rule set ready to run: `fold` as in `journey_projections.bulk.fold`, and what it works on.

    `scratch` gives it for relationships of at most so many touchpoints; memory is taken only as far as it is used.
    """

    fold: Function
    rules: Rules
    scratch: Callable[[int], Scratch]


_MOST = {"parties": 2}
"""Names of a family that one touchpoint may bring, where that is not one."""


def machine(rules: RuleSet) -> Machine:
    """The machine of a rule set; nothing is compiled before its fold is called. Raises NotCompilable."""
    start: Any = rules.start()
    if not hasattr(start, "_asdict"):
        raise NotCompilable("its state is no NamedTuple of lists of records")
    kinds = kinds_of(rules, start)
    lists = start._asdict()
    growing = {room.records for room in rules.room}
    at_first = {name: as_array(lists[name], kind) for name, kind in kinds.items()}
    blank = {name: as_array([kind()] if name in growing else lists[name][:1], kind) for name, kind in kinds.items()}
    state: Any = type(start)
    lengths = tuple((name, len(records)) for name, records in lists.items())
    folding = _folding(rules.apply, rules.advance, rules.trust, rules.view, rules.party, state, rules.room, lengths)
    known = Rules(parameters_of(rules), state(**at_first), state(**blank))
    return Machine(folding, known, lambda touchpoints: _scratch(known.start, rules.room, touchpoints))


def kinds_of(rules: RuleSet, start: Any) -> dict[str, type[Any]]:
    """Which dataclass each list of a rule set's state holds. Raises NotCompilable."""
    kinds: dict[str, type[Any]] = {room.records: room.record for room in rules.room}
    for name, records in start._asdict().items():
        if name not in kinds:
            if not records:
                raise NotCompilable(f"nothing tells what the empty list `{name}` of its state holds")
            kinds[name] = type(records[0])
    for name, kind in kinds.items():
        if not is_dataclass(kind):
            raise NotCompilable(f"`{name}` of its state holds no dataclasses")
    return kinds


def _scratch(start: Any, room: tuple[Room, ...], touchpoints: int) -> Scratch:
    most = {one.records: one.beside + _MOST.get(one.per, 1) * touchpoints for one in room}

    def state() -> Any:
        lists = start._asdict().items()
        return type(start)(**{name: np.empty(max(1, most.get(name, len(records))), records.dtype) for name, records in lists})

    def names() -> Any:
        return tables.table(2 * touchpoints)

    counts = np.zeros(1, record_of(Counts))
    known = Tables(counts, names(), names(), names(), (names(), names()), (names(), names()))
    people = np.empty(2 * touchpoints, np.int64)
    return Scratch(state(), state(), known, counts.copy(), as_array([Encoded()], Encoded), people, np.zeros(1, np.int64))


def record_of(kind: type[Any]) -> np.dtype[Any]:
    """The numpy record of a dataclass of ints and floats. Raises NotCompilable."""
    numbers: dict[Any, type[Any]] = {int: np.int64, "int": np.int64, float: np.float64, "float": np.float64}
    for field in fields(kind):
        if field.type not in numbers:
            raise NotCompilable(f"`{kind.__name__}.{field.name}` is neither an int nor a float")
    return np.dtype([(field.name, numbers[field.type]) for field in fields(kind)])


def as_array(records: list[Any], kind: type[Any]) -> Array:
    """Records as an array."""
    names = [field.name for field in fields(kind)]
    array: Array = np.array([tuple(getattr(one, name) for name in names) for one in records], dtype=record_of(kind))
    return array


def parameters_of(rules: RuleSet) -> Array:
    """The parameters as one record. Raises NotCompilable."""
    values = rules.parameters.model_dump()
    for name, value in values.items():
        if not isinstance(value, bool | int | float):
            raise NotCompilable(f"its parameter `{name}` is no number")
    types = [(name, np.float64 if isinstance(value, float) else np.int64) for name, value in values.items()]
    array: Array = np.array([tuple(values.values())], dtype=types)
    return array


@lru_cache(maxsize=32)
def _folding(
    apply: Function,
    advance: Function,
    trust: Function,
    view: Function | None,
    party: Function | None,
    state: type[Any],
    room: tuple[Room, ...],
    lengths: tuple[tuple[str, int], ...],
) -> Function:
    """The fold with a rule set's functions in it."""
    for function in (apply, advance, trust, view, party):
        if function is not None and not isinstance(function, FunctionType):
            raise NotCompilable(f"`{function!r}` is no plain function")
    instead: dict[Function, Function] = {
        fold.apply: apply,
        fold.advance: advance,
        fold.trust: trust,
        fold.view: view or fold.view_of_trust,
        fold.party: party or fold.party_of_trust,
        fold.copied: _copying(state, room, lengths),
        fold.grown: _growing(state, room, lengths),
        fold.clear: tables.clear,
        encoding.find: tables.find,
        encoding.put: tables.put,
    }
    ours = all(one.__module__.startswith("journey_projections.") for one in (apply, advance, trust, view, party) if one is not None)
    return compiled(_opening(state, lengths), instead, checked=not ours)


def _opening(state: type[Any], lengths: tuple[tuple[str, int], ...]) -> Function:
    """The fold that opens windows on its arrays."""

    def windows(whole: str) -> str:
        return f"State({', '.join(f'window({whole}.{name})' for name, _ in lengths)})"

    return _made(
        state,
        "def made(rows, starts, first, last, order, rules, scratch, wanted, out):",
        " names = scratch.names",
        " latest = (window(names.latest[0]), window(names.latest[1]))",
        " shared = (window(names.shared[0]), window(names.shared[1]))",
        " tables = (window(names.counts), window(names.parties), window(names.promises), window(names.topics))",
        " names = Tables(tables[0], tables[1], tables[2], tables[3], latest, shared)",
        f" rules = Rules(window(rules.parameters), {windows('rules.start')}, {windows('rules.blank')})",
        " had, touchpoint = window(scratch.had), window(scratch.touchpoint)",
        " people, told = window(scratch.people), window(scratch.told)",
        f" scratch = Scratch({windows('scratch.state')}, {windows('scratch.spare')}, names, had, touchpoint, people, told)",
        " wanted = Wanted(wanted.at, wanted.is_bounded, window(wanted.dates), wanted.parties)",
        " out = Out(window(out.results), out.trajectories, window(out.contributions), window(out.parties), window(out.slots))",
        " fold(window(rows), window(starts), first, last, window(order), rules, scratch, wanted, out)",
    )


def _copying(state: type[Any], room: tuple[Room, ...], lengths: tuple[tuple[str, int], ...]) -> Function:
    per = {one.records: f"{one.beside} + counts.{one.per}" for one in room}
    lines = [f" for place in range({per.get(name, length)}):\n  to.{name}[place] = state.{name}[place]" for name, length in lengths]
    used = ", ".join(f"first(to.{name}, {per.get(name, length)})" for name, length in lengths)
    return _made(state, "def made(to, state, counts):", *lines, f" return State({used})")


def _growing(state: type[Any], room: tuple[Room, ...], lengths: tuple[tuple[str, int], ...]) -> Function:
    per = {one.records: f"{one.beside} + has.{one.per}" for one in room}
    lines = []
    for one in room:
        lines.append(f" for place in range({one.beside} + had.{one.per}, {one.beside} + has.{one.per}):")
        lines.append(f"  whole.{one.records}[place] = blank.{one.records}[0]")
    lines.append(f" if {' or '.join(f'had.{one.per} < has.{one.per}' for one in room) or False}:")
    used = (f"first(whole.{name}, {per[name]})" if name in per else f"state.{name}" for name, _ in lengths)
    lines.append(f"  state = State({', '.join(used)})")
    lines += [f" had.{one.name} = has.{one.name}" for one in fields(Counts)]
    return _made(state, "def made(state, whole, blank, had, has):", *lines, " return state")


def _made(state: type[Any], *lines: str) -> Function:
    """The function made of these lines: numba reads the names of fields from source only."""
    names: dict[str, Any] = {"__name__": __name__, "State": state, "fold": fold.fold, "first": first, "window": window}
    names |= {kind.__name__: kind for kind in (Tables, Rules, Scratch, Wanted, Out)}
    exec("\n".join(lines), names)
    made: Function = names["made"]
    made.__qualname__ = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    return made
