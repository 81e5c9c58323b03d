"""The life of one customer of the made-up branch: contacts in their own rhythm, until it ends."""

from journey_projections.made_up.customer import Customer
from journey_projections.made_up.matters import MATTERS
from journey_projections.made_up.staff import DAY

# What a contact is, as often as it is.
_CONTACTS = {
    "visit": 56.0,
    "purchase": 9.0,
    "promise": 9.0,
    "request": 8.0,
    "feedback": 8.0,
    "failure": 3.0,
    "check_in": 2.0,
    "gesture": 1.6,
    "complaint": 1.2,
    "praise": 1.2,
    "risk": 1.0,
    "note": 1.4,
}
_ORIGINS = {"stranger": 5.0, "reputation": 2.0, "referral": 2.5, "returning": 0.5}


def live(customer: Customer) -> None:
    """Let everything happen, from the opening to the end of the relationship, or of time."""
    at = _begin(customer)
    silent_from = -int(customer.chance.between(1.5, 6.0) * customer.rhythm * DAY) if customer.chance.happens(0.07) else 0
    while True:
        at += int(customer.rhythm * customer.chance.between(0.5, 1.5) * DAY)
        is_over = at >= silent_from
        _follow_the_adviser(customer, 0 if is_over else at)
        if is_over:
            return
        at = customer.in_opening_hours(at)
        MATTERS[customer.chance.by_share(_CONTACTS)](customer, at)
        customer.feel(0.008)
        if _leaves(customer, at):
            return


def _begin(customer: Customer) -> int:
    origin = customer.chance.by_share(_ORIGINS)
    who = {"customer": f"customer-{customer.number:03}", "organisation": "branch"}
    customer.add("relationship_opened", customer.opened, origin=origin, strength=round(customer.chance.between(0.3, 0.8), 2), **who)
    customer.add("representative_assigned", customer.opened + 15, representative=customer.adviser.id, role="adviser")
    customer.add(
        "interaction",
        customer.opened + 25,
        representative=customer.adviser.id,
        channel="branch",
        competence=customer.chance.about(customer.adviser.skill, 0.1),
        benevolence=customer.chance.about(customer.adviser.warmth, 0.1),
    )
    return customer.opened + 2 * DAY


def _follow_the_adviser(customer: Customer, at: int) -> None:
    """Let the adviser leave before the next contact, or somebody else take over."""
    while customer.adviser.left and customer.adviser.left <= at:
        _hand_over(customer, customer.adviser.left, customer.adviser.introduces, leaves=True)
    if customer.chance.happens(0.004):
        _hand_over(customer, at - DAY, "warm" if customer.chance.happens(0.6) else "cold", leaves=False)


def _hand_over(customer: Customer, at: int, introduction: str, *, leaves: bool) -> None:
    before, customer.adviser = customer.adviser, customer.somebody(at, but=customer.adviser)
    when = customer.in_opening_hours(at) + int(customer.chance.between(0, 300))
    customer.add(
        "handover_made",
        when,
        from_representative=before.id,
        to_representative=customer.adviser.id,
        introduction=introduction,
        channel={"warm": "branch", "cold": "e-mail"}.get(introduction, "letter"),
    )
    if leaves:
        customer.add("representative_left", when + DAY, representative=before.id)
    if introduction == "none":
        customer.feel(-0.1)
        if customer.chance.happens(0.4):
            late = when + int(customer.chance.between(3, 45) * DAY)
            customer.add("introduction_made", late, representative=customer.adviser.id, manner="warm", made_by="self")


def _leaves(customer: Customer, at: int) -> bool:
    """Whether the relationship ends after this contact: in anger, or because life goes on."""
    chance, when = customer.chance, at + int(customer.chance.between(3, 40) * DAY)
    if customer.mood < 0.4 and chance.happens(0.3):
        if chance.happens(0.5):
            customer.add("word_of_mouth_heard", at + 2 * DAY, valence=-0.6, certainty=0.5)
        customer.add("relationship_ended", when, outcome="exit")
        return True
    if chance.happens(0.0012):
        customer.add("relationship_ended", when, outcome=chance.by_share({"satisfied": 3.0, "dormant": 1.5, "unknown": 0.5}))
        return True
    return False
