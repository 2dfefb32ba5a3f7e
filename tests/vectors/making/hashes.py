"""Vectors for framing, hashes under each domain tag, full-domain hashes and derived randomness (spec 2.3–2.6, 3.2)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

import hashlib
import json
from math import gcd

from tests.vectors.making import toy
from tests.vectors.making.kit import Book, Draw, Json, frame, sha256_of, u64


def books() -> list[Book]:
    return [frames(), tagged_hashes(), full_domain_hashes(), randomness()]


def frames() -> Book:
    book = Book("frames", "frame", "2.3", "Items are bytes in hex, or lists of items; `output` is the frame in hex.")
    some: list[tuple[str, str, str, Json]] = [
        ("example", "the example of the specification", "example", [b"ab", [b"c", b""], u64(7)]),
        ("no-items", "a tag alone", "example", []),
        ("empty-bytes", "an empty byte string", "ballot", [b""]),
        ("empty-list", "an empty list, framed like an empty byte string", "ballot", [[]]),
        ("nested", "lists in a list", "ballot-header", [[[b"a", [b"x", b"y"]], [b"b", []]]]),
        ("split-1", "two byte strings", "example", [b"ab", b"c"]),
        ("split-2", "the same bytes cut elsewhere frame otherwise", "example", [b"a", b"bc"]),
    ]
    for slug, what, tag, items in some:
        book.accept(slug, what, {"tag": tag, "items": _hexed(items)}, frame(tag, *items).hex())
    return book


def tagged_hashes() -> Book:
    book = Book(
        "tagged-hashes",
        "tagged-hash",
        "2.6",
        "One hash under each tag that makes one (but for `membership` and `share`, whose hashes stand in proofs). "
        "`input.of` are the values as messages hold them, `frame` (hex) what is hashed, `digest` the SHA-256 of it. "
        "`vote-id` is cut to 16 bytes.",
    )
    draw = Draw("tagged hashes")
    fingerprint, root, salt, pseudonym = toy.FINGERPRINT, toy.FINAL_ROOT, toy.SALT, toy.PSEUDONYM
    header = [[b"mayor", [b"AAAA"]], [b"council", [b"BBBB", b"CCCC"]]]
    key = {"base": "Ag", "public_key": {"n": "CtU"}, "threshold": 2, "verification_keys": ["Aw", "BA"]}
    trustees = [{"name": f"trustee-{i}", "sealing_key": "AAAA", "signing_key": "BBBB"} for i in (1, 2)]
    signed, ocsp = draw.octets(40), draw.octets(20)
    ceremony = draw.octets(32)
    some: list[tuple[str, dict[str, Json], list[Json]]] = [
        ("pseudonym", {"fingerprint": fingerprint.hex(), "voter": toy.VOTER, "salt": salt.hex()},
         [fingerprint, toy.VOTER.encode(), salt]),
        ("ballot-header",
         {"fingerprint": fingerprint.hex(), "unit": "north", "pseudonym": pseudonym.hex(),
          "contests": [["mayor", ["AAAA"]], ["council", ["BBBB", "CCCC"]]]},
         [fingerprint, b"north", pseudonym, header]),
        ("vote-id", {"signed_ballot": signed.hex()}, [signed]),
        ("recorded-vote", {"signed_ballot": signed.hex(), "ocsp": ocsp.hex()}, [signed, ocsp]),
        ("set-commitment", {"salt": salt.hex(), "name": "counted", "votes": [1, 2, 5]},
         [salt, b"counted", [u64(1), u64(2), u64(5)]]),
        ("ceremony", {"key": key, "trustees": trustees}, [_json(key), [_json(trustee) for trustee in trustees]]),
        ("rehearsal", {"ceremony": ceremony.hex(), "index": 15}, [ceremony, u64(15)]),
        ("tally",
         {"fingerprint": fingerprint.hex(), "final_root": root.hex(), "contest": "mayor", "unit": "north", "index": 2},
         [fingerprint, root, b"mayor", b"north", u64(2)]),
    ]  # fmt: skip
    for tag, of, items in some:
        _tagged(book, tag, tag, of, items)
    _tagged(book, "set-commitment", "set-commitment-empty", {"salt": salt.hex(), "name": "revoked", "votes": []},
            [salt, b"revoked", []])  # fmt: skip
    for tag in ("manifest", "roll", "signed-act", "ballot", "key-proof"):
        _tagged(book, tag, tag, {"json": "{}"}, [b"{}"])
    return book


def _tagged(book: Book, tag: str, slug: str, of: dict[str, Json], items: list[Json]) -> None:
    digest = sha256_of(tag, *items)[: 16 if tag == "vote-id" else 32]
    output = {"frame": frame(tag, *items).hex(), "digest": digest.hex()}
    book.accept(slug, f"a hash under the tag {tag}", {"tag": tag, "of": of}, output)


def full_domain_hashes() -> Book:
    book = Book(
        "full-domain-hashes",
        "full-domain-hash",
        "2.4",
        "Integers in decimal; items as in frames; `output` in [0, n).",
    )
    some: list[tuple[str, str, int, str, list[Json]]] = [
        ("example", "the example of the specification", 2773, "example", [b"ab"]),
        ("verification-base", "the value whose square is the example's v", 2773, "v", [b"\x0a\xd5"]),
        ("whole-bytes", "a modulus of whole bytes", toy.N, "v", [toy.N.to_bytes(64, "big")]),
        ("one-bit-over", "a modulus of 513 bits: 81 bytes are drawn", 2**512 + 75, "example", [b""]),
        ("seven-bits-over", "a modulus of 519 bits: 81 bytes are drawn", 2**518 + 15, "example", [b""]),
        ("counter", "a key proof's value", toy.N, "keyproof/root", [toy.N.to_bytes(64, "big"), u64(0), u64(0)]),
    ]
    for slug, what, modulus, tag, items in some:
        output = str(_full_domain(modulus, tag, *items))
        book.accept(slug, what, {"modulus": str(modulus), "tag": tag, "items": _hexed(items)}, output)
    return book


def randomness() -> Book:
    book = Book(
        "randomness",
        "derive-randomness",
        "3.2",
        "Encryption randomness from a ballot's seed; n and `output` in decimal, byte strings in hex.",
    )
    fingerprint, pseudonym = (
        bytes(range(32)),
        sha256_of("pseudonym", bytes(range(32)), b"PNOEE-37101010021", bytes(range(32, 64))),
    )
    seed = bytes(range(64, 96))
    _derived(book, "example", "the example of the specification", 2773, fingerprint, pseudonym, seed, "chair", 0)
    index = next(
        i for i in range(1000) if gcd(_candidate(2773, fingerprint, pseudonym, seed, "chair", i, 0), 2773) != 1
    )
    _derived(book, "second-counter", "the first candidate shares a factor with n, so the counter goes on", 2773,
             fingerprint, pseudonym, seed, "chair", index)  # fmt: skip
    for slug, contest, at in (("toy", "mayor", 0), ("toy-contest", "council", 0), ("toy-index", "council", 2)):
        _derived(book, slug, "at 512 bits", toy.N, toy.FINGERPRINT, toy.PSEUDONYM, toy.SEED, contest, at)
    for length in (0, 31, 33):
        given = book.given("toy") | {"seed": toy.SEED[:1].hex() * length}
        book.refuse(f"seed-{length}", "toy", f"a seed of {length} bytes", given, "CryptoError")
    return book


def _derived(
    book: Book, slug: str, what: str, n: int, fingerprint: bytes, name: bytes, seed: bytes, contest: str, index: int
) -> None:
    found, counter = 0, 0
    while gcd(found, n) != 1:
        found = _candidate(n, fingerprint, name, seed, contest, index, counter)
        counter += 1
    given = {"n": str(n), "fingerprint": fingerprint.hex(), "pseudonym": name.hex(), "seed": seed.hex(),
             "contest": contest, "index": index}  # fmt: skip
    book.accept(slug, what, given, str(found))


def _candidate(n: int, fingerprint: bytes, name: bytes, seed: bytes, contest: str, index: int, counter: int) -> int:
    return _full_domain(n, "randomness", fingerprint, name, seed, contest.encode(), u64(index), u64(counter))


def _full_domain(modulus: int, tag: str, *items: Json) -> int:
    length = -(-(modulus.bit_length() + 128) // 8)
    return int.from_bytes(hashlib.shake_256(frame(tag, *items)).digest(length), "big") % modulus


def _json(value: Json) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _hexed(items: Json) -> Json:
    return items.hex() if isinstance(items, bytes) else [_hexed(item) for item in items]
