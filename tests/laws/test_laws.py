"""The published laws, for the default rule set."""

import pytest
from hypothesis import settings

from journey_projections import GOODWILL
from journey_projections.testing import LAWS, Law, check_law


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.id}-{law.check.__name__}")
def test_goodwill_keeps(law: Law) -> None:
    verdict = check_law(law, GOODWILL, examples=settings().max_examples)
    assert verdict.holds, verdict.in_words()


def test_there_are_fifty_five_laws_each_with_its_own_statement() -> None:
    assert [law.id for law in LAWS] == [f"L{number:02}" for number in range(1, 56)]
    assert len({law.statement for law in LAWS}) == len(LAWS)
