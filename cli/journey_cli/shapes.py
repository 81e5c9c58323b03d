"""The JSON shapes that scripts rely on; names and nesting are contracts."""

from typing import TYPE_CHECKING, Any

from journey.amendments import Fact
from journey.history import Recorded
from journey.stores.protocol import Summary
from journey.stores.rows import Receipt
from journey.times import from_microseconds
from journey.touchpoints import fields_of
from journey_projections.replaying.replay import Contribution, Replay, RuleSetId
from journey_projections.rules.reports import PartyTrust

if TYPE_CHECKING:
    from journey_projections.ledger import Standing


def of_replay(result: "Replay | Standing") -> dict[str, Any]:
    """A replay."""
    parties = result.parties
    return {
        "relationship": result.relationship,
        "trust": result.trust,
        "confidence": result.confidence,
        "state": result.state,
        "exit_risk": result.exit_risk,
        "at": result.at,
        "known_at": result.known_at,
        "touchpoints": result.touchpoints,
        "parties": {
            "institution": of_party(parties.institution),
            "representatives": {name: of_party(party) for name, party in parties.representatives.items()},
            "customer": of_party(parties.customer),
        },
        "rules": of_rules(result.rules),
    }


def of_party(party: PartyTrust) -> dict[str, float | None]:
    """One party's trust."""
    return {"trust": party.trust, "competence": party.competence, "goodwill": party.goodwill}


def of_rules(rules: RuleSetId) -> dict[str, str]:
    """Which rules made a result."""
    return {"name": rules.name, "version": rules.version, "hash": rules.hash}


def of_contribution(one: Contribution) -> dict[str, Any]:
    """A touchpoint's share of trust."""
    return {
        "touchpoint": one.touchpoint,
        "occurred_at": one.occurred_at,
        "kind": one.kind,
        "cause": one.cause,
        "before": one.before,
        "after": one.after,
        "delta": one.delta,
    }


def of_explanation(result: Replay) -> dict[str, Any]:
    """What moved trust; `prior` and the deltas sum to `trust` exactly."""
    return {
        "relationship": result.relationship,
        "trust": result.trust,
        "prior": result.prior,
        "contributions": [of_contribution(one) for one in result.contributions],
    }


def of_record(record: Recorded[Fact]) -> dict[str, Any]:
    """A recorded touchpoint or other fact; a corrected one names its corrections, one with texts that cannot be read says so."""
    corrected = {"corrected_by": list(record.corrected_by)} if record.corrected_by else {}
    withheld = {"withheld": True} if record.withheld else {}
    return {**fields_of(record.touchpoint), "position": record.position, "recorded_at": record.recorded_at, **corrected, **withheld}


def of_receipt(receipt: Receipt) -> dict[str, Any]:
    """The receipt of a recorded touchpoint."""
    return {"id": receipt.id, "position": receipt.position, "recorded_at": receipt.recorded_at}


def of_summary(summary: Summary) -> dict[str, Any]:
    """A relationship in a list."""
    return {
        "relationship": summary.relationship,
        "touchpoints": summary.touchpoints,
        "first": from_microseconds(summary.first),
        "last": from_microseconds(summary.last),
    }
