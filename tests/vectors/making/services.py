"""Vectors for Ed25519: published ones, and services' signatures over frames (spec 6.5)."""

from __future__ import annotations

from common.encoding.octets import from_base64url, to_base64url
from tests.vectors.making.checkpoints import key, public
from tests.vectors.making.kit import Book, Json, frame, padded

_RFC8032 = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     ("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2465"
      "5141438e7a100b")),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     ("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb0"
      "0d291612bb0c00")),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     ("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc0"
      "27beceea1ec40a")),
]  # fmt: skip
_L = (1 << 252) + 27742317777372353535851937790883648493


def books() -> list[Book]:
    return [plain(), framed()]


def plain() -> Book:
    book = Book(
        "ed25519",
        "verify-ed25519",
        "2.5, 7.3",
        "Ed25519 of plain messages; all in hex. The valid ones: RFC 8032, 7.1.",
    )
    for number, (octets, message, signature) in enumerate(_RFC8032, start=1):
        book.accept(
            f"rfc8032-{number}",
            f"TEST {number} of RFC 8032",
            {"public": octets, "message": message, "signature": signature},
        )
    good = book.given("rfc8032-2")
    mark = good["signature"]
    s = int.from_bytes(bytes.fromhex(mark[64:]), "little")
    for slug, what, changes in (
        ("other-message", "another message", {"message": "73"}),
        ("empty-message", "no message", {"message": ""}),
        ("other-key", "another key", {"public": _RFC8032[0][0]}),
        ("other-r", "a bit of R changed", {"signature": "93" + mark[2:]}),
        ("other-s", "a bit of S changed", {"signature": mark[:64] + "0b" + mark[66:]}),
        ("s-plus-l", "S plus the group order", {"signature": mark[:64] + (s + _L).to_bytes(32, "little").hex()}),
        ("zeros", "zeros", {"signature": "00" * 64}),
    ):
        book.refuse(slug, "rfc8032-2", what, good | changes, "LogError")
    return book


def framed() -> Book:
    book = Book(
        "service-signatures",
        "verify-service",
        "6.5",
        "Ed25519 over frame(tag, item); `public` in hex, `item` as text.",
    )
    example = {
        "public": "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
        "tag": "latest",
        "item": "{}",
        "signature": "QOv7UlTdVnuoGwLGnmdmi7_-frk6gSHpcqpzek8oc6VJWq9vRlI45BepkdLeLF7LL4zDLaaijH_Z0WlX9z-9CQ",
    }
    book.accept("example", "the example of the specification", example)
    for tag in ("authority", "latest", "trustee-answer"):
        book.accept(tag, f"under the tag {tag}", _signed(tag, '{"a":1}'))
    good = book.given("authority")
    text = good["signature"]
    octets = from_base64url(text)
    for slug, what, changes in (
        ("other-tag", "under another tag", {"tag": "latest"}),
        ("other-item", "another item", {"item": '{"a":2}'}),
        ("item-newline", "a newline after the item", {"item": '{"a":1}\n'}),
        ("other-key", "another key", {"public": public("somebody").hex()}),
        (
            "unframed",
            "the item signed without tag and frame",
            {"signature": to_base64url(key("authority").sign(b'{"a":1}'))},
        ),
        ("bit-changed", "a bit changed", {"signature": to_base64url(bytes([octets[0] ^ 1]) + octets[1:])}),
        ("padded", "padded", {"signature": padded(text)}),
        ("trailing", "an unused bit set", {"signature": text[:-1] + chr(ord(text[-1]) + 1)}),
        ("63-bytes", "63 bytes", {"signature": to_base64url(octets[:-1])}),
        ("65-bytes", "65 bytes", {"signature": to_base64url(octets + bytes(1))}),
        ("empty", "no signature", {"signature": ""}),
        ("hex", "in hex", {"signature": octets.hex()}),
        ("key-31", "a key of 31 bytes", {"public": good["public"][2:]}),
        ("key-33", "a key of 33 bytes", {"public": good["public"] + "00"}),
    ):
        book.refuse(slug, "authority", what, good | changes, "IdentityError")
    return book


def _signed(tag: str, item: str) -> dict[str, Json]:
    mark = to_base64url(key("authority").sign(frame(tag, item.encode())))
    return {"public": public("authority").hex(), "tag": tag, "item": item, "signature": mark}
