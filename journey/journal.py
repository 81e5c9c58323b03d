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

        `keystore` holds the keys to texts about people, by default the one beside the store; closing the journal closes it.
        With `allow_unknown`, what is stored of a kind or schema that this journey does not know is read as an
        UnknownTouchpoint, which moves nothing; otherwise reading it raises UnsupportedSchema. `page_size` is how many
        touchpoints are read at once (1 to 100,000). With `seals=False`, what is recorded is left to other journals to seal.
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

        `keys` is where the keys to texts about people are: by default beside the store (the file `PATH.keys`, the schema
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
        """The journal that is there in the caller's database: `source` is a connection or a pool of psycopg's, or a `sqlite3.Connection`.

        Over a connection, what is recorded is part of the caller's transaction: it is seen by others when the caller commits, and
        gone when the caller rolls back; on a connection in autocommit it is recorded at once. Others who record wait until
        then. Such a journal seals nothing. Over a pool it is as a journal of its own that takes its connections from there.
        Closing the journal closes neither. The rest is as for `open`. Raises StoreUnavailable where there is no journal.
        """
        limits = Limits(timeout)
        store, commits = store_over(source, limits)
        keystore = open_keystore(keys, limits=limits) if isinstance(keys, str) else keys
        return cls(store, now, keystore=keystore, allow_unknown=allow_unknown, page_size=page_size, seals=commits)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a journal cannot be pickled: pass its address, and open it in the other process")

    def record(self, *touchpoints: Fact | dict[str, Any], expected_version: int | None = None) -> list[Receipt]:
        """Record touchpoints, all or none, and return their receipts in the same order.

        Recording an equal touchpoint again returns its first receipt; other content under the same id raises
        ConflictingTouchpoint. With `expected_version`, every new touchpoint must belong to a relationship that has that
        many touchpoints (`version`) until now, else ConflictingHistory: somebody recorded in between. Once this returns,
        the touchpoints are durable. A dict of plain fields is read as by `read_fact`. Raises InvalidTouchpoint for what is none,
        or was changed past its model, as `model_copy` can; then nothing is recorded.
        """
        return self.record_prepared(self.prepare(touchpoints), expected_version)

    def prepare(self, touchpoints: Iterable[Fact | dict[str, Any] | bytes]) -> Prepared:
        """Make touchpoints ready for `record_prepared`, perhaps on one thread while another records: most of the work is here.

        Nothing is recorded. A dict is read as by `read_fact`, bytes of JSON as by `read_json`; texts about people are encrypted
        under the keys of now. Raises InvalidTouchpoint.
        """
        return self._recording.prepare(touchpoints)

    def record_prepared(self, ready: Prepared, expected_version: int | None = None) -> list[Receipt]:
        """As `record`, for what `prepare` made ready."""
        return self._recording.record(ready, expected_version)

    def correct(
        self, id: str, fields: Mapping[str, Any], *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record that touchpoint `id` was recorded with wrong `fields`; None takes one away.

        What was recorded stays. Histories show the touchpoint as corrected, and as it was to whoever asks what was `known_at` a
        time before. The correction's own id is `as_id`, by default `ID.corrected-1` and so on; said again under the same `as_id`,
        it is recorded once. Raises UnknownName, and InvalidTouchpoint where no touchpoint can have these fields.
        """
        return self._about_facts.correct(id, fields, reason=reason, actor=actor, as_id=as_id)

    def retract(self, id: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None) -> Receipt:
        """Record that touchpoint `id` never happened, or that correction or retraction `id` was itself wrong.

        What was recorded stays; see `correct`. Raises UnknownName, and InvalidTouchpoint for a merge, which is unmerged instead,
        for a name, which is told anew, and for whatever else is said of no touchpoint.
        """
        return self._about_facts.retract(id, reason=reason, actor=actor, as_id=as_id)

    def merge(
        self, relationship: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record that two relationships are one; histories of either tell the touchpoints of both from then on, under the first name.

        See `canonical_name`. Raises UnknownName, and InvalidTouchpoint where they are one and the same name.
        """
        return self._about_facts.merge(relationship, other, reason=reason, actor=actor, as_id=as_id)

    def unmerge(
        self, relationship: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record that two merged relationships are two after all; both are as if they had never been merged.

        Raises UnknownName where these two were not merged with each other.
        """
        return self._about_facts.unmerge(relationship, other, reason=reason, actor=actor, as_id=as_id)

    def merge_people(
        self, person: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record that two ids are of one person; from then on histories tell the touchpoints of either by one name.

        That is the name which the last merge of this person put first, in the fields `PEOPLE`. What was recorded stays. Raises
        UnknownName for an id that no fact gives to a person, and InvalidTouchpoint where the two are one and the same. To
        see that an id is there, the journal is read until a fact names it; see `naming`.
        """
        return self._about_facts.merge_people(person, other, reason=reason, actor=actor, as_id=as_id)

    def unmerge_people(
        self, person: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record that two merged ids are of two people after all; histories tell each by its own name again.

        Raises UnknownName where these two were not merged with each other.
        """
        return self._about_facts.unmerge_people(person, other, reason=reason, actor=actor, as_id=as_id)

    def name(
        self, person: str, name: str | None, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record what a person is called; None takes the name away. It is kept as a text about the person, until they are forgotten.

        Raises InvalidTouchpoint for an empty name, and UnknownName for an id that no fact gives to a person, for which the journal
        is read as by `merge_people`; names of people who are to come are recorded as `PersonNamed`.
        """
        return self._about_facts.name(person, name, reason=reason, actor=actor, as_id=as_id)

    def names(self, people: Iterable[str]) -> dict[str, str]:
        """What these people are called, by id: the last name told of them, by whichever of their ids, that can be read.

        Whoever has none, or had it taken away, is left out. Nothing else is read than what was said of these people.
        """
        return self._lookup.names(people)

    def forget(self, person: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None) -> Forgotten:
        """Destroy the keys to all texts about a person, whatever their ids, and record that it was done.

        These are the texts of touchpoints of which the person is the contact, or that name none in relationships whose customer
        they are; and what was said of such touchpoints, of merges of such relationships, and of the person. Nothing else
        changes: facts, trust, digests and proofs stay as they were. What is recorded of the person from then on can be read. Said
        again under the same `as_id`, it is done once. Raises UnknownName for an id that no fact gives to a person.

        A key once destroyed is gone; where copies of it, or of what was told, may still be, the result says. The journal is read
        to its end, inside the store; see `naming`.
        """
        return self._about_facts.forget(person, reason=reason, actor=actor, as_id=as_id)

    def rotate_keys(self, *people: str) -> int:
        """Encrypt texts that are recorded from now on under new keys: those about these people, as `forget` finds them, or all.

        The older keys stay, to read what they encrypted. Returns how many keys were made. Raises UnknownName.
        """
        return self._about_facts.rotate_keys(*people)

    def version(self, relationship: str) -> int:
        """How many facts are recorded under a relationship's own name, amendments included; 0 where there is none.

        Under the empty name are the facts about people: their merges, names and forgetting.
        """
        return self._lookup.version(relationship)

    def history(self, relationship: str, *, after: int = 0) -> History:
        """The history of one relationship. Raises UnknownName when the journal has no touchpoint of it.

        With `after`, only what was recorded under this name behind that `version` is read, to resume a snapshot. What is said there of
        earlier facts is among `amendments`. Merges of the relationship are all among `merges`, whenever they were recorded, but
        what it was merged with is left out: it has versions of its own.
        """
        return self._lookup.history(relationship, after=after)

    def canonical_name(self, relationship: str, *, known_at: str | date | datetime | None = None) -> str:
        """The one name of a relationship, by which `relationships` lists it and its history is told.

        That is the name which the last merge put first, as far as was known by `known_at`; for a relationship that is merged with
        none, its own. Raises UnknownName.
        """
        return self._lookup.canonical_name(relationship, known_at=known_at)

    def find(self, ids: Iterable[str]) -> dict[str, Recorded[Fact]]:
        """Those of the touchpoints with these ids that are recorded, by id."""
        return self._lookup.find(ids)

    def relationships(self, naming: str | None = None, *, known_at: str | date | datetime | None = None) -> Iterator[Summary]:
        """Every relationship by name, with its number of touchpoints and when the first and the last occurred.

        Those that were merged, as far as was known by `known_at`, are one, under the name that the last merge put first. With
        `naming`, those of which a fact names this person, or another id of theirs, this organisation or this episode; see `naming`.
        """
        return self._lookup.relationships(naming, known_at=known_at)

    def naming(self, name: str, fields: Collection[str] = PARTIES) -> Iterator[Recorded[Fact]]:
        """The facts that have `name` in one of these fields, as they were recorded, by position.

        A correction that gives such a field this value is among them. Merges of people are not taken into account, and there is
        no index: every fact is looked at, page by page, inside the store.
        """
        return self._lookup.naming(name, fields)

    def read(self, after: int = 0) -> Iterator[Recorded[Fact]]:
        """Everything recorded behind position `after`, in the order of recording, page by page."""
        while page := self.page(after):
            yield from page
            after = page[-1].position or after

    def page(self, after: int = 0) -> list[Recorded[Fact]]:
        """The first of what is recorded behind position `after`, at most `page_size`; none where there is nothing."""
        return self._lookup.page(after)

    def last_position(self) -> int:
        """The last position that was given out; 0 before the first. Raises UnsupportedSchema for a file of format 1."""
        return self._store.counters().position

    def stored(self, after: int = 0, limit: int = PAGE) -> Sequence[StoredTouchpoint]:
        """The first of what is recorded behind position `after`, at most `limit`, as it is stored: for what copies whole journals."""
        return self._store.read(after, limit)

    def subscribe(self, after: int = 0, *, name: str | None = None, poll_seconds: float = 0.05) -> Subscription:
        """Follow what is recorded behind position `after`, also by other processes, in order and once each, until stopped.

        With a `name`, go on where the last subscription of that name was; the store keeps it. Raises StoreUnavailable for a name in a
        read-only journal.
        """
        return Subscription(self._store, after, name=name, poll_seconds=poll_seconds, decode=self._lookup.decode)

    def verify(self, against: str | None = None) -> Verification:
        """Check that everything is as it was recorded: nothing edited, deleted, inserted or reordered. Others may go on recording.

        `against` is the name of a seal that was kept elsewhere (`Verification.last_seal`): up to it, not even somebody who can
        compute every digest and seal anew has changed anything.
        """
        return verify(self._store, against)

    def prove(self, id: str, against: str | None = None) -> dict[str, Any]:
        """What proves to somebody who keeps the seal `against` (by name; by default the last) that fact `id` was recorded as it is told.

        The proof is made of JSON values; `examples/check_seal.py` checks it. Raises UnknownName for what is not recorded, or
        not under that seal.
        """
        return prove(self._store, id, against)

    def seal(self) -> None:
        """Seal all that is recorded and not sealed yet, whoever recorded it. A journal that is closed has sealed what it recorded."""
        self._recording.sealing.seal()

    def ping(self) -> None:
        """Return when the store answers. Raises StoreUnavailable where it does not within the journal's `timeout`."""
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
            # What failed is told already; the next to close seals the rest.
            self._recording.sealing.abandon()
            self._release()

    def _release(self) -> None:
        try:
            self._texts.close()
        finally:
            self._store.close()
