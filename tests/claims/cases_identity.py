"""C3–C6: who signed, with which certificate, in which state, and in whose session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha384

from common.eid import signing
from common.eid.certificates import load_certificate
from common.eid.ocsp import build_request
from common.encoding.octets import to_base64url
from common.errors import Party
from common.messages.message import decode, encode
from common.messages.vote import SignedBallot
from scenarios.country.authority import EidAuthority
from scenarios.country.ocsp_responder import OcspResponder
from scenarios.country.profiles import Validity
from tests.claims.attack_tools import Scene
from tests.claims.case import Case
from tests.claims.cases_casting import Attack, casting
from voter_client.software_card import KeySlot, VoterToken

# --- C3


def expired(scene: Scene) -> bytes:
    now = scene.world.clock()
    return scene.raw(card=scene.world.country.issue(scene.citizen.person, Validity(now - 100, now - 1)))


def not_yet_valid(scene: Scene) -> bytes:
    now = scene.world.clock()
    return scene.raw(card=scene.world.country.issue(scene.citizen.person, Validity(now + 1, now + 100)))


def foreign_authority(scene: Scene) -> bytes:
    return scene.raw(card=EidAuthority(scene.world.clock).issue(scene.citizen.person))


def authentication_certificate(scene: Scene) -> bytes:
    slot = scene.citizen.card.authentication
    return scene.raw(card=VoterToken(slot, slot))


def responder_certificate(scene: Scene) -> bytes:
    """The OCSP responder's certificate comes from the same authority as the voters'; here it votes."""
    country = scene.world.country
    slot = KeySlot(country.responder_certificate, country.responder_key)
    return scene.raw(card=VoterToken(slot, slot))


# --- C4


def revoked(scene: Scene) -> bytes:
    scene.world.country.revoke(scene.citizen.card)
    return scene.raw()


def honest_response(scene: Scene, raw: bytes, card: VoterToken | None = None) -> bytes:
    """What the responder honestly says now for the signature in `raw`, about its certificate or that of `card`."""
    parsed = signing.parse(decode(SignedBallot, raw).statement)
    certificate = card.signature.certificate if card else load_certificate(parsed.chain[0])
    nonce, issuer = signing.ocsp_nonce(parsed), scene.world.country.issuing.certificate
    return scene.responder.respond(build_request(certificate, issuer, nonce))


def response_replayed(scene: Scene) -> bytes:
    """The good response for an earlier signature of this card, from before it was stolen and revoked."""
    earlier = honest_response(scene, scene.raw())
    scene.world.country.revoke(scene.citizen.card)
    scene.responder.instead = lambda _request: earlier
    return scene.again().raw()


def response_stale(scene: Scene) -> bytes:
    """Fetched when the vote was signed, and used when it is too old; the vote itself is still young enough."""
    times = scene.election.manifest.times
    scene.world.clock.now += times.ocsp_freshness
    raw = scene.again().raw()
    scene.world.clock.now -= times.ocsp_freshness - times.intake_margin
    response = honest_response(scene, raw)
    scene.world.clock.now += times.ocsp_freshness - times.intake_margin + times.skew + 1
    scene.responder.instead = lambda _request: response
    return raw


def response_about_another_card(scene: Scene) -> bytes:
    raw = scene.raw()
    response = honest_response(scene, raw, scene.another().citizen.card)
    scene.responder.instead = lambda _request: response
    return raw


def response_of_another_authority(scene: Scene) -> bytes:
    """Another responder calls the card good; it is certified by another authority of the same name."""
    country, foreign = scene.world.country, EidAuthority(scene.world.clock)
    issuing = country.issuing.certificate
    impostor = EidAuthority(scene.world.clock)
    impostor.issuing = replace(foreign.issuing, certificate=issuing)
    impostor.register = country.register
    scene.responder.instead = OcspResponder(impostor).respond
    return scene.raw()


def response_missing(scene: Scene) -> bytes:
    scene.responder.instead = lambda _request: b""
    return scene.raw()


# --- C5


def _signed_anew(raw: bytes, change: Callable[[bytes, bytes], bytes]) -> bytes:
    """The signed ballot with another signature, made of its signing input and its signature."""
    vote = decode(SignedBallot, raw)
    parsed = signing.parse(vote.statement)
    text = parsed.signing_input.decode("ascii")
    changed = change(parsed.signing_input, parsed.signature)
    return encode(replace(vote, statement=f"{text}.{to_base64url(changed)}"))


def high_s(scene: Scene) -> bytes:
    """s → q−s: a second valid signature that the voter never made."""

    def mirrored(_text: bytes, signature: bytes) -> bytes:
        s = signing.P384_ORDER - int.from_bytes(signature[48:], "big")
        return signature[:48] + s.to_bytes(48, "big")

    return _signed_anew(scene.raw(), mirrored)


def another_persons_key(scene: Scene) -> bytes:
    """The certificate is the victim's, the signature somebody else's."""
    thief = scene.another().citizen.card.signature.signer("PIN2")

    def forged(text: bytes, _signature: bytes) -> bytes:
        return signing.normalise(thief.sign_digest(sha384(text).digest()))

    return _signed_anew(scene.raw(), forged)


def in_anothers_name_and_session(scene: Scene) -> bytes:
    """The statement names the victim, in whose session it is posted; the signature is somebody else's."""
    victim = scene.another()
    scene.view = victim.view
    return in_the_name_of(victim, scene)


def two_signing_times(scene: Scene) -> bytes:
    return scene.raw(signed_at=scene.world.clock() - 7)


# --- C6


def in_the_name_of(victim: Scene, scene: Scene) -> bytes:
    return scene.raw(victim.prepared.ballot, voter=victim.voter, salt=victim.prepared.salt)


def in_anothers_name(scene: Scene) -> bytes:
    """In the own session, signed with the own card; only the statement names the victim."""
    return in_the_name_of(scene.another(), scene)


def in_anothers_session(scene: Scene) -> bytes:
    """A well-signed vote, posted in a session that somebody else opened."""
    return scene.another().raw()


def _case(check: str, mutate: Attack, then: str | None = None, at_fault: Party | None = None) -> Case[Scene, bytes]:
    return Case(check, mutate, casting, then, at_fault)


CASES = (
    _case("C3", expired, "C5"),
    _case("C3", not_yet_valid, "C5"),
    _case("C3", foreign_authority, "C5"),
    _case("C3", authentication_certificate, "C5"),
    _case("C3", responder_certificate, "C5"),
    _case("C4", revoked, at_fault=Party.VOTER),
    _case("C4", response_replayed, at_fault=Party.EID_AUTHORITY),
    _case("C4", response_stale, at_fault=Party.EID_AUTHORITY),
    _case("C4", response_about_another_card, at_fault=Party.EID_AUTHORITY),
    _case("C4", response_of_another_authority, at_fault=Party.EID_AUTHORITY),
    _case("C4", response_missing, at_fault=Party.EID_AUTHORITY),
    _case("C5", high_s),
    _case("C5", another_persons_key),
    _case("C5", in_anothers_name_and_session),
    _case("C5", two_signing_times),
    _case("C6", in_anothers_session),
    _case("C6", in_anothers_name, "C5"),
)
