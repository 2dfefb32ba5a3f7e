"""R1–R4: a collector that lies to clients, at the vote and afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.checks.check import CheckList
from common.log.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from common.messages.receipt import Receipt, sign_latest
from common.tally.evidence import Evidence
from common.tally.record_files import RecordFiles
from scenarios.world import Citizen
from tests.claims import cases_box, cases_log
from tests.claims.attack_tools import CHOICES, MAINLANDERS, checkpoint_note, staged
from tests.claims.bases import Bases
from tests.claims.case import Case, Claim
from tests.claims.cases_log import Forgery
from tests.claims.dossier import Dossier
from tests.claims.lying_collector import LyingCollector, cosigned_by, saying
from voter_client.cast import VotingSession
from voter_client.journal import CastVote, Journal
from voter_client.published import hold_against_record

Lie = Callable[[LyingCollector], None]
"""Arms the collector: what it will say instead."""


def casting(bases: Bases, mutate: Lie, checks: CheckList) -> CastVote:
    """A voter's client casts a vote and takes the receipt; somebody else has voted before."""
    collector = LyingCollector(staged(bases.world))
    world = collector.world
    world.vote(world.citizen(MAINLANDERS[1]), CHOICES)
    mutate(collector)
    citizen = world.citizen(MAINLANDERS[0])
    return _vote(collector, citizen, checks)


def casting_again(bases: Bases, mutate: Lie, checks: CheckList) -> CastVote:
    """A client that holds a receipt already casts its voter's second vote."""
    collector = LyingCollector(staged(bases.world))
    citizen = collector.world.citizen(MAINLANDERS[0])
    _vote(collector, citizen, checks)
    mutate(collector)
    return _vote(collector, citizen, checks)


def rechecking(bases: Bases, mutate: Lie, checks: CheckList) -> None:
    """A client checks its receipt again, days later."""
    collector = LyingCollector(staged(bases.world))
    citizen = collector.world.citizen(MAINLANDERS[0])
    _vote(collector, citizen, checks)
    mutate(collector)
    citizen.journal.recheck(collector, collector, checks)


def _vote(collector: LyingCollector, citizen: Citizen, checks: CheckList) -> CastVote:
    world = collector.world
    session = VotingSession(world.election, collector, citizen.card, citizen.journal, world.clock, checks)
    return session.cast(session.prepare(CHOICES))


def looking_at_the_record(bases: Bases, mutate: Forgery, checks: CheckList) -> None:
    """All clients hold their receipts against the record that is published in the end."""
    dossier = bases.dossier
    record = RecordFiles(replace(dossier, evidence=mutate(dossier)).files(sworn=False))
    for citizen in dossier.world.citizens.values():
        hold_against_record(citizen.journal, record, checks)


# --- R1–R3


def receipt_of_somebody_else(collector: LyingCollector) -> None:
    """A clash (Küsters, Truderung, Vogt 2012): two voters hold one receipt, and one vote is free to be replaced."""
    other = collector.world.citizens[next(iter(collector.world.citizens))].journal.votes[0].receipt
    collector.receipt = lambda _honest: other


def receipt_with_another_ocsp_response(collector: LyingCollector) -> None:
    collector.receipt = lambda honest: replace(honest, ocsp="AAAA")


def entry_of_another_kind(collector: LyingCollector) -> None:
    def lie(honest: Receipt) -> Receipt:
        return replace(honest, entry=replace(honest.entry, kind="revocation"))  # type: ignore[arg-type]

    collector.receipt = lie


def place_in_the_log_of_another(collector: LyingCollector) -> None:
    collector.receipt = lambda honest: replace(honest, index=honest.index - 1)


def vote_never_logged(collector: LyingCollector) -> None:
    """The checkpoint is honest, but of a tree without this vote."""
    before = collector.world.collector.checkpoint()
    collector.receipt = lambda honest: replace(honest, checkpoint=before, index=0, proof=honest.proof[:1])


def log_signature_of_somebody(collector: LyingCollector) -> None:
    def lie(honest: Receipt) -> Receipt:
        note, checkpoint = read_checkpoint(honest.checkpoint)
        forged = sign_checkpoint(checkpoint, Ed25519PrivateKey.generate(), checkpoint.origin)
        return replace(honest, checkpoint=forged + "".join(line.text for line in note.signatures[1:]))

    collector.receipt = lie


def no_witness_asked(collector: LyingCollector) -> None:
    """The log signs another tree for this one voter, which no witness would cosign."""
    collector.receipt = lambda honest: replace(honest, checkpoint=cosigned_by(collector, honest.checkpoint, []))


