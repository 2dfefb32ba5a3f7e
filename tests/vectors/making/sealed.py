"""Vectors for a dealer's share sealed to its trustee (spec 8.8)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.vectors.making import toy
from tests.vectors.making.hpke import seal
from tests.vectors.making.kit import Book, Draw, Json, frame, u64

_CEREMONY, _OTHER_CEREMONY = Draw("sealed ceremony").octets(32), Draw("other sealed ceremony").octets(32)
_EPHEMERAL = Draw("sealing").octets(32)
_SMALL_ORDER = bytes(32)


def books() -> list[Book]:
    book = Book(
        "sealed-shares",
        "open-sealed-share",
        "8.8",
        "`private` (X25519), `ceremony` and `sealed` in hex, and the trustee's number; `output` the share, base64url. The "
        "sender's ephemeral key is drawn from the seed like everything here; a dealer must draw a fresh one for each share.",
    )
    shares = [toy.value(share) for share in toy.DEALING.shares]
    for trustee in (1, 2, 3):
        book.accept(f"trustee-{trustee}", "a sealed share", _given(trustee), shares[trustee - 1])
    other = seal(_share(2), _public(2), _info(_CEREMONY, 2), Draw("sealing again").octets(32))
    again = _given(2) | {"sealed": other.hex()}
    book.accept("again", "the same share sealed with another ephemeral key", again, shares[1], base="trustee-2")
    _bindings(book)
    _bytes(book)
    return [book]


def _bindings(book: Book) -> None:
    good, share, public = book.given("trustee-2"), _share(2), _public(2)
    for slug, what, changes in (
        ("other-number", "opened as another trustee's", {"trustee": 1}),
        ("number-0", "opened as that of trustee 0", {"trustee": 0}),
        ("other-ceremony", "opened in another ceremony", {"ceremony": _OTHER_CEREMONY.hex()}),
        ("ceremony-bit", "one bit of the ceremony id changed", {"ceremony": _flipped(_CEREMONY, 31).hex()}),
        ("other-key", "opened with another trustee's key", {"private": _private(1).hex()}),
        ("no-info", "sealed without info", _sealed(share, public, b"")),
        ("other-tag", "sealed under another tag", _sealed(share, public, frame("rehearsal", _CEREMONY, u64(2)))),
        ("unframed", "the ceremony and the number joined without a frame", _sealed(share, public, _CEREMONY + u64(2))),
        ("ceremony-alone", "sealed without the number", _sealed(share, public, frame("sealed-share", _CEREMONY))),
        ("number-from-0", "numbers counted from 0", _sealed(share, public, _info(_CEREMONY, 1))),
        ("short-number", "the number in one byte", _sealed(share, public, frame("sealed-share", _CEREMONY, b"\x02"))),
        ("hex-ceremony", "the ceremony id as text",
         _sealed(share, public, frame("sealed-share", _CEREMONY.hex().encode(), u64(2)))),
        ("aad", "associated data that is not empty",
         {"sealed": seal(share, public, _info(_CEREMONY, 2), _EPHEMERAL, b"share").hex()}),
        ("not-ascii", "a share that is not ASCII", _sealed("õ".encode(), public, _info(_CEREMONY, 2))),
    ):  # fmt: skip
        book.refuse(slug, "trustee-2", what, good | changes, "CryptoError")


def _bytes(book: Book) -> None:
    """The message changed on its way."""
    good = book.given("trustee-2")
    sealed = bytes.fromhex(good["sealed"])
    third = bytes.fromhex(book.given("trustee-3")["sealed"])
    for slug, what, changed in (
        ("encapsulated-first", "a bit of the encapsulated key's first byte", _flipped(sealed, 0)),
        ("encapsulated-last", "a bit of the encapsulated key's last byte", _flipped(sealed, 31)),
        ("encapsulated-top", "the bit that X25519 ignores: the key schedule takes the bytes as they came",
         sealed[:31] + bytes([sealed[31] ^ 0x80]) + sealed[32:]),
        ("encapsulated-zero", "an encapsulated key 0, a point of small order", _SMALL_ORDER + sealed[32:]),
        ("ciphertext-first", "a bit of the ciphertext's first byte", _flipped(sealed, 32)),
        ("tag-last", "a bit of the tag's last byte", _flipped(sealed, len(sealed) - 1)),
        ("cut-last", "the last byte cut off", sealed[:-1]),
        ("cut-tag", "the tag cut off", sealed[:-16]),
        ("cut-ciphertext", "the encapsulated key alone", sealed[:32]),
        ("cut-key", "31 bytes", sealed[:31]),
        ("empty", "no bytes", b""),
        ("longer", "a byte more", sealed + b"\x00"),
        ("other-encapsulated", "another message's encapsulated key", third[:32] + sealed[32:]),
        ("parts-swapped", "the ciphertext first", sealed[32:] + sealed[:32]),
    ):  # fmt: skip
        book.refuse(slug, "trustee-2", what, good | {"sealed": changed.hex()}, "CryptoError")


def _given(trustee: int) -> dict[str, Json]:
    ephemeral = _EPHEMERAL if trustee == 2 else Draw(f"sealing to {trustee}").octets(32)
    sealed = seal(_share(trustee), _public(trustee), _info(_CEREMONY, trustee), ephemeral)
    private = _private(trustee).hex()
    return {"private": private, "ceremony": _CEREMONY.hex(), "trustee": trustee, "sealed": sealed.hex()}


def _sealed(share: bytes, public: bytes, info: bytes) -> dict[str, Json]:
    return {"sealed": seal(share, public, info, _EPHEMERAL).hex()}


def _share(trustee: int) -> bytes:
    return toy.value(toy.DEALING.shares[trustee - 1]).encode()


def _private(trustee: int) -> bytes:
    return Draw(f"sealing key {trustee}").octets(32)


def _public(trustee: int) -> bytes:
    return X25519PrivateKey.from_private_bytes(_private(trustee)).public_key().public_bytes_raw()


def _info(ceremony: bytes, trustee: int) -> bytes:
    return frame("sealed-share", ceremony, u64(trustee))


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
