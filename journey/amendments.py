"""Facts about facts: what was recorded earlier was wrong, or never happened.

They are recorded like touchpoints and change no row; a history takes them into account, as far as they were known then.

STORAGE FORMAT: as for `journey.touchpoints`.
"""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, BeforeValidator, Field

from journey.moments import Moment, Occurring
from journey.touchpoints import KINDS, Identifier, Text, Touchpoint

FIXED = ("kind", "id", "relationship")
"""What no correction changes; a touchpoint that is wrong in these is retracted, and another recorded."""
REPLACE_MEND = "retract it, and record another"


def plain(value: object) -> object:
    """Refuse what no field of a touchpoint can hold: lists, objects, numbers without end, text that is no Unicode."""
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(f"`{value}` is not a number; give a finite one")
    if isinstance(value, str) and value != value.encode("utf-8", "ignore").decode():
        raise ValueError("this is not Unicode text; decode it again from its source")
    if value is not None and not isinstance(value, str | int | float):
        raise ValueError(f"a {type(value).__name__} cannot be a field's value; give a number, a text, true, false or null")
    return value


class _LogFactBase(BaseModel, Occurring, frozen=True, extra="forbid", defer_build=True):
    """The fields that every fact about facts or people has."""

    SCHEMA_VERSION: ClassVar[int] = 1

    id: Identifier = Field(description="Given by the client, unique in a journal, as for a touchpoint.")
    if not TYPE_CHECKING:
        occurred_at: Moment = Field(description="When it was said; what it says counts from when it is recorded.")
    reason: Text | None = Field(default=None, description="Why; personal data.")
    actor: Identifier | None = Field(default=None, description="Who says so.")
    source: Text | None = Field(default=None, description="The system that it came from.")
    correlation_id: Text | None = Field(default=None, description="What ties it to other facts of one conversation.")
    causation_id: Text | None = Field(default=None, description="The fact that led to this one.")


class _Amendment(_LogFactBase, frozen=True):
    relationship: Identifier = Field(description="The relationship of what it is about.")


class _OfPeople(_LogFactBase, frozen=True):
    relationship: Literal[""] = Field(default="", description="None: a person may meet many.")
    person: Identifier = Field(description="The person, by a pseudonymous id.")


class TouchpointCorrected(_Amendment, frozen=True):
    """A touchpoint was recorded with wrong fields."""

    kind: Literal["touchpoint_corrected"] = "touchpoint_corrected"
    corrects: Identifier = Field(description="The touchpoint, by id.")
    fields: dict[Identifier, Annotated[Any, BeforeValidator(plain)]] = Field(
        min_length=1, description="The right values of what was wrong; null takes a field away."
    )
    fields_schema: int = Field(default=1, ge=1, description="The schema version of the touchpoint's kind that `fields` are written in.")

    @property
    def about(self) -> str:
        """The id of the fact that this is about."""
        return self.corrects


class TouchpointRetracted(_Amendment, frozen=True):
    """A touchpoint never happened, or a correction or retraction was itself wrong."""

    kind: Literal["touchpoint_retracted"] = "touchpoint_retracted"
    retracts: Identifier = Field(description="The touchpoint, correction or retraction, by id.")

    @property
    def about(self) -> str:
        """The id of the fact that this is about."""
        return self.retracts


class RelationshipsMerged(_Amendment, frozen=True):
    """Two relationships turned out to be one: the history of each shows the touchpoints of both."""

    kind: Literal["relationships_merged"] = "relationships_merged"
    other: Identifier = Field(description="The relationship that is the same as this one.")


class RelationshipsUnmerged(_Amendment, frozen=True):
    """Two merged relationships turned out to be two after all."""

    kind: Literal["relationships_unmerged"] = "relationships_unmerged"
    other: Identifier = Field(description="The relationship that is not the same as this one.")


class PeopleMerged(_OfPeople, frozen=True):
    """Two ids turned out to be of one person, whether contact or representative."""

    kind: Literal["people_merged"] = "people_merged"
    other: Identifier = Field(description="The id that is the same person as this one.")


class PeopleUnmerged(_OfPeople, frozen=True):
    """Two merged ids turned out to be of two people after all."""

    kind: Literal["people_unmerged"] = "people_unmerged"
    other: Identifier = Field(description="The id that is not the same person as this one.")


class PersonNamed(_OfPeople, frozen=True):
    """What a person is called, shown in place of their id; the last name recorded holds."""

    kind: Literal["person_named"] = "person_named"
    name: Annotated[Text, Field(min_length=1)] | None = Field(
        default=None,
        description="What the person is called; personal data. Null takes the name away, and is what is read once it is withheld.",
    )


class SubjectForgotten(_OfPeople, frozen=True):
    """What was written about a person until now can no longer be read: the keys to it are destroyed."""

    kind: Literal["subject_forgotten"] = "subject_forgotten"


Amendment = TouchpointCorrected | TouchpointRetracted
"""A fact about one other fact."""
Merge = RelationshipsMerged | RelationshipsUnmerged
"""A fact about two relationships."""
PeopleMerge = PeopleMerged | PeopleUnmerged
"""A fact about two ids of people."""
PeopleFact = PeopleMerge | PersonNamed | SubjectForgotten
"""A fact about people, of no relationship."""
LogFact = Amendment | Merge | PeopleFact
"""A fact that is not a touchpoint."""
Fact = Touchpoint | LogFact
"""Whatever a journal records."""
MERGES: Mapping[str, type[Merge]] = {model.model_fields["kind"].default: model for model in get_args(Merge)}
"""Both kinds of merge of relationships by their stored names."""
PEOPLE_MERGES: Mapping[str, type[PeopleMerge]] = {model.model_fields["kind"].default: model for model in get_args(PeopleMerge)}
"""Both kinds of merge of people by their stored names."""
PEOPLE_FACTS: Mapping[str, type[PeopleFact]] = {model.model_fields["kind"].default: model for model in get_args(PeopleFact)}
"""Every kind of fact about people by its stored name."""
LOG_FACTS: Mapping[str, type[LogFact]] = {model.model_fields["kind"].default: model for model in get_args(LogFact)}
"""Every kind of fact that is not a touchpoint, by its stored name."""
FACTS: Mapping[str, type[Fact]] = {**KINDS, **LOG_FACTS}
"""Every kind of fact by its stored name."""


def in_force(amendments: Iterable[Amendment]) -> tuple[set[str], dict[str, list[TouchpointCorrected]]]:
    """Of amendments in the order in which they were recorded: the ids that are retracted, and the corrections of each touchpoint.

    A retraction reaches the amendments that were recorded before it, other retractions included, and touchpoints at any time.
    """
    retracted: set[str] = set()
    corrections: dict[str, list[TouchpointCorrected]] = {}
    for amendment in reversed(list(amendments)):
        if amendment.id in retracted:
            continue
        if isinstance(amendment, TouchpointRetracted):
            retracted.add(amendment.retracts)
        else:
            corrections.setdefault(amendment.corrects, []).insert(0, amendment)
    return retracted, corrections
