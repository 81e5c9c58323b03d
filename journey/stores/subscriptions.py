"""Upstream's subscription over any recorder that a `Watch` can wait for."""

from collections.abc import Sequence
from threading import Event, Thread
from typing import Any

from eventsourcing.persistence import ApplicationRecorder, ListenNotifySubscription

from journey.stores.protocol import Watch

_WAIT_SECONDS = 0.05


class WatchingSubscription(ListenNotifySubscription[ApplicationRecorder]):
    """Iterates over notifications, those to come included; the watch, which it closes at the end, tells it when to look."""

    def __init__(self, recorder: ApplicationRecorder, watch: Watch, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        self._watch = watch
        self._stopped = Event()
        super().__init__(recorder, gt, topics)
        self._watch_thread = Thread(target=self._look, name="journey-watch")
        self._watch_thread.start()

    def stop(self) -> None:
        """End the iteration, also while it waits."""
        self._stopped.set()
        super().stop()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        try:
            super().__exit__(*args, **kwargs)
        finally:
            self._watch_thread.join()

    def _look(self) -> None:
        while not self._stopped.is_set():
            if self._watch.wait(self._stopped, _WAIT_SECONDS):
                self._has_been_notified.set()
        self._watch.close()
