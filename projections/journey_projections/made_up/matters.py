"""What a contact with a customer of the made-up branch may be about, and how it goes on from there."""

from collections.abc import Callable

from journey_projections.made_up.customer import Customer
from journey_projections.made_up.staff import DAY

_HOUR = 60
_RECENT = -100 * DAY
"""What nobody answers, and is older than this, was answered in the end."""
_FAILURES = (
    ("card", "competence", 0.4, "The new card did not work abroad."),
    ("transfer", "competence", 0.3, "A transfer went out a day late."),
    ("statement", "competence", 0.15, "The yearly statement had last year's address."),
    ("fees", "integrity", 0.25, "A fee was charged that nobody had named."),
    ("appointment", "benevolence", 0.15, "The customer waited forty minutes in spite of an appointment."),
    ("mortgage", "competence", 0.5, "The file of the mortgage was lost, and begun again."),
    ("outage", "competence", 0.5, "Nobody could log in for a day."),
)
_REQUESTS = (
    ("limit", "Asks for a higher limit on the card."),
    ("certificate", "Needs a certificate for the tax office."),
    ("advice", "Asks what to do with a savings plan that ends."),
    ("power-of-attorney", "Asks how a daughter can sign."),
)
_PROMISES = ("mortgage", "investment", "account", "insurance")


def visit(customer: Customer, at: int) -> None:
    """An everyday contact, mostly good; rarely a slip, hardly ever rude."""
    chance, person = customer.chance, customer.adviser
    competence, benevolence = chance.about(person.skill, 0.12), chance.about(person.warmth, 0.12)
    if chance.happens(0.02):
        competence = -0.2
        customer.feel(-0.05)
    if chance.happens(0.006):
        benevolence = -0.3
        customer.feel(-0.3)
    fields = {"competence": competence} if chance.happens(0.8) else {}
    if benevolence < 0 or not fields or chance.happens(0.7):
        fields["benevolence"] = benevolence
    customer.add("interaction", at, representative=customer.stand_in(at), channel=customer.channel(), **fields)


def purchase(customer: Customer, at: int) -> None:
    """The customer buys, or renews."""
    amount = round(customer.chance.between(20, 900), 2)
    customer.add("purchase_made", at, amount=amount, currency="EUR", renewal=customer.chance.happens(0.5))


def promise(customer: Customer, at: int) -> None:
    """Something is promised by a date; mostly it comes in time, as it was promised."""
    chance, id, topic = customer.chance, customer.name("promise"), customer.chance.one_of(_PROMISES)
    ahead, level = int(chance.between(7, 60) * DAY), round(chance.between(0.55, 0.8), 2)
    who = {"representative": customer.adviser.id, "promise": id, "topic": topic}
    customer.add("promise_made", at, level=level, due=at + ahead, elicited=chance.happens(0.35), **who)
    how = chance.by_share({"in time": 84.0, "late": 8.0, "less": 4.0, "forgotten": 4.0})
    if how == "forgotten" and at + ahead > _RECENT:
        return
    came = at + int(ahead * (chance.between(0.6, 0.98) if how in ("in time", "less") else chance.between(1.1, 1.5)))
    delivered = round(max(0.1, level - 0.3 if how == "less" else level + chance.between(-0.05, 0.1)), 2)
    customer.feel({"in time": 0.02, "late": -0.05, "less": -0.12, "forgotten": -0.08}[how])
    customer.add("delivery", came, delivered=delivered, **who)


def request(customer: Customer, at: int) -> None:
    """The customer asks for something and waits, mostly for hours."""
    chance, id = customer.chance, customer.name("request")
    topic, note = chance.one_of(_REQUESTS)
    customer.add("request_made", at, episode=id, topic=topic, urgency=chance.one_of((0.3, 0.5, 0.8)), note=note, channel=customer.channel())
    answered(customer, at, id, topic)


def answered(customer: Customer, at: int, episode: str, topic: str) -> None:
    """The answer to a request or a complaint: soon, late or, lately, never."""
    chance = customer.chance
    how = chance.by_share({"soon": 90.0, "late": 7.0, "never": 3.0})
    if how == "never" and at > _RECENT:
        customer.feel(-0.2)
        return
    after = chance.between(1, 30) * _HOUR if how == "soon" else chance.between(5, 16) * DAY
    if how != "soon":
        customer.feel(-0.1)
    fields = {"competence": chance.about(0.4, 0.1), "representative": customer.adviser.id, "channel": customer.channel()}
    customer.add("interaction", at + int(after), episode=episode, topic=topic, **fields)


