"""Every check, through its real entry point: what it refuses, whom it blames, and that nothing else does its work."""

from __future__ import annotations

import pytest

from common.checks.catalogue import COMPLETE
from common.errors import CheckFailed
from common.tally.evidence import Evidence
from tests.claims import (
    cases_box,
    cases_casting,
    cases_device,
    cases_identity,
    cases_log,
    cases_phases,
    cases_proofs,
    cases_receipts,
    cases_setup,
    cases_tally,
)
from tests.claims.bases import Bases
from tests.claims.case import Claim, parameters
from tests.claims.dossier import Dossier, audited

CASES: tuple[Claim, ...] = (
    *cases_casting.CASES,
    *cases_identity.CASES,
    *cases_proofs.CASES,
    *cases_log.CASES,
    *cases_phases.CASES,
    *cases_box.CASES,
    *cases_receipts.CASES,
    *cases_device.CASES,
    *cases_setup.CASES,
    *cases_tally.CASES,
)


@pytest.mark.parametrize("claim", parameters(CASES))
def test_attack_is_stopped_by_this_check(claim: Claim, bases: Bases) -> None:
    claim.require_refused(bases)


@pytest.mark.parametrize("claim", parameters(CASES))
def test_nothing_else_does_the_checks_work(claim: Claim, bases: Bases) -> None:
    claim.require_needed(bases)


def test_every_check_has_an_attack() -> None:
    """The list of checks and the attacks on them are kept in step: none without, and none for a check unknown."""
    assert {claim.check for claim in CASES} == set(COMPLETE.ids())


def test_every_attack_has_a_name_of_its_own() -> None:
    names = [(claim.check, claim.name) for claim in CASES]
    assert len(set(names)) == len(names)


# --- (a) what the attacks change is accepted as long as nobody changes it


def test_collector_accepts_the_honest_vote(bases: Bases) -> None:
    cases_casting.casting(bases, cases_casting.honest, COMPLETE)


def test_client_and_device_accept_the_honest_collector(bases: Bases) -> None:
    for entry in (cases_receipts.casting, cases_receipts.casting_again, cases_receipts.rechecking):
        entry(bases, lambda _collector: None, COMPLETE)
    cases_device.verifying(bases, lambda _scanned: None, COMPLETE)


def test_receipts_hold_against_the_record(bases: Bases) -> None:
    cases_receipts.looking_at_the_record(bases, lambda dossier: dossier.evidence, COMPLETE)


def test_withheld_checkpoint_is_seen_by_the_voter_alone(bases: Bases) -> None:
    """What spec 14.6 says: the audits pass, and the receipt shows that the vote was in time."""
    again = bases.dossier.retallied(cases_receipts.checkpoint_withheld_and_vote_called_late(bases.dossier))
    for sworn in (True, False):
        report = audited(again, again.files(sworn=sworn), COMPLETE)
        assert report.passed, report.broken
    with pytest.raises(CheckFailed, match="for C2, but with the receipt's own checkpoint C2 holds"):
        cases_receipts.looking_at_the_record(bases, cases_receipts.checkpoint_withheld_and_vote_called_late, COMPLETE)


def test_setup_is_accepted_by_collector_and_client(bases: Bases) -> None:
    cases_setup.opening_the_manifest(bases, lambda base: base.world.manifest, COMPLETE)
    cases_setup.collecting(bases, lambda manifest: manifest, COMPLETE)
    cases_setup.collecting_with_a_roll(bases, lambda roll: roll, COMPLETE)
    cases_setup.opening_the_election(bases, lambda material: material, COMPLETE)


def test_record_is_accepted_by_processor_trustee_and_auditors(bases: Bases) -> None:
    cases_log.inspecting(bases, lambda dossier: dossier.evidence, COMPLETE)
    cases_log.asking_a_trustee(bases, lambda dossier: dossier, COMPLETE)
    cases_tally.combining(bases, lambda dossier: dossier, COMPLETE)
    for sworn in (True, False):
        report = audited(bases.dossier, bases.dossier.files(sworn=sworn), COMPLETE)
        assert report.passed, report.broken


def test_extended_record_is_accepted_by_processor_trustee_and_auditor(bases: Bases) -> None:
    """Its last vote is in time only because voting was extended."""
    cases_log.inspecting(bases, cases_phases.extended, COMPLETE)
    again = bases.dossier.retallied(cases_phases.extended(bases.dossier))
    cases_log.asking_a_trustee(bases, lambda _dossier: again, COMPLETE)
    for sworn in (True, False):
        report = audited(again, again.files(sworn=sworn), COMPLETE)
        assert report.passed, report.broken
        assert any(note.startswith("Voting was extended to 2027-03-02T10:00:00Z") for note in report.notes)


def test_forged_log_of_the_same_entries_is_accepted(bases: Bases) -> None:
    """So that what forgers are caught by is the change they make, not the forger's tools."""

    def unchanged(dossier: Dossier) -> Evidence:
        return cases_log.with_log(dossier, cases_log.lines(dossier))

    cases_log.inspecting(bases, unchanged, COMPLETE)
    again = bases.dossier.retallied(unchanged(bases.dossier))
    assert audited(again, again.files(), COMPLETE).passed
