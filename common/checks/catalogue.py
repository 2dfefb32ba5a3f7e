"""The complete list. The docs' table, the audit report, the tests' marks and the laboratory all come from here."""

from __future__ import annotations

from dataclasses import dataclass

from common.checks import box, casting, device, log, receipt, record, setup, tally
from common.checks.check import Check, CheckList, Function
from common.errors import Party

_P = Party
_ALL = frozenset({_P.CLIENT, _P.TRUSTEE, _P.PROCESSOR, _P.PUBLIC_AUDITOR, _P.SWORN_AUDITOR})
_COUNTING = frozenset({_P.PROCESSOR, _P.TRUSTEE, _P.SWORN_AUDITOR})
_VOTES = _COUNTING | {_P.COLLECTOR}
_RESULT = frozenset({_P.PROCESSOR, _P.PUBLIC_AUDITOR, _P.SWORN_AUDITOR})
_AUDIT = frozenset({_P.PUBLIC_AUDITOR, _P.SWORN_AUDITOR})
_COLLECTOR = frozenset({_P.COLLECTOR})
_CLIENT = frozenset({_P.CLIENT})
_DEVICE = frozenset({_P.DEVICE})
_SHOWN = _VOTES | _DEVICE
"""Of a vote that a verifying device is shown (V1); V2 is R1 to R3, and with them L1, L3 and L4."""
_NAMELESS = _SHOWN | {_P.PUBLIC_AUDITOR}


def _check(identifier: str, claim: str, runners: frozenset[Party], at_fault: Party, function: Function) -> Check:
    return Check(identifier, claim, runners, at_fault, function, f"spec chapter 12, {identifier}")


