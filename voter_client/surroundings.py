"""What the commands take from the machine they run on; tests put other things in its place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

import typer

from common.transport.client import CollectorClient
from common.transport.connection import connect


@contextmanager
def reach(address: str, ca: Path | None) -> Iterator[CollectorClient]:
    """The collector at the address that the manifest names."""
    with connect(address, ca) as connection:
        yield CollectorClient(connection)


def _now() -> int:
    return int(time.time())


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`clock`: seconds since 1970; `sleep`: waits so many seconds; `zone`: in which times are told, None: here."""

    clock: Callable[[], int] = _now
    sleep: Callable[[float], None] = time.sleep
    reach: Callable[[str, Path | None], AbstractContextManager[CollectorClient]] = reach
    zone: tzinfo | None = None


def surroundings(context: typer.Context) -> Surroundings:
    """Those given to the command, or this machine's."""
    return context.obj if isinstance(context.obj, Surroundings) else Surroundings()
