"""R1–R4 and V1–V4: a collector that lies to clients and verifying devices, and a client that lies to its voter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.checks.catalogue import COMPLETE
from common.checks.check import CheckList
from common.encoding.times import to_rfc3339
from common.log.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from common.messages.receipt import LatestAnswer, Receipt, SessionView, SignedLatest, VerificationAnswer, sign_latest
from common.tally.evidence import Evidence
from common.tally.record_files import RecordFiles
from scenarios.world import Citizen, World
from tests.claims import cases_box, cases_casting, cases_identity, cases_log, cases_proofs
from tests.claims.attack_tools import CHOICES, MAINLANDERS, Scene, checkpoint_note, collector_keys, staged
from tests.claims.bases import Bases
from tests.claims.case import Case, Claim
from tests.claims.cases_casting import Attack
from tests.claims.cases_log import Forgery
from tests.claims.dossier import Dossier
from voter_client.cast import VotingSession
from voter_client.journal import CastVote, Journal
from voter_client.published import hold_against_record
from voter_client.verification_code import VerificationCode, make_code
from voter_client.verify import verify_vote


@dataclass(slots=True)
class LyingCollector:
    """The honest collector of `world`, with something else in the place of some answers."""

    world: World
    receipt: Callable[[Receipt], Receipt] = lambda honest: honest
    answer: Callable[[VerificationAnswer], VerificationAnswer] = lambda honest: honest
    newest: Callable[[SignedLatest], SignedLatest] = lambda honest: honest
    head: Callable[[str], str] = lambda honest: honest

    def challenge(self) -> str:
        return self.world.collector.challenge()

    def open_session(self, nonce: str, token: str) -> SessionView:
        return self.world.collector.open_session(nonce, token)

    def refresh(self, session: str) -> SessionView:
        return self.world.collector.refresh(session)

    def cast(self, session: str, signed_ballot: bytes) -> Receipt:
        return self.receipt(self.world.collector.cast(session, signed_ballot))

    def lookup(self, vote_id: str) -> VerificationAnswer:
        return self.answer(self.world.collector.lookup(vote_id))

    def latest(self, vote_id: str) -> SignedLatest:
        return self.newest(self.world.collector.latest(vote_id))

    def checkpoint(self) -> str:
        return self.head(self.world.collector.checkpoint())

    def consistency(self, older: Checkpoint, newer: Checkpoint) -> tuple[bytes, ...]:
        return self.world.collector.consistency(older, newer)


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
    collector.receipt = lambda honest: replace(honest, checkpoint=_cosigned_by(collector, honest.checkpoint, []))


def one_witness_bribed(collector: LyingCollector) -> None:
    collector.receipt = lambda honest: replace(honest, checkpoint=_cosigned_by(collector, honest.checkpoint, [0]))


def _cosigned_by(collector: LyingCollector, note: str, witnesses: Sequence[int]) -> str:
    return checkpoint_note(collector.world, read_checkpoint(note)[1], collector.world.clock(), witnesses)


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
    collector.newest = _saying(collector, vote_id="0" * 32)


def _saying(collector: LyingCollector, **fields: object) -> Callable[[SignedLatest], SignedLatest]:
    """A latest answer with other fields, well signed by the collector."""
    key = collector_keys(collector.world).answers

    def say(honest: SignedLatest) -> SignedLatest:
        changed: LatestAnswer = replace(honest.answer, **fields)  # type: ignore[arg-type]
        return sign_latest(changed, key)

    return say


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


# --- V


@dataclass(slots=True)
class Scanned:
    """A code in front of a verifying device, and the collector that the device asks."""

    collector: LyingCollector
    citizen: Citizen
    vote: CastVote
    code: VerificationCode

    @property
    def world(self) -> World:
        return self.collector.world


def verifying(bases: Bases, mutate: Callable[[Scanned], None], checks: CheckList) -> object:
    """The voter's second device scans the code."""
    world = staged(bases.world)
    citizen = world.citizen(MAINLANDERS[0])
    vote = world.vote(citizen, CHOICES)
    scanned = Scanned(LyingCollector(world), citizen, vote, world.code(vote))
    mutate(scanned)
    return verify_vote(world.election, scanned.code, scanned.collector, world.clock, checks)


def _other_vote(scanned: Scanned) -> VerificationAnswer:
    other = scanned.world.vote(scanned.world.citizen(MAINLANDERS[1]), CHOICES)
    return scanned.world.collector.lookup(other.receipt.vote_id)


def another_vote_shown(scanned: Scanned) -> None:
    """The collector lost the vote, and shows another with its good receipt."""
    other = _other_vote(scanned)
    scanned.collector.answer = lambda _honest: other


