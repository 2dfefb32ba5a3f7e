"""A variant of the protocol: one rule swapped for another, to see which attacks that changes."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from common.checks.check import CheckList, Function
from common.errors import SetupError
from scenarios.sizes import TOY

NAMES = ("first_vote_counts", "receipts_without_witnesses", "no_pseudonym")
"""Those that come with the laboratory: the files of `scenarios/variants`."""


@dataclass(frozen=True, slots=True)
class Variant:
    """`rule`: what holds instead, in a sentence. `swaps` makes it so in this process and puts everything back;
    `checks` gives what every party runs in place of the complete list.
    """

    name: str
    title: str
    rule: str
    swaps: Callable[[], AbstractContextManager[None]]
    checks: Callable[[CheckList], CheckList] = lambda complete: complete


@dataclass(frozen=True, slots=True)
class Setting:
    """How attacks are played: with which parameters (as a manifest names them), and by which rules."""

    parameters: str = TOY
    variant: Variant = Variant("standard", "The protocol as it is", "nothing is changed", nullcontext)


STANDARD = Setting()


def with_functions(checks: CheckList, **functions: Function) -> CheckList:
    """The same checks, but those named do something else: (object, context) → None, or a `ValikError`."""
    return CheckList(
        replace(checks[check], function=functions.get(check, checks[check].function)) for check in checks.ids()
    )


def variant(which: str) -> Variant:
    """The variant of that name, or the `VARIANT` of a Python file, which is run; `SetupError` if there is none."""
    if which.endswith(".py"):
        path = Path(which)
        found = runpy.run_path(str(path)).get("VARIANT") if path.is_file() else None
    else:
        name = which.replace("-", "_")
        found = import_module(f"scenarios.variants.{name}").VARIANT if name in NAMES else None
    if not isinstance(found, Variant):
        raise SetupError(f"there is no variant {which}; `valik scenario variants` shows all")
    return found


def variants() -> tuple[Variant, ...]:
    """All that come with the laboratory."""
    return tuple(variant(name) for name in NAMES)
