"""Facts about facts in an import, checked as `correct`, `retract` and `merge` check them, if what they are about is there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from journey.amendments import Amendment, Fact, LogFact, Merge, PeopleMerge, RelationshipsMerged, TouchpointCorrected
from journey.errors import InvalidTouchpoint, JourneyError
from journey.history import corrected
from journey.merging import names_in
from journey.touchpoints import Touchpoint


def ids_needed(facts: Iterable[Fact]) -> list[str]:
    """The facts, by id, that these are about."""
    return [fact.about for fact in facts if isinstance(fact, Amendment)]


def refusals(
    facts: Sequence[Fact], recorded: Mapping[str, Fact], is_known: Callable[[str], bool], waiting: dict[str, str]
) -> dict[int, JourneyError]:
    """Which of these facts cannot be, by their number, and why.

    `recorded` are the facts that they are about, as far as they are recorded; `is_known` says whether a relationship has any. What is
    neither there nor among `facts` is added to `waiting`.
    """
    among: Mapping[str, Fact] = {}
    relationships: set[str] = set()
    refused: dict[int, JourneyError] = {}
    for number, fact in enumerate(facts):
        if not isinstance(fact, Amendment | Merge | PeopleMerge):
            continue
        if not among:
            among = {one.id: one for one in facts}
            relationships = {one.relationship for one in facts}
        try:
            if isinstance(fact, Amendment):
                about = recorded.get(fact.about) or among.get(fact.about)
                if about is None:
                    waiting[fact.id] = fact.about
                else:
                    _check(fact, about)
                continue
            first, other = names_in(fact)
            if first == other:
                raise InvalidTouchpoint([("other", f"`{other}` is the same name twice")], "name two")
            if isinstance(fact, RelationshipsMerged):
                missing = [name for name in (first, other) if name not in relationships and not is_known(name)]
                waiting.update((fact.id, name) for name in missing)
        except InvalidTouchpoint as error:
            refused[number] = error
    return refused


def _check(fact: Amendment, about: Any) -> None:
    """Raise InvalidTouchpoint if an amendment of this fact could not count."""
    if isinstance(about, LogFact) and (isinstance(fact, TouchpointCorrected) or not isinstance(about, Amendment)):
        raise InvalidTouchpoint([("kind", f"`{about.id}` is a `{about.kind}`, not a touchpoint")], "name a touchpoint")
    if fact.relationship != about.relationship:
        raise InvalidTouchpoint(
            [("relationship", f"`{about.id}` is of `{about.relationship}`, not of `{fact.relationship}`")],
            f"give `relationship` `{about.relationship}`",
        )
    if isinstance(fact, TouchpointCorrected):
        corrected(cast(Touchpoint, about), fact)
