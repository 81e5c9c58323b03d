"""Made-up logs of many relationships, as large as you like, to try bulk replay and ledgers on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from journey import Recorded, Touchpoint
from journey.reading import validated
from journey.times import from_microseconds
from journey.touchpoints import KINDS
from journey_projections.encoding import codes
from journey_projections.encoding.columns import FAMILIES, LAYOUT, Array, Columns, Dictionaries, Dictionary

_DAY = 86_400_000_000
_START = 1_577_836_800_000_000
"""2020-01-01T00:00Z in microseconds."""
_YEARS = 5

# What happens comes in small stories. Each part of one: its story, kind, how often the story has it, the days after the story's
# start between which it lies, and which code it has (of a recovery step, say).
_STORIES = ("contact", "delivery", "failure", "feedback", "gesture", "check_in", "praise", "handover", "risk", "note", "hearsay")
_SHARES = (0.50, 0.15, 0.06, 0.06, 0.06, 0.06, 0.03, 0.02, 0.02, 0.03, 0.01)
_PARTS = (
    ("contact", codes.INTERACTION, 1.0, 0.0, 0.0, 0),
    ("delivery", codes.PROMISE_MADE, 0.9, 0.0, 0.0, 0),
    ("delivery", codes.DELIVERY, 0.95, 1.0, 30.0, 0),
    ("failure", codes.FAILURE_OCCURRED, 1.0, 0.0, 0.0, 0),
    ("failure", codes.COMPLAINT_VOICED, 0.4, 0.01, 2.0, 0),
    ("failure", codes.RECOVERY_STEP_TAKEN, 0.8, 0.1, 3.0, codes.ACKNOWLEDGE),
    ("failure", codes.RECOVERY_STEP_TAKEN, 0.5, 0.1, 3.0, codes.APOLOGISE),
    ("failure", codes.RECOVERY_STEP_TAKEN, 0.6, 0.5, 5.0, codes.ADMIT),
    ("failure", codes.RECOVERY_STEP_TAKEN, 0.7, 0.5, 7.0, codes.HELP),
    ("failure", codes.RECOVERY_STEP_TAKEN, 0.5, 1.0, 10.0, codes.EXPLAIN),
    ("failure", codes.RECOVERY_STEP_TAKEN, 0.35, 2.0, 14.0, codes.COMPENSATE),
    ("failure", codes.RECOVERY_STEP_TAKEN, 0.5, 5.0, 30.0, codes.PREVENT),
    ("failure", codes.RESPONSE_FAILED, 0.12, 1.0, 10.0, codes.IGNORED),
    ("failure", codes.EPISODE_CLOSED, 0.5, 10.0, 40.0, 0),
    ("feedback", codes.FEEDBACK_REQUESTED, 0.8, 0.0, 0.0, 0),
    ("feedback", codes.FEEDBACK_GIVEN, 0.6, 0.1, 5.0, 0),
    ("gesture", codes.GESTURE_MADE, 1.0, 0.0, 0.0, 0),
    ("check_in", codes.CHECK_IN_HELD, 1.0, 0.0, 0.0, 0),
    ("praise", codes.PRAISE_GIVEN, 1.0, 0.0, 0.0, 0),
    ("handover", codes.HANDOVER_MADE, 1.0, 0.0, 0.0, 0),
    ("risk", codes.RISK_DISCLOSED, 1.0, 0.0, 0.0, 0),
    ("note", codes.NOTE_ADDED, 1.0, 0.0, 0.0, 0),
    ("hearsay", codes.WORD_OF_MOUTH_HEARD, 1.0, 0.0, 0.0, 0),
)
_LENGTH = sum(share * often for story, share in zip(_STORIES, _SHARES, strict=True) for one, _, often, *_ in _PARTS if one == story)
_PEOPLE, _TOPICS = 2_000, 24
_BY_CUSTOMER = (codes.FEEDBACK_GIVEN, codes.COMPLAINT_VOICED, codes.PRAISE_GIVEN, codes.WORD_OF_MOUTH_HEARD)


@dataclass(frozen=True, slots=True)
class MadeUpLog:
    """Made-up touchpoints in the order of a journal; ids and names contain their number or code."""

    columns: Columns

    def in_days(self) -> "MadeUpLog":
        """The same where nobody knows the time of day, so that what happened on one day ties."""
        return MadeUpLog(replace(self.columns, occurred_at=self.columns.occurred_at // _DAY * _DAY))

    def dictionaries(self) -> Dictionaries:
        """The names behind the codes."""
        families: dict[str, int] = {}
        for column, family in FAMILIES.items():
            families[family] = max(families.get(family, 0), 1 + int(getattr(self.columns, column).max(initial=-1)))
        return Dictionaries(**{family: Dictionary(f"{family}-{code}" for code in range(size)) for family, size in families.items()})

    def touchpoints(self) -> list[Recorded[Touchpoint]]:
        """The same as touchpoints, for small logs."""
        columns = zip(self.rows(), self.columns.recorded_at.tolist(), self.columns.position.tolist(), strict=True)
        return [Recorded(validated(KINDS[row.pop("kind")], row), from_microseconds(at), position) for row, at, position in columns]

    def rows(self, first: int = 0, last: int | None = None) -> Iterator[dict[str, Any]]:
        """Those from `first` up to `last`, counted from 0, as rows of JSONL."""
        numbers = np.arange(len(self.columns))[first:last]
        columns = [getattr(self.columns, name)[first:last].tolist() for name in LAYOUT]
        for id, *row in zip(self.columns.ids(numbers), *columns, strict=True):
            yield _fields(id, dict(zip(LAYOUT, row, strict=True)))


def made_up_log(touchpoints: int, relationships: int, seed: int = 1) -> MadeUpLog:
    """So many touchpoints of at most so many relationships over five years, the same for the same seed.

    A few relationships have hundreds of touchpoints, most have some; failures are recovered well, badly or not at all;
    representatives are handed over; two in a hundred touchpoints are recorded days late.
    """
    random = np.random.default_rng(seed)
    stories = int(touchpoints / _LENGTH * 1.02) + 100
    activity = np.cumsum(random.lognormal(0.0, 1.0, relationships))
    relationship = np.searchsorted(activity, random.random(stories) * activity[-1]).astype(np.int32)
    begun = (random.random(relationships) * 0.8 * _YEARS * 365 * _DAY).astype(np.int64)
    left = _YEARS * 365 * _DAY - begun
    at = _START + begun[relationship] + (random.random(stories) * left[relationship]).astype(np.int64)
    story = random.choice(len(_STORIES), stories, p=np.array(_SHARES) / sum(_SHARES)).astype(np.int8)
    person = _current(relationship, at, story == _STORIES.index("handover"))
    own = np.arange(stories, dtype=np.int32)
    parts = [_part(random, one, (relationship, at, story, person, own)) for one in _PARTS]
    parts.append(_openings(random, begun))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    late = random.random(len(columns["occurred_at"])) < 0.02
    delay = random.exponential(60.0, len(late)) * np.where(late, 5_000.0, 1.0)
    columns["recorded_at"] = columns["occurred_at"] + (delay * 1e6).astype(np.int64)
    order = np.argsort(columns["recorded_at"], kind="stable")[:touchpoints]
    columns = {name: column[order] for name, column in columns.items()}
    for name in ("episode", "promise"):
        columns[name] = _dense(columns[name])
    columns["position"] = np.arange(1, len(order) + 1, dtype=np.int64)
    columns["sequence"] = np.zeros(len(order), np.int64)
    return MadeUpLog(Columns(**columns, ids=lambda rows: [f"t-{row + 1}" for row in rows.tolist()]))


def _current(relationship: Array, at: Array, is_handover: Array) -> Array:
    """The representative of each story: the next one of the relationship's after each handover."""
    order = np.lexsort((at, relationship))
    handed = np.cumsum(is_handover[order])
    first = np.flatnonzero(np.diff(relationship[order], prepend=-1))
    before = np.repeat(handed[first] - is_handover[order][first], np.diff(np.append(first, len(order))))
    person = np.empty(len(order), np.int32)
    person[order] = (relationship[order] * 7 + handed - before - is_handover[order]) % _PEOPLE
    return person


