"""A mock of the Estonian eID authority: a root, an issuing authority, ID cards, revocations. For lessons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from common.eid.certificates import Purpose, TrustAnchors
from common.eid.personal_code import parse_voter_id
from common.errors import IdentityError
from scenarios.country.population import Person
from scenarios.country.profiles import Authority, Validity, authority, person_certificate, responder_certificate
from scenarios.country.register import Issued, MemoryRegister, Register
from voter_client.software_card import KeySlot, VoterToken

YEAR = 365 * 86_400
CARD_LIFE = 5 * YEAR


@dataclass(frozen=True, slots=True)
class AuthorityKeys:
    """All that signs for the mock authority: its root, the authority that issues, and the OCSP responder."""

    root: Authority
    issuing: Authority
    responder: Authority


def new_authority_keys(now: int) -> AuthorityKeys:
    """Fresh keys and certificates, valid from a year before `now` (seconds since 1970)."""
    root = authority("Country root CA", Validity(now - YEAR, now + 20 * YEAR))
    issuing = authority("Country eID CA", Validity(now - YEAR, now + 15 * YEAR), root)
    key = ec.generate_private_key(ec.SECP384R1())
    certificate = responder_certificate(key.public_key(), issuing, Validity(now - YEAR, now + 5 * YEAR))
    return AuthorityKeys(root, issuing, Authority(certificate, key))


class EidAuthority:
    """Issues cards and knows their status. `clock` gives seconds since 1970.

    Elections pin the issuing authority (`anchors`), as Web eID sites do: a token carries one certificate only.
    """

    def __init__(
        self, clock: Callable[[], int], keys: AuthorityKeys | None = None, register: Register | None = None
    ) -> None:
        self.clock = clock
        keys = keys or new_authority_keys(clock())
        self.root, self.issuing = keys.root, keys.issuing
        self.responder_key, self.responder_certificate = keys.responder.key, keys.responder.certificate
        self.register = register or MemoryRegister()

    @property
    def anchors(self) -> TrustAnchors:
        """What an election pins."""
        return TrustAnchors((self.issuing.certificate,))

    @property
    def pinned(self) -> tuple[bytes, ...]:
        """The same, as DER, for the manifest."""
        return tuple(c.public_bytes(serialization.Encoding.DER) for c in self.anchors.roots)

    def issue(self, person: Person, validity: Validity | None = None) -> VoterToken:
        """An ID card for `person`: valid now and for five years, unless told otherwise."""
        period = validity or Validity(self.clock(), self.clock() + CARD_LIFE)
        authentication, signature = (
            self._slot(person, purpose, period) for purpose in (Purpose.AUTHENTICATION, Purpose.SIGNATURE)
        )
        return VoterToken(authentication, signature)

    def revoke(self, token: VoterToken, at: int | None = None) -> None:
        """Both certificates of a card are revoked from `at` on (by default from now)."""
        moment = self.clock() if at is None else at
        for slot in (token.authentication, token.signature):
            if self.status(slot.certificate.serial_number) is None:
                raise IdentityError("this authority did not issue the card")
            self.register.revoke(slot.certificate.serial_number, moment)

    def replace(self, lost: VoterToken) -> VoterToken:
        """A new card for the holder of `lost`; all that the holder had before is revoked from now on.

        One card is good at a time, so of two replacements for the same card the first is revoked as well.
        """
        self.revoke(lost)
        holder = x509.NameAttribute(x509.NameOID.SERIAL_NUMBER, lost.voter_id)
        for issued in self.register.all():
            if issued.revoked_at is None and holder in issued.certificate.subject:
                self.register.revoke(issued.certificate.serial_number, self.clock())
        return self.issue(Person.named(lost.name, parse_voter_id(lost.voter_id)))

    def status(self, serial_number: int) -> Issued | None:
        """What is known of a certificate; None if this authority never issued it."""
        return self.register.find(serial_number)

    def _slot(self, person: Person, purpose: Purpose, validity: Validity) -> KeySlot:
        key = ec.generate_private_key(ec.SECP384R1())
        certificate = person_certificate(person, purpose, key.public_key(), self.issuing, validity)
        self.register.add(certificate)
        return KeySlot(certificate, key)
