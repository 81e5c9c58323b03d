"""The lines of an explanation: what stands by itself, and which small changes share a line, so that all sum to the score."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from journey_cli.text import drawing
from journey_cli.text.console import counted

if TYPE_CHECKING:
    from journey_projections import Contribution

NOTABLE = 0.01
"""A change of trust worth a line of its own; smaller ones share a line, so that the lines still sum to the score."""
SWING = 0.05
"""Small changes that come to so much together are told by their causes; where they fall by it and rise again, each way has a line."""
DUST = 0.0005
"""Time that moved trust by less, which is no digit in text, shares the line of what ended it."""
MOST_CAUSES = 3
"""The most causes named of changes that share a line."""
CRISIS = {
    *("failure_occurred", "failure_noticed", "response_failed", "recovery_step_taken", "evidence_emerged", "deception_exposed"),
    *("complaint_voiced", "episode_closed", "relationship_ended"),
}
"""The kinds of what goes wrong and is made good: each has a line of its own, however little it moved."""


def lines_of(contributions: "Sequence[Contribution]", *, is_full: bool = False, top: int | None = None) -> "Iterator[list[Contribution]]":
    """What shares a line, in order. With `top`, only the so many largest stand alone; all do in full."""
    largest = {id(one) for one in largest_of(contributions, top)} if top is not None else None

    def stands_alone(one: "Contribution") -> bool:
        if largest is not None:
            return id(one) in largest
        return is_full or abs(one.delta) >= NOTABLE or one.kind in CRISIS

    dust: list[Contribution] = []
    for alone, group in groupby(contributions, stands_alone):
        run = list(group)
        for line in [[one] for one in run] if alone else [run] if largest is not None else _ways(run):
            if len(line) == 1 and _is_dust(line[0]) and not is_full:
                dust += line
            else:
                yield dust + line
                dust = []
    if dust:
        yield dust


def subject(run: "Sequence[Contribution]") -> "Contribution | None":
    """The one contribution that a line is about, perhaps after a moment of time; None for a line that several share."""
    rest = run[1:] if len(run) == 2 and _is_dust(run[0]) else run
    return rest[0] if len(rest) == 1 else None


def _is_dust(one: "Contribution") -> bool:
    return one.touchpoint is None and abs(one.delta) < DUST


def largest_of(contributions: "Sequence[Contribution]", top: int) -> "list[Contribution]":
    """The so many that moved trust most, in order of time."""
    chosen = sorted(range(len(contributions)), key=lambda place: -abs(contributions[place].delta))[:top]
    return [contributions[place] for place in sorted(chosen)]


def shared_words(run: "Sequence[Contribution]") -> str:
    """What small changes that share a line come to, with their weightiest causes where that is much."""
    said = f"{counted(len(run), 'small change' if all(abs(one.delta) < NOTABLE for one in run) else 'change')} until"
    said = f"{said} {drawing.day(run[-1].occurred_at)}"
    if abs(run[-1].after - run[0].before) < SWING:
        return said
    sums: dict[str, tuple[int, float]] = {}
    for one in run:
        count, total = sums.get(one.words, (0, 0.0))
        sums[one.words] = count + 1, total + one.delta
    weightiest = sorted(sums.items(), key=lambda item: -abs(item[1][1]))[:MOST_CAUSES]
    told = [
        f"{drawing.signed(total)} by {count} × {words.partition(';')[0]}" for words, (count, total) in weightiest if abs(total) >= NOTABLE
    ]
    return f"{said}: {', '.join(told)}" if told else said


def _ways(run: "list[Contribution]") -> "Iterator[list[Contribution]]":
    """A run cut where trust turned, so that a fall and the recovery from it do not cancel out in one line."""
    while run:
        end = _turning(run)
        yield run[:end]
        run = run[end:]


def _turning(run: "Sequence[Contribution]") -> int:
    """How many changes go one way, before trust goes the other way by a swing."""
    start = run[0].before
    for sign in (1.0, -1.0):
        furthest, place = 0.0, 0
        for number, one in enumerate(run, start=1):
            gone = sign * (one.after - start)
            if gone > furthest:
                furthest, place = gone, number
            if furthest >= SWING and furthest - gone >= SWING:
                return place
    return len(run)
