"""Make the vector files of this folder.

    python tests/vectors/generate.py            rewrite them
    python tests/vectors/generate.py --check    compare only; exit 1 if one differs, is missing or is too many

Everything is a function of the code and of one fixed seed: keys, salts, proof randomness and signatures included.
None of it is fit for anything but tests.
"""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
if __name__ == "__main__":  # a script does not find the package `tests` by itself
    sys.path.insert(0, str(FOLDER.parents[1]))

from tests.vectors.making import (  # noqa: E402
    batches,
    casting,
    checkpoints,
    encodings,
    fields,
    hashes,
    identity,
    keys,
    logs,
    membership,
    messages,
    opening,
    other_key,
    paillier,
    sealed,
    services,
    status,
    submissions,
    tally,
    trees,
)

MAKERS = (
    encodings,
    hashes,
    paillier,
    membership,
    batches,
    keys,
    opening,
    other_key,
    sealed,
    trees,
    logs,
    checkpoints,
    submissions,
    services,
    identity,
    status,
    messages,
    fields,
    casting,
    tally,
)


def files() -> dict[str, str]:
    """File name → text, of all vector files."""
    return {f"{book.name}.json": book.text() for maker in MAKERS for book in maker.books()}


def differences(made: dict[str, str]) -> list[str]:
    """Names of the files in this folder that are not byte for byte what was made."""
    found = {path.name: path.read_bytes() for path in FOLDER.glob("*.json")}
    names = sorted(made.keys() | found.keys())
    return [name for name in names if name not in made or found.get(name) != made[name].encode("utf-8")]


def main(arguments: list[str]) -> int:
    """The exit status."""
    made = files()
    wrong = differences(made)
    if arguments == ["--check"]:
        for name in wrong:
            sys.stdout.write(f"{name} differs\n")
        return 1 if wrong else 0
    if arguments:
        sys.stdout.write(f"{__doc__}")
        return 2
    for name in wrong:
        path = FOLDER / name
        if name in made:
            path.write_bytes(made[name].encode("utf-8"))
        else:
            path.unlink()
        sys.stdout.write(f"{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
