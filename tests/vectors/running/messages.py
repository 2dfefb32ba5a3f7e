"""Messages, verification codes and merging, run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from common import requests
from common.messages import acts, ballot, draft, introductions, manifest, receipt, result, roll, vote
from common.messages.message import decode, encode
from common.tally.evidence import Evidence
from common.tally.merge import merge
from common.transport import problems
from tallier.ceremony import Ceremony, PublicDealing
from tallier.process import Faults
from tests.vectors.running.verdict import Json, Operation
from voter_client.verification_code import read_code

KINDS: dict[str, type[Any]] = {
    "signed-document": acts.Signed,
    "manifest": manifest.Manifest,
    "roll": roll.Roll,
    "change-set": roll.ChangeSet,
    "order": acts.Order,
    "extension": acts.Extension,
    "abandonment": acts.Abandonment,
    "revocation": acts.Revocation,
    "exclusion": acts.Exclusion,
    "ballot": ballot.Ballot,
    "statement": vote.VoteStatement,
    "signed-ballot": vote.SignedBallot,
    "recorded-vote": vote.RecordedVote,
    "session-view": receipt.SessionView,
    "receipt": receipt.Receipt,
    "signed-latest": receipt.SignedLatest,
    "verification-answer": receipt.VerificationAnswer,
    "aggregates": result.Aggregates,
    "signed-answer": result.SignedAnswer,
    "result": result.Result,
    "accounting": result.Accounting,
    "accounting-sets": result.AccountingSets,
    "draft": draft.Draft,
    "roll-draft": draft.RollDraft,
    "roll-changes": draft.RollChanges,
    "trustee": manifest.Trustee,
    "witness": manifest.Witness,
    "collector-introduction": introductions.CollectorIntroduction,
    "eid-introduction": introductions.EidIntroduction,
    "dealing": PublicDealing,
    "share-delivery": requests.ShareDelivery,
    "rehearsal": requests.RehearsalShares,
    "ceremony": Ceremony,
    "faults": Faults,
    "service-state": requests.ServiceState,
    "nonce": requests.Nonce,
    "authentication": requests.Authentication,
    "vote-reference": requests.VoteReference,
    "subscription": requests.Subscription,
    "notices-asked": requests.NoticesAsked,
    "notices": requests.Notices,
    "growth": requests.Growth,
    "hashes": requests.Hashes,
    "log-index": requests.LogIndex,
    "evidence": Evidence,
    "tally-request": requests.TallyRequest,
    "problem": problems.Problem,
    "failed-check": problems.FailedCheck,
}


def message(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    data = given["text"].encode()
    if encode(decode(KINDS[given["kind"]], data)) != data:
        raise ValueError("decoded, but not encoded again")


def verification_code(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    found = read_code(given["text"])
    return {"fingerprint_prefix": found.fingerprint_prefix, "vote_id": found.vote_id, "seed": found.seed.hex()}


def merging(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    """The rule asks nothing of a manifest but its units and the minimum."""
    units = tuple(
        manifest.Unit(name, name, parent, ("x",) if holder else ()) for name, parent, holder in given["units"]
    )
    minimum = given["minimum"]
    of: Any = SimpleNamespace(units=units, policies=SimpleNamespace(minimum_aggregate=minimum))
    return [
        {"holder": pool.unit, "units": list(pool.units), "ballots": pool.ballots, "opened": pool.ballots >= minimum}
        for pool in merge(of, "x", given["ballots"])
    ]


OPERATIONS: dict[str, Operation] = {
    "message-decode": message,
    "verification-code-decode": verification_code,
    "merge": merging,
}
