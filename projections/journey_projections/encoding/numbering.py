"""Names counted up within a relationship: from what a touchpoint mentions to the record of numbers that rules get.

`number` counts in the order of touchpoints, so that what comes later never changes how the past is encoded. Names may be strings, for
one history, or codes from a dictionary, for millions (see `columns`): the source is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING, Any, Protocol

from journey.touchpoints import (
    Touchpoint,
)
from journey_projections.encoding import codes
from journey_projections.encoding.codes import NEVER, NOBODY, NOTHING
from journey_projections.encoding.mentions import Mention, Name, mention

if TYPE_CHECKING:
    from journey.outlines import Outline


@dataclass(slots=True)
class Encoded:
    """One touchpoint in numbers: `at` and `due` in microseconds, `actor` a party, the rest as its kind defines."""

    kind: int = codes.NOTE_ADDED
    side: int = codes.ORGANISATION
    at: int = 0
    certainty: float = 1.0
    actor: int = NOBODY
    subject: int = NOTHING
    episode: int = NOTHING
    refers: int = NOTHING
    topic: int = NOTHING
    code: int = 0
    flag: int = 0
    amount: float = nan
    second: float = nan
    third: float = nan
    due: int = NEVER


@dataclass(slots=True)
class Counts:
    """How many names of each family, wounds and touchpoints one relationship has so far; `parties` counts representatives."""

    touchpoints: int = 0
    parties: int = 0
    episodes: int = 0
    promises: int = 0
    topics: int = 0


class Names(Protocol):
    """The names in one relationship so far. A table holds a number for each name; see `find` and `put`.

    `latest` and `shared` are a table for each side: of episode names, the latest wound of that name; of actors, the slot for
    all their slips outside any episode.
    """

    @property
    def counts(self) -> Sequence[Counts]: ...  # noqa: D102
    @property
    def parties(self) -> Any: ...  # noqa: D102
    @property
    def promises(self) -> Any: ...  # noqa: D102
    @property
    def topics(self) -> Any: ...  # noqa: D102
    @property
    def latest(self) -> Any: ...  # noqa: D102
    @property
    def shared(self) -> Any: ...  # noqa: D102


def find(table: dict[Name, int], name: Name) -> int:
    """The number of a name in a table, NOTHING if it is missing. Compiled code has a function and a table of its own instead."""
    return table.get(name, NOTHING)


def put(table: dict[Name, int], name: Name, number: int) -> None:
    """Set the number of a name in a table. Compiled code has a function and a table of its own instead."""
    table[name] = number


def number(names: Names, row: Mention, record: Encoded) -> None:
    """Fill a fresh record with one touchpoint, whose names get their numbers; call in order.

    Each touchpoint that may wound, or that waits for an answer, has a slot of its own in `episodes`; slips outside any episode
    share one slot per actor. A named one can be referred to from then on; its `refers` is the slot of the same name that came
    before it, so that following `refers` from the latest reaches them all.
    """
    counts = names.counts[0]
    counts.touchpoints += 1
    record.kind = row.kind
    record.side = row.side
    record.at = row.at
    record.certainty = row.certainty
    record.code = row.code
    record.flag = row.flag
    record.amount = row.amount
    record.second = row.second
    record.third = row.third
    record.due = row.due
    record.actor = party(names, row.representative)
    record.subject = subject(names, row, record.actor)
    record.topic = topic(names, row.topic)
    record.refers = NOTHING
    record.episode = NOTHING
    if row.episode != NOTHING:
        record.refers = find(names.latest[about(row)], row.episode)
    if row.kind == codes.PROMISE_MADE or row.kind == codes.RESPONSE_FAILED:
        record.episode = slot(names)
    elif row.kind == codes.COMPLAINT_VOICED or row.kind == codes.REQUEST_MADE:
        record.episode = record.refers
        if record.episode == NOTHING:
            record.episode = slot(names)
            put(names.latest[about(row)], row.episode, record.episode)
    elif may_wound(row):
        if row.episode != NOTHING:
            record.episode = slot(names)
            put(names.latest[about(row)], row.episode, record.episode)
        else:
            record.episode = find(names.shared[row.side], record.actor)
            if record.episode == NOTHING:
                record.episode = slot(names)
                put(names.shared[row.side], record.actor, record.episode)


def about(row: Mention) -> int:
    """Whose failures a touchpoint is about: what the customer says, the organisation's; what each side does, its own."""
    says = row.kind >= codes.FEEDBACK_GIVEN or row.kind == codes.REQUEST_MADE or row.kind == codes.FAILURE_NOTICED
    return codes.ORGANISATION if says else row.side


