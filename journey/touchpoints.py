"""The touchpoints: every kind of contact between a customer and an organisation, as an immutable fact.

STORAGE FORMAT: the class names (as `kind`, in snake_case), the field names and the literals below are what journals hold.
Renaming one is a schema change: it needs a new `schema_version` and an upcaster, never an edit in place.

Qualities lie in [-1, 1]; severities, levels, strengths, sizes and scores in [0, 1], the strength of a bad name below 0. Times carry an
offset and are kept in UTC.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationInfo

from journey.errors import shown
from journey.moments import MaybeMoment, Moment, Occurring


def plain_number(value: object) -> object:
    """Refuse what pydantic would take for another number: true for 1, and in text `0_1` for 1."""
    if isinstance(value, bool):
        raise ValueError(f"`{str(value).lower()}` is not a number; write a number")
    if isinstance(value, str) and "_" in value:
        raise ValueError(f"{shown(value)} is not a number; write digits alone")
    return value


Identifier = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\p{Cc}\p{Cf}]*[^\p{Cc}\p{Cf}\p{Z}][^\p{Cc}\p{Cf}]*$")]
"""A name given by the source: 1 to 200 characters, not all blank, none that controls or cannot be seen."""
Text = Annotated[str, Field(max_length=10_000)]
"""Free text of at most 10,000 characters."""
Quality = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False), BeforeValidator(plain_number)]
"""How a contact went on one dimension, from -1 (as bad as can be) through 0 to 1."""
Level = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), BeforeValidator(plain_number)]
"""A severity, level, size, score or certainty in [0, 1]."""
Share = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False), BeforeValidator(plain_number)]
"""A share of something: 1 is all of it, 2 twice as much."""

Side = Literal["organisation", "customer"]
Origin = Literal["stranger", "reputation", "referral", "returning"]
Breach = Literal["competence", "benevolence", "integrity"]
Cause = Literal["organisation", "supplier", "customer", "exogenous"]
Step = Literal["acknowledge", "admit", "help", "explain", "prevent", "apologise", "compensate"]
Manner = Literal["ignored", "deflected", "denied", "delayed"]
Verdict = Literal["guilty", "innocent"]
Introduction = Literal["none", "cold", "warm"]
Introducer = Literal["self", "predecessor", "other"]
Noticing = Literal["told", "heard", "found"]
Instrument = Literal["free", "nps", "csat", "ces"]
Outcome = Literal["exit", "satisfied", "dormant", "unknown"]
CURRENCY_PATTERN = r"^[A-Z]{3}$"
Currency = Annotated[str, Field(pattern=CURRENCY_PATTERN)]
"""Three capital letters, as in ISO 4217."""
Amount = Annotated[float, Field(ge=-(10**15), le=10**15, allow_inf_nan=False), BeforeValidator(plain_number)]
"""An amount of money; below 0 is money given back."""


def fits_origin(strength: float, origin: str | None) -> float:
    """Refuse a `strength` below 0 unless it is that of a reputation: nothing else that brings a customer can speak against."""
    if strength < 0 and origin not in ("reputation", None):
        raise ValueError(
            f"must be a number from 0 to 1 for the origin {shown(origin)}, got {shown(strength)}; "
            "give `strength` a number from 0 to 1, or the origin `reputation` for a bad name"
        )
    return strength


def _fits_origin(strength: float, info: ValidationInfo) -> float:
    return fits_origin(strength, info.data.get("origin"))  # which is not there if it was refused itself


Strength = Annotated[Quality, AfterValidator(_fits_origin)]
"""As `Quality`, of an origin; below 0 for a reputation alone."""


# Models are built on first use: a command that meets four kinds does not pay for all of them.
class _Fact(BaseModel, Occurring, frozen=True, extra="forbid", defer_build=True):
    """The fields that every touchpoint has, beside `representative` and `topic`, which some kinds require."""

    SCHEMA_VERSION: ClassVar[int] = 1

    id: Identifier = Field(description="Given by the client, unique in a journal: recording the same id twice is harmless.")
    relationship: Identifier = Field(description="The relationship (customer and organisation) that this belongs to.")
    if not TYPE_CHECKING:
        occurred_at: Moment = Field(description="When it happened.")
    sequence: Annotated[int, BeforeValidator(plain_number)] = Field(
        default=0, ge=-(2**53), le=2**53, description="The source's own order, the first tie-break on equal times."
    )
    contact: Identifier | None = Field(default=None, description="The customer's person, by a pseudonymous id.")
    channel: Text | None = Field(default=None, description="Where it happened: branch, phone, e-mail …")
    episode: Identifier | None = Field(
        default=None, description="The episode that this belongs to: a failure, complaint or request, with all that answers it."
    )
    by: Side = Field(default="organisation", description="Who acted.")
    source: Text | None = Field(default=None, description="The system that it came from.")
    actor: Identifier | None = Field(default=None, description="Who recorded it.")
    correlation_id: Text | None = Field(default=None, description="What ties it to other facts of one conversation.")
    causation_id: Text | None = Field(default=None, description="The fact that led to this one.")
    note: Text | None = Field(default=None, description="Free text; personal data.")
    certainty: Level = Field(default=1.0, description="How sure the source is; scales the effect, never the warning.")


class _Touchpoint(_Fact, frozen=True):
    """A fact for which both are optional."""

    representative: Identifier | None = Field(default=None, description="The organisation's person, by a pseudonymous id.")
    topic: Identifier | None = Field(default=None, description="What it was about.")


# Opening


_STRENGTH_FITS_ORIGIN = {
    "if": {"properties": {"origin": {"const": "reputation"}}, "required": ["origin"]},
    "else": {"properties": {"strength": {"minimum": 0}}},
}


class RelationshipOpened(_Touchpoint, frozen=True, json_schema_extra=_STRENGTH_FITS_ORIGIN):
    """The relationship begins; where the customer comes from sets the prior."""

    SCHEMA_VERSION: ClassVar[int] = 2

    kind: Literal["relationship_opened"] = "relationship_opened"
    customer: Identifier | None = Field(default=None, description="Who the customer is, by a pseudonymous id.")
    organisation: Identifier | None = Field(default=None, description="Who the organisation is.")
    origin: Origin = Field(default="stranger", description="Where the customer came from.")
    strength: Strength = Field(
        default=0.5, description="How strongly that speaks for the organisation; below 0, for `reputation` alone, is a bad name."
    )


class EngagementDeclined(_Touchpoint, frozen=True):
    """The organisation turned down work that it could not do well."""

    kind: Literal["engagement_declined"] = "engagement_declined"
    reasons_given: bool = Field(default=True, description="Whether the customer was told why.")


# Expectation


class PromiseMade(_Touchpoint, frozen=True):
    """A level of service was promised, perhaps by a date."""

    kind: Literal["promise_made"] = "promise_made"
    promise: Identifier = Field(description="The promise, by id.")
    level: Level = Field(default=0.5, description="The level that was promised.")
    due: MaybeMoment = Field(default=cast(Any, None), description="When it is to be kept.")
    elicited: bool = Field(default=False, description="Whether the customer's expectations were drawn out first.")


class RequestMade(_Touchpoint, frozen=True):
    """The customer asked for something and waits; any act of the organisation in the same `episode` is an answer."""

    kind: Literal["request_made"] = "request_made"
    by: Side = Field(default="customer", description="Who acted.")
    urgency: Level = Field(default=0.5, description="How urgent it is to the customer.")
    due: MaybeMoment = Field(default=cast(Any, None), description="When the answer is due; without it, the rules say how long it may take.")


class RiskDisclosed(_Fact, frozen=True):
    """The customer was told beforehand what may go wrong."""

    kind: Literal["risk_disclosed"] = "risk_disclosed"
    representative: Identifier | None = Field(default=None, description="The organisation's person, by a pseudonymous id.")
    topic: Identifier = Field(description="What it was about.")
    severity: Level = Field(default=0.5, description="How bad it would be.")


class CheckInHeld(_Touchpoint, frozen=True):
    """Both sides looked at the course of the work while it could still be changed."""

    kind: Literal["check_in_held"] = "check_in_held"
    issues_surfaced: bool = Field(default=False, description="Whether something came to light.")
    course_corrected: bool = Field(default=False, description="Whether the course was changed for it.")


# Everyday


class Interaction(_Touchpoint, frozen=True):
    """A contact, judged on any of three dimensions; `recognised=False` is "treated as a number"."""

    kind: Literal["interaction"] = "interaction"
    competence: Quality | None = Field(default=None, description="How well the work was done.")
    benevolence: Quality | None = Field(default=None, description="How much the customer's good was cared for.")
    integrity: Quality | None = Field(default=None, description="How honest and fair it was.")
    recognised: bool | None = Field(
        default=None, description="Whether the customer was known for who they are; `false` is being treated as a number."
    )


class Delivery(_Touchpoint, frozen=True):
    """Something promised arrived: what was delivered, and what the customer perceived, if that is known."""

    kind: Literal["delivery"] = "delivery"
    promise: Identifier | None = Field(default=None, description="The promise, by id.")
    promised: Level | None = Field(default=None, description="The level promised, unless `promise` gives it.")
    delivered: Level = Field(description="The level that was delivered.")
    perceived: Level | None = Field(default=None, description="The level that the customer perceived, where that is known.")


class GestureMade(_Touchpoint, frozen=True):
    """A kindness beyond what was owed."""

    kind: Literal["gesture_made"] = "gesture_made"
    size: Level = Field(default=0.5, description="How large it was.")


class PurchaseMade(_Touchpoint, frozen=True):
    """The customer bought or renewed something: evidence of their rhythm, not of quality."""

    kind: Literal["purchase_made"] = "purchase_made"
    by: Side = Field(default="customer", description="Who acted.")
    amount: Amount | None = Field(
        default=None, description="What it cost; below 0 is money given back. Without a currency, in the organisation's own."
    )
    currency: Currency | None = Field(default=None, description="The amount's currency, by its three capital letters.")
    renewal: bool = Field(default=False, description="Whether it renews an earlier one.")


# Crisis


class FailureOccurred(_Touchpoint, frozen=True):
    """Something went wrong; an episode opens."""

    SCHEMA_VERSION: ClassVar[int] = 2

    kind: Literal["failure_occurred"] = "failure_occurred"
    breach: Breach = Field(
        default="competence", description="Which side of trust it broke; benevolence and integrity together are relational."
    )
    severity: Level = Field(default=0.5, description="How bad it was.")
    cause: Cause = Field(
        default="organisation", description="Who was at fault; `supplier` is one that the organisation chose, `exogenous` nobody."
    )
    stable: bool | None = Field(default=None, description="True when the cause is likely to stay.")
    noticed: bool = Field(
        default=True, description="Whether the customer noticed; if not, a `failure_noticed` says when they learned of it."
    )


class FailureNoticed(_Fact, frozen=True):
    """The customer learned of a failure that was recorded with `noticed` false."""

    kind: Literal["failure_noticed"] = "failure_noticed"
    by: Side = Field(default="customer", description="Who acted.")
    representative: Identifier | None = Field(default=None, description="The organisation's person, by a pseudonymous id.")
    topic: Identifier | None = Field(default=None, description="What it was about.")
    episode: Identifier = Field(description="The episode of the failure.")
    through: Noticing = Field(default="found", description="How: `told` by the organisation, `heard` from others, or `found` out.")


class RecoveryStepTaken(_Touchpoint, frozen=True):
    """One step of service recovery; `size` of a compensation is the share of the customer's loss."""

    kind: Literal["recovery_step_taken"] = "recovery_step_taken"
    step: Step = Field(description="Which step; `acknowledge` opens the way for the others.")
    size: Share = Field(default=1.0, description="For `compensate`: the share of the customer's loss, 1 all of it.")
    voluntary: bool = Field(default=True, description="Whether it was given freely.")


