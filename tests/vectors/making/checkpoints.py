"""Vectors for verifier keys and for checkpoints with their cosignatures (spec 7.3–7.5, checks L3 and L4)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

import base64
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.vectors.making.kit import Book, Draw, Json
from tests.vectors.making.trees import root

ORIGIN = "log.example.org/9f2c51e07ab34d68"
WITNESSES = ("witness-a.example.org", "witness-b.example.net", "witness-c.example.com")
TIME = 1803895201


def books() -> list[Book]:
    return [verifier_keys(), checkpoints()]


def key(name: str) -> Ed25519PrivateKey:
    """A service's key, for vectors only."""
    return Ed25519PrivateKey.from_private_bytes(Draw(f"key of {name}").octets(32))


def public(name: str) -> bytes:
    return key(name).public_key().public_bytes_raw()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _key_id(name: str, kind: int, octets: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + octets).digest()[:4]


def verifier_keys() -> Book:
    book = Book("verifier-keys", "verifier-key-decode", "7.3", "Verifier keys of C2SP signed-note; `public` in hex.")
    octets = bytes.fromhex("e0cfdbc8ed248bbce04d849d6d28df8ba01265ba78719d7a8ff1155c53ad3731")
    good = f"{ORIGIN}+1375ca24+AeDP28jtJIu84E2EnW0o34ugEmW6eHGdeo/xFVxTrTcx"
    book.accept(
        "log",
        "the log's key of the specification",
        {"text": good},
        {"name": ORIGIN, "type": 1, "public": octets.hex()},
    )
    witness = "witness-a.example.org+c17b1398+BPPjehlgX15S3/kGgK1mS5SkLtmqY4JLdwKJ42hY4gy5"
    output = {"name": WITNESSES[0], "type": 4, "public": base64.b64decode(witness.split("+", 2)[2])[1:].hex()}
    book.accept("witness", "a witness's key of the specification", {"text": witness}, output)
    name, key_id, encoded = good.split("+", 2)
    typed = bytes([2]) + octets
    bad = [
        ("other-id", "another key id", f"{name}+1375ca25+{encoded}"),
        ("capital-id", "a key id in capitals", f"{name}+1375CA24+{encoded}"),
        ("short-id", "a key id of 3 bytes", f"{name}+1375ca+{encoded}"),
        ("other-name", "another name", f"x{name}+{key_id}+{encoded}"),
        ("empty-name", "no name", f"+{key_id}+{encoded}"),
        ("space", "a space in the name", f"a {name}+{key_id}+{encoded}"),
        ("padded", "padding too many", f"{name}+{key_id}+{encoded}="),
        ("url-alphabet", "the alphabet of base64url", good.replace("/xFV", "_xFV")),
        (
            "short-key",
            "a key of 31 bytes",
            f"{name}+{_key_id(name, 1, octets[:31]).hex()}+{_base64(bytes([1]) + octets[:31])}",
        ),
        ("unknown-type", "an unknown type", f"{name}+{_key_id(name, 2, octets).hex()}+{_base64(typed)}"),
        ("no-key", "no key", f"{name}+{key_id}+"),
        ("two-parts", "two parts", f"{name}+{key_id}"),
        ("newline", "a newline after it", good + "\n"),
    ]
    for slug, what, text in bad:
        book.refuse(slug, "log", what, {"text": text}, "EncodingError")
    return book


def body(size: int = 3, origin: str = ORIGIN) -> str:
    """A checkpoint's three lines."""
    return f"{origin}\n{size}\n{_base64(root([bytes([i]) for i in range(size)]))}\n"


def log_line(text: str, name: str = ORIGIN, signer: str = ORIGIN) -> str:
    octets = public(signer)
    return f"— {name} {_base64(_key_id(name, 1, octets) + key(signer).sign(text.encode()))}\n"


def witness_line(text: str, name: str, time: int = TIME, signer: str | None = None) -> str:
    octets, private = public(signer or name), key(signer or name)
    signature = private.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
    return f"— {name} {_base64(_key_id(name, 4, octets) + time.to_bytes(8, 'big') + signature)}\n"


