"""For tests of journey and of what is built on it: hypothesis strategies for touchpoints and histories, and the contract of a store.

Needs the extra `testing`.
"""

from typing import TYPE_CHECKING, Any

from journey.extras import extra

with extra("testing", "`journey.testing`"):
    import hypothesis as _hypothesis  # noqa: F401 - only whether it is there

from journey.testing.strategies import START, at_day, clean_histories, histories, journeys, touchpoints

if TYPE_CHECKING:
    from journey.testing.crash import CrashTrial, crash_trial
    from journey.testing.journal_machine import JournalMachine
    from journey.testing.places import Opener
    from journey.testing.store_contract import StoreContract
    from journey.testing.tails import TailTrial, tail_trial

__all__ = [
    "START",
    "CrashTrial",
    "JournalMachine",
    "Opener",
    "StoreContract",
    "TailTrial",
    "at_day",
    "clean_histories",
    "crash_trial",
    "histories",
    "journeys",
    "tail_trial",
    "touchpoints",
]

_NEEDS_PYTEST = {
    "CrashTrial": "crash",
    "JournalMachine": "journal_machine",
    "Opener": "places",
    "StoreContract": "store_contract",
    "TailTrial": "tails",
    "crash_trial": "crash",
    "tail_trial": "tails",
}
"""What runs stores and not only draws histories, by module: loaded when it is asked for, as it needs pytest."""


def __getattr__(name: str) -> Any:
    if name not in _NEEDS_PYTEST:
        raise AttributeError(f"module `journey.testing` has no `{name}`")
    from importlib import import_module

    with extra("testing", f"`journey.testing.{name}`"):
        import pytest
    pytest.register_assert_rewrite(*(f"journey.testing.{module}_contract" for module in ("recording", "reading", "process")))
    return getattr(import_module(f"journey.testing.{_NEEDS_PYTEST[name]}"), name)