class ResponseFailed(_Touchpoint, frozen=True):
    """The response to a failure was itself a failure."""

    kind: Literal["response_failed"] = "response_failed"
    manner: Manner = Field(description="In what way it failed.")
    severity: Level = Field(default=0.5, description="How bad it was.")


class DeceptionExposed(_Touchpoint, frozen=True):
    """The customer found out that they had been deceived."""

    kind: Literal["deception_exposed"] = "deception_exposed"
    severity: Level = Field(default=0.7, description="How grave the deception was.")


class EvidenceEmerged(_Touchpoint, frozen=True):
    """It came out whether the organisation was to blame for an episode."""

    kind: Literal["evidence_emerged"] = "evidence_emerged"
    verdict: Verdict = Field(description="Whether the organisation was to blame.")


class EpisodeClosed(_Touchpoint, frozen=True):
    """The organisation closed its file on an episode. By itself this restores nothing."""

    kind: Literal["episode_closed"] = "episode_closed"


# People


class RepresentativeAssigned(_Fact, frozen=True):
    """A representative became the customer's contact."""

    kind: Literal["representative_assigned"] = "representative_assigned"
    topic: Identifier | None = Field(default=None, description="What it was about.")
    representative: Identifier = Field(description="The organisation's person, by a pseudonymous id.")
    role: Text | None = Field(default=None, description="What they are there for.")


