"""Errors carry what they know to wherever they are caught: another thread, another process, a result that was stored."""

import copy
import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from journey import errors, read_touchpoint
from journey.errors import JourneyError

SAMPLES: list[JourneyError] = [
    errors.JourneyError("something", "mend it"),
    errors.InvalidTouchpoint([("severity", "`2` is too much"), ("", "and more")], "use 0 to 1"),
    errors.UnknownKind([("kind", "`x` is not a kind")]),
    errors.UnknownName.of("relationship", "m@bnak", ["m@bank"], "list them"),
    errors.ConflictingTouchpoint("visit-1", {"kind": "interaction", "benevolence": 0.6}, {"kind": "interaction", "note": "ä"}),
    errors.ConflictingHistory("m@bank", None, 3),
    errors.ConflictingSubscription("`billing` was taken over"),
    errors.UnreadableSource("empty", "fill it"),
    errors.UnwritableTarget("a folder", "name a file"),
    errors.UnusableRules("no rules"),
    errors.UnsupportedSchema("too new", "upgrade"),
    errors.InvalidStoreUrl("bank.db"),
    errors.StoreUnavailable("gone"),
    errors.Overloaded("a queue is full", "retry"),
    errors.DamagedJournal("torn"),
    errors.DamagedLedger("torn"),
    errors.MissingExtra("psycopg"),
]


def _classes(root: type[JourneyError]) -> Iterator[type[JourneyError]]:
    yield root
    for error in root.__subclasses__():
        if error.__module__.startswith("journey"):
            yield from _classes(error)


def _holds(error: JourneyError) -> tuple[object, ...]:
    return type(error), str(error), error.args, vars(error)


def test_every_error_has_a_sample() -> None:
    assert {type(one) for one in SAMPLES} == set(_classes(JourneyError))


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_is_the_same_after_a_pickle_and_a_copy(error: JourneyError) -> None:
    error.add_note("while importing")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert _holds(pickle.loads(pickle.dumps(error, protocol))) == _holds(error)
    assert _holds(copy.copy(error)) == _holds(copy.deepcopy(error)) == _holds(error)


class _OfItsOwn(JourneyError):
    def __init__(self, *, shelf: int) -> None:
        self.shelf = shelf
        super().__init__(f"nothing on shelf `{shelf}`", "look on another")


def test_an_error_pickles_whatever_its_constructor_takes() -> None:
    error = _OfItsOwn(shelf=3)
    assert _holds(copy.deepcopy(error)) == _holds(error)


def test_an_error_comes_back_from_another_process() -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        result = pool.submit(read_touchpoint, {"kind": "failure_occurred", "id": "f", "severity": 2})
        with pytest.raises(errors.InvalidTouchpoint) as caught:
            result.result(timeout=60)
    with pytest.raises(errors.InvalidTouchpoint) as here:
        read_touchpoint({"kind": "failure_occurred", "id": "f", "severity": 2})
    assert (str(caught.value), caught.value.problems, caught.value.mend) == (str(here.value), here.value.problems, here.value.mend)
