"""Which relationships are one, after merges and unmerges."""

from collections.abc import Iterable, Mapping

from journey.amendments import Merge, RelationshipsMerged

Pairs = Mapping[frozenset[str], Merge]
"""Pairs of relationships that are merged with each other, with the fact that says so, in the order in which it was said."""


def merged_pairs(merges: Iterable[Merge]) -> Pairs:
    """The pairs of relationships that are one, after merges in the order in which they were recorded: the last word on a pair holds."""
    pairs: dict[frozenset[str], Merge] = {}
    for merge in merges:
        pair = frozenset((merge.relationship, merge.other))
        pairs.pop(pair, None)
        if isinstance(merge, RelationshipsMerged):
            pairs[pair] = merge
    return pairs


def united(relationship: str, pairs: Iterable[frozenset[str]]) -> set[str]:
    """All relationships that are one with this, itself included, through whatever pairs lie between."""
    pairs, names, pending = list(pairs), {relationship}, [relationship]
    while pending:
        name = pending.pop()
        reached = set().union(*(pair for pair in pairs if name in pair)) - names
        names |= reached
        pending += reached
    return names


def names_of_united(pairs: Pairs) -> dict[str, str]:
    """The one name for every relationship that is one with others: that which the last merge among them put first."""
    names = {}
    for merge in pairs.values():
        for name in united(merge.relationship, pairs):
            names[name] = merge.relationship
    return names