def trust(quorum: int = 2) -> dict[str, Json]:
    """What a manifest says of log and witnesses; keys in hex."""
    return {
        "origin": ORIGIN,
        "log_key": public(ORIGIN).hex(),
        "witnesses": [{"name": name, "key": public(name).hex()} for name in WITNESSES],
        "quorum": quorum,
    }


def checkpoints() -> Book:
    book = Book(
        "checkpoints",
        "open-checkpoint",
        "7.3–7.5, 7.10",
        "A checkpoint under the log's and witnesses' keys; L3 comes first. `output`: origin, size, root (hex), and the "
        "witnesses' times in the note's order.",
        {"trust": trust()},
    )
    text, (a, b, c) = body(), WITNESSES
    log, wa, wb, wc = (
        log_line(text),
        witness_line(text, a),
        witness_line(text, b, TIME + 3),
        witness_line(text, c, TIME - 5),
    )
    _accept_note(
        book, "valid", "signed by the log, cosigned by two of three", text, [log, wa, wb], [[a, TIME], [b, TIME + 3]]
    )
    _accept_note(
        book, "all", "cosigned by all three", text, [log, wa, wb, wc], [[a, TIME], [b, TIME + 3], [c, TIME - 5]]
    )
    _accept_note(book, "other-order", "the log's line last", text, [wb, wa, log], [[b, TIME + 3], [a, TIME]])
    empty = body(0)
    _accept_note(book, "empty-tree", "a tree of no entries", empty,
                 [log_line(empty), witness_line(empty, a, 0), witness_line(empty, b, 2**63 - 1)], [[a, 0], [b, 2**63 - 1]])  # fmt: skip
    _bad_log(book, text, log, [wa, wb])
    _bad_witnesses(book, text, log, wa, wb)
    _bad_notes(book, text, log, [wa, wb])
    return book


def _accept_note(book: Book, slug: str, what: str, text: str, lines: list[str], times: list[Json]) -> None:
    origin, size, root_text, _ = text.split("\n")
    output = {"origin": origin, "size": int(size), "root": base64.b64decode(root_text).hex(), "times": times}
    book.accept(slug, what, {"note": text + "\n" + "".join(lines)}, output)


def _bad_log(book: Book, text: str, log: str, witnesses: list[str]) -> None:
    elsewhere = body(origin="log.example.org/another")
    lines_elsewhere = [witness_line(elsewhere, name) for name in WITNESSES[:2]]
    other = body(4)
    for slug, what, note in (
        ("no-log-line", "no line of the log", [text, *witnesses]),
        ("two-log-lines", "two lines of the log", [text, log, log, *witnesses]),
        ("log-line-of-other", "the log's line is on another checkpoint", [text, log_line(other), *witnesses]),
        ("log-key-other", "the log's line is by another key", [text, log_line(text, signer="somebody"), *witnesses]),
        ("log-signature-other", "the log's key id, another key's signature", [text, _forged(log, text), *witnesses]),
        ("log-signature-short", "the log's signature a byte too short", [text, _cut(log), *witnesses]),
        (
            "other-origin",
            "another log",
            [elsewhere, log_line(elsewhere, "log.example.org/another"), *lines_elsewhere],
        ),
        ("log-as-witness", "the log's line as a cosignature", [text, witness_line(text, ORIGIN), *witnesses]),
    ):
        book.refuse(slug, "valid", what, {"note": note[0] + "\n" + "".join(note[1:])}, "LogError", "L3")


