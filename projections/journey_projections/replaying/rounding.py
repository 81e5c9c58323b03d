"""The grid on which trust is reported, so that differences and sums of differences are exact."""

import math

GRID = 2.0**40
"""Trust is reported in multiples of 1/GRID, so that differences and sums of differences are exact."""


def on_grid(trust: float) -> float:
    """A trust as it is reported, a multiple of 1/GRID."""
    return math.floor(trust * GRID + 0.5) / GRID
