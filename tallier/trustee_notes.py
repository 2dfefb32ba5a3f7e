"""A trustee whose log says what it refused, and to whom: a second final tree, above all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from common.crypto.cryptosystem import KeyMaterial, KeyProof, Share
from common.errors import CheckFailed, CryptoError, ValikError
from common.messages.acts import Signed
from common.messages.manifest import Trustee
from common.messages.result import Aggregates, SignedAnswer
from common.ports import PeerNotes, TrusteePort
from common.tally.evidence import Evidence
from tallier.trustee import SecondFinalTree

A = TypeVar("A")
DEALER, PROCESSOR = "the dealer", "the processor"


class NotedTrustee(TrusteePort):
    """`trustee`, with notes on dealer and processor, or on whoever comes in their place."""

    def __init__(self, trustee: TrusteePort, notes: PeerNotes) -> None:
        self._trustee = trustee
        self._notes = notes

    def identity(self) -> Trustee:
        return self._trustee.identity()

    def receive_share(self, sealed: bytes, material: KeyMaterial, trustees: tuple[Trustee, ...]) -> None:
        self._noted(DEALER, lambda: self._trustee.receive_share(sealed, material, trustees))

    def rehearse(self) -> tuple[Share, ...]:
        return self._noted(DEALER, self._trustee.rehearse)

    def answer(self, manifest: Signed, key_proof: KeyProof, evidence: Evidence, claimed: Aggregates) -> SignedAnswer:
        return self._noted(PROCESSOR, lambda: self._trustee.answer(manifest, key_proof, evidence, claimed))

    def _noted(self, peer: str, do: Callable[[], A]) -> A:
        try:
            done = do()
        except ValikError as error:
            self._notes(*_note(peer, error))
            raise
        self._notes(peer, None)
        return done


def _note(peer: str, error: ValikError) -> tuple[str, str]:
    if isinstance(error, SecondFinalTree):
        return f"ALARM: {peer}", "asked for an answer about a second final tree"  # no other line holds this back
    if isinstance(error, CheckFailed):
        return peer, f"sent what does not pass {error.check}"
    if isinstance(error, CryptoError):
        return peer, "sent what does not fit this trustee's key or share"
    return peer, "was refused"
