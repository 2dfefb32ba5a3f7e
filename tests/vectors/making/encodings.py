"""Vectors for canonical JSON, base64url, hex, integers and times (spec 2.1, 2.2)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

from tests.vectors.making.kit import Book, Json

_RFC8785_TEXT = '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
_RFC8785_NUMBERS = (
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
)


def books() -> list[Book]:
    return [canonical_json(), base64url(), integers(), hexadecimal(), times()]


def canonical_json() -> Book:
    book = Book(
        "canonical-json",
        "canonical-json-decode",
        "2.1",
        "`hex` are bytes. Accepted: they are the canonical encoding of `output`. Refused: they encode nothing.",
    )
    book.accept("example", "the example of the specification", _text('{"a":[1,null,true],"b":"Tõnu says \\"hi\\""}'),
                {"a": [1, None, True], "b": 'Tõnu says "hi"'})  # fmt: skip
    book.accept("rfc8785", "the sample of RFC 8785, 3.2.3, without its fractions", _text(_RFC8785_TEXT),
                {"literals": [None, True, False], "string": "€$\x0f\nA'B\"\\\\\"/"})  # fmt: skip
    good: list[tuple[str, str, str, Json]] = [
        ("empty-object", "an empty object", "{}", {}),
        ("empty-array", "an empty array", "[]", []),
        ("scalar", "a text by itself", '"x"', "x"),
        ("largest", "the largest integer, 2^53 - 1", "9007199254740991", 2**53 - 1),
        ("smallest", "the smallest integer, -(2^53 - 1)", "-9007199254740991", 1 - 2**53),
        ("delete", "U+007F stands as itself", '"\x7f"', "\x7f"),
        ("controls", "control characters, with a short form where there is one", '"\\b\\t\\n\\f\\r\\u0000\\u001f"',
         "\b\t\n\f\r\0\x1f"),
        ("beyond-bmp", "a character beyond the basic plane stands as itself", '"\U0001f5f3"', "\U0001f5f3"),
        ("key-order", "keys by code point: capitals before small letters", '{"B":1,"a":2,"aa":3}', {"B": 1, "a": 2, "aa": 3}),
        ("deep", "a value inside 31 arrays", "[" * 31 + "1" + "]" * 31, _nest(31)),
    ]  # fmt: skip
    for slug, what, text, value in good:
        book.accept(slug, what, _text(text), value)
    bad = [
        (
            "rfc8785-numbers",
            "rfc8785",
            "RFC 8785's sample with its numbers: canonical, but not of our types",
            _RFC8785_NUMBERS,
        ),
        ("space", "example", "a space after a comma", '{"a":[1, null,true],"b":"Tõnu says \\"hi\\""}'),
        ("newline", "example", "a newline at the end", '{"a":[1,null,true],"b":"Tõnu says \\"hi\\""}\n'),
        ("unsorted", "example", "keys in another order", '{"b":"Tõnu says \\"hi\\"","a":[1,null,true]}'),
        (
            "escaped",
            "example",
            "a letter escaped that stands as itself",
            '{"a":[1,null,true],"b":"T\\u00f5nu says \\"hi\\""}',
        ),
        ("repeated", "example", "a repeated key", '{"a":[1,null,true],"a":[1,null,true],"b":"x"}'),
        ("comma", "example", "a comma too many", '{"a":[1,null,true,],"b":"x"}'),
        ("byte-order-mark", "example", "a byte order mark", '\ufeff{"a":[1,null,true],"b":"x"}'),
        ("upper-hex", "controls", "an escape in capitals", '"\\b\\t\\n\\f\\r\\u0000\\u001F"'),
        (
            "long-escape",
            "controls",
            "the long escape of a character that has a short one",
            '"\\u0008\\t\\n\\f\\r\\u0000\\u001f"',
        ),
        ("raw-control", "controls", "a raw control character", '"\b"'),
        ("escaped-slash", "scalar", "a slash escaped", '"x\\/"'),
        ("surrogate", "scalar", "a lone surrogate", '"\\ud800"'),
        ("surrogate-pair", "beyond-bmp", "a surrogate pair escaped", '"\\ud83d\\uddf3"'),
        ("fraction", "largest", "a fraction", "1.0"),
        ("exponent", "largest", "an exponent", "1e3"),
        ("minus-zero", "largest", "minus zero", "-0"),
        ("leading-zero", "largest", "a leading zero", "01"),
        ("plus", "largest", "a plus sign", "+1"),
        ("too-large", "largest", "2^53", "9007199254740992"),
        ("too-small", "smallest", "-2^53", "-9007199254740992"),
        ("huge", "largest", "an integer of 400 digits", "9" * 400),
        ("nan", "largest", "NaN", "NaN"),
        ("infinity", "largest", "Infinity", "-Infinity"),
        ("key-beyond-ascii", "key-order", "a key beyond ASCII", '{"õ":1}'),
        ("unquoted-key", "key-order", "a key without quotes", "{a:1}"),
        ("single-quotes", "scalar", "single quotes", "'x'"),
        ("capital-true", "scalar", "a literal with a capital", "True"),
        ("two-values", "scalar", "two values", '"x""y"'),
        ("nothing", "empty-object", "no bytes", ""),
        ("open", "empty-object", "an object that does not end", "{"),
        ("comment", "empty-object", "a comment", "{}//"),
        ("too-deep", "deep", "a value inside 32 arrays", "[" * 32 + "1" + "]" * 32),
    ]
    for slug, base, what, text in bad:
        book.refuse(slug, base, what, _text(text), "EncodingError")
    octets = [
        ("latin-1", "a letter in Latin-1, so not UTF-8", b'"\xf5"'),
        ("overlong", "an overlong form of UTF-8", b'"\xc0\xaf"'),
        ("encoded-surrogate", "a surrogate encoded in UTF-8", b'"\xed\xa0\x80"'),
        ("utf-16", "UTF-16", '"x"'.encode("utf-16-be")),
    ]
    for slug, what, data in octets:
        book.refuse(slug, "scalar", what, {"hex": data.hex()}, "EncodingError")
    return book


def base64url() -> Book:
    book = Book(
        "base64url", "base64url-decode", "2.2", "Unpadded base64url (RFC 4648 §5) of any bytes; `output` in hex."
    )
    for length in range(1, 4):
        book.accept(f"bytes-{length}", f"{length} byte(s)", {"text": ("-w", "-_8", "-__-")[length - 1]},
                    ("fb", "fbff", "fbfffe")[length - 1])  # fmt: skip
    book.accept("empty", "no characters: as an encoding whole, though messages ask for one", {"text": ""}, "")
    book.accept("alphabet", "the whole alphabet",
                {"text": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"},
                "00108310518720928b30d38f41149351559761969b71d79f8218a39259a7a29aabb2dbafc31cb3d35db7e39ebbf3dfbf")  # fmt: skip
    bad = [
        ("padded-1", "bytes-1", "with padding", "-w=="),
        ("padded-2", "bytes-2", "with padding", "-_8="),
        ("padded-none", "bytes-3", "padding where base64 itself has none", "-__-="),
        ("trailing-1", "bytes-1", "the last of four unused bits set", "-x"),
        ("trailing-1-top", "bytes-1", "the first of four unused bits set", "-4"),
        ("trailing-2", "bytes-2", "one of two unused bits set", "-_9"),
        ("one-character", "bytes-1", "one character, which is less than a byte", "-"),
        ("five-characters", "bytes-3", "one character more", "-__-A"),
        ("plus", "bytes-3", "the plus sign of the other alphabet", "+__-"),
        ("slash", "bytes-3", "the slash of the other alphabet", "-//-"),
        ("space", "bytes-3", "a space", "-_ _-"),
        ("newline", "bytes-3", "a newline at the end", "-__-\n"),
        ("dot", "bytes-3", "a character of neither alphabet", "-_.-"),
        ("beyond-ascii", "bytes-3", "a letter beyond ASCII", "-__õ"),
        ("nul", "bytes-3", "a NUL", "-__\0"),
    ]
    for slug, base, what, text in bad:
        book.refuse(slug, base, what, {"text": text}, "EncodingError")
    return book


def integers() -> Book:
    book = Book(
        "integers",
        "integer-decode",
        "2.2",
        "Base64url of exactly `length` big-endian bytes; `output` in decimal. Range is not looked at here.",
    )
    book.accept("short", "an integer of two bytes", {"text": "CtU", "length": 2}, "2773")
    book.accept("zero", "zero in its full length", {"text": "AAAA", "length": 3}, "0")
    book.accept("largest", "the largest of its length", {"text": "____", "length": 3}, "16777215")
    bad = [
        ("too-short", "short", "leading zero bytes left out", "CtU", 3),
        ("too-long", "short", "a leading zero byte too many", "AArV", 2),
        ("trailing", "short", "an unused bit set", "CtV", 2),
        ("padded", "short", "padded", "CtU=", 2),
        ("empty", "zero", "no bytes for zero", "", 3),
        ("decimal", "zero", "decimal digits", "0", 3),
    ]
    for slug, base, what, text, length in bad:
        book.refuse(slug, base, what, {"text": text, "length": length}, "EncodingError")
    return book


def hexadecimal() -> Book:
    book = Book("hex", "hex-decode", "2.2", "Lower-case hex of exactly `length` bytes; `output` are the same digits.")
    digest = "00ff" + "ab" * 30
    book.accept("digest", "32 bytes", {"text": digest, "length": 32}, digest)
    bad = [
        ("upper", "capitals", digest.upper()),
        ("mixed", "one capital", digest[:-1] + "B"),
        ("short", "31 bytes", digest[2:]),
        ("long", "33 bytes", digest + "00"),
        ("odd", "half a byte less", digest[1:]),
        ("prefix", "0x before it", "0x" + digest[2:]),
        ("space", "a space in it", digest[:30] + "  " + digest[32:]),
        ("newline", "a newline after it", digest + "\n"),
        ("other-digits", "digits of another script", "٠" + digest[1:]),
    ]
    for slug, what, text in bad:
        book.refuse(slug, "digest", what, {"text": text, "length": 32}, "EncodingError")
    return book


def times() -> Book:
    book = Book("times", "time-decode", "2.2", "RFC 3339 in UTC and whole seconds; `output` in seconds since 1970.")
    good = [
        ("start", "the start of 1970", "1970-01-01T00:00:00Z", 0),
        ("example", "an afternoon", "2027-03-01T09:00:00Z", 1803891600),
        ("leap-day", "29 February of a leap year", "2028-02-29T23:59:59Z", 1835481599),
        ("century", "29 February 2000", "2000-02-29T12:00:00Z", 951825600),
        ("early", "before 1970", "1969-12-31T23:59:59Z", -1),
        ("last", "the last one there is", "9999-12-31T23:59:59Z", 253402300799),
    ]
    for slug, what, text, seconds in good:
        book.accept(slug, what, {"text": text}, seconds)
    bad = [
        ("no-leap-day", "leap-day", "29 February of another year", "2027-02-29T23:59:59Z"),
        ("no-century", "century", "29 February 1900", "1900-02-29T12:00:00Z"),
        ("month-13", "example", "month 13", "2027-13-01T09:00:00Z"),
        ("day-0", "example", "day 0", "2027-03-00T09:00:00Z"),
        ("hour-24", "example", "hour 24", "2027-03-01T24:00:00Z"),
        ("leap-second", "last", "a leap second", "2016-12-31T23:59:60Z"),
        ("year-0", "start", "year 0", "0000-01-01T00:00:00Z"),
        ("offset", "example", "an offset", "2027-03-01T09:00:00+00:00"),
        ("other-zone", "example", "another zone", "2027-03-01T11:00:00+02:00"),
        ("no-zone", "example", "no zone", "2027-03-01T09:00:00"),
        ("small-z", "example", "a small z", "2027-03-01T09:00:00z"),
        ("small-t", "example", "a small t", "2027-03-01t09:00:00Z"),
        ("space", "example", "a space for the T", "2027-03-01 09:00:00Z"),
        ("fraction", "example", "a fraction of a second", "2027-03-01T09:00:00.0Z"),
        ("no-seconds", "example", "no seconds", "2027-03-01T09:00Z"),
        ("one-digit", "example", "a month of one digit", "2027-3-01T09:00:00Z"),
        ("compact", "example", "the compact form of ISO 8601", "20270301T090000Z"),
        ("newline", "example", "a newline at the end", "2027-03-01T09:00:00Z\n"),
        ("other-digits", "example", "digits of another script", "٢027-03-01T09:00:00Z"),
        ("number", "example", "seconds since 1970", "1803891600"),
    ]
    for slug, base, what, text in bad:
        book.refuse(slug, base, what, {"text": text}, "EncodingError")
    return book


def _text(text: str) -> dict[str, Json]:
    return {"hex": text.encode("utf-8").hex()}


def _nest(depth: int) -> Json:
    value: Json = 1
    for _ in range(depth):
        value = [value]
    return value
