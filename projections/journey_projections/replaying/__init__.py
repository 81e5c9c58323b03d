"""From a history to the trust that it left, and what moved it; and two rule sets on the same history."""
