"""The rule sets that come with journey, by name."""

from journey.errors import UnknownName
from journey_projections.rules.rule_set import RuleSet

NAMES = ("goodwill", "beta", "rescorla_wagner", "fire", "glicko", "hmm", "health_score")
"""The rule sets that come with journey."""


def rule_set(name: str) -> RuleSet:
    """The rule set that comes with journey under that name. Raises UnknownName."""
    if name == "goodwill":
        from journey_projections.rules.goodwill.rule_set import GOODWILL

        return GOODWILL
    if name in NAMES:
        from journey_projections.rules import published

        return published.RULE_SETS[name]
    raise UnknownName.of("rule set", name, NAMES, f"there is {', '.join(f'`{known}`' for known in NAMES)}")
