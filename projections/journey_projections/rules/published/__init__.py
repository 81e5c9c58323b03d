"""Published trust models to compare with, over the same touchpoints: exactly as published, with their own parameters.

They are valence models: all they receive of a touchpoint is how good or bad it was (`valence`).
"""

from collections.abc import Mapping

from journey_projections.rules.published.beta import BETA
from journey_projections.rules.published.fire import FIRE
from journey_projections.rules.published.glicko import GLICKO
from journey_projections.rules.published.health_score import HEALTH_SCORE
from journey_projections.rules.published.hmm import HMM
from journey_projections.rules.published.rescorla_wagner import RESCORLA_WAGNER
from journey_projections.rules.rule_set import RuleSet

RULE_SETS: Mapping[str, RuleSet] = {rules.name: rules for rules in (BETA, RESCORLA_WAGNER, FIRE, GLICKO, HMM, HEALTH_SCORE)}
"""The compared rule sets by name."""

__all__ = ["BETA", "FIRE", "GLICKO", "HEALTH_SCORE", "HMM", "RESCORLA_WAGNER", "RULE_SETS"]
