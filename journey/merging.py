"""Which relationships are one, and which people, after merges and unmerges."""

from collections.abc import Iterable, Mapping

from typing_extensions import TypeVar

from journey.amendments import Fact, Merge, PeopleMerge, PeopleMerged, RelationshipsMerged, TouchpointCorrected
from journey.touchpoints import PEOPLE, PERSONAL_FIELDS, Touchpoint

M = TypeVar("M", bound=Merge | PeopleMerge)
Pairs = Mapping[frozenset[str], M]
"""Pairs of names that are merged with each other, with the fact that says so, in the order in which it was said."""


def names_in(merge: Merge | PeopleMerge) -> tuple[str, str]:
    """The two relationships, or people, that a merge or unmerge is about, the one that was put first before the other."""
    return merge.person if isinstance(merge, PeopleMerge) else merge.relationship, merge.other


def merged_pairs(merges: Iterable[M]) -> Pairs[M]:
    """The pairs that are one, after merges in the order in which they were recorded: the last word on a pair holds."""
    pairs: dict[frozenset[str], M] = {}
    for merge in merges:
        pair = frozenset(names_in(merge))
        pairs.pop(pair, None)
        # That somebody is one with themselves says nothing.
        if isinstance(merge, RelationshipsMerged | PeopleMerged) and len(pair) == 2:
            pairs[pair] = merge
    return pairs


def united(name: str, pairs: Pairs[M]) -> frozenset[str]:
    """All names that are one with this, itself included, through whatever pairs lie between."""
    return _groups(pairs).get(name, frozenset({name}))


def names_of_united(pairs: Pairs[M]) -> dict[str, str]:
    """The one name for every name that is one with others: that which the last merge among them put first."""
    groups = _groups(pairs)
    first = {groups[name]: name for name, _ in map(names_in, pairs.values())}
    return {name: first[group] for name, group in groups.items()}


def people_in(fact: Fact) -> set[str]:
    """The people whom a touchpoint (or its outline) names as those with whom it was, or a correction may name so."""
    values: Iterable[object] = (getattr(fact, field, None) for field in PEOPLE)
    if isinstance(fact, TouchpointCorrected):
        # Whatever its schema, the values of these fields are among all its values. Texts are left out: stores search for these names.
        values = (value for name, value in fact.fields.items() if name not in PERSONAL_FIELDS)
    return {value for value in values if isinstance(value, str)}


def with_people_renamed(names: Mapping[str, str], touchpoint: Touchpoint) -> Touchpoint:
    """The touchpoint, with each person under the name that `names` gives."""
    fields = vars(touchpoint)
    renamed = {field: names[fields[field]] for field in PEOPLE if fields.get(field) in names}
    return touchpoint.model_copy(update=renamed) if any(fields[field] != name for field, name in renamed.items()) else touchpoint


def _groups(pairs: Pairs[M]) -> dict[str, frozenset[str]]:
    """Every name in a pair, with all names that it is one with."""
    members: dict[str, list[str]] = {}
    for pair in pairs:
        small, large = sorted((members.setdefault(name, [name]) for name in pair), key=len)
        if small is not large:
            large += small
            members.update(dict.fromkeys(small, large))
    once = {id(group): group for group in members.values()}
    frozen = {of: frozenset(group) for of, group in once.items()}
    return {name: frozen[id(group)] for name, group in members.items()}
