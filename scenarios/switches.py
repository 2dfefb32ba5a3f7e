"""Laboratory switches: how a defence that is no check is taken away, and a check that other code stands in for.

Each swaps a function of this process for a weaker one and puts the old one back. No service has a flag for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from types import MappingProxyType, SimpleNamespace

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastapi import Request

import tallier.trustee
import voter_client.prepare
import voter_client.verify
from auditor.head_store import MemoryHeadStore
from auditor.witness import Head
from collector.accept import Acceptance
from collector.lookup import Lookup
from collector.notices import Notices
from collector.store import Store
from common.checks import device, inspection
from common.crypto import dealing, keyproof
from common.crypto.contest import Choice
from common.crypto.cryptosystem import KeyProof
from common.crypto.threshold import RandomBelow
from common.eid.certificates import Identity, Purpose, TrustAnchors, load_certificate, verify_voter_certificate
from common.encoding.octets import to_base64url
from common.errors import IdentityError, ServiceRefused
from common.log.checkpoint import read_checkpoint
from common.log.covering import CoveringTimes
from common.log.entries import Entry, EntryKind
from common.log.witnessed import Witnessed, open_checkpoint, verify_witnesses
from common.messages.acts import Signed
from common.messages.ballot import Ballot
from common.messages.election import Election
from common.messages.manifest import Manifest
from common.messages.message import decode
from common.messages.receipt import Receipt, VerificationAnswer
from common.messages.result import Aggregate, Aggregates, SignedAnswer, sign_answer
from common.messages.vote import RecordedVote, SignedBallot
from common.tally import aggregate, candidate
from common.tally.evidence import Evidence, PublicLog
from common.tally.merge import Pool
from common.tally.replay import Advances, Replay, replay
from common.transport import serve, server
from scenarios.proof_switches import PROOF_SWITCHES
from scenarios.swapping import swapped
from tallier.trustee import TrusteeService
from voter_client.verify import Shown

# --- C3, L3, L4, B1, T1, V3, V4: checks whose work the code around them would do as well


def _any_certificate(chain: Sequence[bytes], purpose: Purpose, time: int, anchors: TrustAnchors) -> Identity:
    """C3: whoever the certificate says, whoever issued it and whatever for."""
    try:
        return verify_voter_certificate(chain, purpose, time, anchors)
    except IdentityError:
        leaf = load_certificate(chain[0])
        key, (serial,) = leaf.public_key(), leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise
        return Identity(str(serial.value), "somebody", key, leaf, anchors.roots[0])


def _witnessed_whoever_logs(self: PublicLog, election: Election) -> tuple[Witnessed, ...]:
    """L3: cosigned checkpoints count, whichever key their log has signed them with."""
    trust = election.log_trust
    return tuple(Witnessed(read_checkpoint(note)[1], verify_witnesses(note, trust)) for note in self.checkpoints)


def _covered_by_any(self: PublicLog, election: Election) -> CoveringTimes:
    """L4: what one witness saw counts as seen."""
    trust = replace(election.log_trust, quorum=1)
    return CoveringTimes((open_checkpoint(note, trust) for note in self.checkpoints), 1)


def _replay_what_is_there(election: Election, evidence: Evidence, advances: Advances) -> Replay:
    """B1: a logged vote that is not in the box is passed over."""
    box = set(evidence.digests)
    left = tuple(
        Entry(EntryKind.OPEN, entry.digest) if entry.kind == "vote" and entry.digest not in box else entry
        for entry in evidence.log.entries
    )
    return replay(election, replace(evidence, log=replace(evidence.log, entries=left)), advances)


_ask = TrusteeService.answer


def _answer_as_told(
    self: TrusteeService, manifest: Signed, key_proof: KeyProof, evidence: Evidence, claimed: Aggregates
) -> SignedAnswer:
    """T1: a trustee that opens what the processor hands it, instead of what it computes itself."""
    with swapped((tallier.trustee, "compute_aggregates", lambda *_arguments: claimed)):
        return _ask(self, manifest, key_proof, evidence, claimed)


def _choice_on_the_code(ballot: Ballot, seed: bytes, election: Election) -> tuple[Choice, ...]:
    """V3: a device that shows what the code says, the options in its first bytes, and opens nothing."""
    options = [election.schemes[part.contest].rules.options for part in ballot.contests]
    return tuple(tuple(int(o == seed[at] % k) for o in range(k)) for at, k in enumerate(options))


def _always_latest(name: str, time: str, sequence: int, _latest: bool, choices: dict[str, Choice]) -> Shown:
    """V4: a device that does not know whether the vote it shows still stands."""
    return Shown(name, time, sequence, True, choices)


# --- D1, D2, D3, D6


@contextmanager
def _commit_later(self: Store) -> Iterator[None]:
    """D1: a store that says it is done, and commits when it has the time."""
    if not self._connection.in_transaction:
        self._connection.execute("BEGIN IMMEDIATE")
    yield


async def _all_of_it(request: Request, _limit: int) -> bytes:
    """D6: the body, however long."""
    return b"".join([piece async for piece in request.stream()])


def _answer_again(self: TrusteeService, own: Aggregates) -> SignedAnswer:
    """D2: a trustee without memory."""
    return sign_answer(self._shares(own), self._keys.signing)


def _everyone_gets_all(
    exponent: int, _order: int, _threshold: int, trustees: int, _random_below: RandomBelow
) -> tuple[int, ...]:
    """D3: a polynomial of degree 0, so that each share is the secret itself."""
    return (exponent,) * trustees


# --- D7 to D11


_accept = Acceptance.accept


def _accept_once(self: Acceptance, voter: str, signed_ballot: bytes) -> Receipt:
    """D7: who has voted has voted."""
    if voter in self._ledger.heads:
        raise ServiceRefused("you have voted already")
    return _accept(self, voter, signed_ballot)


def _forget(_self: MemoryHeadStore, _origin: str, _head: Head, _replacing: Head | None) -> None:
    """D9: the head never reaches the store, so every restart begins with none."""


def _same_every_time(length: int) -> bytes:
    """D10: a client whose random bytes come out the same for each ballot."""
    return b"\x07" * length


def _show_always(self: Lookup, vote_id: str) -> VerificationAnswer:
    """D8: any code shows its vote, at any time and any number of times."""
    row = self._finished(vote_id)
    recorded = RecordedVote(decode(SignedBallot, row.signed_ballot), to_base64url(row.ocsp))
    return VerificationAnswer(recorded, decode(Receipt, row.receipt or b""), self._latest(row))


def _each_by_itself(manifest: Manifest, contest: str, counts: Mapping[str, int]) -> tuple[Pool, ...]:
    """D11: every unit is a pool of its own, however small."""
    holders = [unit.id for unit in manifest.units if contest in unit.contests and counts.get(unit.id)]
    return tuple(Pool(unit, (unit,), counts[unit]) for unit in holders)


def _opened_anyhow(election: Election, contest: str, pool: Pool, cast: Sequence[Ballot]) -> Aggregate:
    """D11: what is too small is opened all the same."""
    chosen = [aggregate.part(ballot, contest).ciphertexts for ballot in cast if ballot.unit in pool.units]
    products = tuple(election.key.aggregate(column) for column in zip(*chosen, strict=True))
    return Aggregate(contest, pool.unit, pool.units, pool.ballots, products)


SWITCHES: Mapping[str, Callable[[], AbstractContextManager[None]]] = MappingProxyType(
    {
        "C3": lambda: swapped((candidate, "verify_voter_certificate", _any_certificate)),
        "L3": lambda: swapped(
            (inspection, "verify_log_signature", lambda note, _trust: read_checkpoint(note)[1]),
            (PublicLog, "witnessed", _witnessed_whoever_logs),
        ),
        "L4": lambda: swapped((PublicLog, "covering_times", _covered_by_any)),
        "B1": lambda: swapped((inspection, "replay", _replay_what_is_there)),
        "T1": lambda: swapped((TrusteeService, "answer", _answer_as_told)),
        "V3": lambda: swapped((device, "open_ballot", _choice_on_the_code)),
        "V4": lambda: swapped((voter_client.verify, "Shown", _always_latest)),
        "K3 part 2": lambda: swapped((keyproof, "_verify_roots", lambda _n, _roots: None)),
        "K3 part 3": lambda: swapped((keyproof, "_verify_square_roots", lambda _n, _roots: None)),
        "D1": lambda: swapped((Store, "_transaction", _commit_later)),
        "D2": lambda: swapped(
            (TrusteeService, "_answer_once", _answer_again),
            (TrusteeService, "_require_one_tree", lambda _self, _root: None),
        ),
        "D3": lambda: swapped((dealing, "_share_exponent", _everyone_gets_all)),
        **PROOF_SWITCHES,
        "D6 body length": lambda: swapped((server, "_bounded", _all_of_it)),
        "D6 connections": lambda: swapped((serve, "MAXIMUM_CONNECTIONS", None)),
        "D6 body time": lambda: swapped((server, "asyncio", SimpleNamespace(timeout=lambda _seconds: nullcontext()))),
        "D7": lambda: swapped((Acceptance, "accept", _accept_once)),
        "D8": lambda: swapped((Lookup, "find", _show_always)),
        "D9": lambda: swapped((MemoryHeadStore, "save", _forget)),
        "D10": lambda: swapped((voter_client.prepare, "secrets", SimpleNamespace(token_bytes=_same_every_time))),
        "notice": lambda: swapped((Notices, "since", lambda _self, _token, _after: ())),
        "D11": lambda: swapped((aggregate, "merge", _each_by_itself), (aggregate, "_aggregate", _opened_anyhow)),
    }
)
"""By the id of what is taken away. A part of a defence has the part's name after the id."""
