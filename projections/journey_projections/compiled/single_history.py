"""One history through the compiled fold; it leaves the same state and names as the interpreter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from itertools import starmap
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
from numba.core.errors import NumbaError

from journey.errors import UnusableRules
from journey.history import Recorded
from journey_projections.compiled.blocks import ReplayOptions, ThreadedFold
from journey_projections.compiled.compile_cache import is_loaded
from journey_projections.compiled.hash_table import entries
from journey_projections.compiled.partition_kernels import ROW
from journey_projections.compiled.program import kinds_of, program_of
from journey_projections.compiled.records import SLOT, NotCompilable, Tables
from journey_projections.encoding.columns import Array, Dictionary
from journey_projections.encoding.mentions import mention
from journey_projections.encoding.numbering import Counts, Encoder, slot_name
from journey_projections.replaying.engines import Folded
from journey_projections.rules.rule_set import RuleSet

_ROW = Struct("".join(ROW[name].char for name in ROW.names or ()))
_OPTIONS = ReplayOptions(None, np.empty(0, np.int64), parties=False, contributions=False)


class Ready(NamedTuple):
    """A rule set ready to fold, and which dataclass each list of its state holds."""

    folds: ThreadedFold
    kinds: Mapping[str, type[Any]]


class SingleFold:
    """The compiled functions of a rule set, for one history at a time and whatever parameters; any number of threads may fold."""

    def __init__(self, rules: RuleSet, notice: Callable[[str], object] | None) -> None:
        """Compile or load. Raises UnusableRules."""
        try:
            self._folds = ThreadedFold.compiled(rules, _OPTIONS, 1, notice)
        except (NotCompilable, NumbaError) as error:
            reason = str(error).strip().splitlines()[-1]
            raise UnusableRules(f"rule set `{rules.name}` does not compile: {reason}", "replay with it as it is, interpreted") from error
        self._ready_cached = lru_cache(maxsize=64)(self._ready_for)

    def fold(self, records: Sequence[Recorded], rules: RuleSet) -> Folded | None:
        """As `engines.Fold`."""
        ready = (self._ready_cached if rules.parameters.model_config.get("frozen") else self._ready_for)(rules)
        if ready is None:
            return None
        folds, count, dictionary = ready.folds, len(records), Dictionary()
        rows = _rows(records, dictionary)
        scratch, out = folds.program.scratch(count), folds.out(1, count)._replace(slots=np.empty(count, SLOT))
        out.results["pending"] = 1  # the rows are in order already
        try:
            folds.program.fold(*folds.arguments(rows, np.array([0, count]), scratch, out, 0, 1))
        except Exception:  # The interpreter meets the same error, and names the touchpoint
            return None
        names = _names(scratch.names, dictionary.names)
        for slot in out.slots[: names.counts[0].episodes].tolist():
            record = records[slot[0]]
            row = mention(record.outline, record.at)
            names.episodes.append((slot_name(record.outline.id, row), slot[1], row.side))
        names.started = int(rows[0]["at"])
        return Folded(_state(scratch.state, ready.kinds, rules, names.counts[0]), names, int(out.results[0]["at"]))

    def _ready_for(self, rules: RuleSet) -> Ready | None:
        """These functions with a rule set's parameters; None where they would have to be compiled again for it."""
        try:
            made = replace(self._folds, rules=rules, program=program_of(rules))
        except NotCompilable:
            return None
        is_same = made.program.fold is self._folds.program.fold and is_loaded(made.program.fold, made.nothing())
        return Ready(made, kinds_of(rules, rules.start())) if is_same else None


def _rows(records: Sequence[Recorded], dictionary: Dictionary) -> Array:
    """Touchpoints as the fold reads them, numbered by their places."""
    rows = np.zeros(len(records), ROW)
    put, code, buffer, size = _ROW.pack_into, dictionary.code, rows.view(np.uint8).data, ROW.itemsize
    for place, record in enumerate(records):
        row = mention(record.outline, record.at)
        put(
            buffer,
            place * size,
            row.at,
            0,  # they are in order already
            place,
            row.due,
            row.certainty,
            row.amount,
            row.second,
            row.third,
            code(row.representative),
            code(row.other),
            code(row.episode),
            code(row.promise),
            code(row.topic),
            row.kind,
            row.side,
            row.code,
            row.flag,
            row.cause,
        )
    return rows


def _names(tables: Tables, names: Sequence[str]) -> Encoder:
    def named(table: Array) -> dict[Any, int]:
        return {names[code]: number for code, number in entries(table)}

    return Encoder(
        counts=[Counts(*tables.counts[0].item())],
        parties=named(tables.parties),
        promises=named(tables.promises),
        topics=named(tables.topics),
        latest=(named(tables.latest[0]), named(tables.latest[1])),
        shared=(dict(entries(tables.shared[0])), dict(entries(tables.shared[1]))),
    )


def _state(whole: Any, kinds: Mapping[str, type[Any]], rules: RuleSet, counts: Counts) -> Any:
    """The rule set's own state from the records in arrays."""
    lengths = {room.records: room.beside + getattr(counts, room.per) for room in rules.room}

    def records(name: str, array: Array) -> list[Any]:
        kind, rows = kinds[name], array[: lengths.get(name)].tolist()
        if any(field.kw_only for field in fields(kind)):
            return [kind(**dict(zip(array.dtype.names or (), one, strict=True))) for one in rows]
        return list(starmap(kind, rows))

    return type(whole)(*(records(name, array) for name, array in whole._asdict().items()))
