"""For authors of rule sets: the published laws as properties, to run on any rule set.

Needs the extra `testing`.
"""

from journey.testing import histories  # refuses with the install line where hypothesis is missing
from journey_projections.testing.checking import Verdict, check_law, check_laws, law_tests
from journey_projections.testing.law import Judge, Law, LawBroken
from journey_projections.testing.laws import LAWS

__all__ = ["LAWS", "Judge", "Law", "LawBroken", "Verdict", "check_law", "check_laws", "histories", "law_tests"]