class HandoverMade(_Touchpoint, frozen=True):
    """The customer was handed from one representative to another."""

    kind: Literal["handover_made"] = "handover_made"
    from_representative: Identifier = Field(description="Who the customer was with.")
    to_representative: Identifier = Field(description="Who the customer is with from now on.")
    introduction: Introduction = Field(default="none", description="How the newcomer was introduced.")


class IntroductionMade(_Fact, frozen=True):
    """A representative was introduced to the customer, or introduced themselves; after a handover it is not too late for it."""

    kind: Literal["introduction_made"] = "introduction_made"
    topic: Identifier | None = Field(default=None, description="What it was about.")
    representative: Identifier = Field(description="Who was introduced, by a pseudonymous id.")
    manner: Literal["cold", "warm"] = Field(default="warm", description="How the newcomer was introduced.")
    made_by: Introducer = Field(default="self", description="Who made it.")


class RepresentativeLeft(_Fact, frozen=True):
    """A representative is no longer there."""

    kind: Literal["representative_left"] = "representative_left"
    topic: Identifier | None = Field(default=None, description="What it was about.")
    representative: Identifier = Field(description="The organisation's person, by a pseudonymous id.")


# Voice


class FeedbackGiven(_Touchpoint, frozen=True):
    """The customer gave a score, whatever the instrument, scaled to [0, 1]."""

    kind: Literal["feedback_given"] = "feedback_given"
    by: Side = Field(default="customer", description="Who acted.")
    instrument: Instrument = Field(default="free", description="What the score was asked with.")
    score: Level = Field(description="The score, scaled so that 1 is the best.")


