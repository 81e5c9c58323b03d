"""Verifying a journal: every touchpoint against its digest, every seal against its touchpoints, the last against the counters."""

from collections.abc import Iterator
from dataclasses import dataclass

from journey.seals import FIRST_PREVIOUS, NO_TOUCHPOINT, Seal, merkle_root
from journey.stores.protocol import Store
from journey.stores.rows import StoredTouchpoint, digest_of

_PAGE = 10_000
_BEFORE_ALL = -(2**63)


@dataclass(frozen=True)
class Violation:
    """One thing that is not as it was recorded: `problem` in words, with the position, touchpoint or seal that it is about."""

    problem: str
    position: int | None = None
    touchpoint: str | None = None
    seal: int | None = None


@dataclass(frozen=True)
class Verification:
    """What verifying found: how many `touchpoints` and `seals` there are, how many touchpoints are `sealed`, and the violations."""

    touchpoints: int
    seals: int
    sealed: int
    violations: tuple[Violation, ...]
    last_seal: str | None = None
    """The name of the last seal: publish it, and verify `against` it later."""

    @property
    def holds(self) -> bool:
        """Whether the journal is as it was recorded."""
        return not self.violations


def verify(store: Store, against: str | None = None) -> Verification:
    """Check the whole of a journal, also while others write to it, and that it still has the seal `against`, by its name."""
    promised = store.counters()
    seals = _Seals(store, promised.seal)
    violations: list[Violation] = []
    touchpoints, expected = 0, 1
    for row in _rows(store):
        if row.position > promised.position:
            break
        if row.position < 1:
            violations.append(_about(row, "has an impossible position: it was inserted"))
            continue
        if row.position > expected:
            violations.append(_missing(expected, row.position - 1))
        expected = row.position + 1
        touchpoints += 1
        problem = _problem(row, seals.at(row.position))
        if problem:
            violations.append(_about(row, problem))
    seals.finish()
    end = max(promised.position, seals.end)
    if expected <= end:
        violations.append(_missing(expected, end))
    violations += _beyond(store)
    violations += [Violation(f"the guard `{name}` is missing or off: it no longer refuses changes") for name in store.missing_guards()]
    if against is not None and against not in seals.names:
        violations.insert(
            0, Violation(f"the journal does not have the seal {against}: what it covered was rewritten, or this is another journal")
        )
    return Verification(touchpoints, seals.count, seals.covered, (*violations, *seals.violations), seals.last_name)


def _beyond(store: Store) -> Iterator[Violation]:
    """Rows behind the last position given out. The counter is read after them, so that it counts what others record meanwhile."""
    after, rows = store.counters().position, None
    while rows is None or len(rows) == _PAGE:
        rows = store.columns(after, _PAGE)
        last = store.counters().position
        yield from (_about(row, f"lies beyond {last}, the last position given out: it was inserted") for row in rows if row.position > last)
        after = rows[-1].position if rows else after


def _problem(row: StoredTouchpoint, seal: Seal | None) -> str:
    if row.id is None:
        return "is a row without an id: it was not recorded as a touchpoint"
    content = digest_of(row)
    sealed = seal.digest_at(row.position) if seal else None
    if content == row.digest == (sealed or content):
        return ""
    if seal is None:
        return "does not match its digest: its content was changed"
    if content == sealed:
        return f"has its content as sealed, but its column `digest` was changed (seal {seal.number})"
    if sealed == NO_TOUCHPOINT:
        return f"was inserted: its position was empty when seal {seal.number} was made"
    if content == row.digest:
        return f"differs from seal {seal.number}, and its digest was changed to match"
    return f"does not match its digest: its content was changed (seal {seal.number})"


class _Seals:
    """The chain of seals, checked while the touchpoints that they cover go by in order."""

    def __init__(self, store: Store, last: int) -> None:
        self.violations: list[Violation] = []
        self.names: set[str] = set()
        self.last_name: str | None = None
        self.count = self.covered = self.end = 0
        self._last = last
        self._chain = self._read(store)
        self._current = next(self._chain, None)

    def at(self, position: int) -> Seal | None:
        """The seal that covers a position, where there is one that can be believed."""
        while self._current is not None and self._current.last_position < position:
            self._current = next(self._chain, None)
        seal = self._current
        return seal if seal is not None and seal.first_position <= position else None

    def finish(self) -> None:
        """Check the seals that no touchpoint asked for."""
        for _ in self._chain:
            pass
        if self.count < self._last:
            self._add_violation(self._last, f"is missing: {self._last} seals were made, {self.count} are left")

    def _read(self, store: Store) -> Iterator[Seal]:
        """The seals that hold, in order; the others become violations."""
        number, previous, position = 0, FIRST_PREVIOUS, 0
        for seal in _seals(store):
            if seal.number < 1:
                self._add_violation(seal.number, "has an impossible number: it was inserted")
                continue
            self.count += 1
            if seal.number != number + 1:
                self._add_violation(seal.number, f"follows seal {number}: the seals between them are missing")
            elif seal.previous != previous or seal.first_position != position + 1:
                self._add_violation(seal.number, f"does not continue seal {number}")
            number = seal.number
            if not seal.is_typed:
                self._add_violation(number, "was changed: it holds a value of another type")
                continue
            previous, position = seal.digest, seal.last_position
            digests = [seal.digests[start : start + 32] for start in range(0, len(seal.digests), 32)]
            covers = position - seal.first_position + 1
            if not seal.is_whole or len(digests) != covers or merkle_root(digests) != seal.root:
                self._add_violation(number, "was changed: it does not match its own digest")
                continue
            if number <= self._last:
                self.end = position
            self.covered += covers - digests.count(NO_TOUCHPOINT)
            self.last_name = seal.name
            self.names.add(seal.name)
            yield seal

    def _add_violation(self, number: int, problem: str) -> None:
        self.violations.append(Violation(f"seal {number} {problem}", seal=number))


def _seals(store: Store) -> Iterator[Seal]:
    after = _BEFORE_ALL
    while seals := store.seals(after, limit=100):
        yield from seals
        after = seals[-1].number


def _rows(store: Store) -> Iterator[StoredTouchpoint]:
    after = _BEFORE_ALL
    while rows := store.columns(after, _PAGE):
        yield from rows
        after = rows[-1].position


def _about(row: StoredTouchpoint, problem: str) -> Violation:
    if row.id is None:
        return Violation(f"touchpoint without id at position {row.position} {problem}", position=row.position)
    # The column may hold bytes by now, or text that is none.
    id = str(row.id).encode("utf-8", "backslashreplace").decode()
    return Violation(f"touchpoint `{id}` at position {row.position} {problem}", position=row.position, touchpoint=id)


def _missing(first: int, last: int) -> Violation:
    if first == last:
        return Violation(f"the touchpoint at position {first} is missing: it was deleted", position=first)
    return Violation(f"the touchpoints at positions {first} to {last} are missing: they were deleted", position=first)
