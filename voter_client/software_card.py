"""A software ID card: two keys with their certificates, each behind its PIN when on disk.

A real card keeps its keys and counts wrong PINs. This one is for lessons: whoever has the folder can try all PINs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from common.eid import auth_token, signing
from common.eid.certificates import load_certificate
from common.eid.personal_code import parse_voter_id
from common.errors import IdentityError
from common.transport.files import owner_only

PIN_LENGTHS = {"PIN1": (4, 12), "PIN2": (5, 12)}


@dataclass(frozen=True, slots=True)
class KeySlot:
    """A certificate and its key; `key` is None while the PIN has not been given."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | None

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def signer(self, pin_name: str) -> signing.SoftwareSigner:
        if self.key is None:
            raise IdentityError(f"the card needs {pin_name} for this")
        return signing.SoftwareSigner(self.key)


@dataclass(frozen=True, slots=True)
class VoterToken:
    """Someone's ID card: PIN1 opens the authentication key, PIN2 the signature key."""

    authentication: KeySlot
    signature: KeySlot

    @property
    def voter_id(self) -> str:
        """`PNOEE-<personal code>`, as the signature certificate says."""
        return _subject(self.signature.certificate, x509.NameOID.SERIAL_NUMBER)

    @property
    def name(self) -> str:
        subject = self.signature.certificate
        return f"{_subject(subject, x509.NameOID.GIVEN_NAME)} {_subject(subject, x509.NameOID.SURNAME)}"

    def authenticate(self, origin: str, nonce: str) -> str:
        """A Web eID token for the site at `origin` and its nonce (44 or more characters of base64)."""
        return auth_token.create(self.authentication.der, self.authentication.signer("PIN1"), origin, nonce)

    def sign(self, payload: bytes, time: int) -> str:
        """A compact JWS over `payload`, claiming `time` (seconds since 1970)."""
        return signing.sign(payload, self.signature.signer("PIN2"), (self.signature.der,), time)

    def save(self, folder: Path, pin1: str, pin2: str) -> None:
        """Write four files into `folder`, made with mode 0700; the keys as PKCS #8 encrypted under the PINs."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        for name, slot, pin, pin_name in self._slots(pin1, pin2):
            _require_pin(pin, pin_name)
            certificate = slot.certificate.public_bytes(serialization.Encoding.PEM)
            key = slot.signer(pin_name).key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(pin.encode("ascii")),
            )
            _write(folder / f"{name}.crt", certificate)
            _write(folder / f"{name}.key", key)

    def _slots(self, pin1: str, pin2: str) -> tuple[tuple[str, KeySlot, str, str], ...]:
        return (
            ("authentication", self.authentication, pin1, "PIN1"),
            ("signature", self.signature, pin2, "PIN2"),
        )

    @classmethod
    def load(cls, folder: Path, pin1: str | None = None, pin2: str | None = None) -> VoterToken:
        """The card in `folder`; a key whose PIN is not given stays locked. `IdentityError` for a wrong PIN."""
        return cls(_load_slot(folder, "authentication", pin1, "PIN1"), _load_slot(folder, "signature", pin2, "PIN2"))


def _load_slot(folder: Path, name: str, pin: str | None, pin_name: str) -> KeySlot:
    try:
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
        sealed = b"" if pin is None else (folder / f"{name}.key").read_bytes()
    except (OSError, ValueError):
        raise IdentityError(f"{folder} holds no readable ID card; name the folder of one card") from None
    certificate = load_certificate(certificate.public_bytes(serialization.Encoding.DER))
    if pin is None:
        return KeySlot(certificate, None)
    _require_pin(pin, pin_name)
    try:
        key = serialization.load_pem_private_key(sealed, pin.encode("ascii"))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise IdentityError(f"{pin_name} is wrong") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise IdentityError("the card's key and certificate do not belong together")
    return KeySlot(certificate, key)


def _require_pin(pin: str, pin_name: str) -> None:
    shortest, longest = PIN_LENGTHS[pin_name]
    if not (pin.isascii() and pin.isdigit() and shortest <= len(pin) <= longest):
        raise IdentityError(f"{pin_name} has {shortest} to {longest} digits")


def _subject(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    if len(found) != 1 or not isinstance(found[0].value, str):
        raise IdentityError("the card's certificate lacks a name or serial number")
    if oid == x509.NameOID.SERIAL_NUMBER:
        parse_voter_id(found[0].value)
    return found[0].value


def _write(path: Path, data: bytes) -> None:
    with open(path, "wb", opener=owner_only) as file:
        file.write(data)
