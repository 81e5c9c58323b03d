"""Bulk replay: the trust of every relationship of a log at once, from columns, by the same rules and to the same bits as `replay`."""

from journey.extras import extra

with extra("bulk", "compiled replay"):
    from journey_projections.compiled.bulk_replay import Replays, replay_all

__all__ = ["Replays", "replay_all"]
