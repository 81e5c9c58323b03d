"""What eventsourcing builds from `PERSISTENCE_MODULE=journey.stores.postgres`."""

from typing import Any, Literal, cast
from urllib.parse import quote, urlencode

from eventsourcing import postgres
from eventsourcing.persistence import ApplicationRecorder, ProcessRecorder

from journey.errors import InvalidStoreUrl
from journey.stores.limits import Limits
from journey.stores.notifications import ReadingTouchpoints
from journey.stores.postgres.datastore import Datastore
from journey.stores.postgres.recorder import PostgresRecorder
from journey.stores.postgres.server import Server
from journey.stores.postgres.store import PostgresStore


class PostgresProcessRecorder(postgres.PostgresProcessRecorder, PostgresRecorder):
    """Upstream's process recorder over ours: events and how far another application was followed, in one transaction."""


class _WithTypes(Datastore):
    """With the types that upstream's own aggregate recorder, which keeps the snapshots, inserts by."""

    register_type_adapters = postgres.PostgresDatastore.register_type_adapters


class PostgresFactory(ReadingTouchpoints, postgres.PostgresFactory):
    """Upstream's factory over our recorder, in the schema `POSTGRES_SCHEMA`. Snapshots and tracking are upstream's own tables there.

    Raises InvalidStoreUrl for a setting that ours does not offer, and what opening a journal raises.
    """

    application_recorder_class = PostgresRecorder  # type: ignore[assignment]
    process_recorder_class = PostgresProcessRecorder

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        upstream: Any = self.datastore
        if upstream.enable_db_functions:
            raise InvalidStoreUrl(
                f"{self.POSTGRES_ENABLE_DB_FUNCTIONS} lets a reader miss events for good", "leave it out: inserting is fast without it"
            )
        if upstream.pool.get_password_func is not None:
            raise InvalidStoreUrl(
                f"{self.POSTGRES_GET_PASSWORD_TOPIC} is not supported", f"set {self.POSTGRES_PASSWORD}, or leave it empty and use ~/.pgpass"
            )
        self._address = self._address_in_environment()
        id_type = cast(Literal["uuid", "text"], upstream.originator_id_type)
        is_sized = self.env.get(self.POSTGRES_POOL_SIZE) or self.env.get(self.POSTGRES_MAX_OVERFLOW)
        limits = Limits(pool_size=upstream.pool.max_size) if is_sized else Limits()
        self.datastore = _WithTypes(Server(self._address, limits), originator_id_type=id_type)
        self.datastore.schema, self.datastore.single_row_tracking = upstream.schema, upstream.single_row_tracking

    def application_recorder(self) -> ApplicationRecorder:
        """Our recorder, over a schema that holds a journal or takes one."""
        self._check()
        return super().application_recorder()

    def process_recorder(self) -> ProcessRecorder:
        """As `application_recorder`."""
        self._check()
        return super().process_recorder()

    def _check(self) -> None:
        """Refuse a schema that holds something else, or a later format, before anything is written."""
        PostgresStore(self._address, read_only=not self.env_create_table()).close()

    def _address_in_environment(self) -> str:
        user, password, database = (
            quote(self.env.get(name, ""), safe="") for name in (self.POSTGRES_USER, self.POSTGRES_PASSWORD, self.POSTGRES_DBNAME)
        )
        place = {"host": self.env.get(self.POSTGRES_HOST, ""), "port": self.env.get(self.POSTGRES_PORT) or "5432"}
        if schema := self.env.get(self.POSTGRES_SCHEMA, "").strip():
            place["options"] = f'-csearch_path="{schema}"'
        return f"postgresql://{user}:{password}@/{database}?{urlencode(place, quote_via=quote)}"
