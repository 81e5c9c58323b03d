"""Histories of which everything was said: late, corrected, retracted, merged, unmerged, of relationships and of people, named."""

from collections.abc import Sequence

from hypothesis import strategies as st

from journey import (
    Fact,
    History,
    PeopleMerge,
    PeopleMerged,
    PeopleUnmerged,
    PersonNamed,
    Recorded,
    RelationshipsMerged,
    RelationshipsUnmerged,
    Touchpoint,
    TouchpointCorrected,
    TouchpointRetracted,
)
from journey.testing import START, histories
from journey.testing.strategies import REPRESENTATIVES

RELATIONSHIPS = ("r", "s", "t")
PEOPLE = (*REPRESENTATIVES, "zoe")
FIELDS = ("representative", "from_representative", "to_representative", "contact")


@st.composite
def facts_about_people(draw: st.DrawFn) -> list[Fact]:
    """Touchpoints of three relationships among merges, unmerges, names, corrections and retractions, in any order of recording."""
    contacts = st.sampled_from((None, *PEOPLE))
    facts: list[Fact] = [
        touchpoint.model_copy(update={"relationship": name, "id": f"{name}-{touchpoint.id}", "contact": draw(contacts)})
        for name in RELATIONSHIPS
        for touchpoint in draw(histories(min_size=1, max_size=4))[-5:]
    ]
    ids = {one.id: one.relationship for one in facts}
    for number in range(draw(st.integers(1, 9))):
        about = draw(st.sampled_from(sorted(ids)))
        common = {"id": f"said-{number}", "occurred_at": START, "relationship": ids[about]}
        pair = dict(zip(("relationship", "other"), draw(st.permutations(RELATIONSHIPS)), strict=False))
        two = {**common, "relationship": "", **dict(zip(("person", "other"), draw(st.permutations(PEOPLE)), strict=False))}
        match draw(st.sampled_from(("merged", "merged", "merged", "unmerged", "named", "corrected", "retracted", "one", "two"))):
            case "merged":
                facts.append(PeopleMerged.model_validate(two))
            case "unmerged":
                facts.append(PeopleUnmerged.model_validate(two))
            case "named":
                name = draw(st.sampled_from((None, f"name-{number}")))
                facts.append(PersonNamed(id=f"said-{number}", occurred_at=START, person=draw(st.sampled_from(PEOPLE)), name=name))
            case "corrected":
                fields = {"contact": draw(st.sampled_from(PEOPLE))}
                facts.append(TouchpointCorrected.model_validate({**common, "corrects": about, "fields": fields}))
            case "retracted":
                facts.append(TouchpointRetracted.model_validate({**common, "retracts": about}))
            case "one":
                facts.append(RelationshipsMerged.model_validate({**common, **pair}))
            case _:
                facts.append(RelationshipsUnmerged.model_validate({**common, **pair}))
    return draw(st.permutations(facts))


def reach(name: str, pairs: Sequence[tuple[bool, str, str]]) -> set[str]:
    """Who is one with whom, the slow way: of pairs that are joined (True) or parted, in the order in which that was said."""
    joined = {frozenset((one, other)): is_joined for is_joined, one, other in pairs}
    names = {name}
    for _ in pairs:
        names |= {other for pair, is_joined in joined.items() if is_joined and pair & names for other in pair}
    return names


def name_of(person: str, pairs: Sequence[tuple[bool, str, str]]) -> str:
    """The name that the last merge which still holds among those who are one put first."""
    group = reach(person, pairs)
    last = {frozenset(pair[1:]): number for number, pair in enumerate(pairs)}
    holding = [pair for number, pair in enumerate(pairs) if pair[0] and last[frozenset(pair[1:])] == number]
    return next((one for _, one, _ in reversed(holding) if one in group), person)


def names_by_hand(facts: Sequence[Fact]) -> dict[str, str]:
    """What people are called, of facts in the order of recording that can be read."""
    pairs = [(isinstance(one, PeopleMerged), one.person, one.other) for one in facts if isinstance(one, PeopleMerge)]
    last: dict[str, str | None] = {}
    for one in facts:
        if isinstance(one, PersonNamed):
            last.update(dict.fromkeys(reach(one.person, pairs), one.name))
    return {person: name for person, name in last.items() if name is not None}


def by_hand(records: Sequence[Recorded[Fact]], relationship: str) -> list[Touchpoint]:
    """What a history tells, in words: the touchpoints of those that are one, as amended, each person by one name."""
    facts = [one.touchpoint for one in records]
    of_relationships = [
        (isinstance(one, RelationshipsMerged), one.relationship, one.other)
        for one in facts
        if isinstance(one, RelationshipsMerged | RelationshipsUnmerged)
    ]
    of_people = [(isinstance(one, PeopleMerged), one.person, one.other) for one in facts if isinstance(one, PeopleMerge)]
    own = reach(relationship, of_relationships)
    merges = (RelationshipsMerged, RelationshipsUnmerged)
    plain = [one for one in records if one.touchpoint.relationship in own and not isinstance(one.touchpoint, merges)]
    return [renamed(touchpoint, of_people) for touchpoint in History.of_records(plain)]


def renamed(touchpoint: Touchpoint, pairs: Sequence[tuple[bool, str, str]]) -> Touchpoint:
    fields = touchpoint.model_dump()
    names = {field: name_of(fields[field], pairs) for field in FIELDS if fields.get(field)}
    return type(touchpoint).model_validate({**fields, **names})
