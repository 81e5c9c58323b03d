"""Touchpoints as the `eventsourcing` library tells them: notifications that carry the whole row, and a mapper that reads it.

A place holds either touchpoints or the events of an eventsourcing application, never both: `verify` could not tell such an event
from a row that somebody slipped in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from eventsourcing.domain import DomainEventProtocol, TAggregateID
from eventsourcing.persistence import InfrastructureFactory, Mapper, Notification, StoredEvent, Transcoder

from journey.errors import StoreUnavailable
from journey.stores.codec import decode
from journey.stores.rows import StoredTouchpoint


@dataclass(frozen=True)
class TouchpointNotification(Notification):
    """The notification of a touchpoint; `row` is all that is stored of it."""

    row: StoredTouchpoint


def with_rows(notifications: Sequence[Notification], rows: Iterable[StoredTouchpoint]) -> Sequence[Notification]:
    """The notifications, those of touchpoints with their `rows`."""
    by_position = {row.position: row for row in rows}
    return [
        TouchpointNotification(row.relationship, one.originator_version, one.topic, one.state, one.id, row)
        if (row := by_position.get(one.id))
        else one
        for one in notifications
    ]


class TouchpointMapper(Mapper[TAggregateID]):
    """Upstream's mapper, which reads a touchpoint as what it records: a `journey.Recorded`.

    Texts about people stay encrypted; `withheld` says where there were some. Raises DamagedJournal, UnsupportedSchema.
    """

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[TAggregateID]:
        """What the notification of a touchpoint records; the event of any other."""
        if isinstance(stored_event, TouchpointNotification):
            # Upstream hands it on to projections, and asks nothing of it.
            return cast(DomainEventProtocol[TAggregateID], decode(stored_event.row))
        return super().to_domain_event(stored_event)


class ReadingTouchpoints(InfrastructureFactory[Any]):
    """What our factories share: their mapper reads touchpoints, unless the caller or MAPPER_TOPIC names another one."""

    def mapper(self, transcoder: Transcoder | None = None, mapper_class: type[Mapper[TAggregateID]] | None = None) -> Mapper[TAggregateID]:
        """Upstream's mapper, which reads touchpoints too."""
        is_named = mapper_class is not None or self.env.get(self.MAPPER_TOPIC)
        return super().mapper(transcoder, mapper_class if is_named else TouchpointMapper[TAggregateID])


def events_refused(place: str) -> StoreUnavailable:
    """The refusal of events where touchpoints are."""
    return StoreUnavailable(
        f"`{place}` is a journal of touchpoints: events of an eventsourcing application are not stored in it",
        "give the application a SQLITE_DBNAME or POSTGRES_SCHEMA of its own",
    )


def touchpoints_refused(place: str) -> StoreUnavailable:
    """The refusal of touchpoints where events are."""
    return StoreUnavailable(
        f"`{place}` holds the events of an eventsourcing application: touchpoints are not recorded in it",
        "record them in a file or schema of their own",
    )
