"""The fold's source for the lists of one rule set's state, made as text: numba reads the names of fields from source only."""

import hashlib
from dataclasses import fields
from functools import lru_cache
from types import FunctionType
from typing import Any

from journey_projections.compiled import array_pointers, fold, hash_table, watching
from journey_projections.compiled.compile_cache import Function
from journey_projections.compiled.compiler import compiled
from journey_projections.compiled.records import FoldOptions, NotCompilable, Out, Rules, Scratch, Tables
from journey_projections.compiled.tuple_pointers import pointed, refilled
from journey_projections.early_warnings.state import Watching
from journey_projections.encoding import numbering
from journey_projections.encoding.numbering import Counts
from journey_projections.rules.rule_set import Room


@lru_cache(maxsize=32)
def folding(
    apply: Function,
    advance: Function,
    trust: Function,
    view: Function | None,
    party: Function | None,
    state: type[Any],
    room: tuple[Room, ...],
    lengths: tuple[tuple[str, int], ...],
    is_watched: bool,
) -> Function:
    """The fold with a rule set's functions in it, and with early warnings where it `is_watched`."""
    for function in (apply, advance, trust, view, party):
        if function is not None and not isinstance(function, FunctionType):
            raise NotCompilable(f"`{function!r}` is not a plain function")
    instead: dict[Function, Function] = {
        fold.apply: apply,
        fold.advance: advance,
        fold.trust: trust,
        fold.view: view or fold.view_of_trust,
        fold.party: party or fold.party_of_trust,
        fold.copied: _copying(state, room, lengths),
        fold.grown: _growing(state, room, lengths),
        fold.clear: hash_table.clear,
        fold.fetch: array_pointers.fetch,
        numbering.find: hash_table.find,
        numbering.put: hash_table.put,
    }
    if is_watched:
        instead |= {fold.watch_begins: watching.watch_begins, fold.watch: watching.watch, fold.watch_ends: watching.watch_ends}
    ours = all(one.__module__.startswith("journey_projections.") for one in (apply, advance, trust, view, party) if one is not None)
    return compiled(_opening(state, lengths), instead, checked=not ours)


def _opening(state: type[Any], lengths: tuple[tuple[str, int], ...]) -> Function:
    """The fold that opens windows on its arrays."""

    def windows(whole: str) -> str:
        return f"pointed(State({', '.join(f'window({whole}.{name})' for name, _ in lengths)}))"

    return _made(
        state,
        "def made(rows, starts, first, last, order, rules, scratch, options, out):",
        " names = scratch.names",
        " latest = (window(names.latest[0]), window(names.latest[1]))",
        " shared = (window(names.shared[0]), window(names.shared[1]))",
        " hash_table = (window(names.counts), window(names.parties), window(names.promises), window(names.topics))",
        " names = pointed(Tables(hash_table[0], hash_table[1], hash_table[2], hash_table[3], latest, shared))",
        f" rules = Rules(window(rules.parameters), {windows('rules.start')}, {windows('rules.blank')}, window(rules.warnings))",
        " previous, touchpoint = window(scratch.previous_counts), window(scratch.touchpoint)",
        " people, written = window(scratch.people), window(scratch.written)",
        f" watching = pointed(Watching({', '.join(f'window(scratch.watching.{name})' for name in Watching._fields)}))",
        f" state, spare = {windows('scratch.state')}, {windows('scratch.spare')}",
        " scratch = Scratch(state, spare, names, previous, touchpoint, people, written, watching)",
        " stretches = window(options.stretches)",
        " options = FoldOptions(options.at, options.is_bounded, window(options.dates), options.parties, stretches, options.warnings)",
        " contributions, parties, slots = window(out.contributions), window(out.parties), window(out.slots)",
        " outlooks, watches = window(out.outlooks), window(out.watches)",
        " out = Out(window(out.results), out.trajectories, out.states, contributions, parties, slots, outlooks, watches)",
        " fold(window(rows), window(starts), first, last, window(order), rules, scratch, options, out)",
    )


def _copying(state: type[Any], room: tuple[Room, ...], lengths: tuple[tuple[str, int], ...]) -> Function:
    per = {one.records: f"{one.beside} + counts.{one.per}" for one in room}
    used = ", ".join(f"first(to.{name}, {per.get(name, length)})" for name, length in lengths)
    lines = [f" for place in range({per.get(name, length)}):\n  to.{name}[place] = state.{name}[place]" for name, length in lengths]
    return _made(state, "def made(to, state, counts):", f" to = refilled(to, State({used}))", *lines, " return to")


def _growing(state: type[Any], room: tuple[Room, ...], lengths: tuple[tuple[str, int], ...]) -> Function:
    per = {one.records: f"{one.beside} + counts.{one.per}" for one in room}
    used = (f"first(state.{name}, {per[name]})" if name in per else f"state.{name}" for name, _ in lengths)
    lines = [f" if {' or '.join(f'previous.{one.per} < counts.{one.per}' for one in room) or False}:"]
    lines.append(f"  state = refilled(state, State({', '.join(used)}))")
    for one in room:
        lines.append(f"  for place in range({one.beside} + previous.{one.per}, {one.beside} + counts.{one.per}):")
        lines.append(f"   state.{one.records}[place] = blank.{one.records}[0]")
    lines += [f" previous.{one.name} = counts.{one.name}" for one in fields(Counts)]
    return _made(state, "def made(state, blank, previous, counts):", *lines, " return state")


def _made(state: type[Any], *lines: str) -> Function:
    """The function made of these lines: numba reads the names of fields from source only."""
    names: dict[str, Any] = {"__name__": __name__, "State": state, "fold": fold.fold, "first": array_pointers.first}
    names |= {"window": array_pointers.window, "pointed": pointed, "refilled": refilled}
    names |= {kind.__name__: kind for kind in (Tables, Rules, Scratch, FoldOptions, Out, Watching)}
    exec("\n".join(lines), names)
    made: Function = names["made"]
    made.__qualname__ = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    return made