def _bad_witnesses(book: Book, text: str, log: str, wa: str, wb: str) -> None:
    a, b, _ = WITNESSES
    other, stranger = body(4), "witness-d.example.org"
    late = base64.b64decode(wb.rsplit(" ", 1)[1])
    renamed = late[:4] + (TIME + 4).to_bytes(8, "big") + late[12:]
    huge = late[:4] + (1 << 63).to_bytes(8, "big") + late[12:]
    for slug, what, lines in (
        ("one-witness", "one cosignature where two are due", [wa]),
        ("no-witness", "no cosignature", []),
        ("witness-twice", "one witness twice", [wa, wa]),
        ("witness-twice-times", "one witness at two times", [wa, witness_line(text, a, TIME + 1)]),
        ("witness-thrice", "a quorum, and one of them again", [wa, wb, wa]),
        ("stranger", "a quorum, and a line of nobody known", [wa, wb, witness_line(text, stranger)]),
        ("witness-of-other", "a cosignature of another checkpoint", [wa, witness_line(other, b)]),
        ("witness-other-key", "a witness's name on another key's line", [wa, witness_line(text, b, signer=stranger)]),
        ("witness-as-other", "a witness's key under another witness's name", [wa, witness_line(text, b, signer=a)]),
        ("time-changed", "the time of a cosignature changed", [wa, f"— {b} {_base64(renamed)}\n"]),
        ("time-2-63", "a time of 2^63", [wa, f"— {b} {_base64(huge)}\n"]),
        ("plain-signature", "a witness's plain signature, type 1", [wa, log_line(text, b, b)]),
        ("cosignature-short", "a cosignature a byte too short", [wa, _cut(wb)]),
        ("cosignature-long", "a cosignature a byte too long", [wa, f"— {b} {_base64(late + bytes(1))}\n"]),
    ):
        book.refuse(slug, "valid", what, {"note": text + "\n" + log + "".join(lines)}, "LogError", "L4")


def _bad_notes(book: Book, text: str, log: str, witnesses: list[str]) -> None:
    lines = "".join([log, *witnesses])
    origin, size, root_text, _ = text.split("\n")
    for slug, what, note in (
        ("no-blank-line", "no empty line before the signatures", text + lines),
        ("no-newline", "no newline at the end", text + "\n" + lines[:-1]),
        ("crlf", "lines that end as on Windows", (text + "\n" + lines).replace("\n", "\r\n")),
        ("hyphen", "a hyphen for the dash", text + "\n" + lines.replace("—", "-")),
        ("two-spaces", "two spaces in a signature line", text + "\n" + lines.replace("— ", "—  ")),
        ("base64-space", "a space after a signature", text + "\n" + lines.replace("\n", " \n", 1)),
        ("base64url", "base64url in a signature line", text + "\n" + _url_alphabet(lines)),
        ("no-signatures", "no signature lines", text + "\n"),
        ("line-after", "an empty line after the signatures", text + "\n" + lines + "\n"),
        ("size-zero", "a leading zero in the size", f"{origin}\n0{size}\n{root_text}\n\n{lines}"),
        ("size-plus", "a sign before the size", f"{origin}\n+{size}\n{root_text}\n\n{lines}"),
        ("size-2-63", "a size of 2^63", f"{origin}\n{2**63}\n{root_text}\n\n{lines}"),
        ("root-short", "a root of 31 bytes", f"{origin}\n{size}\n{_base64(bytes(31))}\n\n{lines}"),
        ("root-unpadded", "the root without padding", f"{origin}\n{size}\n{root_text.rstrip('=')}\n\n{lines}"),
        ("root-hex", "the root in hex", f"{origin}\n{size}\n{base64.b64decode(root_text).hex()}\n\n{lines}"),
        ("extension", "an extension line", f"{text}extension\n\n{lines}"),
        ("two-lines", "no root", f"{origin}\n{size}\n\n{lines}"),
        ("empty-wrong-root", "a tree of no entries with another root", f"{origin}\n0\n{root_text}\n\n{lines}"),
        ("tab", "a control character", f"{origin}\t\n{size}\n{root_text}\n\n{lines}"),
        ("many-lines", "101 signature lines", text + "\n" + lines + log * 98),
    ):
        book.refuse(f"note-{slug}", "valid", what, {"note": note}, "LogError", "L3")


def _forged(line: str, text: str) -> str:
    """The line with its key id, and another key's signature."""
    name, encoded = line[2:-1].split(" ")
    return f"— {name} {_base64(base64.b64decode(encoded)[:4] + key('somebody').sign(text.encode()))}\n"


def _cut(line: str) -> str:
    name, encoded = line[2:-1].split(" ")
    return f"— {name} {_base64(base64.b64decode(encoded)[:-1])}\n"


def _url_alphabet(lines: str) -> str:
    """The signature lines with base64url in the place of base64; at least one of them changes."""
    found = []
    for line in lines.splitlines():
        dash, name, encoded = line.split(" ")
        found.append(f"{dash} {name} {encoded.replace('+', '-').replace('/', '_')}\n")
    return "".join(found)
