"""A rule set that does not compile: the same fold, run by the interpreter over the same rows."""

import copy
from collections import namedtuple
from typing import Any

import numpy as np

from journey_projections.compiled import fold, watching
from journey_projections.compiled.compile_cache import Function
from journey_projections.compiled.compiler import twin
from journey_projections.compiled.partition_kernels import ROW
from journey_projections.compiled.records import Program, Rules, Scratch
from journey_projections.early_warnings.parameters import WARNING_PARAMETERS, WarningParameters
from journey_projections.early_warnings.state import AT_ONCE, Watching, fresh, make_room
from journey_projections.encoding.numbering import Counts, Encoded, Encoder
from journey_projections.rules.rule_set import RuleSet

_Row = namedtuple("_Row", ROW.names or ())  # type: ignore[misc]  # noqa: PYI024 - its fields are those of ROW


def interpreted(rules: RuleSet, warnings: WarningParameters | None = None) -> Program:
    """The program of a rule set that does not compile."""

    def grown(state: Any, _blank: Any, previous: Counts, counts: Counts) -> Any:
        rules.make_room(state, counts)
        previous.parties = counts.parties
        return state

    def clear(table: dict[Any, int]) -> None:
        table.clear()

    instead: dict[Function, Function] = {
        fold.apply: rules.apply,
        fold.advance: rules.advance,
        fold.trust: rules.trust,
        fold.view: rules.view or fold.view_of_trust,
        fold.party: rules.party or fold.party_of_trust,
        fold.copied: lambda _, state, __: copy.deepcopy(state),
        fold.grown: grown,
        fold.clear: clear,
    }
    if warnings is not None:
        instead |= {fold.watch_begins: watching.watch_begins, fold.watch: watching.watch, fold.watch_ends: watching.watch_ends}
    folding = twin(fold.fold, instead)

    def run(rows: Any, starts: Any, first: int, last: int, order: Any, known: Rules, scratch: Scratch, options: Any, out: Any) -> None:
        begin, end = int(starts[first]), int(starts[last])
        mine = [_Row(*row) for row in rows[begin:end].tolist()]
        block = out._replace(
            results=out.results[first:last].view(np.recarray),
            trajectories=out.trajectories[first:last],
            states=out.states[first:last],
            contributions=out.contributions[begin:end].view(np.recarray),
            parties=out.parties.view(np.recarray),
            outlooks=out.outlooks[first:last].view(np.recarray),
            watches=out.watches.view(np.recarray),
        )
        folding(mine, (starts[first : last + 1] - begin).tolist(), 0, last - first, order, known, scratch, options, block)
        out.parties["relationship"][: scratch.written[0]] += first
        out.watches["relationship"][: scratch.written[1]] += first

    def scratch(touchpoints: int) -> Scratch:
        people = np.empty(2 * touchpoints, np.int64)
        return Scratch(None, None, Encoder(), [Counts()], [Encoded()], people, np.zeros(2, np.int64), watched(touchpoints))

    def watched(touchpoints: int) -> Watching:
        state = fresh()
        make_room(state, Counts(touchpoints, 2 * touchpoints, touchpoints, touchpoints), AT_ONCE * touchpoints)
        return state

    return Program(run, Rules([rules.parameters], rules.start(), None, [warnings or WARNING_PARAMETERS]), scratch)
