"""The ledger: a journal's touchpoints in columns, beside the journal, for questions to all of them at once.

Parquet that any program reads, written by tailing the journal; see docs/ledger.md. It can always be made anew.
"""

from journey.extras import extra

with extra("bulk", "a ledger"):
    from journey_projections.ledger.bounded_replay import ReplayedChunk, replay_ledger
    from journey_projections.ledger.chunks import Chunk
    from journey_projections.ledger.ledger import Ledger, Status
    from journey_projections.ledger.open_ledger import OpenLedger
    from journey_projections.ledger.results import Standing, Standings

__all__ = ["Chunk", "Ledger", "OpenLedger", "ReplayedChunk", "Standing", "Standings", "Status", "replay_ledger"]
