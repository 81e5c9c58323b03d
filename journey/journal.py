"""The journal: record facts, read histories back."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from logging import getLogger
from types import TracebackType
from typing import Any, NoReturn, Self

from journey import clock
from journey.amendments import (
    Fact,
)
from journey.errors import ConflictingTouchpoint
from journey.facts_about_facts import FactsAboutFacts
from journey.history import History, Recorded
from journey.integrity.proofs import prove
from journey.integrity.verification import Verification, verify
from journey.lookup import PAGE, Lookup
from journey.privacy.forgetting import Forgotten
from journey.privacy.personal import PersonalTexts
from journey.recording import Prepared, Recording
from journey.stores.addresses import without_password
from journey.stores.keys import Keystore
from journey.stores.limits import DEFAULTS, Limits
from journey.stores.opening import open_keystore, open_store, store_over
from journey.stores.protocol import Store, Summary
from journey.stores.rows import Receipt, StoredTouchpoint
from journey.subscription import Subscription
from journey.touchpoints import PARTIES

_log = getLogger(__name__)
_LARGEST_PAGE = 100_000


class Journal:
    """An append-only log of touchpoints over a store. Use as a context manager, or call `close`."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime] = clock.now,
        *,
        keystore: Keystore | None = None,
        allow_unknown: bool = False,
        page_size: int = PAGE,
        seals: bool = True,
    ) -> None:
        """A journal over any `store`; `now` is the clock that says when a touchpoint is recorded (aware).

        `keystore` holds the keys to texts about people (default: the key store next to the store); closing the journal closes it.
        With `allow_unknown`, a stored touchpoint of an unknown kind or schema is read as an UnknownTouchpoint, which does not
        move trust; otherwise reading it raises UnsupportedSchema. `page_size` is how many touchpoints are read at once (1 to
        100,000). With `seals=False`, other journals must seal what this one records.
        """
        if type(page_size) is not int or not 1 <= page_size <= _LARGEST_PAGE:
            raise ValueError(f"`page_size` must be a whole number from 1 to {_LARGEST_PAGE:,}, got `{page_size}`")
        self._store = store
        self._texts = PersonalTexts(store.keystore if keystore is None else lambda: keystore)
        self._recording = Recording(store, now, self._texts, seals=seals)
        self._lookup = Lookup(store, self._texts, allow_unknown=allow_unknown, page_size=page_size)
        self._about_facts = FactsAboutFacts(store, self._lookup, self._recording, self._texts, now)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        read_only: bool = False,
        now: Callable[[], datetime] = clock.now,
        keys: str | Keystore | None = None,
        allow_unknown: bool = False,
        timeout: float = DEFAULTS.timeout,
        pool_size: int = DEFAULTS.pool_size,
        page_size: int = PAGE,
    ) -> Self:
        """Open the journal at `url` (`memory:`, `sqlite:///PATH`, `postgresql://…`), creating it unless `read_only`.

        `keys` is where the keys to texts about people are: by default next to the store (the file `PATH.keys`, the schema
        `SCHEMA_keys`), else such an address, or a service's own `Keystore`.
        `timeout` is how many seconds a call waits for a lock, for a free connection or for the server (0.05 to 86,400);
        `pool_size` is how many connections the threads share (1 to 1,000). The rest is as for `Journal`.
        Raises InvalidStoreUrl, StoreUnavailable, DamagedJournal, UnsupportedSchema, MissingExtra; ValueError for a number out of range.
        """
        limits = Limits(timeout, pool_size)
        store = open_store(url, read_only=read_only, limits=limits)
        _log.info("opened %s %s", without_password(url), "read-only" if read_only else "for writing")
        keystore = open_keystore(keys, read_only=read_only, limits=limits) if isinstance(keys, str) else keys
        return cls(store, now, keystore=keystore, allow_unknown=allow_unknown, page_size=page_size)

    @classmethod
    def over(
        cls,
        source: Any,
        *,
        now: Callable[[], datetime] = clock.now,
        keys: str | Keystore | None = None,
        allow_unknown: bool = False,
        timeout: float = DEFAULTS.timeout,
        page_size: int = PAGE,
    ) -> Self:
        """The journal in the caller's database: `source` is a psycopg connection or pool, or a `sqlite3.Connection`.

        Over a connection, recording is part of the caller's transaction: others see the facts when the caller commits, and a
        rollback removes them. Other writers wait until then. On a connection in autocommit, facts are recorded at once. Such a
        journal seals nothing. Over a pool, it is an ordinary journal that takes its connections from the pool.
        Closing the journal closes neither. The rest is as for `open`. Raises StoreUnavailable if the database has no journal.
        """
        limits = Limits(timeout)
        store, commits = store_over(source, limits)
        keystore = open_keystore(keys, limits=limits) if isinstance(keys, str) else keys
        return cls(store, now, keystore=keystore, allow_unknown=allow_unknown, page_size=page_size, seals=commits)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a journal cannot be pickled: pass its address, and open it in the other process")

    def record(self, *touchpoints: Fact | dict[str, Any], expected_version: int | None = None) -> list[Receipt]:
        """Record touchpoints, all or none, and return their receipts in the same order.

        Once this returns, the touchpoints are durable. A dict of plain fields is read as by `read_fact`. Recording an equal
        touchpoint again returns its first receipt; other content under the same id raises ConflictingTouchpoint.
        With `expected_version`, every new touchpoint must belong to a relationship at that `version`, else ConflictingHistory:
        somebody recorded in between. Raises InvalidTouchpoint if one is invalid, also if `model_copy` made it so; then
        nothing is recorded.
        """
        return self.record_prepared(self.prepare(touchpoints), expected_version)

    def prepare(
        self, touchpoints: Iterable[Fact | dict[str, Any] | bytes], known_at: datetime | Iterable[datetime] | None = None
    ) -> Prepared:
        """Validate, encode and encrypt touchpoints for `record_prepared`: most of the work of recording. Nothing is recorded.

        To import quickly, prepare the next batch on one thread while another records the previous one. A dict is read as by
        `read_fact`, bytes of JSON as by `read_json`; texts about people are encrypted under the current keys. Raises InvalidTouchpoint.

        `known_at` says when all, or each, became known (aware), as a source that kept it until now may tell. It becomes its `recorded_at`,
        within two bounds: not after now, and not before what is recorded already, since what was known at a time stays what it was.
        Raises ValueError for a time without a UTC offset, or not one for each.
        """
        return self._recording.prepare(touchpoints, known_at)

    def record_prepared(self, ready: Prepared, expected_version: int | None = None) -> list[Receipt]:
        """As `record`, for what `prepare` made ready."""
        return self._recording.record(ready, expected_version)

    def conflicts(self, ready: Prepared) -> dict[int, ConflictingTouchpoint]:
        """Which of these cannot be recorded, by their number in `ready`, since their id is taken by other content, there or among them.

        One question for all of them. Record the others by `ready.without(conflicts)`.
        """
        return self._recording.conflicts(ready)

    def correct(
        self, id: str, fields: Mapping[str, Any], *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record that touchpoint `id` was recorded with wrong `fields`; None takes one away.

        What was recorded stays. Histories show the corrected touchpoint; an earlier `known_at` still shows the old one. The
        correction's own id is `as_id`, by default `ID.corrected-1` and so on; repeating it under the same `as_id` records it once.
        Raises UnknownName, and InvalidTouchpoint if the touchpoint cannot have these fields.
        """
        return self._about_facts.correct(id, fields, reason=reason, actor=actor, as_id=as_id)

    def retract(self, id: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None) -> Receipt:
        """Record that touchpoint `id` never happened, or that correction or retraction `id` was itself wrong.

        What was recorded stays; see `correct`. Raises UnknownName, and InvalidTouchpoint for facts that are not about a touchpoint:
        unmerge a merge, and record another name, instead.
        """
        return self._about_facts.retract(id, reason=reason, actor=actor, as_id=as_id)

    def merge(
        self, relationship: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Merge two relationships; `unmerge` undoes it. The history of either then shows the touchpoints of both, under the first name.

        See `canonical_name`. Raises UnknownName, and InvalidTouchpoint if both names are the same.
        """
        return self._about_facts.merge(relationship, other, reason=reason, actor=actor, as_id=as_id)

    def unmerge(
        self, relationship: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Undo the merge of two relationships; both are as if they had never been merged.

        Raises UnknownName if these two are not merged with each other.
        """
        return self._about_facts.unmerge(relationship, other, reason=reason, actor=actor, as_id=as_id)

    def merge_people(
        self, person: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record that two ids are of one person; `unmerge_people` undoes it. Histories then show both under one name.

        It is the name that the last merge of this person put first, in the fields `PEOPLE`. What was recorded stays. Raises
        UnknownName if no fact mentions one of these ids, and InvalidTouchpoint if both are the same. To look for an id, the
        journal is read until a fact mentions it; see `naming`.
        """
        return self._about_facts.merge_people(person, other, reason=reason, actor=actor, as_id=as_id)

    def unmerge_people(
        self, person: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Undo the merge of two ids: histories show each under its own name again.

        Raises UnknownName if these two are not merged with each other.
        """
        return self._about_facts.unmerge_people(person, other, reason=reason, actor=actor, as_id=as_id)

    def name(
        self, person: str, name: str | None, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record what a person is called; None takes the name away. It is kept as a text about the person, until they are forgotten.

        Raises InvalidTouchpoint for an empty name, and UnknownName if no fact mentions this person; the journal is read to find
        out, as by `merge_people`. To name somebody whom no fact mentions yet, record a `PersonNamed`.
        """
        return self._about_facts.name(person, name, reason=reason, actor=actor, as_id=as_id)

    def names(self, people: Iterable[str]) -> dict[str, str]:
        """What these people are called, by id: the last readable name recorded under any of their ids.

        People without a name are left out. Only the facts about these people are read.
        """
        return self._lookup.names(people)

    def forget(self, person: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None) -> Forgotten:
        """Destroy the keys to all texts about a person, whatever their ids, and record that it was done.

        These are the texts of touchpoints whose contact is the person, or that have no contact, in relationships whose customer is
        the person; and the texts of facts about such touchpoints, about merges of such relationships, and about the person. Nothing
        else changes: facts, trust, digests and proofs stay as they were. Later texts about the person can be read. Repeating it
        under the same `as_id` does it once. Raises UnknownName if no fact mentions this person.

        A destroyed key is gone. The result names the places where copies of it, or of the texts, may still be. The whole journal is
        searched, inside the store; see `naming`.
        """
        return self._about_facts.forget(person, reason=reason, actor=actor, as_id=as_id)

    def rotate_keys(self, *people: str) -> int:
        """Encrypt texts that are recorded from now on under new keys: those about these people, as `forget` finds them, or all.

        The older keys stay, to read what they encrypted. Returns how many keys were made. Raises UnknownName.
        """
        return self._about_facts.rotate_keys(*people)

    def version(self, relationship: str) -> int:
        """How many facts are recorded under a relationship's own name, amendments included; 0 if there are none.

        Facts about people are recorded under the empty name: their merges, names and forgetting.
        """
        return self._lookup.version(relationship)

    def history(self, relationship: str, *, after: int = 0) -> History:
        """The history of one relationship. Raises UnknownName if the journal has no touchpoint of it.

        With `after`, only the facts behind that `version` of this name are read, to resume a snapshot. Amendments of earlier facts
        that were recorded there are in `amendments`. `merges` holds all merges of the relationship, whenever recorded. The
        relationships that it was merged with are left out: they have versions of their own.
        """
        return self._lookup.history(relationship, after=after)

    def canonical_name(self, relationship: str, *, known_at: str | date | datetime | None = None) -> str:
        """The one name of a relationship, which `relationships` and its history show.

        It is the name that the last merge put first, as known by `known_at`; its own name if it is not merged. Raises UnknownName.
        """
        return self._lookup.canonical_name(relationship, known_at=known_at)

    def find(self, ids: Iterable[str]) -> dict[str, Recorded[Fact]]:
        """Those of the touchpoints with these ids that are recorded, by id."""
        return self._lookup.find(ids)

    def relationships(self, naming: str | None = None, *, known_at: str | date | datetime | None = None) -> Iterator[Summary]:
        """Every relationship by name, with its number of touchpoints and when the first and the last occurred.

        Merged relationships, as known by `known_at`, are one, under the name that the last merge put first. With `naming`, only
        relationships with a fact that mentions this person (under any of their ids), organisation or episode; see `naming`.
        """
        return self._lookup.relationships(naming, known_at=known_at)

    def naming(self, name: str, fields: Collection[str] = PARTIES) -> Iterator[Recorded[Fact]]:
        """The facts that have `name` in one of these fields, as they were recorded, by position.

        Corrections that give such a field this value are among them. Merges of people are ignored. There is no index: the store
        looks at every fact, page by page.
        """
        return self._lookup.naming(name, fields)

    def read(self, after: int = 0) -> Iterator[Recorded[Fact]]:
        """Everything recorded behind position `after`, in the order of recording, page by page."""
        while page := self.page(after):
            yield from page
            after = page[-1].position or after

    def page(self, after: int = 0) -> list[Recorded[Fact]]:
        """The first facts behind position `after`, at most `page_size`; empty at the end."""
        return self._lookup.page(after)

    def last_position(self) -> int:
        """The last position that was given out; 0 before the first. Raises UnsupportedSchema for a file of format 1."""
        return self._store.counters().position

    def stored(self, after: int = 0, limit: int = PAGE) -> Sequence[StoredTouchpoint]:
        """The first facts behind position `after`, at most `limit`, as they are stored: for programs that copy whole journals."""
        return self._store.read(after, limit)

    def subscribe(self, after: int = 0, *, name: str | None = None, poll_seconds: float = 0.05) -> Subscription:
        """Follow what is recorded behind position `after`, also by other processes, in order and once each, until stopped.

        With a `name`, continue where the last subscription of that name stopped; the store keeps its position. Raises
        StoreUnavailable for a name in a read-only journal.
        """
        return Subscription(self._store, after, name=name, poll_seconds=poll_seconds, decode=self._lookup.decode)

    def verify(self, against: str | None = None) -> Verification:
        """Check that everything is as it was recorded: nothing edited, deleted, inserted or reordered. Others may go on recording.

        `against` is the name of a seal that was kept elsewhere (`Verification.last_seal`). It also detects a change up to that seal by
        somebody who recomputed every digest and seal.
        """
        return verify(self._store, against)

    def prove(self, id: str, against: str | None = None) -> dict[str, Any]:
        """A proof, for somebody who keeps the seal `against` (by name; default: the last), that fact `id` was recorded with this content.

        The proof is made of JSON values; `examples/check_seal.py` checks it. Raises UnknownName if the fact is not recorded, or
        not under that seal.
        """
        return prove(self._store, id, against)

    def seal(self) -> None:
        """Seal everything that is not sealed yet, whoever recorded it. Closing a journal seals what it recorded."""
        self._recording.sealing.seal()

    def ping(self) -> None:
        """Return when the store answers. Raises StoreUnavailable if it does not within the journal's `timeout`."""
        self._store.ping()

    def close(self) -> None:
        """Seal what this journal recorded and release the store; closing twice is harmless."""
        try:
            self._recording.sealing.finish()
        finally:
            self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            self.close()
        else:
            # The caller already sees the error; the next journal to close seals the rest.
            self._recording.sealing.abandon()
            self._release()

    def _release(self) -> None:
        try:
            self._texts.close()
        finally:
            self._store.close()
