"""A rule set as a compiled program: its functions compiled into the fold, its parameters, state and scratch as records of numbers."""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel

from journey_projections.compiled import hash_table
from journey_projections.compiled.codegen import folding
from journey_projections.compiled.records import Array, NotCompilable, Program, Rules, Scratch, Tables
from journey_projections.early_warnings.parameters import WARNING_PARAMETERS, WarningParameters
from journey_projections.early_warnings.state import AT_ONCE, Contacts, Pledge, Slot, Watch, Watching, fresh
from journey_projections.encoding.codes import FIRST_REPRESENTATIVE
from journey_projections.encoding.numbering import Counts, Encoded
from journey_projections.rules.rule_set import Room, RuleSet

_MOST = {"parties": 2}
"""Names of a family that one touchpoint may bring, where that is not one."""


def program_of(rules: RuleSet, warnings: WarningParameters | None = None) -> Program:
    """The program of a rule set, with early warnings if there are `warnings`; compiled when first called. Raises NotCompilable."""
    start: Any = rules.start()
    if not hasattr(start, "_asdict"):
        raise NotCompilable("its state is not a NamedTuple of lists of records")
    kinds = kinds_of(rules, start)
    lists = start._asdict()
    growing = {room.records for room in rules.room}
    at_first = {name: as_array(lists[name], kind) for name, kind in kinds.items()}
    blank = {name: as_array([kind()] if name in growing else lists[name][:1], kind) for name, kind in kinds.items()}
    state: Any = type(start)
    lengths = tuple((name, len(records)) for name, records in lists.items())
    fold = folding(rules.apply, rules.advance, rules.trust, rules.view, rules.party, state, rules.room, lengths, warnings is not None)
    watched_by = WARNING_PARAMETERS if warnings is None else warnings
    known = Rules(values_of(rules.parameters), state(**at_first), state(**blank), values_of(watched_by))
    return Program(fold, known, lambda touchpoints: _scratch(known.start, rules.room, touchpoints, warnings is not None))


def kinds_of(rules: RuleSet, start: Any) -> dict[str, type[Any]]:
    """Which dataclass each list of a rule set's state holds. Raises NotCompilable."""
    kinds: dict[str, type[Any]] = {room.records: room.record for room in rules.room}
    for name, records in start._asdict().items():
        if name not in kinds:
            if not records:
                raise NotCompilable(f"the empty list `{name}` of its state does not show what it holds")
            kinds[name] = type(records[0])
    for name, kind in kinds.items():
        if not is_dataclass(kind):
            raise NotCompilable(f"`{name}` of its state does not hold dataclasses")
    return kinds


def _scratch(start: Any, room: tuple[Room, ...], touchpoints: int, is_watched: bool) -> Scratch:
    most = {one.records: one.beside + _MOST.get(one.per, 1) * touchpoints for one in room}

    def state() -> Any:
        lists = start._asdict().items()
        return type(start)(**{name: np.empty(max(1, most.get(name, len(records))), records.dtype) for name, records in lists})

    def names() -> Any:
        return hash_table.table(2 * touchpoints)

    counts = np.zeros(1, record_of(Counts))
    known = Tables(counts, names(), names(), names(), (names(), names()), (names(), names()))
    people = np.empty(2 * touchpoints, np.int64)
    return Scratch(
        state(),
        state(),
        known,
        counts.copy(),
        as_array([Encoded()], Encoded),
        people,
        np.zeros(2, np.int64),
        watching(touchpoints if is_watched else 0),
    )


def watching(touchpoints: int) -> Watching:
    """Room for the early warnings of so many touchpoints."""
    kinds = {"watches": Watch, "slots": Slot, "promises": Pledge, "parties": Contacts}
    most = {"watches": AT_ONCE, "parties": 2}
    room = {name: np.empty(FIRST_REPRESENTATIVE + most.get(name, 1) * touchpoints, record_of(kind)) for name, kind in kinds.items()}
    at_first: Any = fresh()._asdict()
    fixed = {name: as_array(records, type(records[0])) for name, records in at_first.items() if name not in room}
    return Watching(**room, **fixed)  # type: ignore[arg-type]


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


def values_of(parameters: BaseModel) -> Array:
    """Parameters as one record. Raises NotCompilable."""
    values = parameters.model_dump()
    for name, value in values.items():
        if not isinstance(value, bool | int | float):
            raise NotCompilable(f"its parameter `{name}` is not a number")
    types = [(name, np.float64 if isinstance(value, float) else np.int64) for name, value in values.items()]
    array: Array = np.array([tuple(values.values())], dtype=types)
    return array