CHECKS = (
    _check("F1", "exactly the files of its layout, in form", _AUDIT, _P.PROCESSOR, record.f1_layout),
    _check("K1", "the pinned authority signed the manifest", _ALL | _DEVICE, _P.AUTHORITY, setup.k1_manifest_signed),
    _check(
        "K2",
        "parameters and policies keep the floors",
        _ALL | _DEVICE | _COLLECTOR,
        _P.AUTHORITY,
        setup.k2_within_floors,
    ),
    _check("K3", "the key proof holds", _ALL - _CLIENT, _P.DEALER, setup.k3_key_proof),
    _check("K4", "the verification keys fit together", _ALL, _P.DEALER, setup.k4_verification_keys),
    _check("K5", "the roll is signed and the manifest's", _VOTES, _P.AUTHORITY, setup.k5_roll_signed),
    _check("K6", "roll changes are signed, chained, logged", _VOTES, _P.AUTHORITY, setup.k6_changes_chained),
    _check("C1", "size and canonical form", _VOTES, _P.CLIENT, casting.c1_size_and_form),
    _check("C2", "right election, within its times", _VOTES, _P.CLIENT, casting.c2_election_and_time),
    _check("C3", "certificate chain, validity, usage, root", _SHOWN, _P.CLIENT, casting.c3_certificate),
    _check("C4", "the certificate was good by OCSP", _VOTES, _P.COLLECTOR, casting.c4_status),
    _check("C5", "the voter named signed the statement", _SHOWN, _P.CLIENT, casting.c5_signature),
    _check("C6", "the signer is who authenticated", _COLLECTOR, _P.CLIENT, casting.c6_authenticated),
    _check("C7", "on the roll, right unit and contests", _VOTES, _P.CLIENT, casting.c7_on_the_roll),
    _check("C8", "ballot and pseudonym are the signer's", _SHOWN, _P.CLIENT, casting.c8_ballot_is_the_signers),
    _check("C9", "continues the voter's chain", _VOTES, _P.CLIENT, casting.c9_continues_chain),
    _check("C10", "every group element in range", _NAMELESS, _P.CLIENT, casting.c10_elements),
    _check("C11", "every membership proof holds", _NAMELESS, _P.CLIENT, casting.c11_proofs),
    _check("C12", "not too many votes of one voter", _COLLECTOR, _P.CLIENT, casting.c12_rate),
    _check("L1", "the entry is included", _ALL | _DEVICE, _P.COLLECTOR, log.l1_inclusion),
    _check("L2", "the log only grew", _ALL, _P.COLLECTOR, log.l2_consistency),
    _check("L3", "the log signed the checkpoint", _ALL | _DEVICE, _P.COLLECTOR, log.l3_log_signature),
    _check("L4", "a quorum of witnesses cosigned", _ALL | _DEVICE, _P.COLLECTOR, log.l4_witness_quorum),
    _check("L5", "votes covered in time, close not too early", _RESULT | _COUNTING, _P.COLLECTOR, log.l5_deadlines),
    _check("L6", "open, close, final in order and signed", _RESULT | _COUNTING, _P.COLLECTOR, log.l6_order),
    _check("R1", "the receipt is for this vote", _CLIENT | _DEVICE, _P.COLLECTOR, receipt.r1_for_this_vote),
    _check("R2", "the receipt's entry is included", _CLIENT | _DEVICE, _P.COLLECTOR, receipt.r2_included),
    _check("R3", "signed by the log, cosigned by a quorum", _CLIENT | _DEVICE, _P.COLLECTOR, receipt.r3_witnessed),
    _check("R4", "consistent with all seen before", _CLIENT, _P.COLLECTOR, receipt.r4_consistent),
    _check("V1", "the signed ballot is whole and the voter's", _DEVICE, _P.COLLECTOR, device.v1_signed_ballot),
    _check("V2", "its receipt holds", _DEVICE, _P.COLLECTOR, device.v2_receipt),
    _check("V3", "it opens from the seed to a choice", _DEVICE, _P.CLIENT, device.v3_opens_from_seed),
    _check("V4", "the latest answer is signed and fresh", _DEVICE, _P.COLLECTOR, device.v4_latest),
    _check("B1", "every logged vote is in the box", _COUNTING, _P.COLLECTOR, box.b1_logged_votes_present),
    _check("B2", "everything in the box is logged once", _COUNTING, _P.COLLECTOR, box.b2_box_logged_once),
    _check("B3", "every vote not excluded is valid", _COUNTING, _P.COLLECTOR, box.b3_votes_valid),
    _check("B4", "one unbroken chain for each voter", _COUNTING, _P.COLLECTOR, box.b4_chains_unbroken),
    _check("B5", "revocations and exclusions are in order", _COUNTING | _RESULT, _P.AUTHORITY, box.b5_acts_in_order),
    _check("B6", "every logged vote has exactly one fate", _COUNTING, _P.PROCESSOR, box.b6_every_vote_has_one_fate),
    _check("B7", "counted are the heads left", _COUNTING, _P.PROCESSOR, box.b7_counted_are_heads),
    _check("T1", "aggregates are the counted products", _COUNTING | _RESULT, _P.PROCESSOR, tally.t1_products),
    _check("T2", "nothing opened below the minimum", _COUNTING | _RESULT, _P.PROCESSOR, tally.t2_minimum),
    _check("T3", "each trustee's shares are good", _RESULT, _P.TRUSTEE, tally.t3_shares),
    _check("T4", "each opening re-encrypts", _RESULT, _P.PROCESSOR, tally.t4_opening),
    _check("T5", "the counts are what was opened", _RESULT, _P.PROCESSOR, tally.t5_counts),
    _check("T6", "the result is for the final tree", _RESULT, _P.PROCESSOR, tally.t6_result),
)

COMPLETE = CheckList(CHECKS, complete=True)


@dataclass(frozen=True, slots=True)
class Defence:
    """A defence that is no check on an object: an order of steps, a rule, a way of computing."""

    id: str
    claim: str
    where: str


DEFENCES = (
    Defence("D1", "a vote is durable before its receipt leaves", "collector.accept"),
    Defence("D2", "a trustee answers for one final tree only", "tallier.trustee"),
    Defence("D3", "fewer than the threshold learn nothing", "common.crypto.threshold"),
    Defence("D4", "every part of the statement is in the challenge hash", "common.crypto.membership"),
    Defence("D5", "proof equations are checked on squares", "common.crypto.membership, batch"),
    Defence("D6", "limits on size, rate and time of requests", "collector"),
    Defence("D7", "a voter may vote again; the last vote counts", "common.tally.replay"),
    Defence("D8", "verification is limited in time and number", "collector.lookup"),
    Defence("D9", "a witness keeps its head before it answers", "auditor.witness"),
    Defence("D10", "seed and salt are fresh for each ballot", "voter_client.prepare"),
    Defence("D11", "small units are merged by a fixed rule", "common.tally.merge"),
)
