"""The auditor's ledger: runs checks like any party, and keeps count of what ran, on how much, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from common.checks.check import CheckList
from common.errors import CheckFailed, Party, ValikError
from common.tally.candidate import Batch, Nameless

Clock: TypeAlias = Callable[[], float]
"""Seconds from any fixed point: `time.perf_counter`."""
Progress: TypeAlias = Callable[[str, int], None]
"""Called after each run with the check's id and the number of objects it has seen."""
Build: TypeAlias = Callable[[], tuple[object, object]]
"""Makes a check's object and context; raises a `ValikError` if the record does not have what it takes."""
Outcome = Literal["pass", "fail", "not run"]

NOTHING = "there was nothing to run it on"


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed a check: the object (never a person's name), the party at fault, and why."""

    subject: str
    at_fault: Party
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one check. `reason` says why it was not run; `excused` that this is no fault of the record."""

    id: str
    claim: str
    result: Outcome
    reason: str
    excused: bool
    objects: int
    seconds: float
    failures: tuple[Failure, ...]

    @property
    def good(self) -> bool:
        """True if an audit with this row can pass."""
        return self.result == "pass" or (self.result == "not run" and self.excused)


@dataclass(slots=True)
class _Account:
    objects: int = 0
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)
    obstacle: str = ""
    excuse: str = ""


class Ledger:
    """A `Runner` that keeps accounts. Checks run through `run` re-raise; through `attempt` they are noted."""

    def __init__(self, checks: CheckList, clock: Clock, progress: Progress | None = None) -> None:
        """A check that is not in the list is neither run nor counted (the laboratory removes some)."""
        self._checks = checks
        self._clock = clock
        self._progress = progress
        self._accounts = {check: _Account() for check in checks.ids()}

    def run(self, check: str, subject: str, obj: object, context: object, at_fault: Party | None = None) -> None:
        """Run a check and count it; its failure is raised, and noted by nobody: the caller knows if it matters."""
        account = self._accounts.get(check)
        if account is None:
            return
        account.objects += _count(obj)
        start = self._clock()
        try:
            self._checks.run(check, subject, obj, context, at_fault)
        finally:
            account.seconds += self._clock() - start
            if self._progress is not None:
                self._progress(check, account.objects)

    def attempt(self, check: str, subject: str, build: Build) -> None:
        """Run a check on what `build` makes, note how it ends, and go on.

        Where nothing can be built the check has not run, which no excuse covers.
        """
        try:
            obj, context = build()
        except ValikError as error:
            self.obstruct(check, f"{subject}: {error}")
            return
        try:
            self.run(check, subject, obj, context)
        except CheckFailed as failure:
            self.note(failure)

    def note(self, failure: CheckFailed) -> None:
        """Enter a failure."""
        found = Failure(failure.subject, failure.at_fault, failure.reason)
        if failure.check in self._accounts:
            self._accounts[failure.check].failures.append(found)

    def obstruct(self, check: str, reason: str) -> None:
        """Enter that a check could not be run on something it is due on. The first reason is kept."""
        account = self._accounts.get(check)
        if account is not None:
            account.obstacle = account.obstacle or reason

    def excuse(self, check: str, reason: str) -> None:
        """Enter why it is no fault if this check runs on nothing."""
        if check in self._accounts:
            self._accounts[check].excuse = reason

    def unbroken(self, *checks: str) -> bool:
        """True as long as none of these has failed or met an obstacle."""
        accounts = [self._accounts[check] for check in checks if check in self._accounts]
        return not any(account.failures or account.obstacle for account in accounts)

    def untouched(self, check: str) -> bool:
        """True if this check has neither run nor been entered otherwise."""
        account = self._accounts.get(check)
        return account is not None and account == _Account()

    def rows(self) -> tuple[Row, ...]:
        """One row for each check of the list, in its order."""
        return tuple(_row(check, self._checks[check].claim, account) for check, account in self._accounts.items())


def _count(obj: object) -> int:
    return len(obj) if isinstance(obj, Batch | Nameless) else 1


def _row(check: str, claim: str, account: _Account) -> Row:
    result: Outcome = "pass"
    reason = ""
    if account.failures:
        result = "fail"
    elif account.obstacle or not account.objects:
        result, reason = "not run", account.obstacle or account.excuse or NOTHING
    excused = result == "not run" and not account.obstacle and bool(account.excuse)
    return Row(check, claim, result, reason, excused, account.objects, account.seconds, tuple(account.failures))
