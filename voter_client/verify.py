"""The verifying device: from a scanned code to what was cast, in words (spec 10.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from common.checks.check import CheckList
from common.checks.device import Scan, SeededBallot
from common.crypto.contest import Choice
from common.errors import RuleBroken
from common.log.covering import CoveringTimes
from common.log.witnessed import open_checkpoint
from common.messages.election import Election
from common.messages.receipt import VerificationAnswer
from common.ports import VerificationPort
from common.tally.candidate import Candidate, CastingFacts
from common.tally.roll_history import RollHistory
from voter_client.verification_code import VerificationCode


@dataclass(frozen=True, slots=True)
class Shown:
    """What the device shows: whose vote, when, its number, whether it is the latest, and the choices by contest."""

    name: str
    time: str
    sequence: int
    latest: bool
    choices: dict[str, Choice]


def verify_vote(
    election: Election,
    code: VerificationCode,
    collector: VerificationPort,
    clock: Callable[[], int],
    checks: CheckList,
) -> Shown:
    """V1–V4 on what the collector answers; `CheckFailed` names what does not hold."""
    if not election.fingerprint.startswith(code.fingerprint_prefix):
        raise RuleBroken("this code is for another election than the one this device knows")
    answer = collector.lookup(code.vote_id)
    checks.run("V2", f"vote {code.vote_id}", answer, election)
    scan = Scan(_facts(election, answer), code.vote_id, clock())
    seeded = SeededBallot(answer.recorded.vote.ballot, code.seed, election)
    checks.run("V1", f"vote {code.vote_id}", answer, scan)
    checks.run("V3", f"vote {code.vote_id}", seeded, None)
    checks.run("V4", f"vote {code.vote_id}", answer, scan)
    vote = Candidate.of(answer.recorded)
    return Shown(
        vote.signer(scan.facts.time, election).name,
        vote.statement.time,
        vote.statement.sequence,
        answer.latest.answer.latest,
        dict(zip((part.contest for part in vote.ballot.contests), seeded.choices, strict=True)),
    )


def _facts(election: Election, answer: VerificationAnswer) -> CastingFacts:
    """Facts as far as a device has them: the receipt's covering time, no roll, no chain."""
    witnessed = open_checkpoint(answer.receipt.checkpoint, election.log_trust)
    covering = CoveringTimes([witnessed], election.manifest.witnesses.quorum)
    return CastingFacts(election, covering.of(answer.receipt.index), RollHistory({}, 0, ""), None, election.closes)
