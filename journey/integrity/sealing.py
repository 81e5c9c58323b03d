"""Sealing a journal as it grows, in parallel to recording and without delaying it."""

from collections.abc import Mapping, Sequence
from logging import getLogger
from threading import Lock, Thread

from journey.errors import DamagedJournal, JourneyError
from journey.seals import NO_TOUCHPOINT, SEALED_AT_ONCE, Seal, seal_after
from journey.stores.process_forks import renew_in_children
from journey.stores.protocol import Store
from journey.stores.rows import Receipt

_log = getLogger(__name__)
_SEALS_KEPT_AT_ONCE = 20
"""Of what was recorded faster than it was sealed, so many seals are kept in one transaction: for each, writers wait."""


class Sealing:
    """Seals a store: whenever enough was recorded, on a thread of its own, and the rest when recording ends."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._thread: Thread | None = None
        self._sealed_to: int | None = None
        self._recorded_to = 0
        renew_in_children(self)

    def renew(self) -> None:
        """Begin anew in a forked child: what the parent recorded is the parent's to seal."""
        self._lock, self._thread, self._sealed_to, self._recorded_to = Lock(), None, None, 0

    def recorded(self, receipts: Sequence[Receipt]) -> None:
        """Take note of what was recorded; begin to seal where it is enough."""
        new = [receipt.position for receipt in receipts if receipt.is_new]
        if not new:
            return
        with self._lock:
            if self._sealed_to is None:
                self._sealed_to = new[0] - 1
            self._recorded_to = max(self._recorded_to, new[-1])
            if self._recorded_to < self._sealed_to + SEALED_AT_ONCE or (self._thread and self._thread.is_alive()):
                return
            self._thread = Thread(target=self._seal_in_background, name="journey-sealing", daemon=True)
            self._thread.start()

    def finish(self) -> None:
        """Seal everything that is there, if anything was recorded. Raises what the store raises."""
        recorded_to = self._recorded_to
        self.abandon()
        if recorded_to > (self._sealed_to or 0):
            self._seal(at_least=1)

    def seal(self) -> None:
        """Seal everything in the store, whoever recorded it. Raises what the store raises."""
        self._seal(at_least=1)

    def abandon(self) -> None:
        """Wait for the thread, if it runs, and seal nothing more of what was recorded until now."""
        if self._thread is not None:
            self._thread.join()
        self._recorded_to = 0

    def _seal_in_background(self) -> None:
        # The touchpoints are recorded, whatever happens here; `finish` tries again, and says what is wrong.
        try:
            self._seal(at_least=SEALED_AT_ONCE)
        except JourneyError as error:
            _log.warning("could not seal behind position %s (%s): %s", self._sealed_to, type(error).__name__, error.mend)

    def _seal(self, at_least: int) -> None:
        refused = 0
        while True:
            last = self._store.last_seal()
            self._sealed_to = last.last_position if last else 0
            digests = self._store.digests(self._sealed_to, SEALED_AT_ONCE * _SEALS_KEPT_AT_ONCE)
            seals = _seals_over(digests, last, at_least)
            if not seals:
                return
            if seals[0].number == refused:
                raise DamagedJournal(f"seal {refused} was made and is no longer there", "restore the journal from a backup")
            # Where another process sealed in between, this one goes on behind its seal.
            refused = 0 if self._store.seal(*seals) else seals[0].number


def _seals_over(digests: Mapping[int, bytes], last: Seal | None, at_least: int) -> list[Seal]:
    """The seals that follow `last` and cover these touchpoints, a thousand each and the end where it is enough."""
    seals, positions = list[Seal](), sorted(digests)
    for start in range(0, len(positions), SEALED_AT_ONCE):
        covered = positions[start : start + SEALED_AT_ONCE]
        if len(covered) < at_least:
            break
        first = last.last_position + 1 if last else 1
        last = seal_after(last, [digests.get(position, NO_TOUCHPOINT) for position in range(first, covered[-1] + 1)])
        seals.append(last)
    return seals
