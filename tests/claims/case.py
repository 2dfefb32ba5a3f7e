"""A claim about a check: what an attacker changes, where the change meets the check, and what stops it otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import pytest
from _pytest.mark import ParameterSet

from auditor.findings import AuditReport
from common.checks.catalogue import COMPLETE
from common.checks.check import CheckList
from common.errors import CheckFailed, Party, ValikError
from tests.claims.bases import Bases
from tests.claims.dossier import Dossier, audited

S = TypeVar("S")
"""What the attacker is given: a session with the collector, a finished record, a vote with its receipt …"""
T = TypeVar("T")
"""What the attacker makes of it."""


class Claim(Protocol):
    """One attack on one check at one entry point."""

    @property
    def check(self) -> str: ...

    @property
    def name(self) -> str: ...

    def require_refused(self, bases: Bases) -> None:
        """(b) The attack is stopped by exactly this check, and the right party is blamed."""

    def require_needed(self, bases: Bases) -> None:
        """(c) Without the check the attack works, or what is written down in the claim stops it."""


@dataclass(frozen=True, slots=True)
class Case(Generic[S, T]):
    """`mutate` is the attack; `entry(bases, mutate, checks)` puts what it makes through a party's real entry point.

    With all checks, `entry` raises `CheckFailed` with `check`, and blames `at_fault` (by default who the catalogue
    says). Without `check` it accepts, unless `then` names what stops it second: a check's id, or the class of the
    plain error of a lower layer. `besides` are removed in both runs, because they would stop the attack first.
    """

    check: str
    mutate: Callable[[S], T]
    entry: Callable[[Bases, Callable[[S], T], CheckList], object]
    then: str | None = None
    at_fault: Party | None = None
    besides: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{_words(self.mutate)}-{_words(self.entry)}"

    def require_refused(self, bases: Bases) -> None:
        with pytest.raises(CheckFailed) as caught:
            self.entry(bases, self.mutate, COMPLETE.without(*self.besides))
        assert caught.value.check == self.check, str(caught.value)
        assert caught.value.at_fault == (self.at_fault or COMPLETE[self.check].at_fault)

    def require_needed(self, bases: Bases) -> None:
        lesser = COMPLETE.without(self.check, *self.besides)
        if self.then is None:
            self.entry(bases, self.mutate, lesser)
            return
        with pytest.raises(ValikError) as caught:
            self.entry(bases, self.mutate, lesser)
        found = caught.value.check if isinstance(caught.value, CheckFailed) else type(caught.value).__name__
        assert found == self.then, str(caught.value)


@dataclass(frozen=True, slots=True)
class AuditCase:
    """`mutate` makes a hostile dossier, or its files; an audit goes on after a failure, so it may name several.

    With all checks exactly `check` and `also` fail. Without `check` exactly `left` fail, by default the same as
    `also`; if there are none the record passes, unless `stalled` names a check that can no longer run, which no audit
    passes over.
    """

    check: str
    mutate: Callable[[Dossier], Dossier | Mapping[str, bytes]]
    also: tuple[str, ...] = ()
    left: tuple[str, ...] | None = None
    stalled: str | None = None
    at_fault: Party | None = None

    @property
    def name(self) -> str:
        return f"{_words(self.mutate)}-auditing"

    def require_refused(self, bases: Bases) -> None:
        report = self._audit(bases, COMPLETE)
        assert not report.passed
        assert _failing(report) == {self.check, *self.also}, _reasons(report)
        blamed = {failure.at_fault for row in report.rows if row.id == self.check for failure in row.failures}
        assert blamed == {self.at_fault or COMPLETE[self.check].at_fault}

    def require_needed(self, bases: Bases) -> None:
        report, left = self._audit(bases, COMPLETE.without(self.check)), self.also if self.left is None else self.left
        assert _failing(report) == set(left), _reasons(report)
        assert report.passed == (not left and self.stalled is None), _reasons(report)
        if self.stalled is not None:
            (row,) = (row for row in report.rows if row.id == self.stalled)
            assert (row.result, row.excused) == ("not run", False)

    def _audit(self, bases: Bases, checks: CheckList) -> AuditReport:
        made = self.mutate(bases.dossier)
        if isinstance(made, Dossier):
            return audited(made, made.files(), checks)
        return audited(bases.dossier, made, checks)


def _failing(report: AuditReport) -> set[str]:
    return {row.id for row in report.rows if row.result == "fail"}


def _reasons(report: AuditReport) -> list[tuple[str, object]]:
    return [(row.id, row.failures or row.reason) for row in report.rows if not row.good]


def _words(function: Callable[..., object]) -> str:
    return getattr(function, "__name__", "attack").strip("_").replace("_", "-")


def parameters(claims: Iterable[Claim]) -> list[ParameterSet]:
    """The claims as pytest parameters, each marked with its check's id."""
    return [
        pytest.param(claim, id=f"{claim.check}-{claim.name}", marks=pytest.mark.check(claim.check))
        for claim in claims
    ]