def _part(random: np.random.Generator, part: Any, stories: Sequence[Array]) -> dict[str, Array]:
    name, kind, often, least, most, code = part
    relationship, at, story, person, own = stories
    mine = np.flatnonzero((story == _STORIES.index(name)) & (random.random(len(story)) < often))
    after = ((least + (most - least) * random.random(len(mine))) * _DAY).astype(np.int64)
    rows = _blank(len(mine), kind, relationship[mine], at[mine] + after)
    rows["representative"] = np.where(random.random(len(mine)) < 0.8, person[mine], -1).astype(np.int32)
    rows["code"][:] = code
    rows["side"][:] = codes.CUSTOMER if kind in _BY_CUSTOMER else codes.ORGANISATION
    rows["certainty"] = np.where(random.random(len(mine)) < 0.05, 0.6, 1.0)
    if kind == codes.INTERACTION:
        quality = random.normal(0.45, 0.35, (3, len(mine)))
        given = random.random((3, len(mine))) < np.array([[0.9], [0.6], [0.2]])
        rows["amount"], rows["second"], rows["third"] = np.where(given, _percent(quality, -1.0), np.nan)
        rows["flag"] = (random.random(len(mine)) < 0.01).astype(np.int8)
    elif name == "delivery":
        rows["promise"] = own[mine]
        rows["amount"] = _percent(random.normal(*(0.6, 0.15) if kind == codes.PROMISE_MADE else (0.62, 0.2), len(mine)), 0.0)
        rows["topic"] = random.integers(0, _TOPICS, len(mine), np.int32)
        rows["flag"] = ((kind == codes.PROMISE_MADE) & (random.random(len(mine)) < 0.3)).astype(np.int8)
    elif name == "failure":
        rows["episode"] = own[mine]
        if kind == codes.FAILURE_OCCURRED:
            rows["code"] = random.choice(3, len(mine), p=[0.75, 0.15, 0.1]).astype(np.int8)
            rows["cause"] = random.choice(3, len(mine), p=[0.85, 0.05, 0.1]).astype(np.int8)
            rows["flag"] = (random.random(len(mine)) < 0.1).astype(np.int8)
            rows["amount"] = _percent(random.beta(2.0, 4.0, len(mine)), 0.0)
        elif kind == codes.RECOVERY_STEP_TAKEN:
            rows["amount"] = _percent(random.beta(5.0, 1.5, len(mine)), 0.0)
            rows["flag"] = (random.random(len(mine)) < 0.9).astype(np.int8)
        elif kind == codes.RESPONSE_FAILED:
            rows["code"] = random.integers(0, 4, len(mine), np.int8)
            rows["amount"] = _percent(random.beta(2.0, 3.0, len(mine)), 0.0)
        elif kind == codes.COMPLAINT_VOICED:
            rows["amount"][:] = 0.5
    elif kind == codes.HANDOVER_MADE:
        rows["representative"], rows["other"] = person[mine], ((person[mine] + 1) % _PEOPLE).astype(np.int32)
        rows["code"] = random.integers(0, 3, len(mine), np.int8)
    elif kind == codes.RISK_DISCLOSED:
        rows["topic"], rows["amount"] = random.integers(0, _TOPICS, len(mine), np.int32), _percent(random.random(len(mine)), 0.0)
    elif kind == codes.CHECK_IN_HELD:
        rows["flag"] = (random.random(len(mine)) < 0.3).astype(np.int8)
    elif kind in (codes.FEEDBACK_GIVEN, codes.GESTURE_MADE, codes.PRAISE_GIVEN, codes.WORD_OF_MOUTH_HEARD):
        rows["amount"] = _percent(random.normal(0.6, 0.25, len(mine)), 0.0)
    return rows


