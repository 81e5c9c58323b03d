"""XML as a stream, by expat: in constant memory, and without anything that could reach or swell beyond the document."""

import zlib
from collections.abc import Callable, Iterator
from typing import NoReturn, Protocol, TypeVar
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from journey.errors import UnreadableSource
from journey.formats.process_logs.documents import BrokenOff, Readable

_CHUNK = 1 << 16
T = TypeVar("T")


class Document(Protocol[T]):
    """What makes items of the elements of a document, in the order in which they end."""

    items: list[T]
    has_begun: bool
    """Whether its root was met, and is the right one."""

    def start(self, tag: str, attributes: dict[str, str], /) -> None:
        """An element begins."""
        ...

    def end(self, tag: str, /) -> None:
        """It ends."""
        ...

    @property
    def text(self) -> Callable[[str], None] | None:
        """What takes the text in an element; None where no text counts, which is faster."""
        ...


def xml_items(path: str, file: Readable, new_document: Callable[[XMLParserType], Document[T]]) -> Iterator[T]:
    """The items of a document as they come.

    Raises UnreadableSource for what is not XML, or declares a document type, since it could then declare entities;
    BrokenOff where XML that began well does not go on.
    """
    parser = ParserCreate()
    document = new_document(parser)

    def refuse(*_: object) -> NoReturn:
        raise UnreadableSource(f"{path}:{parser.CurrentLineNumber}: declares a document type", "remove `<!DOCTYPE …>`; a log needs none")

    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = document.start
    parser.EndElementHandler = document.end
    parser.CharacterDataHandler = document.text
    chunk, broken = b" ", None
    while chunk and broken is None:
        try:
            chunk = file.read(_CHUNK)
            parser.Parse(chunk, not chunk)
        except ExpatError as error:
            broken = BrokenOff(error.lineno, f"this is not XML: {str(error).partition(':')[0]}")
        except (LookupError, ValueError) as error:
            broken = BrokenOff(parser.CurrentLineNumber, f"its encoding is not read: {error}")
        except (EOFError, OSError, zlib.error) as error:
            broken = BrokenOff(parser.CurrentLineNumber, str(error).lower())
        yield from document.items
        document.items.clear()
    if broken is not None and not document.has_begun:
        raise UnreadableSource(f"{path}:{broken.line}: {broken}", "name a log in XML")
    if broken is not None:
        raise broken
