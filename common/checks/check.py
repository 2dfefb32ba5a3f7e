"""What a check is, and how a list of them is run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from common.errors import CheckFailed, Party, SetupError, ValikError

Function: TypeAlias = Callable[[Any, Any], None]
"""(object, context) → None; raises a `ValikError` that says what is wrong."""


@dataclass(frozen=True, slots=True)
class Check:
    """`at_fault` answers for a failure, unless the caller knows better. `source`: where the spec defines it."""

    id: str
    claim: str
    runners: frozenset[Party]
    at_fault: Party
    function: Function
    source: str


class Runner(Protocol):
    """Whatever runs checks: a `CheckList`, which raises, or an auditor's ledger, which notes and goes on."""

    def run(self, check: str, subject: str, obj: object, context: object, at_fault: Party | None = None) -> None: ...


class CheckList:
    """Checks by id. Every step of every party takes one; applications accept only the catalogue's complete one."""

    def __init__(self, checks: Iterable[Check], *, complete: bool = False) -> None:
        self._checks = {check.id: check for check in checks}
        self._complete = complete

    def __iter__(self) -> Iterable[Check]:
        return iter(self._checks.values())

    def __getitem__(self, check: str) -> Check:
        return self._checks[check]

    def ids(self) -> tuple[str, ...]:
        return tuple(self._checks)

    def run(self, check: str, subject: str, obj: object, context: object, at_fault: Party | None = None) -> None:
        """Run one check; `CheckFailed` with its id if it fails. `subject` names the object, never a person."""
        found = self._checks.get(check)
        if found is None:
            return
        try:
            found.function(obj, context)
        except CheckFailed:
            raise
        except ValikError as error:
            raise CheckFailed(check, at_fault or found.at_fault, subject, str(error)) from error

    def without(self, *removed: str) -> CheckList:
        """The list less some checks: for the laboratory and for tests, which must see each check matter."""
        unknown = set(removed) - set(self._checks)
        if unknown:
            raise SetupError(f"no such check: {', '.join(sorted(unknown))}")
        lesser = CheckList(check for check in self._checks.values() if check.id not in removed)
        lesser._complete = not removed and self._complete
        return lesser

    def require_complete(self) -> None:
        """What every application demands before it starts: `SetupError` for a list with a check removed."""
        if not self._complete:
            raise SetupError("a check has been removed from the list; only the laboratory may run so")
