"""A claim about a check: what an attacker changes, where the change meets the check, and what stops it otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import pytest
from _pytest.mark import ParameterSet

from common.checks.catalogue import COMPLETE
from common.checks.check import CheckList
from common.errors import CheckFailed, Party, ValikError

B = TypeVar("B")
"""The base: collectors before their first vote, a finished record, a vote with its receipt …"""
S = TypeVar("S")
"""What the attacker is given."""
T = TypeVar("T")
"""What the attacker makes of it."""


@dataclass(frozen=True, slots=True)
class Case(Generic[B, S, T]):
    """`mutate` is the attack; `entry(base, mutate, checks)` puts what it makes through a party's real entry point.

    With all checks, `entry` raises `CheckFailed` with `check`, and blames `at_fault` (by default who the catalogue
    says). Without `check` it accepts, unless `then` names what stops it second: a check's id, or the class of the
    plain error of a lower layer. `besides` are removed in both runs, because they would stop the attack first.
    """

    check: str
    name: str
    mutate: Callable[[S], T]
    entry: Callable[[B, Callable[[S], T], CheckList], object]
    then: str | None = None
    at_fault: Party | None = None
    besides: tuple[str, ...] = ()

    def require_refused(self, base: B) -> None:
        """(b) The attack is stopped by exactly this check, and the right party is blamed."""
        with pytest.raises(CheckFailed) as caught:
            self.entry(base, self.mutate, COMPLETE.without(*self.besides))
        assert caught.value.check == self.check, str(caught.value)
        assert caught.value.at_fault == (self.at_fault or COMPLETE[self.check].at_fault)

    def require_needed(self, base: B) -> None:
        """(c) Without the check the attack works, or `then` stops it."""
        lesser = COMPLETE.without(self.check, *self.besides)
        if self.then is None:
            self.entry(base, self.mutate, lesser)
            return
        with pytest.raises(ValikError) as caught:
            self.entry(base, self.mutate, lesser)
        found = caught.value.check if isinstance(caught.value, CheckFailed) else type(caught.value).__name__
        assert found == self.then, str(caught.value)


def parameters(cases: Sequence[Case[B, S, T]]) -> list[ParameterSet]:
    """The cases as pytest parameters, each marked with its check's id."""
    return [pytest.param(case, id=f"{case.check}-{case.name}", marks=pytest.mark.check(case.check)) for case in cases]
