"""Ready mappings: a folder each, with the tables it reads, one SELECT that makes touchpoints of them, and what that assumes."""

from journey.formats.mappings.ready import ReadyMapping, mapping_names, read_mapping

__all__ = ["ReadyMapping", "mapping_names", "read_mapping"]
