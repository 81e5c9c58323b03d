"""The words that go with a touchpoint's numbers: how a contact felt, how grave a failure was, what a score was out of.

The coding guide (docs/coding-guide.md) is written from these tables, so that whoever records and whoever reads mean the same.
"""

from collections.abc import Callable, Mapping
from typing import Any

from journey.touchpoints import Touchpoint

Scale = tuple[tuple[float, str], ...]
"""Numbers and the words for them; a number in between is called by the nearest on its side of 0."""

BENEVOLENCE: Scale = (
    (0.9, "attentive beyond what was needed"),
    (0.5, "friendly"),
    (0.1, "correct, no more"),
    (-0.15, "curt"),
    (-0.35, "cold"),
    (-0.6, "rude"),
    (-0.9, "humiliating"),
)
COMPETENCE: Scale = ((0.7, "skilled work"), (0.3, "ordinary work"), (-0.15, "a small slip in the work"), (-0.6, "botched work"))
INTEGRITY: Scale = ((0.6, "told an unwelcome truth"), (0.2, "said what was so"), (-0.4, "told a half-truth"), (-0.8, "lied"))
SEVERITY: Scale = ((0.1, "a nuisance"), (0.3, "an annoyance"), (0.5, "a serious failure"), (0.8, "a disaster"))
RECOGNISED: Mapping[bool, str] = {
    True: "greeted by name, the history known",
    False: "a long-standing customer treated as a number",
}


def word_for(value: float, scale: Scale) -> str:
    """The nearest word of a scale on the same side of 0; 0 itself has none on a scale with two sides."""
    has_two_sides = any(one < 0 for one, _ in scale)
    fitting = [one for one in scale if not has_two_sides or one[0] * value > 0]
    return min(fitting, key=lambda one: abs(one[0] - value))[1] if fitting else ""


def score_in_words(instrument: str, score: float) -> str:
    """A score as it was asked for: `CSAT 2 of 5`, `NPS 6`."""
    match instrument:
        case "csat":
            return f"CSAT {_short(1 + 4 * score)} of 5"
        case "nps":
            return f"NPS {_short(10 * score)}"
        case "ces":
            return f"CES {_short(score)} of 1"
        case _:
            return f"score {_short(score)} of 1"


def in_words(touchpoint: Touchpoint) -> str:
    """What a touchpoint says beside its kind, people and note, numbers in words with the number behind; empty where it says no more."""
    fields = vars(touchpoint)
    said = (say(fields) for name, say in _SAID.items() if fields.get(name) is not None)
    return ", ".join(one for one in said if one)


def _scaled(name: str, scale: Scale) -> Callable[[Mapping[str, Any]], str]:
    def say(fields: Mapping[str, Any]) -> str:
        word = word_for(fields[name], scale)
        return f"{word} ({_short(fields[name])})" if word else f"{name} {_short(fields[name])}"

    return say


def _named(name: str, called: str = "") -> Callable[[Mapping[str, Any]], str]:
    return lambda fields: f"{called or name} {_short(fields[name])}"


def _plain(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda fields: str(fields[name])


def _only(name: str, value: object, words: str) -> Callable[[Mapping[str, Any]], str]:
    """Words for one value of a field, nothing for the others."""
    return lambda fields: words if fields[name] == value else ""


def _delivered(fields: Mapping[str, Any]) -> str:
    promised = "" if fields.get("promised") is None else f" of {_short(fields['promised'])} promised"
    perceived = "" if fields.get("perceived") is None else f", seen as {_short(fields['perceived'])}"
    return f"delivered {_short(fields['delivered'])}{promised}{perceived}"


def _compensated(fields: Mapping[str, Any]) -> str:
    """How much a gesture, praise or compensation was; other steps of recovery have no size."""
    return "" if fields.get("step") not in (None, "compensate") else f"size {_short(fields['size'])}"


def _handed_on(fields: Mapping[str, Any]) -> str:
    how = {"none": "not introduced", "cold": "introduced in writing", "warm": "introduced warmly"}[fields["introduction"]]
    return f"from {fields['from_representative']}, {how}"


_CAUSED_BY = {"supplier": "a supplier", "customer": "the customer", "exogenous": "nobody"}
_SAID: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "step": _plain("step"),
    "manner": _plain("manner"),
    "outcome": _plain("outcome"),
    "verdict": _plain("verdict"),
    "through": lambda fields: {"told": "told of it", "heard": "heard of it", "found": "found it out"}[fields["through"]],
    "introduction": _handed_on,
    "origin": lambda fields: f"{fields['origin']}, strength {_short(fields['strength'])}",
    "benevolence": _scaled("benevolence", BENEVOLENCE),
    "competence": _scaled("competence", COMPETENCE),
    "integrity": _scaled("integrity", INTEGRITY),
    "recognised": lambda fields: RECOGNISED[fields["recognised"]],
    "severity": _scaled("severity", SEVERITY),
    "cause": lambda fields: "" if fields["cause"] == "organisation" else f"caused by {_CAUSED_BY[fields['cause']]}",
    "noticed": _only("noticed", value=False, words="not noticed yet"),
    "urgency": _named("urgency"),
    "level": _named("level"),
    "delivered": _delivered,
    "score": lambda fields: score_in_words(fields["instrument"], fields["score"]),
    "valence": lambda fields: f"speaks {'well' if fields['valence'] >= 0 else 'badly'} of it ({_short(fields['valence'])})",
    "size": _compensated,
    "reasons_given": _only("reasons_given", value=False, words="without reasons"),
    "issues_surfaced": _only("issues_surfaced", value=True, words="something came to light"),
    "course_corrected": _only("course_corrected", value=True, words="the course was changed"),
    "amount": lambda fields: f"{fields['amount']:,.2f} {fields.get('currency') or ''}".strip(),
    "due": lambda fields: f"due {fields['due'].date().isoformat()}",
    "certainty": lambda fields: "" if fields["certainty"] == 1 else f"certainty {_short(fields['certainty'])}",
}
"""What is said of each field, in the order in which it is said."""


def _short(value: float) -> str:
    return f"{value:.4g}"