def _openings(random: np.random.Generator, begun: Array) -> dict[str, Array]:
    rows = _blank(len(begun), codes.RELATIONSHIP_OPENED, np.arange(len(begun), dtype=np.int32), _START + begun)
    rows["code"] = random.choice(4, len(begun), p=[0.6, 0.2, 0.15, 0.05]).astype(np.int8)
    rows["amount"] = _percent(random.random(len(begun)), 0.0)
    return rows


def _blank(size: int, kind: int, relationship: Array, at: Array) -> dict[str, Array]:
    """Rows of a kind without anything else."""
    rows = {name: np.zeros(size, LAYOUT[name]) for name in ("side", "code", "flag", "cause")}
    rows |= {name: np.full(size, -1, np.int32) for name in ("representative", "other", "episode", "promise", "topic")}
    rows |= {name: np.full(size, np.nan) for name in ("amount", "second", "third")}
    rows["due"] = np.full(size, codes.NEVER, np.int64)
    return {**rows, "certainty": np.ones(size), "kind": np.full(size, kind, np.int8), "relationship": relationship, "occurred_at": at}


def _percent(values: Array, least: float) -> Array:
    """Values in whole percents, from `least` to 1."""
    return np.clip(np.round(values, 2), least, 1.0) + 0.0


def _dense(column: Array) -> Array:
    """Codes counted up again in the order of their first use."""
    named = column >= 0
    numbers = np.full(1 + int(column.max(initial=0)), -1, np.int32)
    mentioned = column[named]
    first = np.full(len(numbers), len(column), np.int64)
    np.minimum.at(first, mentioned, np.flatnonzero(named))
    used = np.flatnonzero(first < len(column))
    numbers[used[np.argsort(first[used])]] = np.arange(len(used), dtype=np.int32)
    return np.where(named, numbers[column], -1).astype(np.int32)