def let_in(check: str, attack: Attack) -> Callable[[Scanned], None]:
    """Client and collector conspire: the collector let this vote in and gave a good receipt for it."""

    def conspire(scanned: Scanned) -> None:
        world = staged(scanned.world, collector_checks=COMPLETE.without(check))
        scene = Scene.open(world, iter(MAINLANDERS))
        receipt = scene.post(attack(scene))
        if not isinstance(receipt, Receipt):
            raise TypeError("a receipt")
        scanned.collector.world = world
        scanned.code = make_code(world.election.fingerprint, receipt.vote_id, scene.prepared.seed)

    conspire.__name__ = f"{attack.__name__}_let_in"
    return conspire


def receipt_of_another_vote(scanned: Scanned) -> None:
    other = _other_vote(scanned).receipt
    scanned.collector.answer = lambda honest: replace(honest, receipt=other)


def receipt_in_the_wrong_place(scanned: Scanned) -> None:
    scanned.collector.answer = lambda honest: replace(honest, receipt=replace(honest.receipt, index=0))


def receipt_without_witnesses(scanned: Scanned) -> None:
    def lie(honest: VerificationAnswer) -> VerificationAnswer:
        alone = _cosigned_by(scanned.collector, honest.receipt.checkpoint, [0])
        return replace(honest, receipt=replace(honest.receipt, checkpoint=alone))

    scanned.collector.answer = lie


def ocsp_response_differs(scanned: Scanned) -> None:
    """A receipt of a log entry with the true response, a recorded vote with another one."""
    scanned.collector.answer = lambda honest: replace(honest, recorded=replace(honest.recorded, ocsp="AAAA"))


def client_encrypted_something_else(scanned: Scanned) -> None:
    """The client shows a seed that does not belong to the ballot, in order that nobody sees what it encrypted."""
    code = scanned.code
    scanned.code = VerificationCode(code.fingerprint_prefix, code.vote_id, b"\x01" * 32)


def answer_signed_by_somebody(scanned: Scanned) -> None:
    def lie(honest: VerificationAnswer) -> VerificationAnswer:
        return replace(honest, latest=sign_latest(honest.latest.answer, Ed25519PrivateKey.generate()))

    scanned.collector.answer = lie


def _latest(scanned: Scanned, **fields: object) -> None:
    say = _saying(scanned.collector, **fields)
    scanned.collector.answer = lambda honest: replace(honest, latest=say(honest.latest))


def answer_kept_from_earlier(scanned: Scanned) -> None:
    """From before the vote was replaced (Pereira 2022): the device is to say "latest"."""
    times = scanned.world.election.manifest.times
    earlier = scanned.world.clock() - times.skew - times.max_age - 1
    _latest(scanned, time=to_rfc3339(earlier))


def answer_about_another_vote(scanned: Scanned) -> None:
    other = _other_vote(scanned).latest
    scanned.collector.answer = lambda honest: replace(honest, latest=other)


def answer_for_another_election(scanned: Scanned) -> None:
    _latest(scanned, fingerprint="ef" * 32)


def answer_with_another_number(scanned: Scanned) -> None:
    _latest(scanned, sequence=2)


def answer_from_before_the_vote(scanned: Scanned) -> None:
    _latest(scanned, tree_size=1)


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
    Case("V1", another_vote_shown, verifying, "V3"),
    Case("V1", let_in("C5", cases_identity.high_s), verifying),
    Case("V1", let_in("C8", cases_casting.statement_about_another_ballot), verifying),
    Case("V1", let_in("C7", cases_casting.contests_swapped), verifying, "V3"),
    Case("V1", let_in("C2", cases_casting.statement_for_another_election), verifying),
    Case("V1", let_in("C10", cases_proofs.response_not_reduced), verifying),
    Case("V1", let_in("C11", cases_proofs.challenge_tampered), verifying),
    Case("V2", receipt_of_another_vote, verifying),
    Case("V2", receipt_in_the_wrong_place, verifying),
    Case("V2", receipt_without_witnesses, verifying, "LogError"),
    Case("V2", ocsp_response_differs, verifying),
    Case("V3", client_encrypted_something_else, verifying, "CryptoError"),
    Case("V4", answer_signed_by_somebody, verifying),
    Case("V4", answer_kept_from_earlier, verifying),
    Case("V4", answer_about_another_vote, verifying),
    Case("V4", answer_for_another_election, verifying),
    Case("V4", answer_with_another_number, verifying),
    Case("V4", answer_from_before_the_vote, verifying),
)
