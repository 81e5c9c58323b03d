"""Seals: what proves later that a run of touchpoints is still as it was recorded.

A seal covers the positions that follow the seal before it. It keeps the digest of every touchpoint there, their Merkle
root (RFC 6962's tree), and the digest of the seal before: whoever holds one seal can tell whether anything up to it changed.

STORAGE FORMAT: the recipes below are what journals hold.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

SEALED_AT_ONCE = 1_000
"""How many touchpoints one seal covers; the last before a close may cover fewer."""
NO_TOUCHPOINT = bytes(32)
"""Stands in a seal for a position without a touchpoint."""
FIRST_PREVIOUS = bytes(32)
"""What the first seal names as the digest of the one before."""
_TYPES = [int, int, int, bytes, bytes, bytes, bytes]


@dataclass(frozen=True)
class Seal:
    """Seal `number` (from 1) over the positions `first_position` to `last_position`.

    `digests` are those of the touchpoints, 32 bytes each in the order of positions; `root` is their Merkle root, `previous`
    the digest of the seal before, `digest` this seal's own. All are SHA-256.
    """

    number: int
    first_position: int
    last_position: int
    digests: bytes
    root: bytes
    previous: bytes
    digest: bytes

    @property
    def name(self) -> str:
        """`NUMBER:DIGEST`, which says all that somebody must keep to check the journal up to here later."""
        return f"{self.number}:{self.digest.hex()}"

    @property
    def text(self) -> str:
        """What the seal's digest is taken of."""
        digests = hashlib.sha256(self.digests).hexdigest()
        return f"seal {self.number} {self.first_position} {self.last_position} {digests} {self.root.hex()} {self.previous.hex()}"

    @property
    def is_typed(self) -> bool:
        """Whether every value has its type: a column of SQLite holds any."""
        return [type(value) for value in vars(self).values()] == _TYPES

    @property
    def is_whole(self) -> bool:
        """Whether the seal is what its own digest says."""
        return self.is_typed and self.digest == _digest(self)

    def digest_at(self, position: int) -> bytes:
        """The digest that this seal keeps for a position that it covers."""
        start = 32 * (position - self.first_position)
        return self.digests[start : start + 32]


def seal_after(last: Seal | None, digests: Sequence[bytes]) -> Seal:
    """The seal that follows `last` and covers as many positions as there are digests."""
    first = last.last_position + 1 if last else 1
    open_seal = Seal(
        number=last.number + 1 if last else 1,
        first_position=first,
        last_position=first + len(digests) - 1,
        digests=b"".join(digests),
        root=merkle_root(digests),
        previous=last.digest if last else FIRST_PREVIOUS,
        digest=b"",
    )
    return Seal(**{**vars(open_seal), "digest": _digest(open_seal)})


def merkle_root(digests: Sequence[bytes]) -> bytes:
    """The root of RFC 6962's Merkle tree over `digests`: leaves and nodes are hashed apart, an odd one moves up as it is."""
    if not digests:
        return hashlib.sha256().digest()
    level = _leaves(digests)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def merkle_path(digests: Sequence[bytes], index: int) -> list[tuple[str, bytes]]:
    """What proves that `digests[index]` is under the root: from the leaf upwards, the side and hash of each neighbour."""
    path = []
    level = _leaves(digests)
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(("left" if neighbour < index else "right", level[neighbour]))
        level, index = _above(level), index // 2
    return path


def _leaves(digests: Sequence[bytes]) -> list[bytes]:
    return [hashlib.sha256(b"\x00" + digest).digest() for digest in digests]


def _above(level: list[bytes]) -> list[bytes]:
    """The next level; an odd node moves up as it is."""
    pairs = zip(level[::2], level[1::2], strict=False)
    return [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs] + (level[-1:] if len(level) % 2 else [])


def _digest(seal: Seal) -> bytes:
    return hashlib.sha256(seal.text.encode()).digest()
