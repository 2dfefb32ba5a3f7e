"""What running a vector gives: acceptance with an output, or a refusal with its class of error and its check."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from common.errors import ValikError

Json: TypeAlias = Any
Operation: TypeAlias = Callable[[dict[str, Json], dict[str, Json]], Json]
"""(what the file shares, the vector's input) → output; raises `ValikError` or `Refused`."""

FOLDER = Path(__file__).resolve().parents[1]


class Refused(Exception):
    """A refusal by a check of the protocol, with what the operation still says."""

    def __init__(self, error: ValikError, check: str, output: Json = None) -> None:
        super().__init__(f"{check}: {error}")
        self.error = type(error).__name__
        self.check = check
        self.output = output


@contextmanager
def under(check: str) -> Iterator[None]:
    """Whatever is refused inside is refused by this check."""
    try:
        yield
    except ValikError as error:
        raise Refused(error, check) from error


@cache
def load() -> dict[str, dict[str, Json]]:
    """All vector files, by name without suffix."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def vector(identifier: str) -> dict[str, Json]:
    """One vector, by its id."""
    (found,) = (one for one in load()[identifier.partition("/")[0]]["vectors"] if one["id"] == identifier)
    return found  # type: ignore[no-any-return]
