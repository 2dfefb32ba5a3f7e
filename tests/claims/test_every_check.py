"""Every check, through its real entry point: what it refuses, whom it blames, and that nothing else does its work."""

from __future__ import annotations

import pytest

from tests.claims import (
    cases_box,
    cases_casting,
    cases_identity,
    cases_log,
    cases_proofs,
    cases_receipts,
    cases_setup,
    cases_tally,
)
from tests.claims.bases import Bases
from tests.claims.case import Claim, parameters

CASES: tuple[Claim, ...] = (
    *cases_casting.CASES,
    *cases_identity.CASES,
    *cases_proofs.CASES,
    *cases_log.CASES,
    *cases_box.CASES,
    *cases_receipts.CASES,
    *cases_setup.CASES,
    *cases_tally.CASES,
)


@pytest.mark.parametrize("claim", parameters(CASES))
def test_attack_is_stopped_by_this_check(claim: Claim, bases: Bases) -> None:
    claim.require_refused(bases)


@pytest.mark.parametrize("claim", parameters(CASES))
def test_nothing_else_does_the_checks_work(claim: Claim, bases: Bases) -> None:
    claim.require_needed(bases)
