"""The key ceremony: deal, seal, rehearse, prove, forget (spec 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.crypto.cryptosystem import Cryptosystem, ElectionKey, KeyMaterial, KeyProof, Progress, Share
from common.encoding.octets import from_base64url
from common.errors import CheckFailed, CryptoError, Party
from common.messages.manifest import Trustee, ceremony_id
from common.messages.result import rehearsal_context
from common.ports import TrusteePort
from tallier.sealing import seal_share


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What is public after the ceremony; it goes into the manifest and beside it."""

    material: KeyMaterial
    trustees: tuple[Trustee, ...]
    proof: KeyProof


def hold_ceremony(
    system: Cryptosystem, threshold: int, trustees: Sequence[TrusteePort], progress: Progress | None = None
) -> Ceremony:
    """Make the key with all trustees present. The dealer's secrets die with this function's frame.

    `CheckFailed` names a trustee whose rehearsal share is wrong; `CryptoError` if a trustee refuses its share.
    """
    identities = tuple(trustee.identity() for trustee in trustees)
    dealing = system.deal(threshold, len(trustees), progress)
    ceremony = ceremony_id(dealing.material, identities)
    for number, trustee in enumerate(trustees, start=1):
        key = from_base64url(identities[number - 1].sealing_key)
        sealed = seal_share(dealing.shares[number - 1], key, ceremony, number)
        trustee.receive_share(sealed, dealing.material, identities)
    election_key = system.key(dealing.material)
    roots = rehearse(election_key, ceremony, trustees)
    proof = election_key.complete_proof(dealing.proof, roots)
    election_key.verify_proof(proof)
    return Ceremony(dealing.material, identities, proof)


def rehearse(key: ElectionKey, ceremony: bytes, trustees: Sequence[TrusteePort]) -> tuple[str, ...]:
    """All trustees open the rehearsal's values together: part 2 of the key proof; every share works."""
    answers = [trustee.rehearse() for trustee in trustees]
    values = key.rehearsal_values()
    for number, shares in enumerate(answers, start=1):
        _require_shares(key, ceremony, values, number, shares)
    chosen = answers[: key.material.threshold]
    return tuple(key.root([shares[index] for shares in chosen], value) for index, value in enumerate(values))


def _require_shares(
    key: ElectionKey, ceremony: bytes, values: Sequence[str], number: int, shares: Sequence[Share]
) -> None:
    try:
        if len(shares) != len(values) or any(share.trustee != number for share in shares):
            raise CryptoError("the trustee did not answer once for each value")
        for index, (share, value) in enumerate(zip(shares, values, strict=True)):
            key.verify_share(share, value, rehearsal_context(ceremony, index))
    except CryptoError as error:
        raise CheckFailed("T3", Party.TRUSTEE, f"rehearsal share of trustee {number}", str(error)) from error
