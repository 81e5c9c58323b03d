"""Check a proof, or a whole SQLite journal, against a seal that was kept elsewhere. Needs nothing but Python.

    python check_seal.py proof.json 36:0b9f…      a proof, as `journey verify --prove ID` writes it
    python check_seal.py journey.db 36:0b9f…      every touchpoint up to that seal

Exit code 0 when it holds, 3 when it does not, 2 when there is nothing to check.
"""

import hashlib
import json
import sqlite3
import sys
from pathlib import Path

COLUMNS = ["position", "id", "relationship", "version", "occurred_at", "recorded_at", "kind", "schema_version", "payload", "personal"]


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def check_proof(proof: dict, against: str) -> None:
    """From the touchpoint's columns to its digest, up the Merkle path to the first seal, and along the seals to the one kept."""
    columns = proof["columns"]
    if list(columns) != COLUMNS or proof["touchpoint"] != columns["id"]:
        raise SystemExit("the columns are not a touchpoint's, in their order, or not those of the touchpoint named")
    text = "".join("~" if value is None else f"{len(str(value))}:{value}" for value in columns.values())
    if text != proof["text"]:
        raise SystemExit("the columns are not what was digested")
    node = sha(b"\x00" + sha(text.encode("utf-8", "surrogatepass")))
    for side, neighbour in proof["path"]:
        other = bytes.fromhex(neighbour)
        node = sha(b"\x01" + (other + node if side == "left" else node + other))
    previous = number = None
    for seal in proof["seals"]:
        _, number, first, last, _, root, before = seal.split(" ")
        if previous is None and (root != node.hex() or not int(first) <= columns["position"] <= int(last)):
            raise SystemExit("the touchpoint is not under its seal")
        if previous is not None and before != previous:
            raise SystemExit(f"seal {number} does not continue the one before")
        previous = sha(seal.encode()).hex()
    if f"{number}:{previous}" != against:
        raise SystemExit(f"the seals do not lead to {against}")


def check_journal(path: str, against: str) -> None:
    """Every row's digest, every seal's root, and the chain of seals up to the one kept."""
    file = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
    rows = file.execute(f"SELECT {', '.join(COLUMNS)} FROM touchpoints WHERE position > 0 ORDER BY position")
    previous = "00" * 32
    seals = "SELECT number, first_position, last_position FROM journey_seals WHERE number > 0 ORDER BY number"
    for number, first, last in file.execute(seals).fetchall():
        digests = []
        for position in range(first, last + 1):
            row = rows.fetchone()
            if row is None or row[0] != position:
                raise SystemExit(f"position {position} is missing")
            text = "".join("~" if value is None else f"{len(str(value))}:{value}" for value in row)
            digests.append(sha(text.encode("utf-8", "surrogatepass")))
        level = [sha(b"\x00" + digest) for digest in digests]
        while len(level) > 1:
            odd = level[-1:] if len(level) % 2 else []
            level = [sha(b"\x01" + left + right) for left, right in zip(level[::2], level[1::2])] + odd
        seal = f"seal {number} {first} {last} {sha(b''.join(digests)).hex()} {level[0].hex()} {previous}"
        previous = sha(seal.encode()).hex()
        if f"{number}:{previous}" == against:
            return
    raise SystemExit(f"no seal of this journal is {against}")


def main() -> None:
    if len(sys.argv) != 3 or not Path(sys.argv[1]).is_file():
        print("usage: check_seal.py FILE SEAL, where FILE is a proof (.json) or a SQLite journal that is there", file=sys.stderr)
        sys.exit(2)
    path, against = sys.argv[1:]
    try:
        if path.endswith(".json"):
            check_proof(json.loads(Path(path).read_text(encoding="utf-8")), against)
        else:
            check_journal(path, against)
    except SystemExit as error:
        print(f"{path} does not hold against {against}: {error}", file=sys.stderr)
        sys.exit(3)
    except Exception as error:
        print(f"{path} does not hold against {against}: it is not as journey writes it: {error!r}", file=sys.stderr)
        sys.exit(3)
    print(f"{path} holds against {against}")


if __name__ == "__main__":
    main()
