"""Where imported touchpoints come from: files of a format, or what an SQL query makes of them. All of them stream."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Self

from journey.errors import UnreadableSource
from journey.extras import extra
from journey.formats.mappings.files import sources_of
from journey.formats.mappings.ready import ReadyMapping
from journey.formats.opening import DEFAULTS, STDIN, ReadOptions, Source
from journey.formats.readers import rows_of
from journey.formats.source_rows import Row
from journey.formats.time_zones import in_zone, zone_of


class Rows:
    """The rows of `sources` one after the other, or of a query over them."""

    def __init__(self, sources: Sequence[Source], rows: Iterator[Row]) -> None:
        self.sources = sources
        self._rows = rows

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for source in self.sources:
            source.close()

    def __iter__(self) -> Iterator[Row]:
        return self._rows


def rows_from(
    paths: Sequence[Path],
    mapping: Path | ReadyMapping | None = None,
    options: ReadOptions = DEFAULTS,
    settings: Mapping[str, str] | None = None,
) -> Rows:
    """The rows of files, or of the query of a mapping over them; see `rows_of` and `sql.mapped_rows`.

    `settings` are the values of the mapping's parameters, as text. Raises UnreadableSource at once where the first row cannot be read.
    """
    if list(paths).count(STDIN) > 1:
        raise UnreadableSource("standard input is named twice", "name it once")
    if isinstance(mapping, ReadyMapping):
        options = replace(options, time_zone=options.time_zone or mapping.time_zone)
    zone = None if options.time_zone is None else zone_of(options.time_zone)
    tables = sources_of(mapping, paths, options) if isinstance(mapping, ReadyMapping) else []
    sources = [source for one in tables for source in one.values()] or [Source.of(path, options) for path in paths]
    rows: Iterator[Row]
    try:
        if mapping is None:
            rows = chain.from_iterable([rows_of(source) for source in sources])
        else:
            rows = _mapped(sources, tables, mapping, options, settings or {})
        if zone is not None:
            rows = in_zone(rows, zone)
        first = next(rows, None)
    except BaseException:
        for source in sources:
            source.close()
        raise
    return Rows(sources, rows if first is None else chain([first], rows))


def _mapped(
    sources: Sequence[Source],
    tables: Sequence[Mapping[str, Source]],
    mapping: Path | ReadyMapping,
    options: ReadOptions,
    settings: Mapping[str, str],
) -> Iterator[Row]:
    """The rows of a mapping: of a ready one, over each set of its `tables`."""
    with extra("sql", "mapping by SQL"):
        from journey.formats.sql.mapping import mapped_rows, tables_by_stem
        from journey.formats.sql.script import read_script
    ready = mapping if isinstance(mapping, ReadyMapping) else None
    script = read_script(mapping.query if isinstance(mapping, ReadyMapping) else mapping)
    for one in tables if ready else [tables_by_stem(sources)]:
        yield from mapped_rows(one, script, settings, shapes=ready.shapes if ready else (), time_zone=options.time_zone or "UTC")