_CODES = {
    codes.FAILURE_OCCURRED: ("breach", codes.BREACHES),
    codes.RECOVERY_STEP_TAKEN: ("step", codes.STEPS),
    codes.RESPONSE_FAILED: ("manner", codes.MANNERS),
    codes.HANDOVER_MADE: ("introduction", codes.INTRODUCTIONS),
    codes.RELATIONSHIP_OPENED: ("origin", codes.ORIGINS),
}
_FLAGS = {
    codes.PROMISE_MADE: "elicited",
    codes.FAILURE_OCCURRED: "stable",
    codes.RECOVERY_STEP_TAKEN: "voluntary",
    codes.CHECK_IN_HELD: "course_corrected",
}
_AMOUNTS = {
    codes.RELATIONSHIP_OPENED: "strength",
    codes.PROMISE_MADE: "level",
    codes.RISK_DISCLOSED: "severity",
    codes.INTERACTION: "competence",
    codes.DELIVERY: "delivered",
    codes.GESTURE_MADE: "size",
    codes.FAILURE_OCCURRED: "severity",
    codes.RECOVERY_STEP_TAKEN: "size",
    codes.RESPONSE_FAILED: "severity",
    codes.FEEDBACK_GIVEN: "score",
    codes.COMPLAINT_VOICED: "severity",
    codes.PRAISE_GIVEN: "size",
    codes.WORD_OF_MOUTH_HEARD: "valence",
}


def _fields(id: str, row: dict[str, Any]) -> dict[str, Any]:
    kind = row["kind"]
    fields: dict[str, Any] = {"kind": list(KINDS)[kind], "id": id, "occurred_at": from_microseconds(row["occurred_at"]).isoformat()}
    fields |= {"by": "customer" if row["side"] == codes.CUSTOMER else "organisation", "certainty": row["certainty"]}
    for column, family in FAMILIES.items():
        if row[column] >= 0:
            fields[column] = f"{family}-{row[column]}"
    if kind == codes.HANDOVER_MADE:
        fields["from_representative"], fields["to_representative"] = fields.pop("representative"), fields.pop("other")
    if kind in _AMOUNTS and row["amount"] == row["amount"]:
        fields[_AMOUNTS[kind]] = row["amount"]
    if kind in _CODES:
        name, known = _CODES[kind]
        fields[name] = next(word for word, code in known.items() if code == row["code"])
    if kind in _FLAGS:
        fields[_FLAGS[kind]] = bool(row["flag"])
    if kind == codes.FAILURE_OCCURRED:
        fields["cause"] = next(word for word, code in codes.CAUSES.items() if code == row["cause"])
    if kind == codes.INTERACTION:
        fields |= {name: row[column] for name, column in (("benevolence", "second"), ("integrity", "third")) if row[column] == row[column]}
        if row["flag"]:
            fields["recognised"] = False
    return fields
