"""The ledger: a journal's touchpoints in columns, next to the journal, for questions about all of them at once.

It is Parquet that any program reads, written by following the journal; see docs/ledger.md. It can always be rebuilt.
"""

from journey.extras import extra

with extra("bulk", "a ledger"):
    from journey_projections.ledger.bounded_replay import ReplayedChunk, replay_ledger
    from journey_projections.ledger.chunks import Chunk
    from journey_projections.ledger.ledger import Ledger, Status
    from journey_projections.ledger.open_ledger import OpenLedger
    from journey_projections.ledger.results import Standing, Standings

__all__ = ["Chunk", "Ledger", "OpenLedger", "ReplayedChunk", "Standing", "Standings", "Status", "replay_ledger"]