class FeedbackRequested(_Touchpoint, frozen=True):
    """The customer was asked for feedback."""

    kind: Literal["feedback_requested"] = "feedback_requested"


class ComplaintVoiced(_Touchpoint, frozen=True):
    """The customer complained: voice, not a failure."""

    kind: Literal["complaint_voiced"] = "complaint_voiced"
    by: Side = Field(default="customer", description="Who acted.")
    severity: Level = Field(default=0.5, description="How serious the customer finds it.")


class PraiseGiven(_Touchpoint, frozen=True):
    """The customer praised."""

    kind: Literal["praise_given"] = "praise_given"
    by: Side = Field(default="customer", description="Who acted.")
    size: Level = Field(default=0.5, description="How large it was.")


class WordOfMouthHeard(_Touchpoint, frozen=True):
    """What the customer says to others came back to the organisation."""

    kind: Literal["word_of_mouth_heard"] = "word_of_mouth_heard"
    by: Side = Field(default="customer", description="Who acted.")
    valence: Quality = Field(description="How it spoke of the organisation, from -1 to 1.")


# End


class EngagementCompleted(_Touchpoint, frozen=True):
    """An engagement reached its agreed end."""

    kind: Literal["engagement_completed"] = "engagement_completed"


class RelationshipEnded(_Touchpoint, frozen=True):
    """The relationship ended: left in anger or disappointment, ended content, gone quiet, or nobody knows why."""

    SCHEMA_VERSION: ClassVar[int] = 2

    kind: Literal["relationship_ended"] = "relationship_ended"
    by: Side = Field(default="customer", description="Who acted.")
    outcome: Outcome = Field(
        default="exit", description="How it ended; `exit` is leaving in anger or disappointment, `unknown` that nobody knows."
    )