def may_wound(row: Mention) -> bool:
    """Whether a touchpoint may be a breach, so that it needs a slot."""
    if row.kind == codes.INTERACTION:
        return row.flag == codes.UNRECOGNISED or row.amount < 0.0 or row.second < 0.0 or row.third < 0.0
    if row.kind == codes.ENGAGEMENT_DECLINED:
        return row.flag == 0
    return row.kind == codes.DELIVERY or row.kind == codes.FAILURE_OCCURRED or row.kind == codes.DECEPTION_EXPOSED


def subject(names: Names, row: Mention, actor: int) -> int:
    """What else a touchpoint is about: whose fault a failure is, who introduced somebody, a promise, who takes over."""
    if row.kind == codes.FAILURE_OCCURRED or row.kind == codes.INTRODUCTION_MADE:
        return row.cause
    if row.kind == codes.REPRESENTATIVE_ASSIGNED:
        return actor
    if row.other != NOTHING:
        return party(names, row.other)
    if row.promise == NOTHING:
        return NOTHING
    known = find(names.promises, row.promise)
    if known == NOTHING:
        known = names.counts[0].promises
        names.counts[0].promises += 1
        put(names.promises, row.promise, known)
    return known


def party(names: Names, representative: Name) -> int:
    """The party of a representative."""
    if representative == NOTHING:
        return NOBODY
    known = find(names.parties, representative)
    if known == NOTHING:
        known = codes.FIRST_REPRESENTATIVE + names.counts[0].parties
        names.counts[0].parties += 1
        put(names.parties, representative, known)
    return known


def topic(names: Names, name: Name) -> int:
    """The number of a topic."""
    if name == NOTHING:
        return NOTHING
    known = find(names.topics, name)
    if known == NOTHING:
        known = names.counts[0].topics
        names.counts[0].topics += 1
        put(names.topics, name, known)
    return known


def slot(names: Names) -> int:
    """A further slot for a wound."""
    names.counts[0].episodes += 1
    return names.counts[0].episodes - 1


def _tables() -> tuple[dict[Name, int], dict[Name, int]]:
    return {}, {}


@dataclass(slots=True)
class Encoder:
    """Numbers for the names of one relationship: parties, episodes, promises, topics, by name.

    `episodes` names each slot by the episode's id (of a promise or a response, its own; None for the slips of an actor
    outside any), who acted and on which side.
    """

    counts: list[Counts] = field(default_factory=lambda: [Counts()])
    parties: dict[str, int] = field(default_factory=dict)
    promises: dict[str, int] = field(default_factory=dict)
    topics: dict[str, int] = field(default_factory=dict)
    latest: tuple[dict[Name, int], dict[Name, int]] = field(default_factory=_tables)
    shared: tuple[dict[Name, int], dict[Name, int]] = field(default_factory=_tables)
    episodes: list[tuple[str | None, int, int]] = field(default_factory=list)
    started: int = 0

    def encode(self, touchpoint: "Touchpoint | Outline", at: int) -> Encoded:
        """The record of one touchpoint, or its outline; `at` as for `mention`. Call in order."""
        row, record = mention(touchpoint, at), Encoded()
        number(self, row, record)
        if self.counts[0].touchpoints == 1:
            self.started = record.at
        if record.episode == len(self.episodes):
            self.episodes.append((slot_name(touchpoint.id, row), record.actor, record.side))
        return record


def slot_name(id: str, row: Mention) -> str | None:
    """The name of the slot that touchpoint `id` opened; see `Encoder`."""
    if row.kind in (codes.PROMISE_MADE, codes.RESPONSE_FAILED):
        return f"={id}"
    return None if row.episode == NOTHING else str(row.episode)
