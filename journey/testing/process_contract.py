"""What a store promises that several processes open, and that outlives them."""

from collections.abc import Callable
from random import SystemRandom

import pytest

from journey.errors import StoreUnavailable
from journey.journal import Journal
from journey.testing.crash import crash_trial
from journey.testing.places import Opener, Places, contact, ids
from journey.testing.tails import tail_trial


class ProcessContract(Places):
    """Short trials; `crash_trial` and `tail_trial` run as long as one likes."""

    @pytest.fixture
    def place_of_many(self, new_place: Callable[[], Opener]) -> Callable[[], Opener]:
        """As `new_place`; skips where a store lives in one process."""
        if self.lives_in_one_process:
            pytest.skip("this store lives in one process")
        return new_place

    @pytest.fixture
    def seed(self) -> int:
        """A number that the trials' random choices come from, shown where a test fails."""
        seed = SystemRandom().randrange(10**6)
        print(f"seed {seed}")  # noqa: T201 - pytest shows it where the test fails
        return seed

    def test_killed_writers_lose_and_double_nothing(self, place_of_many: Callable[[], Opener], seed: int) -> None:
        trial = crash_trial(place_of_many, rounds=8, seed=seed)
        assert trial.problems == ()
        assert trial.recorded > 0

    def test_followers_see_what_many_processes_record_once_and_in_order(self, place_of_many: Callable[[], Opener], seed: int) -> None:
        assert tail_trial(place_of_many(), writers=4, each=400, tails=2, seed=seed).problems == ()

    def test_a_closed_journal_says_so(self, place_of_many: Callable[[], Opener]) -> None:
        journal = Journal(place_of_many()())
        journal.close()
        for attempt in (lambda: journal.record(contact("a")), lambda: ids(journal), journal.ping):
            with pytest.raises(StoreUnavailable, match="was closed"):
                attempt()
