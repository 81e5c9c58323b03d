"""The contract of a store, to be run on any: see docs/write-a-store.md."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from journey.testing.journal_machine import JournalMachine
from journey.testing.places import Opener, each_in_a_new_place
from journey.testing.process_contract import ProcessContract
from journey.testing.reading_contract import ReadingContract
from journey.testing.recording_contract import RecordingContract


class StoreContract(RecordingContract, ReadingContract, ProcessContract):
    """What every store promises, as tests: name a subclass `Test…`, give it `new_opener`, and pytest runs them.

    `new_opener(folder)` makes a new, empty place and returns its opener: a callable without arguments that gives a `Store`
    over that place whenever it is called, such as `functools.partial(SQLiteStore, str(folder / "journey.db"))`. Other
    processes call it too, so it must be picklable, unless `lives_in_one_process` is set to True.
    """

    def test_any_run_of_steps_leaves_what_a_list_would_hold(self, new_place: Callable[[], Opener]) -> None:
        run_state_machine_as_test(
            JournalMachine.over(new_place),
            settings=settings(each_in_a_new_place, max_examples=10, stateful_step_count=40),
        )