def feedback(customer: Customer, at: int) -> None:
    """The customer is asked for a score, and two in three give one, by their mood."""
    chance = customer.chance
    customer.add("feedback_requested", at, channel="e-mail")
    if chance.happens(0.65):
        score = min(10, max(0, round(10 * (customer.mood + chance.between(-0.05, 0.25)))))
        customer.add("feedback_given", at + int(chance.between(2, 60) * _HOUR), instrument="nps", score=score / 10)


def failure(customer: Customer, at: int) -> None:
    """Something goes wrong; most of it is made good."""
    chance, id = customer.chance, customer.name("failure")
    topic, breach, severity, note = chance.one_of(_FAILURES)
    cause = "supplier" if topic == "outage" and chance.happens(0.5) else "organisation"
    how = chance.by_share({"well": 56.0, "told": 14.0, "partly": 14.0, "badly": 6.0, "money": 4.0, "nothing": 6.0})
    about = {"episode": id, "topic": topic}
    fields = {"breach": breach, "severity": severity, "cause": cause, "note": note}
    customer.add("failure_occurred", at, noticed=how != "told", **fields, **about)
    if how == "told":
        customer.add("failure_noticed", at + 3 * _HOUR, by="organisation", through="told", **about)
    elif chance.happens(0.45):
        customer.add("complaint_voiced", at + int(chance.between(1, 30) * _HOUR), severity=severity, channel="phone", **about)
    if how == "nothing" and at < _RECENT:
        how = "late"
    customer.feel({"well": 0.02, "told": 0.03, "partly": -0.05, "money": -0.2, "badly": -0.35, "nothing": -0.3, "late": -0.2}[how])
    who = {"representative": customer.adviser.id, **about}
    if how == "badly":
        manner = chance.one_of(("deflected", "ignored", "delayed", "denied"))
        customer.add("response_failed", at + 2 * DAY, manner=manner, severity=0.3, **who)
        if chance.happens(0.6):
            steps(customer, at + 9 * DAY, ("acknowledge", "admit", "help", "explain", "prevent", "apologise"), who)
    elif how == "money":
        customer.add("recovery_step_taken", at + 3 * DAY, step="compensate", size=1.0, **who)
    elif how == "partly":
        steps(customer, at + 20 * _HOUR, ("acknowledge", "help", "apologise"), who)
    elif how in ("well", "told"):
        steps(customer, at + 5 * _HOUR, ("acknowledge", "admit", "help", "explain", "prevent"), who)
        customer.add("episode_closed", at + 12 * DAY, **about)
    elif how == "late":
        steps(customer, at + 15 * DAY, ("acknowledge", "admit", "help", "explain", "prevent"), who)


def steps(customer: Customer, at: int, taken: tuple[str, ...], who: dict[str, str]) -> None:
    """Steps of recovery, one after the other, within a few days."""
    for step in taken:
        customer.add("recovery_step_taken", at, step=step, **who)
        at += int(customer.chance.between(0.5, 20) * _HOUR)


def complaint(customer: Customer, at: int) -> None:
    """A complaint of which no failure is known; it waits for an answer."""
    id = customer.name("complaint")
    customer.add(
        "complaint_voiced", at, episode=id, topic="service", severity=customer.chance.one_of((0.2, 0.3, 0.5)), channel=customer.channel()
    )
    customer.feel(-0.03)
    answered(customer, at, id, "service")


def check_in(customer: Customer, at: int) -> None:
    """Both look at how things are going."""
    surfaced = customer.chance.happens(0.3)
    customer.add("check_in_held", at, representative=customer.adviser.id, issues_surfaced=surfaced, course_corrected=surfaced)


def gesture(customer: Customer, at: int) -> None:
    """A kindness."""
    customer.add("gesture_made", at, representative=customer.adviser.id, size=customer.chance.one_of((0.2, 0.3, 0.5)))


def praise(customer: Customer, at: int) -> None:
    """The customer praises whom they deal with."""
    customer.add("praise_given", at, representative=customer.adviser.id, size=0.5)


def risk(customer: Customer, at: int) -> None:
    """The customer hears beforehand what may go wrong."""
    customer.add("risk_disclosed", at, representative=customer.adviser.id, topic=customer.chance.one_of(_PROMISES), severity=0.4)


def note(customer: Customer, at: int) -> None:
    """Something to remember."""
    customer.add("note_added", at, representative=customer.adviser.id, note="Prefers to be called after five.")


MATTERS: dict[str, Callable[[Customer, int], None]] = {
    "visit": visit,
    "purchase": purchase,
    "promise": promise,
    "request": request,
    "feedback": feedback,
    "failure": failure,
    "check_in": check_in,
    "gesture": gesture,
    "complaint": complaint,
    "praise": praise,
    "risk": risk,
    "note": note,
}
"""Every matter by its name."""
