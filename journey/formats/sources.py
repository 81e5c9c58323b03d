"""Where imported touchpoints come from: files of a format, or what an SQL query makes of them. All of them stream."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Self

from journey.errors import UnreadableSource
from journey.extras import extra
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


def rows_from(paths: Sequence[Path], mapping: Path | None = None, options: ReadOptions = DEFAULTS) -> Rows:
    """The rows of files, or of the query in the file `mapping` over them; see `rows_of` and `sql.mapped_rows`.

    Raises UnreadableSource at once where the first of them cannot be read.
    """
    if list(paths).count(STDIN) > 1:
        raise UnreadableSource("standard input is named twice", "name it once")
    sources = [Source.of(path, options) for path in paths]
    zone = None if options.time_zone is None else zone_of(options.time_zone)
    rows: Iterator[Row]
    try:
        if mapping is None:
            rows = chain.from_iterable([rows_of(source) for source in sources])
        else:
            with extra("sql", "mapping by SQL"):
                from journey.formats.sql.mapping import mapped_rows

            rows = mapped_rows(sources, mapping)
        if zone is not None:
            rows = in_zone(rows, zone)
        first = next(rows, None)
    except BaseException:
        for source in sources:
            source.close()
        raise
    return Rows(sources, rows if first is None else chain([first], rows))
