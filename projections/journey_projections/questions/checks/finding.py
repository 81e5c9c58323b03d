"""A finding: recorded facts that are legal and nearly always a mistake."""

import shlex
from dataclasses import dataclass

from journey.json_shapes import served_as
from journey_projections.json_shapes import FindingShape

MOVES_NOTHING = "moves_nothing"
UNKNOWN_EPISODE = "unknown_episode"
UNKNOWN_PROMISE = "unknown_promise"
UNKNOWN_TOUCHPOINT = "unknown_touchpoint"
IDLE_PERSON = "idle_person"
MISSPELT_PERSON = "misspelt_person"
FAR_OFF = "far_off"
ALIKE = "alike"
KINDS = (MOVES_NOTHING, UNKNOWN_EPISODE, UNKNOWN_PROMISE, UNKNOWN_TOUCHPOINT, IDLE_PERSON, MISSPELT_PERSON, FAR_OFF, ALIKE)
"""Every kind of finding, in the order in which they are shown."""


@served_as(FindingShape)
@dataclass(frozen=True, slots=True)
class Finding:
    """Facts with one thing the matter: `words` say what, `mend` what to do, with a command.

    `relationship` is None for what concerns people in several; `touchpoints` are ids of the facts, perhaps of corrections, in the order
    of their history. In a mend, words in capitals stand for what only you know.
    """

    kind: str
    relationship: str | None
    touchpoints: tuple[str, ...]
    words: str
    mend: str

    def to_dict(self) -> FindingShape:
        """Plain data, as `journey check` writes it in JSON."""
        return {
            "kind": self.kind,
            "relationship": self.relationship,
            "touchpoints": list(self.touchpoints),
            "words": self.words,
            "mend": self.mend,
        }


def command(*words: str) -> str:
    """A call of `journey` as a shell takes it, in backticks."""
    return f"`{shlex.join(('journey', *words))}`"
