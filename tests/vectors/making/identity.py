"""Vectors for personal codes, certificates, JWS, OCSP and Web eID tokens (spec 6.1–6.4, checks C3, C4, C5)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

import base64
import json
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID

from common.encoding.octets import from_base64url, to_base64url
from tests.vectors.making import country, toy
from tests.vectors.making.country import ISSUING, LOGIN, NOW, Q384, SIGNING, YEAR, Card, certificate
from tests.vectors.making.kit import Book, Json, padded, with_trailing_bit

PAYLOAD = b'{"format":"an example"}'


def books() -> list[Book]:
    return [personal_codes(), chains(), jws()]


def text_of(data: bytes) -> str:
    """Padded base64."""
    return base64.b64encode(data).decode()


def personal_codes() -> Book:
    book = Book("voter-ids", "voter-id-decode", "6.1", "Voter ids; `output` the personal code. All made up.")
    for slug, code in (("man", "37101019005"), ("woman", "47101019006"), ("leap-day", "60002299009")):
        book.accept(slug, "a voter id", {"text": f"PNOEE-{code}"}, code)
    for slug, what, text in (
        ("check-digit", "another check digit", "PNOEE-37101019006"),
        ("century-9", "a century that is not there", "PNOEE-97101019005"),
        ("century-0", "a century that is not there", "PNOEE-07101019005"),
        ("month-13", "month 13", "PNOEE-37113019005"),
        ("day-30", "30 February", "PNOEE-37102309005"),
        ("short", "ten digits", "PNOEE-3710101900"),
        ("long", "twelve digits", "PNOEE-371010190050"),
        ("prefix", "another prefix", "PNOLV-37101019005"),
        ("no-prefix", "no prefix", "37101019005"),
        ("small-prefix", "the prefix in small letters", "pnoee-37101019005"),
        ("space", "a space", "PNOEE-37101019005 "),
        ("newline", "a newline", "PNOEE-37101019005\n"),
        ("other-digits", "digits of another script", "PNOEE-٣7101019005"),
        ("letters", "a letter", "PNOEE-3710101900O"),
    ):
        book.refuse(slug, "man", what, {"text": text}, "IdentityError")
    return book


def chains() -> Book:
    book = Book(
        "certificates",
        "verify-certificate",
        "6.1",
        "A chain (base64 of DER) at a `time` for a `purpose`, with the authorities the manifest pins; `output` is the voter.",
        {"pinned": [text_of(ISSUING)]},
    )
    sign, login = _chain(SIGNING), _chain(LOGIN, "authentication")
    output = {"voter": toy.VOTER, "name": "TÕNU TAMM"}
    book.accept("signature", "a signature certificate", sign, output)
    book.accept("authentication", "an authentication certificate", login, output)
    mail = (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION)
    book.accept("authentication-mail", "an authentication certificate that is for mail too",
                _chain(certificate(Card(usage=country.LOGS_IN, extended=mail)), "authentication"), output)  # fmt: skip
    book.accept("first-second", "the first second of validity", sign | {"time": NOW - YEAR}, output)
    book.accept("last-second", "the last second of validity", sign | {"time": NOW + YEAR}, output)
    both = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    ca = x509.KeyUsage(False, True, False, False, False, True, False, False, False)
    some: list[tuple[str, str, dict[str, Json]]] = [
        ("login-signs", "an authentication certificate for a signature", _chain(LOGIN)),
        ("both-usages", "a certificate for both", _chain(certificate(Card(usage=both)))),
        ("usage-not-critical", "key usage not critical", _chain(certificate(Card(usage_critical=False)))),
        ("usage-authority", "a key that may sign certificates", _chain(certificate(Card(usage=ca)))),
        (
            "extended-usage",
            "an extended usage on a signature certificate",
            _chain(certificate(Card(extended=mail[:1]))),
        ),
        ("authority", "an authority's certificate as a voter's", _chain(certificate(Card(authority=True)))),
        ("responder", "the OCSP responder's certificate", _chain(country.responder())),
        ("other-country", "another country", _chain(certificate(Card(country="LV")))),
        ("other-code", "a wrong check digit", _chain(certificate(Card(owner="PNOEE-37101019006")))),
        ("no-name", "a subject without name and serial number", _chain(certificate(Card(owner="nobody")))),
        ("p-256", "a key on P-256", _chain(certificate(Card(curve=ec.SECP256R1)))),
        ("critical-policy", "a critical extension nobody reads", _chain(certificate(Card(critical_policy=True)))),
        ("other-authority", "an authority that is not pinned", _chain(certificate(Card(issuer="other")))),
        ("before", "a second before validity", sign | {"time": NOW - YEAR - 1}),
        ("after", "a second after validity", sign | {"time": NOW + YEAR + 1}),
        ("pinned-sent", "the pinned authority sent along", sign | {"chain": [text_of(SIGNING), text_of(ISSUING)]}),
        ("empty", "no certificate", sign | {"chain": []}),
        ("twice", "the certificate twice", sign | {"chain": [text_of(SIGNING)] * 2}),
        (
            "leftover",
            "an authority that has nothing to do with it",
            sign | {"chain": [text_of(SIGNING), text_of(country.OTHER_ISSUING)]},
        ),
        ("trailing-byte", "a byte after the certificate", sign | {"chain": [text_of(SIGNING + b"\0")]}),
        ("cut", "a byte missing", sign | {"chain": [text_of(SIGNING[:-1])]}),
        (
            "bit-changed",
            "a bit of the signature changed",
            sign | {"chain": [text_of(SIGNING[:-1] + bytes([SIGNING[-1] ^ 1]))]},
        ),
        ("too-long", "over 8192 bytes", sign | {"chain": [text_of(SIGNING + bytes(8192))]}),
    ]
    for slug, what, given in some:
        book.refuse(slug, "signature", what, given, "IdentityError", "C3")
    for slug, what, given in (
        ("signs-login", "a signature certificate to log in", _chain(SIGNING, "authentication")),
        (
            "no-client-usage",
            "no extended usage to log in",
            _chain(certificate(Card(usage=country.LOGS_IN)), "authentication"),
        ),
    ):
        book.refuse(slug, "authentication", what, given, "IdentityError")
    return book


def _chain(der: bytes, purpose: str = "signature") -> dict[str, Json]:
    return {"chain": [text_of(der)], "purpose": purpose, "time": NOW}


def header(**changes: Json) -> dict[str, Json]:
    """The protected header; a change to None leaves a parameter out."""
    thumb = to_base64url(sha256(SIGNING).digest())
    fields = {"alg": "ES384", "iat": NOW, "x5c": [text_of(SIGNING)], "x5t#S256": thumb} | changes
    return {name: value for name, value in fields.items() if value is not None}


def sign(payload: bytes, fields: Json = None, *, high: bool = False, owner: str = toy.VOTER) -> str:
    """A compact JWS over canonical JSON of the header, or over the text given as header."""
    head = (
        fields if isinstance(fields, str) else json.dumps(fields or header(), sort_keys=True, separators=(",", ":"))
    )
    text = f"{to_base64url(head.encode())}.{to_base64url(payload)}"
    return f"{text}.{to_base64url(country.signature(owner, text.encode(), high=high))}"


def jws() -> Book:
    book = Book(
        "jws",
        "verify-jws",
        "6.2",
        "A voter's signature, verified with the key of its first certificate (C3 not looked at). C1: the form; C5: the "
        "signature. `output`: payload (text), claimed time, OCSP nonce (hex). Signatures are deterministic here, so that "
        "the file can be made again; any valid one is as good.",
    )
    good = sign(PAYLOAD)
    head, body, mark = good.split(".")
    octets = from_base64url(mark)
    nonce = sha256(octets).hexdigest()
    book.accept(
        "valid", "a signature", {"jws": good}, {"payload": PAYLOAD.decode(), "issued_at": NOW, "nonce": nonce}
    )
    empty = sign(b"")
    book.accept("empty-payload", "of nothing", {"jws": empty},
                {"payload": "", "issued_at": NOW, "nonce": sha256(from_base64url(empty.split(".")[2])).hexdigest()})  # fmt: skip
    r, s = octets[:48], octets[48:]
    zero, order = bytes(48), Q384.to_bytes(48, "big")
    forms = [
        ("two-parts", "two parts", f"{head}.{body}"),
        ("four-parts", "four parts", f"{good}.{mark}"),
        ("empty", "nothing", ""),
        ("newline", "a newline after it", good + "\n"),
        ("padded-header", "the header padded", f"{padded(head)}.{body}.{mark}"),
        ("padded-payload", "the payload padded", f"{head}.{padded(body)}.{mark}"),
        ("padded-signature", "the signature padded", f"{head}.{body}.{mark}===="),
        ("trailing-payload", "an unused bit set in the payload", f"{head}.{with_trailing_bit(body)}.{mark}"),
        ("plain-alphabet", "another base64 alphabet", f"{head}.{body}.+{mark[1:]}"),
        ("signature-95", "a signature of 95 bytes", f"{head}.{body}.{to_base64url(octets[:-1])}"),
        ("signature-97", "a signature of 97 bytes", f"{head}.{body}.{to_base64url(octets + bytes(1))}"),
        ("signature-der", "a signature in DER", f"{head}.{body}.{to_base64url(_der_signature(r, s))}"),
        ("r-0", "r = 0", f"{head}.{body}.{to_base64url(zero + s)}"),
        ("s-0", "s = 0", f"{head}.{body}.{to_base64url(r + zero)}"),
        ("r-q", "r = q", f"{head}.{body}.{to_base64url(order + s)}"),
        ("s-q", "s = q", f"{head}.{body}.{to_base64url(r + order)}"),
        ("too-long", "over 40,000 characters", sign(bytes(30_000))),
        ("header-spaces", "white space in the header", sign(PAYLOAD, json.dumps(header(), sort_keys=True))),
        ("header-order", "another order in the header",
         sign(PAYLOAD, json.dumps({"x5c": [text_of(SIGNING)], **header()}, separators=(",", ":")))),
        ("alg-none", "alg none", sign(PAYLOAD, header(alg="none"))),
        ("alg-es256", "alg ES256", sign(PAYLOAD, header(alg="ES256"))),
        ("no-alg", "no alg", sign(PAYLOAD, header(alg=None))),
        ("no-iat", "no iat", sign(PAYLOAD, header(iat=None))),
        ("iat-text", "iat as text", sign(PAYLOAD, header(iat="2027-03-01T10:00:00Z"))),
        ("iat-negative", "a negative iat", sign(PAYLOAD, header(iat=-1))),
        ("iat-true", "iat true", sign(PAYLOAD, header(iat=True))),
        ("no-x5c", "no x5c", sign(PAYLOAD, header(x5c=None))),
        ("x5c-empty", "an empty x5c", sign(PAYLOAD, header(x5c=[]))),
        ("x5c-text", "x5c a text", sign(PAYLOAD, header(x5c=text_of(SIGNING)))),
        ("x5c-three", "three certificates", sign(PAYLOAD, header(x5c=[text_of(SIGNING)] * 3))),
        ("x5c-url", "a certificate in unpadded base64url", sign(PAYLOAD, header(x5c=[to_base64url(SIGNING) + "_"]))),
        ("no-x5t", "no x5t#S256", sign(PAYLOAD, header(**{"x5t#S256": None}))),
        ("x5t-other", "another certificate's x5t#S256",
         sign(PAYLOAD, header(**{"x5t#S256": to_base64url(sha256(LOGIN).digest())}))),
        ("crit", "an unknown parameter, crit", sign(PAYLOAD, header(crit=["exp"]))),
        ("kid", "an unknown parameter, kid", sign(PAYLOAD, header(kid="1"))),
        ("b64", "an unencoded payload announced", sign(PAYLOAD, header(b64=False))),
    ]  # fmt: skip
    for slug, what, text in forms:
        book.refuse(slug, "valid", what, {"jws": text}, "IdentityError", "C1")
    other = sign(b'{"format":"another"}')
    marks = [
        ("high-s", "s replaced by q - s", sign(PAYLOAD, high=True)),
        ("other-key", "somebody else's signature", sign(PAYLOAD, owner="somebody")),
        ("other-payload", "another payload", ".".join((head, other.split(".")[1], mark))),
        (
            "other-time",
            "another claimed time",
            ".".join((sign(PAYLOAD, header(iat=NOW + 1)).split(".")[0], body, mark)),
        ),
        ("other-signature", "the signature of another payload", ".".join((head, body, other.split(".")[2]))),
        ("swapped-r-s", "r and s swapped", f"{head}.{body}.{to_base64url(s + _low(r))}"),
        (
            "raw-payload",
            "the payload itself signed",
            f"{head}.{body}.{to_base64url(country.signature(toy.VOTER, PAYLOAD))}",
        ),
    ]
    for slug, what, text in marks:
        book.refuse(slug, "valid", what, {"jws": text}, "IdentityError", "C5")
    return book


def _low(scalar: bytes) -> bytes:
    return min(scalar, (Q384 - int.from_bytes(scalar, "big")).to_bytes(48, "big"))


def _der_signature(r: bytes, s: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
