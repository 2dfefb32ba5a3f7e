"""After the election: own receipts held against the published record (R4).

Nobody but the voter can see that a checkpoint is missing from a record: the receipt holds it.
"""

from __future__ import annotations

from common.checks.check import CheckList
from common.checks.receipt import InRecord, OwnVote
from common.encoding.octets import from_base64url
from common.errors import SetupError
from common.messages.acts import Exclusion, signed_digest
from common.messages.manifest import fingerprint
from common.tally.candidate import Candidate
from common.tally.evidence import PublicLog
from common.tally.record_files import RecordFiles
from voter_client.journal import Journal


def hold_against_record(journal: Journal, record: RecordFiles, checks: CheckList) -> None:
    """R1–R4 of every receipt, R4 against the record's public part; `CheckFailed` at the first that does not hold.

    `SetupError` for the record of another election; `MalformedMessage` or `RuleBroken` for files that are none.
    Whether the record itself is in order is what an audit says.
    """
    election = journal.election
    if fingerprint(record.rules) != election.fingerprint:
        raise SetupError("this is the record of another election than the one in this home")
    log = PublicLog(record.log, record.checkpoints)
    orders = {signed_digest(order): order for order in record.orders}
    bodies = [act.body for act in record.exclusions]
    excluded = {body.index: body.check for body in bodies if isinstance(body, Exclusion)}
    for vote in journal.votes:
        subject, receipt = f"receipt {vote.receipt.vote_id}", vote.receipt
        checks.run("R1", subject, receipt, OwnVote(vote.signed_ballot, election))
        checks.run("R2", subject, receipt, election)
        checks.run("R3", subject, receipt, election)
        candidate = Candidate(vote.signed_ballot, from_base64url(receipt.ocsp))
        checks.run("R4", subject, InRecord(receipt, candidate, journal.seen, log, orders, excluded), election)
