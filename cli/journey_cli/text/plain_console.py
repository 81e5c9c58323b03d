"""Text that goes to a file or a pipe: plain, without the blanks that fill up lines, and never cut off."""

from typing import Any, TextIO, cast

from rich.console import Console


class PlainConsole(Console):
    """A console without a terminal.

    `is_measured` says that somebody looks at its width, as in a pager, and it is not just any width. `keeps_ids` says that ids are
    whole at any width, since a program such as grep may read them.
    """

    def __init__(self, out: TextIO, width: int, *, is_measured: bool, keeps_ids: bool = False) -> None:
        super().__init__(file=cast(TextIO, _Trimmed(out)), highlight=False, emoji=False, markup=False, width=width, no_color=True)
        self.is_measured = is_measured
        self.keeps_ids = keeps_ids or not is_measured

    def print(self, *objects: Any, crop: bool = False, **options: Any) -> None:
        """As rich prints, and a line that is too long goes on."""
        super().print(*objects, crop=crop, **options)

    def on_broken_pipe(self) -> None:
        """Let the error go on; rich, which calls this where it handles that error, would exit as from a failure."""
        raise


class _Trimmed:
    """Text without the blanks at the ends of lines, which are useless in a file or a pipe.

    As much of a stream as rich uses, and not one of `io`: those flush when they are dropped, and what is below may be closed by then.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        self._out.write("\n".join(line.rstrip(" ") for line in text.split("\n")))
        return len(text)

    def flush(self) -> None:
        self._out.flush()
