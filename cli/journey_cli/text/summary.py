"""In which order results are shown, and what they come to together."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from statistics import median
from typing import TYPE_CHECKING, Any

from journey.times import EPOCH
from journey_cli.text.console import counted

if TYPE_CHECKING:
    from journey_projections import Replay
    from journey_projections.ledger import Standing

    Results = Iterable[Replay | Standing]

SORTS = ("relationship", "trust", "confidence", "state", "exit-risk", "touchpoints", "at")
"""What results can be sorted by."""


def ordered(results: "Results", sort: str | None, top: int | None) -> "Results":
    """Results by a field, the smallest first, or the largest with `-` ahead, and only the first `top`; without `sort` as they come."""
    if sort is None:
        return results if top is None else _first(results, top)
    name = sort.removeprefix("-").replace("-", "_")
    by_name = sorted(results, key=lambda one: one.relationship or "")
    # What has no instant, since nothing is known of it, comes first.
    instants = name == "at"
    chosen = sorted(by_name, key=lambda one: _key(getattr(one, name), instants=instants), reverse=sort.startswith("-"))
    return chosen[:top]


def _first(results: "Results", top: int) -> "Iterator[Replay | Standing]":
    """The first few; the others are gone through as well, since the summary counts them."""
    for number, result in enumerate(results):
        if number < top:
            yield result


def _key(value: Any, *, instants: bool) -> Any:
    return (value is not None, value or EPOCH) if instants else value


class Summary:
    """What results come to, counted while they pass: how many are in each state, and their trust."""

    def __init__(self) -> None:
        self.states = Counter[str]()
        self.trust = array("d")
        self.last: Replay | Standing | None = None

    def counting(self, results: "Results") -> "Iterator[Replay | Standing]":
        """The same results, counted."""
        for result in results:
            self.states[result.state] += 1
            self.trust.append(result.trust)
            self.last = result
            yield result

    def counted(self, shown: int) -> str:
        """How many there are, and how many of them are shown where that is not all."""
        some = f"{shown} of " if shown < len(self.trust) else ""
        return some + counted(len(self.trust), "relationship")

    def in_words(self, seconds: float) -> str:
        """How many are in each state, the median trust, and how long it took."""
        states = ", ".join(f"{number} {state}" for state, number in self.states.most_common())
        return f"{states}; median trust {median(self.trust):.3f}; {seconds:.1f} s"
