"""Services' Ed25519 signatures over framed items."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from common.eid import service_keys
from common.encoding.hashing import frame
from common.encoding.octets import from_base64url, to_base64url
from common.errors import IdentityError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = service_keys.public_raw(KEY)
SIGNATURE = service_keys.sign(KEY, "latest", b"one", [b"two", b"three"])


def test_signature_is_ed25519_over_the_frame() -> None:
    service_keys.verify(PUBLIC, SIGNATURE, "latest", b"one", [b"two", b"three"])
    KEY.public_key().verify(from_base64url(SIGNATURE), frame("latest", b"one", [b"two", b"three"]))
    assert len(PUBLIC) == 32
    assert len(SIGNATURE) == 86


def test_example_of_the_specification() -> None:
    assert PUBLIC.hex() == "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    assert frame("latest", b"{}").hex() == "000000000000000f76616c696b2f76312f6c617465737400000000000000027b7d"
    assert service_keys.sign(KEY, "latest", b"{}") == (
        "QOv7UlTdVnuoGwLGnmdmi7_-frk6gSHpcqpzek8oc6VJWq9vRlI45BepkdLeLF7LL4zDLaaijH_Z0WlX9z-9CQ"
    )


@pytest.mark.parametrize(
    ("tag", "items"),
    [("authority", (b"one", [b"two", b"three"])), ("latest", (b"one", b"two", b"three")), ("latest", (b"onetwo",))],
)
def test_another_tag_or_grouping_is_refused(tag: str, items: tuple[bytes | list[bytes], ...]) -> None:
    with pytest.raises(IdentityError, match="wrong"):
        service_keys.verify(PUBLIC, SIGNATURE, tag, *items)


@pytest.mark.parametrize(
    ("public", "signature"),
    [
        (bytes(31), SIGNATURE),
        (b"\xff" * 32, SIGNATURE),
        (service_keys.public_raw(Ed25519PrivateKey.generate()), SIGNATURE),
        (PUBLIC, SIGNATURE[:-2]),
        (PUBLIC, SIGNATURE + "=="),
        (PUBLIC, SIGNATURE[:-1] + "_"),
        (PUBLIC, to_base64url(bytes(64))),
        (PUBLIC, ""),
    ],
    ids=["short key", "no point", "other key", "short", "padded", "trailing bits", "zeros", "empty"],
)
def test_another_key_or_signature_is_refused(public: bytes, signature: str) -> None:
    with pytest.raises(IdentityError):
        service_keys.verify(public, signature, "latest", b"one", [b"two", b"three"])


@pytest.mark.parametrize("password", [None, b"secret"])
def test_private_key_survives_pem(password: bytes | None) -> None:
    pem = service_keys.dump_private(KEY, password)
    assert (b"ENCRYPTED" in pem) == (password is not None)
    assert service_keys.load_private(pem, password).private_bytes_raw() == KEY.private_bytes_raw()


def test_wrong_password_and_foreign_keys_are_refused() -> None:
    sealed = service_keys.dump_private(KEY, b"secret")
    for pem, password in ((sealed, b"Secret"), (sealed, None), (b"", None), (service_keys.dump_private(KEY), b"x")):
        with pytest.raises(IdentityError, match="PEM"):
            service_keys.load_private(pem, password)
    other = generate_private_key(SECP384R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(IdentityError, match="not Ed25519"):
        service_keys.load_private(other)
