"""A trustee: holds one share, repeats every check, and answers for one final tree only, ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from common.checks.check import CheckList
from common.checks.inspection import inspect
from common.checks.setup import Pins
from common.checks.tally import Final
from common.crypto.cryptosystem import Cryptosystem, ElectionKey, KeyMaterial, KeyProof, Share
from common.eid.service_keys import public_raw
from common.encoding.octets import to_base64url
from common.errors import CryptoError, RuleBroken, ServiceRefused
from common.messages.acts import Signed
from common.messages.election import Election, load_election
from common.messages.manifest import Manifest, Trustee, ceremony_id
from common.messages.result import (
    Aggregates,
    ContestShares,
    SignedAnswer,
    TrusteeAnswer,
    rehearsal_context,
    sign_answer,
    tally_context,
)
from common.tally.aggregate import compute_aggregates
from common.tally.evidence import Evidence
from tallier.sealing import open_share
from tallier.trustee_state import StateStore


@dataclass(frozen=True, slots=True)
class TrusteeKeys:
    """A trustee's own keys: one signs answers, the other opens the sealed share."""

    signing: Ed25519PrivateKey
    sealing: X25519PrivateKey


class SecondFinalTree(ServiceRefused):
    """Somebody wants answers for two final trees of one election: their difference would open a single vote."""


class TrusteeService:
    """Implements the trustee port. `systems` maps parameter names to cryptosystems; `parameters` names this one's."""

    def __init__(
        self,
        name: str,
        keys: TrusteeKeys,
        store: StateStore,
        authority_key: bytes,
        parameters: str,
        systems: Mapping[str, Cryptosystem],
        checks: CheckList,
    ) -> None:
        self._name = name
        self._keys = keys
        self._store = store
        self._authority_key = authority_key
        self._parameters = parameters
        self._systems = systems
        self._checks = checks
        self._lock = Lock()

    def require_ready(self) -> None:
        """Raise unless the state can be read."""
        self._store.load()

    def identity(self) -> Trustee:
        return Trustee(
            self._name,
            to_base64url(public_raw(self._keys.signing)),
            to_base64url(self._keys.sealing.public_key().public_bytes_raw()),
        )

    # --- ceremony

    def receive_share(self, sealed: bytes, material: KeyMaterial, trustees: tuple[Trustee, ...]) -> None:
        """Open, check and keep the dealer's share; `ServiceRefused` if there is one that was rehearsed with.

        One that was not is replaced, as nothing made with it has left: the dealer of a ceremony that broke off may
        begin again (spec 5.4).
        """
        with self._lock:
            state = self._store.load()
            if state.spoken:
                raise ServiceRefused(
                    "this trustee already holds a share, and has rehearsed with it; make a new trustee "
                    "(`valik trustee new`)"
                )
            number = self._number(trustees)
            secret = open_share(sealed, self._keys.sealing, ceremony_id(material, trustees), number)
            self._systems[self._parameters].key(material).require_secret(secret, number)
            self._store.save(replace(state, secret=secret, material=material, trustees=trustees))

    def rehearse(self) -> tuple[Share, ...]:
        """Shares for the values that this trustee itself hashes from the key. Never for values given from outside."""
        with self._lock:  # saving an old state beside an answer would unbind the final tree (D2)
            return self._rehearse_once()

    def _rehearse_once(self) -> tuple[Share, ...]:
        state = self._store.load()
        if state.rehearsal is not None:
            return state.rehearsal
        key, secret = self._key_and_secret()
        number = self._number(state.trustees)
        ceremony = ceremony_id(key.material, state.trustees)
        shares = tuple(
            key.share(secret, number, value, rehearsal_context(ceremony, index))
            for index, value in enumerate(key.rehearsal_values())
        )
        self._store.save(replace(state, rehearsal=shares))
        return shares

    # --- tally

    def answer(self, manifest: Signed, key_proof: KeyProof, evidence: Evidence, claimed: Aggregates) -> SignedAnswer:
        """Shares for this record's aggregates, after repeating every check on the whole of it.

        `CheckFailed` names what is wrong; `SecondFinalTree` if this trustee already answered for another one,
        `ServiceRefused` if it has not rehearsed.
        """
        election = self._election(manifest, key_proof)
        inspection = inspect(election, evidence, self._checks, finished=True)
        final = Final(election, inspection.root)
        self._require_one_tree(final.root)
        ballots = [vote.candidate.ballot for vote in inspection.replay.counted()]
        self._checks.run("T1", "aggregates", claimed, (final, ballots))
        own = compute_aggregates(election, final.root, ballots)
        self._checks.run("T2", "aggregates", own, election)
        return self._answer_once(own)

    def _answer_once(self, own: Aggregates) -> SignedAnswer:
        """D2: bind to this final tree, on disk, before any share exists; one caller at a time."""
        with self._lock:
            self._require_one_tree(own.final_root)
            state = self._store.load()
            if state.answer is not None:
                return state.answer
            self._store.save(replace(state, final_root=own.final_root))
            answer = sign_answer(self._shares(own), self._keys.signing)
            self._store.save(replace(self._store.load(), answer=answer))
            return answer

    def _election(self, signed: Signed, key_proof: KeyProof) -> Election:
        """The election, if its manifest holds exactly the key of this trustee's ceremony."""
        self._checks.run("K1", "manifest", signed, Pins(self._authority_key, None))
        if not isinstance(signed.body, Manifest):
            raise RuleBroken("the signed document is not a manifest")
        state = self._store.load()
        if state.rehearsal is None:  # until then its share may be replaced, also while it looks at the evidence
            raise ServiceRefused("this trustee has not rehearsed, and answers for no election")
        if (signed.body.key, signed.body.trustees) != (state.material, state.trustees):
            raise CryptoError("the manifest's key is not that of this trustee's ceremony")
        self._checks.run("K2", "manifest", signed.body, None)
        election = load_election(signed.body, self._authority_key, self._systems)
        self._checks.run("K3", "key proof", key_proof, election)
        self._checks.run("K4", "verification keys", election, None)
        return election

    def _require_one_tree(self, root: str) -> None:
        """D2: one final tree, also after a restart; else `SecondFinalTree`."""
        bound = self._store.load().final_root
        if bound is not None and bound != root:
            raise SecondFinalTree("this trustee has answered for another final tree, and answers for no second one")

    def _shares(self, aggregates: Aggregates) -> TrusteeAnswer:
        key, secret = self._key_and_secret()
        number = self._number(self._store.load().trustees)
        fingerprint, root = aggregates.fingerprint, aggregates.final_root
        return TrusteeAnswer(
            "valik/v1/shares",
            fingerprint,
            root,
            number,
            tuple(
                ContestShares(
                    a.contest,
                    a.unit,
                    tuple(
                        key.share(secret, number, target, tally_context(fingerprint, root, a.contest, a.unit, index))
                        for index, target in enumerate(a.ciphertexts)
                    ),
                )
                for a in aggregates.aggregates
                if a.ciphertexts
            ),
        )

    def _key_and_secret(self) -> tuple[ElectionKey, str]:
        state = self._store.load()
        if state.secret is None or state.material is None:
            raise ServiceRefused("this trustee holds no share yet")
        return self._systems[self._parameters].key(state.material), state.secret

    def _number(self, trustees: tuple[Trustee, ...]) -> int:
        """This trustee's number, from 1; `CryptoError` if its keys are not among the ceremony's."""
        if self.identity() not in trustees:
            raise CryptoError("this trustee's keys are not among those of the ceremony")
        return trustees.index(self.identity()) + 1