def one_witness_bribed(collector: LyingCollector) -> None:
    collector.receipt = lambda honest: replace(honest, checkpoint=cosigned_by(collector, honest.checkpoint, [0]))


# --- R4


def _forked(collector: LyingCollector, size: int) -> str:
    world = collector.world
    fork = Checkpoint(world.election.manifest.log.origin, size, b"\x07" * 32)
    return checkpoint_note(world, fork, world.clock())


def forked_log(collector: LyingCollector) -> None:
    """Split view: what the client sees now does not extend what it saw before, though all witnesses cosigned both."""
    collector.head = lambda _honest: _forked(collector, 2)


def log_rolled_back(collector: LyingCollector) -> None:
    collector.head = lambda _honest: _forked(collector, 1)


def vote_replaced_in_secret(collector: LyingCollector) -> None:
    """Somebody with card and PINs, such as a virus, votes after the voter; the collector is honest."""
    world = collector.world
    citizen = next(iter(world.citizens.values()))
    stealthy = replace(citizen, journal=Journal(world.election))
    world.vote(stealthy, CHOICES)


def replacement_denied(collector: LyingCollector) -> None:
    """The same, and the collector plays an answer from before the replacement again."""
    citizen = next(iter(collector.world.citizens.values()))
    before = collector.world.collector.latest(citizen.journal.votes[-1].receipt.vote_id)
    vote_replaced_in_secret(collector)
    collector.newest = lambda _honest: before


def latest_answer_unsigned(collector: LyingCollector) -> None:
    collector.newest = lambda honest: sign_latest(honest.answer, Ed25519PrivateKey.generate())


def latest_answer_about_another(collector: LyingCollector) -> None:
    collector.newest = saying(collector, vote_id="0" * 32)


# --- R4, and the record

ROLL_CHANGE, RE_VOTE = 8, 10
"""Log indices in the dossier. The entry after the second is covered 1000 s later."""


def checkpoint_withheld_and_vote_called_late(dossier: Dossier) -> Evidence:
    """The collector leaves one checkpoint out of its evidence. The vote then looks late, and an honest authority
    excludes it; every audit of the record passes.
    """
    excluded = cases_box.excluded_before_final(dossier, RE_VOTE, "C2")
    return cases_log.with_checkpoints(
        replace(dossier, evidence=excluded),
        lambda notes: [note for note in notes if read_checkpoint(note)[1].size != RE_VOTE + 1],
    )


def vote_excluded_for_its_certificate(dossier: Dossier) -> Evidence:
    return cases_box.excluded_before_final(dossier, RE_VOTE, "C4")


def vote_excluded_for_its_unit(dossier: Dossier) -> Evidence:
    return cases_box.excluded_before_final(dossier, RE_VOTE, "C7")


def vote_left_out_of_the_log(dossier: Dossier) -> Evidence:
    changed = cases_log.lines(dossier)
    del changed[RE_VOTE]
    return cases_log.with_log(dossier, changed)


def another_entry_exchanged(dossier: Dossier) -> Evidence:
    """All votes stand in their places, but among them stands another change of the roll."""
    changed = cases_log.lines(dossier)
    changed[ROLL_CHANGE] = replace(changed[ROLL_CHANGE], entry=replace(changed[ROLL_CHANGE].entry, digest="77" * 32))
    return cases_log.with_log(dossier, changed)


CASES: tuple[Claim, ...] = (
    Case("R1", receipt_of_somebody_else, casting),
    Case("R1", receipt_with_another_ocsp_response, casting),
    Case("R1", entry_of_another_kind, casting, "R2"),
    Case("R2", place_in_the_log_of_another, casting),
    Case("R2", vote_never_logged, casting),
    Case("R3", log_signature_of_somebody, casting, "LogError"),
    Case("R3", no_witness_asked, casting),
    Case("R3", one_witness_bribed, casting),
    Case("R4", forked_log, rechecking),
    Case("R4", log_rolled_back, rechecking),
    Case("R4", vote_replaced_in_secret, rechecking),
    Case("R4", replacement_denied, rechecking),
    Case("R4", latest_answer_unsigned, rechecking),
    Case("R4", latest_answer_about_another, rechecking),
    Case("R4", checkpoint_withheld_and_vote_called_late, looking_at_the_record),
    Case("R4", vote_excluded_for_its_certificate, looking_at_the_record),
    Case("R4", vote_excluded_for_its_unit, looking_at_the_record),
    Case("R4", vote_left_out_of_the_log, looking_at_the_record),
    Case("R4", another_entry_exchanged, looking_at_the_record),
)
