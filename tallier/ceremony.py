"""The key ceremony: deal, seal, rehearse, prove, forget (spec 5).

`hold_ceremony` does it with everybody within reach. Its two halves, `deal_key` and `finish_ceremony`, are for
trustees who are handed files; between them each takes its share and rehearses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from common.crypto.cryptosystem import Cryptosystem, ElectionKey, KeyMaterial, KeyProof, Progress, Share
from common.encoding.octets import from_base64url, to_base64url
from common.errors import CheckFailed, CryptoError, Party, ServiceRefused, SetupError, ValikError
from common.messages.manifest import Trustee, ceremony_id
from common.messages.message import Name, message
from common.messages.result import rehearsal_context
from common.ports import TrusteePort, Unavailable
from common.requests import ShareDelivery
from tallier.sealing import seal_share


@message
class Ceremony:
    """What is public after the ceremony; it goes into the manifest and beside it (spec 8.9)."""

    material: KeyMaterial
    trustees: tuple[Trustee, ...]
    proof: KeyProof


@message
class PublicDealing:
    """What is public once the key is dealt: `dealer_part` of the key proof still lacks the rehearsal (spec 8.9)."""

    parameters: Name
    material: KeyMaterial
    trustees: tuple[Trustee, ...]
    dealer_part: KeyProof


def hold_ceremony(
    system: Cryptosystem, threshold: int, trustees: Sequence[TrusteePort], progress: Progress | None = None
) -> Ceremony:
    """Make the key with all trustees present.

    `CheckFailed` names a trustee whose rehearsal share is wrong; `CryptoError` or `ServiceRefused` one that refuses.
    """
    identities = tuple(trustee.identity() for trustee in trustees)
    dealing, sealed = deal_key(system, threshold, identities, progress)
    for trustee, identity, share in zip(trustees, identities, sealed, strict=True):
        with _named(identity):
            trustee.receive_share(from_base64url(share.sealed), share.material, share.trustees)
    rehearsals: list[Sequence[Share]] = []
    for trustee, identity in zip(trustees, identities, strict=True):
        with _named(identity):
            rehearsals.append(trustee.rehearse())
    return finish_ceremony(system, dealing, rehearsals)


def deal_key(
    system: Cryptosystem, threshold: int, trustees: tuple[Trustee, ...], progress: Progress | None = None
) -> tuple[PublicDealing, tuple[ShareDelivery, ...]]:
    """A fresh key, and each trustee's share sealed to it. The dealer's secrets die with this function's frame.

    `SetupError` for a trustee named twice or whose keys are none.
    """
    for field in ("name", "signing_key", "sealing_key"):
        if len({getattr(trustee, field) for trustee in trustees}) != len(trustees):
            raise SetupError("a trustee stands twice in the list, or two share a name or a key; name each once")
    dealing = system.deal(threshold, len(trustees), progress)
    ceremony = ceremony_id(dealing.material, trustees)
    sealed = tuple(
        to_base64url(seal_share(share, from_base64url(trustee.sealing_key), ceremony, number))
        for number, (share, trustee) in enumerate(zip(dealing.shares, trustees, strict=True), start=1)
    )
    public = PublicDealing(system.name, dealing.material, trustees, dealing.proof)
    return public, tuple(ShareDelivery(share, dealing.material, trustees) for share in sealed)


def finish_ceremony(system: Cryptosystem, dealing: PublicDealing, rehearsals: Sequence[Sequence[Share]]) -> Ceremony:
    """Verify every trustee's rehearsal (in the trustees' order), and complete and verify the key proof.

    `SetupError` if one of them is missing. `CheckFailed` names the trustee whose share is wrong or, as the dealer's
    fault, a proof that does not hold.
    """
    if len(rehearsals) != len(dealing.trustees):
        raise SetupError(f"{len(rehearsals)} rehearsals of {len(dealing.trustees)} trustees; every one must rehearse")
    key = system.key(dealing.material)
    roots = rehearse(key, ceremony_id(dealing.material, dealing.trustees), rehearsals)
    try:
        proof = key.complete_proof(dealing.dealer_part, roots)
        key.verify_proof(proof)
    except CryptoError as error:
        raise CheckFailed("K3", Party.DEALER, "key proof", str(error)) from error
    return Ceremony(dealing.material, dealing.trustees, proof)


def rehearse(key: ElectionKey, ceremony: bytes, answers: Sequence[Sequence[Share]]) -> tuple[str, ...]:
    """All trustees open the rehearsal's values together: part 2 of the key proof; every share works."""
    values = key.rehearsal_values()
    for number, shares in enumerate(answers, start=1):
        _require_shares(key, ceremony, values, number, shares)
    chosen = answers[: key.material.threshold]
    return tuple(key.root([shares[index] for shares in chosen], value) for index, value in enumerate(values))


@contextmanager
def _named(trustee: Trustee) -> Iterator[None]:
    """A trustee's refusal says whose it is, and what is left to do: nobody else has the dealer's secrets any more."""
    advice = "hold the ceremony again, with new trustees in place of those who have rehearsed"
    try:
        yield
    except (Unavailable, CryptoError) as error:
        raise type(error)(f"{trustee.name}: {error}; {advice}") from error
    except ValikError as error:
        raise ServiceRefused(f"{trustee.name}: {error}; {advice}") from error


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
