"""Waiting for news by LISTEN: one connection for all subscriptions of a process to one server's channel."""

import os
from contextlib import suppress
from logging import getLogger
from threading import Event, Lock, Thread
from time import monotonic

import psycopg
from psycopg import sql

from journey.stores.postgres.server import Connection, Server, is_lost, reason_for_log
from journey.stores.process_forks import renew_in_children

_log = getLogger(__name__)
_SLICE_SECONDS = 0.1
_LOOK_AGAIN_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 1.0
_REFUSED_PAUSE_SECONDS = 30.0


class Listening:
    """A watch for one subscription. It takes no connection of its own, nor one from a writer."""

    def __init__(self, server: Server, channel: str) -> None:
        self._server = server
        self._channel = channel
        self._lock = Lock()
        self._news = Event()
        self._listener: _Listener | None = None
        self._looked_at = monotonic()
        renew_in_children(self)

    def renew(self) -> None:
        """In a forked child: the thread that would set the event is in the parent, and so may be whoever holds the lock."""
        self._lock, self._news, self._listener = Lock(), Event(), None

    def wait(self, stopped: Event, seconds: float) -> bool:
        """As every `Watch`; True at least about once a second, in case the news got lost on its way."""
        deadline = monotonic() + seconds
        listener = self._join(stopped)
        while listener is not None and not stopped.is_set():
            if self._news.wait(min(max(deadline - monotonic(), 0), _SLICE_SECONDS)):
                self._news.clear()
                return self._look(stopped)
            # Where nobody can listen, as without a server or on a standby, whoever reads next finds out.
            if listener.is_deaf or monotonic() - self._looked_at > _LOOK_AGAIN_SECONDS:
                return self._look(stopped)
            if monotonic() >= deadline:
                return False
        return False

    def close(self) -> None:
        """End a wait that goes on, and leave the shared connection; the last to leave closes it."""
        with self._lock:
            if self._listener is not None:
                self._listener.leave(self._news)
                self._listener = None
        self._news.set()

    def _look(self, stopped: Event) -> bool:
        self._looked_at = monotonic()
        return not stopped.is_set()

    def _join(self, stopped: Event) -> "_Listener | None":
        with self._lock:
            if self._listener is None and not stopped.is_set():
                self._listener = _Listener.joined(self._server, self._channel, self._news)
            return self._listener


class _Listener:
    """One connection that listens to one channel, and a thread that wakes everybody who joined."""

    def __init__(self, server: Server, channel: str) -> None:
        self.process = os.getpid()
        self.is_deaf = False
        """Whether the last attempt to listen failed, so that news reaches nobody."""
        self._server = server
        self._channel = channel
        self._key = (self.process, server.conninfo, channel)
        self._members: set[Event] = set()
        self._is_listening = False
        self._is_left = Event()
        self._thread = Thread(target=self._run, name="journey-listener", daemon=True)

    @classmethod
    def joined(cls, server: Server, channel: str, news: Event) -> "_Listener":
        """The process's listener to this channel. It sets `news` now, or as soon as it listens, and whenever there is news."""
        with _lock:
            listener = _listeners.get((os.getpid(), server.conninfo, channel))
            if listener is None:
                listener = cls(server, channel)
                _listeners[listener._key] = listener
                listener._thread.start()
            listener._members.add(news)
            if listener._is_listening:
                news.set()  # something may have been recorded before it joined
            return listener

    def leave(self, news: Event) -> None:
        """Wake this one no longer; the last to leave ends the listener."""
        with _lock:
            self._members.discard(news)
            if self._members:
                return
            self._is_left.set()
            if _listeners.get(self._key) is self:
                del _listeners[self._key]
        self._thread.join(10 * _SLICE_SECONDS)  # not longer: it may be trying to connect

    def _run(self) -> None:
        pause = _SLICE_SECONDS
        while not self._is_left.is_set():
            try:
                with self._server.connect() as connection:
                    connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
                    self._heard(is_listening=True)
                    pause = _SLICE_SECONDS
                    self._listen(connection)
            except psycopg.Error as error:
                is_refused = not is_lost(error)  # a standby lets nobody listen
                if not self.is_deaf:
                    words = "cannot listen to" if is_refused else "lost the listening connection to"
                    _log.warning("%s %s: %s; subscriptions look by themselves meanwhile", words, self._server.shown, reason_for_log(error))
                self._heard(is_listening=False)
                self._is_left.wait(_REFUSED_PAUSE_SECONDS if is_refused else pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _listen(self, connection: Connection) -> None:
        while not self._is_left.is_set():
            if list(connection.notifies(timeout=_SLICE_SECONDS, stop_after=1)):
                self._wake()

    def _heard(self, *, is_listening: bool) -> None:
        """Take note that an attempt to listen succeeded or failed."""
        if is_listening and self.is_deaf:
            _log.info("listening to %s again", self._server.shown)
        with _lock:
            self.is_deaf, self._is_listening = not is_listening, is_listening
        self._wake()

    def _wake(self) -> None:
        with _lock:
            for news in self._members:
                news.set()


_lock = Lock()
_listeners: dict[tuple[int, str, str], _Listener] = {}
"""By process, server and channel: what is shared by the whole process can only be here."""


def _forget_parent() -> None:
    """In a forked child, nobody listens: the threads are the parent's, and so may be whoever holds the lock."""
    global _lock, _listeners
    _lock, _listeners = Lock(), {}


with suppress(AttributeError):  # Windows does not fork
    os.register_at_fork(after_in_child=_forget_parent)
