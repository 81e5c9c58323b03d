"""What stands for a character that a terminal or a file cannot hold, so that full and empty bars stay apart in ASCII, too."""

import codecs
import io

STAND_INS = {
    **dict(zip("▁▂▃▄▅▆▇█", "_.:-=+*#", strict=True)),
    "·": ".",
    "…": "~",
    "→": ">",
    "─": "-",
    "×": "x",
    "“": '"',
    "”": '"',
    "’": "'",
}
"""Each as wide as what it stands for, so that tables stay straight."""
_HANDLER = "journey-stand-in"


def put_stand_ins(stream: io.TextIOWrapper) -> None:
    """Let a stream write stand-ins for what its encoding lacks, and `?` for the rest."""
    codecs.register_error(_HANDLER, _stand_in)
    stream.reconfigure(errors=_HANDLER)


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(STAND_INS.get(one, "?") for one in error.object[error.start : error.end]), error.end
