"""How the laboratory takes a function's place for a while, in this one process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def swapped(*swaps: tuple[Any, str, object]) -> Iterator[None]:
    """Each (owner, name) has another value meanwhile."""
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in swaps]
    try:
        for owner, name, value in swaps:
            setattr(owner, name, value)
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)
