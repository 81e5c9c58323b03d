"""A made-up branch with its people and customers, to try everything on; needs no extra."""

from journey_projections.made_up.branch import branch_end, made_up_branch

__all__ = ["branch_end", "made_up_branch"]
