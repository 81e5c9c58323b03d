"""A fork copies one thread and all memory: what the other threads held, and what the parent has open, is not the child's to use.

heed_forks(thing)           calls its `before_fork` in the parent, then its `after_fork` in the parent and in the child
renew_in_children(thing)    calls its `renew` in the child
"""

import os
from threading import RLock
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    """What must not be copied as it is."""

    def before_fork(self) -> None:
        """Close what a child must not inherit, and hold still until the fork is done."""
        ...

    def after_fork(self, *, in_child: bool) -> None:
        """Go on. In the child no other thread is there, so whatever one of them held must be made anew."""
        ...


class Renewable(Protocol):
    """What a child makes anew."""

    def renew(self) -> None:
        """In a child: make locks anew, since whoever held them is not there; neither use nor close what the parent opened."""
        ...


class _Forks:
    """All that heeds forks in this process."""

    def __init__(self) -> None:
        self._forkable: WeakSet[Forkable] = WeakSet()
        self._renewable: WeakSet[Renewable] = WeakSet()
        self._held = list[Forkable]()
        # One fork at a time; what is made during a fork waits, so that it opens nothing in the middle of it.
        self._lock = RLock()

    def heed(self, thing: Forkable) -> None:
        with self._lock:
            self._forkable.add(thing)

    def renew(self, thing: Renewable) -> None:
        with self._lock:
            self._renewable.add(thing)

    def before(self) -> None:
        self._lock.acquire()
        self._held = list(self._forkable)
        for thing in self._held:
            thing.before_fork()

    def after_in_parent(self) -> None:
        self._go_on(in_child=False)
        self._lock.release()

    def after_in_child(self) -> None:
        self._lock = RLock()
        self._go_on(in_child=True)
        for thing in list(self._renewable):
            thing.renew()

    def _go_on(self, *, in_child: bool) -> None:
        held, self._held = self._held, []
        for thing in held:
            thing.after_fork(in_child=in_child)


_forks = _Forks()
heed_forks = _forks.heed
renew_in_children = _forks.renew
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_forks.before, after_in_parent=_forks.after_in_parent, after_in_child=_forks.after_in_child)


def process() -> int:
    """The number of this process; a child's is another."""
    return os.getpid()
