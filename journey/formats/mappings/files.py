"""Which file of an export is which table of a mapping."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from journey.errors import UnreadableSource, did_you_mean
from journey.formats.mappings.ready import ReadyMapping
from journey.formats.opening import SUFFIXES, ReadOptions, Source, suffix_of
from journey.formats.sql.shapes import Shape, plain_name

_SHOWN = 3
_ENDINGS = ("data", "dataset", "export")
"""Some tools end the name of each file so: `ticket_data.csv`."""


def sources_of(mapping: ReadyMapping, paths: Sequence[Path], options: ReadOptions) -> Sequence[dict[str, Source]]:
    """The sources of a mapping by its tables, in the mapping's order: of one table alone, each file by itself.

    Of a folder, the files that are tables are taken; what is left aside, and what is missed, is told. Raises UnreadableSource for a file
    that is no table, two that are one, or a table that is missing.
    """
    options = replace(options, all_text=True)
    files = list(chain.from_iterable(_files(path) for path in paths))
    if len(mapping.shapes) == 1:
        (shape,) = mapping.shapes
        chosen = [path for path, in_folder in files if not in_folder or len(files) == 1 or _shape_of(mapping, path)]
        if not chosen:
            raise _missing(mapping, shape, paths)
        return [{shape.name: Source.of(path, options)} for path in chosen]
    found, unused = dict[str, Path](), list[str]()
    for path, in_folder in files:
        shape_of_file = _shape_of(mapping, path)
        if shape_of_file is None:
            if not in_folder:
                raise _unknown(mapping, path)
            unused.append(path.name)
        elif (taken := found.setdefault(shape_of_file.name, path)) != path:
            raise UnreadableSource(f"`{taken}` and `{path}` are both the table `{shape_of_file.name}`", "name one of them")
    for shape in mapping.shapes:
        if shape.required and shape.name not in found:
            raise _missing(mapping, shape, paths)
    sources = {shape.name: Source.of(found[shape.name], options) for shape in mapping.shapes if shape.name in found}
    first = next(iter(sources.values()))
    for shape in mapping.shapes:
        if shape.name not in found:
            first.tell(f"comes without the table `{shape.name}`: {shape.without}")
    if unused:
        first.tell(f"the mapping does not use {_few(unused)} of the folder")
    return [sources]


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"


def _files(path: Path) -> Iterator[tuple[Path, bool]]:
    """The files of a path, each with whether it was found in a folder."""
    if not path.is_dir():
        yield path, False
        return
    for file in sorted(path.iterdir()):
        if file.is_file() and suffix_of(file) in SUFFIXES:
            yield file, True


def _shape_of(mapping: ReadyMapping, path: Path) -> Shape | None:
    """The table that a file is, by its name."""
    names = {plain_name(path.name.removesuffix(".gz").rsplit(".", 1)[0])}
    names |= {name.removesuffix(ending) for name in names for ending in _ENDINGS}
    names |= {name.removeprefix(plain_name(prefix)) for name in names for prefix in (mapping.name, *mapping.prefixes)}
    singular = {name.removesuffix("s") for name in names}
    return next((shape for shape in mapping.shapes if any(_singular(one) in singular for one in (shape.name, *shape.files))), None)


def _singular(name: str) -> str:
    return plain_name(name).removesuffix("s")


def _unknown(mapping: ReadyMapping, path: Path) -> UnreadableSource:
    names = [shape.name for shape in mapping.shapes]
    mend = f"{did_you_mean(path.stem, names)} Name it after its table: {', '.join(f'`{name}`' for name in names)}".lstrip()
    return UnreadableSource(f"{path}: is not a table of the mapping `{mapping.name}`", mend)


def _missing(mapping: ReadyMapping, shape: Shape, paths: Sequence[Path]) -> UnreadableSource:
    place = ", ".join(str(path) for path in paths)
    return UnreadableSource(
        f"{place}: the mapping `{mapping.name}` needs the table `{shape.name}`: {shape.about}", f"give it as `{shape.name}.csv`"
    )
