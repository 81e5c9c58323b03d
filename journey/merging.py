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


def united(relationship: str, pairs: Pairs) -> frozenset[str]:
    """All relationships that are one with this, itself included, through whatever pairs lie between."""
    return _groups(pairs).get(relationship, frozenset({relationship}))


def names_of_united(pairs: Pairs) -> dict[str, str]:
    """The one name for every relationship that is one with others: that which the last merge among them put first."""
    groups = _groups(pairs)
    first = {groups[merge.relationship]: merge.relationship for merge in pairs.values()}
    return {name: first[group] for name, group in groups.items()}


def _groups(pairs: Pairs) -> dict[str, frozenset[str]]:
    """Every name in a pair, with all names that it is one with."""
    members: dict[str, list[str]] = {}
    for pair in pairs:
        small, large = sorted((members.setdefault(name, [name]) for name in pair), key=len)
        if small is not large:
            large += small
            members.update(dict.fromkeys(small, large))
    frozen = {id(group): frozenset(group) for group in members.values()}
    return {name: frozen[id(group)] for name, group in members.items()}
