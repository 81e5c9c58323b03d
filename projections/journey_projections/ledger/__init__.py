"""The ledger: a journal's touchpoints in columns, beside the journal, for questions to all of them at once.

Parquet that any program reads, written by tailing the journal; see docs/ledger.md. It can always be made anew.
"""

from journey_projections.ledger.ledger import Ledger, Status
from journey_projections.ledger.portfolio import Portfolio, Portion, Standing, replay_ledger
from journey_projections.ledger.view import Cluster, View

__all__ = ["Cluster", "Ledger", "Portfolio", "Portion", "Standing", "Status", "View", "replay_ledger"]
