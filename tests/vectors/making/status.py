"""Vectors for certificate status by OCSP and for Web eID tokens (spec 6.3, 6.4, check C4)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

import base64
import json
from dataclasses import replace
from hashlib import sha256, sha384

from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from common.encoding.octets import to_base64url
from tests.vectors.making import country, toy
from tests.vectors.making.country import ISSUING, LOGIN, NOW, SIGNING, YEAR, Card, Status, certificate
from tests.vectors.making.identity import text_of
from tests.vectors.making.kit import Book, Json

ORIGIN, NONCE = "https://collector.example", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def books() -> list[Book]:
    return [status(), tokens()]


def status() -> Book:
    nonce = sha256(b"\1" * 96).digest()
    book = Book(
        "ocsp",
        "verify-ocsp",
        "6.3",
        "An OCSP response (base64 of DER) about the shared certificate, at `time`, for a 96-byte signature whose SHA-256 is "
        "the nonce.",
        {
            "certificate": text_of(SIGNING), "issuer": text_of(ISSUING), "pinned": [text_of(ISSUING)],
            "signature": ("01" * 96), "freshness": 600, "skew": 30,
        },
    )  # fmt: skip
    good = Status(nonce)
    for slug, what, says, time in (
        ("valid", "good", good, NOW),
        ("fresh-enough", "as old as it may be", replace(good, next_update=NOW + 1000), NOW + 630),
        ("next-update", "as late after nextUpdate as it may be", replace(good, next_update=NOW + 100), NOW + 130),
        ("ahead", "the responder's clock as far ahead as it may be", good, NOW - 30),
    ):
        book.accept(slug, what, _asked(says, time))
    der = country.response(good)
    for slug, what, says, time in (
        ("revoked", "revoked", replace(good, status=ocsp.OCSPCertStatus.REVOKED), NOW),
        ("unknown", "unknown", replace(good, status=ocsp.OCSPCertStatus.UNKNOWN), NOW),
        ("other-nonce", "another vote's nonce", replace(good, nonce=sha256(b"\2" * 96).digest()), NOW),
        ("short-nonce", "a part of the nonce", replace(good, nonce=nonce[:16]), NOW),
        ("no-nonce", "no nonce", replace(good, nonce=None), NOW),
        ("other-certificate", "about another certificate", replace(good, certificate=LOGIN), NOW),
        ("other-issuer", "about another authority's certificate", replace(good, issuer=country.OTHER_ISSUING), NOW),
        ("sha-1", "a certificate id in SHA-1", replace(good, algorithm=hashes.SHA1), NOW),
        ("stale", "too old", replace(good, next_update=NOW + 1000), NOW + 631),
        ("no-longer", "past nextUpdate", replace(good, next_update=NOW + 100), NOW + 131),
        ("no-next-update", "no nextUpdate", replace(good, next_update=None), NOW),
        ("future", "thisUpdate in the future", replace(good, this_update=NOW + 31), NOW),
        ("produced-in-future", "producedAt in the future", replace(good, produced=NOW + 31), NOW),
        ("other-signer", "signed by another key", replace(good, signer="somebody"), NOW),
        ("issuer-signs", "signed by the authority, with the responder's certificate", replace(good, signer="issuing"), NOW),
        ("responder-of-other", "a responder of another authority", replace(good, responder=country.responder("other")), NOW),
        ("responder-usage", "a responder's certificate that is not for OCSP",
         replace(good, responder=country.responder(extended=(ExtendedKeyUsageOID.CLIENT_AUTH,))), NOW),
        ("responder-usages", "a responder's certificate for more than OCSP",
         replace(good, responder=country.responder(extended=(ExtendedKeyUsageOID.OCSP_SIGNING, ExtendedKeyUsageOID.CLIENT_AUTH))), NOW),
        ("voter-responds", "the voter's certificate as the responder's", replace(good, responder=SIGNING, responder_owner=toy.VOTER, signer=toy.VOTER), NOW),
    ):  # fmt: skip
        error = "IdentityError" if says.status is ocsp.OCSPCertStatus.GOOD else "CertificateNotGood"
        book.refuse(slug, "valid", what, _asked(says, time), error, "C4")
    for slug, what, data in (
        ("empty", "no bytes", b""),
        ("try-later", "status tryLater", bytes.fromhex("30030a0103")),
        ("cut", "a byte missing", der[:-1]),
        ("trailing", "a byte too many", der + b"\0"),
        ("too-long", "over 16,384 bytes", der + bytes(16_384)),
    ):
        book.refuse(slug, "valid", what, {"response": text_of(data), "time": NOW}, "IdentityError", "C4")
    return book


def _asked(says: Status, time: int) -> dict[str, Json]:
    return {"response": text_of(country.response(says)), "time": time}


def tokens() -> Book:
    book = Book(
        "web-eid-tokens",
        "verify-token",
        "6.4",
        "A Web eID token (text) for the verifier's own origin and nonce; `output` is the voter.",
        {"pinned": [text_of(ISSUING)]},
    )
    good = {"token": _token(), "origin": ORIGIN, "nonce": NONCE, "time": NOW}
    book.accept("valid", "a token", good, toy.VOTER)
    book.accept("high-s", "with high s, as cards give it", good | {"token": _token(high=True)}, toy.VOTER)
    spaced = json.dumps(json.loads(_token()), indent=2)
    book.accept("white-space", "white space and order of fields are free", good | {"token": spaced}, toy.VOTER)
    other = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHiA="
    fields = json.loads(_token())
    some: list[tuple[str, str, dict[str, Json]]] = [
        ("other-origin", "for another origin", {"origin": "https://collector.example.org"}),
        ("other-port", "for another port", {"origin": ORIGIN + ":8443"}),
        ("http", "for another scheme", {"origin": "http://collector.example"}),
        ("origin-slash", "a slash at the end of the origin", {"origin": ORIGIN + "/"}),
        ("origin-capital", "an origin in capitals", {"origin": "https://Collector.example"}),
        ("other-nonce", "for another nonce", {"nonce": other}),
        ("short-nonce", "a nonce of 16 bytes", {"nonce": NONCE[:20] + "DA=="}),
        ("expired", "after the certificate", {"time": NOW + YEAR + 1}),
        ("format", "another format", {"token": _json(fields | {"format": "web-eid:1.1"})}),
        ("algorithm", "another algorithm", {"token": _json(fields | {"algorithm": "ES256"})}),
        ("missing", "a field left out", {"token": _json({k: v for k, v in fields.items() if k != "appVersion"})}),
        ("more", "a field too many", {"token": _json(fields | {"nonce": NONCE})}),
        ("repeated", "a field twice", {"token": _token()[:-1] + ',"algorithm":"ES384"}'}),
        ("number", "a field that is no text", {"token": _json(fields | {"appVersion": 1})}),
        ("array", "an array", {"token": f"[{_token()}]"}),
        ("not-json", "not JSON", {"token": "token"}),
        ("signature-other", "somebody else's signature", {"token": _token(owner="somebody")}),
        ("signature-url", "the signature in base64url", {"token": _json(fields | {"signature": to_base64url(base64.b64decode(fields["signature"]))[:-1] + "_"})}),
        ("signing-certificate", "the signature certificate", {"token": _token(SIGNING)}),
        ("other-authority", "an authority that is not pinned",
         {"token": _token(certificate(Card(issuer="other", usage=country.LOGS_IN, extended=(ExtendedKeyUsageOID.CLIENT_AUTH,))))}),
        ("too-long", "over 16,384 bytes", {"token": _json(fields | {"appVersion": "x" * 16_384})}),
    ]  # fmt: skip
    for slug, what, changes in some:
        book.refuse(slug, "valid", what, good | changes, "IdentityError")
    return book


def _token(der: bytes = LOGIN, *, owner: str = toy.VOTER, high: bool = False) -> str:
    digest = sha384(sha384(ORIGIN.encode()).digest() + sha384(NONCE.encode()).digest()).digest()
    return _json(
        {
            "format": "web-eid:1.0",
            "unverifiedCertificate": text_of(der),
            "algorithm": "ES384",
            "signature": text_of(country.digest_signature(owner, digest, high=high)),
            "appVersion": "https://valik.invalid/software-id-card/v1.0.0",
        }
    )


def _json(value: Json) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
