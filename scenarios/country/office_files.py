"""The mock eID authority on disk: its keys, its certificates, and the register of those it has issued."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from common.encoding.octets import to_base64url
from common.errors import SetupError
from common.messages.introductions import EidIntroduction
from common.transport.documents import write_document
from common.transport.key_files import PUBLIC_FILE, new_folder, write_private
from scenarios.country.authority import AuthorityKeys, EidAuthority, new_authority_keys
from scenarios.country.profiles import Authority
from scenarios.country.register import FileRegister

REGISTER = "issued.sqlite"
_NAMES = ("root", "issuing", "responder")


def found_authority(folder: Path, now: int) -> None:
    """Make the authority's folder, its keys, and `public.json` for the election authority."""
    with new_folder(folder):
        keys = new_authority_keys(now)
        for name, part in zip(_NAMES, (keys.root, keys.issuing, keys.responder), strict=True):
            pem = part.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            write_private(folder / f"{name}.pem", pem + part.certificate.public_bytes(serialization.Encoding.PEM))
        authority = EidAuthority(lambda: now, keys, FileRegister(folder / REGISTER))
        write_document(folder / PUBLIC_FILE, EidIntroduction(tuple(map(to_base64url, authority.pinned))))


def open_authority(folder: Path, clock: Callable[[], int]) -> EidAuthority:
    """The authority in a folder; `SetupError` if there is none."""
    if not (folder / REGISTER).is_file():
        raise SetupError(f"{folder} holds no mock eID authority; make one with `valik eid new`")
    root, issuing, responder = (_load(folder / f"{name}.pem") for name in _NAMES)
    return EidAuthority(clock, AuthorityKeys(root, issuing, responder), FileRegister(folder / REGISTER))


def _load(path: Path) -> Authority:
    try:
        pem = path.read_bytes()
        key = serialization.load_pem_private_key(pem, None)
        certificate = x509.load_pem_x509_certificate(pem)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise SetupError(f"{path} is no readable key with its certificate") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise SetupError(f"{path}: key and certificate do not belong together")
    return Authority(certificate, key)
