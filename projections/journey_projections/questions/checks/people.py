"""People who took over and never act, and who leave without having been there."""

from collections.abc import Iterator
from typing import Any

from journey.history import History, Recorded
from journey_projections.questions.checks.finding import IDLE_PERSON, Finding, command

GRACE = 90 * 86_400_000_000
"""So long, in microseconds, and for FEW touchpoints somebody may be in charge before it is asked whether they ever act."""
FEW = 3
_CHARGES = ("handover_made", "representative_assigned", "introduction_made")
_NOT_ACTS = (*_CHARGES, "representative_left")


def idle_people(history: History) -> Iterator[Finding]:
    """Whoever in one history was introduced, assigned or handed over to, and never acts while it goes on; and who leaves unknown."""
    acts = [record for record in history.records if record.outline.kind not in _NOT_ACTS]
    acting = {person for record in acts if (person := record.outline.representative) is not None}
    charges: dict[str, list[Recorded]] = {}
    named = set[str](acting)
    for record in history.records:
        outline: Any = record.outline
        if outline.kind in _CHARGES:
            person = outline.to_representative if outline.kind == "handover_made" else outline.representative
            charges.setdefault(person, []).append(record)
            named |= {person, getattr(outline, "from_representative", person)}
        elif outline.kind == "representative_left" and outline.representative not in named:
            words = f"says that `{outline.representative}` left, whom nothing before it names"
            mend = command("correct", outline.id, "representative=PERSON")
            yield Finding(IDLE_PERSON, history.relationship, (outline.id,), words, mend)
    for person, records in charges.items():
        if person in acting:
            continue
        later = _in_charge(history, person, records[0])
        if len(later) < FEW or later[-1].at - records[0].at < GRACE:
            continue
        others = sorted({one for record in later if (one := record.outline.representative) is not None})
        who = f"are by {', '.join(f'`{one}`' for one in others[:FEW])}" if others else "name nobody"
        does = "introduces" if all(one.outline.kind == "introduction_made" for one in records) else "gives the customer to"
        words = f"{does} `{person}`, who never acts: the {len(later)} touchpoints since then {who}"
        meant = f", or {command('merge', '--people', others[0], person)} if that is one person" if len(others) == 1 else ""
        mend = f"{command('correct', later[0].outline.id, f'representative={person}')} for what they did{meant}"
        yield Finding(IDLE_PERSON, history.relationship, tuple(record.outline.id for record in records), words, mend)


def _in_charge(history: History, person: str, since: Recorded) -> list[Recorded]:
    """What the organisation did from then on, until somebody else takes over, the person leaves or the relationship ends."""
    later: list[Recorded] = []
    for record in history.records[history.records.index(since) + 1 :]:
        outline: Any = record.outline
        if outline.kind in ("handover_made", "representative_assigned", "relationship_ended"):
            break
        if outline.kind == "representative_left" and outline.representative == person:
            break
        if outline.by == "organisation" and outline.kind not in _NOT_ACTS:
            later.append(record)
    return later
