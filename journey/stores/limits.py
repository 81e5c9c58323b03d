"""How long a call waits for its store, and how many connections it may use."""

from dataclasses import dataclass

_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.05, 86_400.0
_MOST_CONNECTIONS = 1_000


@dataclass(frozen=True)
class Limits:
    """`timeout`: seconds that a call waits for a lock, for a free connection or for the server. `pool_size`: connections at once.

    Raises ValueError: the timeout must be from 0.05 to 86,400, the pool from 1 to 1,000.
    """

    timeout: float = 30.0
    pool_size: int = 8

    def __post_init__(self) -> None:
        # A comparison with NaN is false, too.
        if isinstance(self.timeout, bool) or not _SHORTEST_SECONDS <= self.timeout <= _LONGEST_SECONDS:
            raise ValueError(f"`timeout` must be from {_SHORTEST_SECONDS} to {_LONGEST_SECONDS:,.0f} seconds, got `{self.timeout}`")
        if type(self.pool_size) is not int or not 1 <= self.pool_size <= _MOST_CONNECTIONS:
            raise ValueError(f"`pool_size` must be a whole number from 1 to {_MOST_CONNECTIONS:,}, got `{self.pool_size}`")


DEFAULTS = Limits()
