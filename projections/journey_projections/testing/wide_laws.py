"""The law about waits: what other laws put below something else stays below it however long nothing happens."""

from hypothesis import strategies as st

from journey_projections.testing.any_laws import better_last, voiced
from journey_projections.testing.clean_laws import introduced
from journey_projections.testing.edges import LONGEST, edge_waits
from journey_projections.testing.law import LATER_BETRAYAL, SAME, Draw, Judge, Pair, holds, law


def _warmer(_: Judge, draw: Draw) -> Pair:
    none, cold, warm, before, day, _is_clean = introduced(draw)
    lower, higher = draw(st.sampled_from(((none, cold), (cold, warm), (warm, before))))
    return lower, higher, day


_PAIRS = (better_last, voiced, _warmer)


@law("L55", "any")
def no_order_turns_by_waiting(judge: Judge, draw: Draw) -> None:
    """What a better last touchpoint, a complaint or a warmer introduction leaves is no less after any wait, from any history."""
    pair = draw(st.sampled_from(_PAIRS))
    lower, higher, day = pair(judge, draw)
    allowed = LATER_BETRAYAL if pair is voiced else SAME
    for wait in (draw(edge_waits(judge.rules)), draw(edge_waits(judge.rules)), LONGEST):
        low, high = judge.trust(lower, day + wait), judge.trust(higher, day + wait)
        holds(low <= high + allowed, higher, f"after {wait} days {low} is left where {high} should be no less")
