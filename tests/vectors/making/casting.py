"""Vectors for what ties a vote statement to its ballot, its moment and its voter's chain (spec 8.4, 8.5; C2, C8, C9)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

import json

from tests.vectors.making import toy
from tests.vectors.making.kit import Book, Json, sha256_of

OPENS, CLOSES = 1803891600, 1803978000
"""2027-03-01T09:00:00Z and a day later."""
TIMES = {"grace": 300, "max_age": 300, "skew": 30}
_HEAD = {"digest": "ab" * 32, "sequence": 2}
_BALLOT = {
    "contests": [{"ciphertexts": ["AAAA"], "contest": "mayor", "proofs": []}],
    "fingerprint": toy.FINGERPRINT.hex(),
    "format": "valik/v1/ballot",
    "pseudonym": toy.PSEUDONYM.hex(),
    "unit": "north",
}


def books() -> list[Book]:
    book = Book(
        "statements",
        "verify-statement",
        "8.4, 8.5, 12.2",
        "A vote statement and its ballot (texts; the ballot proves nothing), the covering time and the end of voting in force in "
        "seconds since 1970, and the voter's head before it. Checks in this order: C2, C8, C9. `opens` is in seconds since 1970.",
        {"fingerprint": toy.FINGERPRINT.hex(), "opens": OPENS, **TIMES},
    )
    _good(book)
    _moments(book)
    _ties(book)
    _chains(book)
    return [book]


def _good(book: Book) -> None:
    again = {"sequence": 3, "supersedes": _HEAD["digest"]}
    for slug, what, given in (
        ("first", "a first vote", _given()),
        ("again", "a third vote", _given(again, head=_HEAD)),
        ("opening", "signed the second the election opens", _given({"time": _time(OPENS)}, covering=OPENS)),
        (
            "closing",
            "signed the second it closes, covered at the end of grace",
            _given({"time": _time(CLOSES)}, covering=CLOSES + 300),
        ),
        (
            "extended",
            "signed the second the extended time ends, covered at the end of its grace",
            _given({"time": _time(CLOSES + 60)}, covering=CLOSES + 360, closes=CLOSES + 60),
        ),
        ("oldest", "as long between signing and covering as it may be", _given(covering=OPENS + 3600 + 330)),
        ("ahead", "the witnesses' clocks as far behind as they may be", _given(covering=OPENS + 3600 - 30)),
    ):
        book.accept(slug, what, given)


def _moments(book: Book) -> None:
    other = toy.FINAL_ROOT.hex()
    for slug, what, given in (
        (
            "other-election",
            "another election's ballot and statement",
            _given({"fingerprint": other}, {"fingerprint": other}),
        ),
        ("other-statement", "another election's statement", _given({"fingerprint": other})),
        ("other-ballot-election", "another election's ballot", _given({}, {"fingerprint": other})),
        ("too-old", "a second too long between signing and covering", _given(covering=OPENS + 3600 + 331)),
        ("too-far-ahead", "covered 31 s before it was signed", _given(covering=OPENS + 3600 - 31)),
        ("early", "signed a second before the election opens", _given({"time": _time(OPENS - 1)}, covering=OPENS)),
        ("late", "signed a second after it closes", _given({"time": _time(CLOSES + 1)}, covering=CLOSES + 1)),
        (
            "late-extended",
            "signed a second after the extended time",
            _given({"time": _time(CLOSES + 61)}, covering=CLOSES + 61, closes=CLOSES + 60),
        ),
        (
            "late-cover-extended",
            "covered a second after its grace",
            _given({"time": _time(CLOSES + 60)}, covering=CLOSES + 361, closes=CLOSES + 60),
        ),
        ("late-cover", "covered a second after grace", _given({"time": _time(CLOSES)}, covering=CLOSES + 301)),
    ):
        book.refuse(slug, "first", what, given, "RuleBroken", "C2")


def _ties(book: Book) -> None:
    mallory = sha256_of("pseudonym", toy.FINGERPRINT, toy.OTHER_VOTER.encode(), toy.SALT).hex()
    good = _given()
    ballot, statement = json.loads(good["ballot"]), json.loads(good["statement"])
    for slug, what, given in (
        ("other-ballot", "another ballot than the one the statement names",
         good | {"ballot": _text(ballot | {"unit": "south"})}),
        ("digest-changed", "a bit of the ballot's digest changed",
         good | {"statement": _text(statement | {"ballot": _flipped(statement["ballot"])})}),
        ("unframed-digest", "the plain SHA-256 of the pseudonym in the digest's place",
         good | {"statement": _text(statement | {"ballot": toy.PSEUDONYM.hex()})}),
        ("copied", "another voter's statement about this ballot", good | {"statement": _text(statement | {"voter": toy.OTHER_VOTER})}),
        ("other-salt", "another salt", good | {"statement": _text(statement | {"salt": _flipped(statement["salt"])})}),
        ("copied-renamed", "this voter's statement about another voter's pseudonym", _given({}, {"pseudonym": mallory})),
    ):  # fmt: skip
        book.refuse(slug, "first", what, given, "RuleBroken", "C8")


def _chains(book: Book) -> None:
    digest = _HEAD["digest"]
    for slug, base, what, given in (
        ("first-as-second", "first", "a first vote as number 2", _given({"sequence": 2})),
        ("first-supersedes", "first", "a first vote that supersedes one", _given({"supersedes": digest})),
        ("replayed-first", "again", "a first vote where there is one", _given(head=_HEAD)),
        ("same-number", "again", "the number of the head", _given({"sequence": 2, "supersedes": digest}, head=_HEAD)),
        ("skipped-number", "again", "a number left out", _given({"sequence": 4, "supersedes": digest}, head=_HEAD)),
        ("no-predecessor", "again", "no predecessor", _given({"sequence": 3}, head=_HEAD)),
        (
            "other-predecessor",
            "again",
            "another predecessor",
            _given({"sequence": 3, "supersedes": "cd" * 32}, head=_HEAD),
        ),
    ):
        book.refuse(slug, base, what, given, "RuleBroken", "C9")


def _given(
    changes: dict[str, Json] | None = None,
    ballot: dict[str, Json] | None = None,
    *,
    covering: int = OPENS + 3700,
    closes: int = CLOSES,
    head: dict[str, Json] | None = None,
) -> dict[str, Json]:
    """A ballot with changes, and a statement about that ballot, with changes."""
    text = _text(_BALLOT | (ballot or {}))
    statement = {
        "ballot": sha256_of("ballot", text.encode()).hex(),
        "fingerprint": toy.FINGERPRINT.hex(),
        "format": "valik/v1/vote",
        "roll_version": 0,
        "salt": toy.SALT.hex(),
        "sequence": 1,
        "supersedes": None,
        "time": _time(OPENS + 3600),
        "voter": toy.VOTER,
    }
    return {
        "ballot": text,
        "statement": _text(statement | (changes or {})),
        "covering_time": covering,
        "closes": closes,
        "head": head,
    }


def _time(seconds: int) -> str:
    """As RFC 3339; all on 28 February to 2 March 2027."""
    days, rest = divmod(seconds - 1803772800, 86_400)
    date = ("2027-02-28", "2027-03-01", "2027-03-02")[days]
    return f"{date}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


def _flipped(digest: str) -> str:
    return digest[:-1] + f"{int(digest[-1], 16) ^ 1:x}"


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
