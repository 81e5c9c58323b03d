"""Proofs: they convince somebody who kept one seal, without the journal, that a touchpoint was recorded with this content.

STORAGE FORMAT: proofs are kept by others; `examples/check_seal.py` checks them with nothing but the standard library.
"""

from typing import Any

from journey.errors import DamagedJournal, UnknownName
from journey.seals import Seal, merkle_path
from journey.stores.protocol import Store
from journey.stores.rows import COLUMNS, digest_of, text_of

_MEND = "`journey verify` names all that was changed; restore the journal from a backup"


def prove(store: Store, id: str, against: str | None = None) -> dict[str, Any]:
    """The proof for one recorded fact, as JSON values; `against` names the seal that the other side keeps, by default the last.

    `columns` are the fact's, `text` what its digest is taken of, `path` leads from there to a seal's Merkle root, and `seals`
    are the texts of that seal and those behind it. Raises UnknownName for an id that is not recorded,
    a seal that the journal does not have, or one that does not reach the fact; DamagedJournal where it or a seal was changed.
    """
    rows = store.find([id])
    if not rows:
        raise UnknownName(f"no touchpoint `{id}`", "`journey history` lists the ids of a relationship")
    position = rows[0].position
    (columns,) = store.columns(position - 1, 1)
    chain = [seal for seal in _seals_until(store, against) if seal.last_position >= position]
    if not chain:
        raise UnknownName(
            f"touchpoint `{id}` is under no seal" + (f" up to {against}" if against else ""),
            "it is sealed when its writer closes, or after 1,000 touchpoints",
        )
    seal = chain[0]
    if digest_of(columns) != seal.digest_at(position):
        raise DamagedJournal(f"touchpoint `{id}` is not what seal {seal.number} covers", _MEND)
    digests = [seal.digest_at(one) for one in range(seal.first_position, seal.last_position + 1)]
    return {
        "touchpoint": id,
        "columns": dict(zip(COLUMNS[:-1], columns[:-1], strict=True)),
        "text": text_of(columns),
        "path": [[side, digest.hex()] for side, digest in merkle_path(digests, position - seal.first_position)],
        "seals": [one.text for one in chain],
        "against": chain[-1].name,
    }


def _seals_until(store: Store, against: str | None) -> list[Seal]:
    rows: list[Seal] = []
    while page := store.seals(rows[-1].number if rows else 0, limit=100):
        for seal in page:
            if not seal.is_whole:
                raise DamagedJournal(f"seal {seal.number} is not what its own digest says", _MEND)
            rows.append(seal)
            if seal.name == against:
                return rows
    if against is not None:
        raise UnknownName(f"the journal has no seal `{against}`", "`journey verify` names the last one")
    return rows