class RelationshipResumed(_Touchpoint, frozen=True):
    """The customer came back."""

    kind: Literal["relationship_resumed"] = "relationship_resumed"
    by: Side = Field(default="customer", description="Who acted.")


# Other


class NoteAdded(_Touchpoint, frozen=True):
    """A note; it moves nothing."""

    kind: Literal["note_added"] = "note_added"


Touchpoint = Annotated[
    RelationshipOpened
    | EngagementDeclined
    | PromiseMade
    | RequestMade
    | RiskDisclosed
    | CheckInHeld
    | Interaction
    | Delivery
    | GestureMade
    | PurchaseMade
    | FailureOccurred
    | FailureNoticed
    | RecoveryStepTaken
    | ResponseFailed
    | DeceptionExposed
    | EvidenceEmerged
    | EpisodeClosed
    | RepresentativeAssigned
    | HandoverMade
    | IntroductionMade
    | RepresentativeLeft
    | FeedbackGiven
    | FeedbackRequested
    | ComplaintVoiced
    | PraiseGiven
    | WordOfMouthHeard
    | EngagementCompleted
    | RelationshipEnded
    | RelationshipResumed
    | NoteAdded,
    Field(discriminator="kind"),
]
"""Any touchpoint: a union discriminated on `kind`, for annotations and for pydantic's `TypeAdapter`."""

KINDS: Mapping[str, type[Touchpoint]] = {model.model_fields["kind"].default: model for model in get_args(get_args(Touchpoint)[0])}
"""Every kind by its stored name, in the order of the documentation."""


PEOPLE = ("representative", "from_representative", "to_representative", "contact")
"""The fields that name people in a touchpoint; merged people appear there under one name."""
PERSONS = (*PEOPLE, "customer", "actor")
"""Every field that may name a person."""
PARTIES = (*PERSONS, "organisation", "episode")
"""Every field by whose name a touchpoint is found: persons, and what else it belongs to."""
PERSONAL_FIELDS = ("note", "reason", "name")
"""Fields that identify a person or describe them in free words. They are stored apart from the rest, also in a correction."""


class UnknownTouchpoint(_Touchpoint, frozen=True):
    """A touchpoint of a kind or schema that this journey does not know, read on request; it moves nothing.

    `payload` holds its fields as they were stored, none of them interpreted. It can be read, never recorded.
    """

    kind: str
    schema_version: int
    payload: dict[str, Any]


def fields_of(touchpoint: BaseModel) -> dict[str, Any]:
    """The touchpoint, or another fact, as plain JSON values, `kind` first, without what was left at a default of None."""
    values = touchpoint.model_dump(mode="json", exclude_none=True)
    return {"kind": values.pop("kind"), **values}
