"""V1–V4: a collector that lies to verifying devices, and a client that lies to its voter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.checks.catalogue import COMPLETE
from common.checks.check import CheckList
from common.encoding.times import to_rfc3339
from common.messages.receipt import Receipt, VerificationAnswer, sign_latest
from scenarios.world import Citizen, World
from tests.claims import cases_casting, cases_identity, cases_proofs
from tests.claims.attack_tools import CHOICES, MAINLANDERS, Scene, staged
from tests.claims.bases import Bases
from tests.claims.case import Case, Claim
from tests.claims.cases_casting import Attack
from tests.claims.lying_collector import LyingCollector, cosigned_by, saying
from voter_client.journal import CastVote
from voter_client.verification_code import VerificationCode, make_code
from voter_client.verify import verify_vote


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
        alone = cosigned_by(scanned.collector, honest.receipt.checkpoint, [0])
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
    say = saying(scanned.collector, **fields)
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
