"""Vectors for membership proofs: one contest at a time (spec 4.1–4.3, checks C10 and C11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from common.encoding.octets import int_from_base64url, int_to_base64url
from tests.vectors.making import toy
from tests.vectors.making.kit import Book, Draw, Json, padded, with_trailing_bit
from tests.vectors.making.prover import HONEST, MODULUS, Tricks, encrypt, single, vector

ABOUT = (
    "One contest of one ballot: ciphertexts, their proofs, and the header hash (hex) that all of them bind. "
    "C10 comes first; where it fails, C11 is not looked at."
)
_LENGTHS = {"commitment": toy.ELEMENT, "challenge": toy.CHALLENGE, "response": toy.VALUE}


def books() -> list[Book]:
    return [single_proofs(), vector_proofs()]


def single_proofs() -> Book:
    book = Book("membership-single", "verify-membership", "4.3", ABOUT, toy.public_key())
    draw = Draw("membership single")
    for option in range(3):
        book.accept(
            ("valid", "second", "third")[option], f"a vote for option {option}", single(draw, toy.MAYOR, option)
        )
    _signs(book, draw)
    _forms(book)
    _counts(book)
    _elements(book)
    _other_statement(book)
    _challenges(book)
    _false_statements(book, draw)
    _left_out(book, draw)
    return book


def _signs(book: Book, draw: Draw) -> None:
    """Flipped signs: the equation is on squares, so these are valid."""
    for slug, flipped in (("sign-one", [1]), ("sign-two", [0, 2]), ("sign-all", [0, 1, 2])):
        given = book.given("valid")
        for j in flipped:
            _change(given, j, "response", lambda z: toy.N - z)
        book.accept(slug, f"z replaced by n - z in branches {flipped}: valid", given, base="valid")
    given = single(draw, toy.MAYOR, 0, Tricks(errors=(toy.N2 - 1, 1, toy.N2 - 1)))
    book.accept("sign-commitments", "n² - a hashed for a in branches 0 and 2: valid", given, base="valid")
    given = book.given("valid")
    _change(given, 0, "commitment", lambda a: toy.N2 - a)
    book.refuse("sign-after-hash", "valid", "a commitment's sign flipped after hashing", given, "CryptoError", "C11")


def _forms(book: Book) -> None:
    """Each field in every wrong spelling."""
    for field, length in (("ciphertext", toy.ELEMENT), *_LENGTHS.items()):
        for slug, what, spell in (
            ("padded", "with padding", padded),
            ("trailing", "with an unused bit set", with_trailing_bit),
            ("short", "a byte too short", lambda text, size=length: int_to_base64url(1, size - 1)),
            ("long", "a byte too long", lambda text, size=length: int_to_base64url(_number(text, size), size + 1)),
            ("empty", "empty", lambda text: ""),
            ("plus", "in the other base64 alphabet", lambda text: "+" + text[1:]),
            ("hex", "in hex", lambda text, size=length: f"{_number(text, size):0{2 * size}x}"),
        ):
            given = book.given("valid")
            if field == "ciphertext":
                given["ciphertexts"][0] = spell(given["ciphertexts"][0])
            else:
                given["proofs"][0][1][field] = spell(given["proofs"][0][1][field])
            book.refuse(f"{field}-{slug}", "valid", f"a {field} {what}", given, "CryptoError", "C10")


def _counts(book: Book) -> None:
    """Values left out or added."""
    first = book.given("valid")
    branch, proof = first["proofs"][0][0], first["proofs"][0]
    text = first["ciphertexts"][0]
    for slug, what, changes in (
        ("no-proof", "no proof", {"proofs": []}),
        ("two-proofs", "a proof too many", {"proofs": [proof, proof]}),
        ("no-branches", "a proof without branches", {"proofs": [[]]}),
        ("branch-missing", "a branch left out", {"proofs": [proof[:2]]}),
        ("branch-added", "a branch added", {"proofs": [[*proof, branch]]}),
        ("no-ciphertext", "no ciphertext", {"ciphertexts": []}),
        ("two-ciphertexts", "a ciphertext too many", {"ciphertexts": [text, text]}),
    ):
        book.refuse(slug, "valid", what, first | changes, "CryptoError", "C10")


def _elements(book: Book) -> None:
    """Each element out of range, or not coprime to n."""
    common = {"0": 0, "p": toy.P, "q": toy.Q, "n": toy.N}
    elements = common | {
        "n2": toy.N2,
        "n2-plus-1": toy.N2 + 1,
        "multiple-of-p": toy.P * 12345,
        "largest": (1 << 1024) - 1,
    }
    responses = common | {"n-plus-1": toy.N + 1, "multiple-of-p": toy.P * 2, "largest": (1 << 512) - 1}
    for name, number in elements.items():
        given = book.given("valid")
        given["ciphertexts"][0] = toy.element(number)
        book.refuse(f"ciphertext-{name}", "valid", f"the ciphertext is {name}", given, "CryptoError", "C10")
        _poison(book, "commitment", name, number)
    for name, number in responses.items():
        _poison(book, "response", name, number)
    given = book.given("valid")
    given["ciphertexts"][0] = toy.element(0)
    for j in range(3):
        _change(given, j, "response", lambda _z: 0)
    book.refuse("poison", "valid", "u = 0 and all z = 0, which satisfy every equation", given, "CryptoError", "C10")


def _poison(book: Book, field: str, name: str, number: int) -> None:
    given = book.given("valid")
    _change(given, 2, field, lambda _old: number)
    book.refuse(f"{field}-{name}", "valid", f"a {field} is {name}", given, "CryptoError", "C10")


def _other_statement(book: Book) -> None:
    """The proof of one statement shown for another."""
    valid, second = book.given("valid"), book.given("second")
    other_contest = toy.contest(replace(toy.MAYOR, id="mayo"))
    u = _number(valid["ciphertexts"][0], toy.ELEMENT)
    header = bytearray.fromhex(valid["header"])
    header[31] ^= 1
    for slug, what, changes in (
        (
            "other-header",
            "one bit of the header hash: another ballot, voter, unit or election",
            {"header": header.hex()},
        ),
        ("other-contest", "another contest id", {"contest": other_contest}),
        ("other-set", "another max_ballots, so another allowed set", {"contest": toy.contest(toy.MAYOR, 2000)}),
        ("other-ciphertext", "another vote's ciphertext", {"ciphertexts": second["ciphertexts"]}),
        ("other-proof", "another vote's proof", {"proofs": second["proofs"]}),
        ("re-randomised", "the ciphertext re-randomised", {"ciphertexts": [toy.element(u * encrypt(0, 2) % toy.N2)]}),
        ("shifted", "1 added to the plaintext", {"ciphertexts": [toy.element(u * encrypt(1, 1) % toy.N2)]}),
        ("negated", "the ciphertext's sign flipped", {"ciphertexts": [toy.element(toy.N2 - u)]}),
    ):
        book.refuse(slug, "valid", what, valid | changes, "CryptoError", "C11")
    three, four = toy.contest(toy.MAYOR), toy.contest(replace(toy.MAYOR, options=4))
    book.refuse("larger-set", "valid", f"a set of 4 for 3 branches: {three['id']} with an option more",
                valid | {"contest": four}, "CryptoError", "C10")  # fmt: skip


def _challenges(book: Book) -> None:
    """Challenges, commitments and responses changed, alone and together."""
    for slug, what, field, change in (
        ("challenge-plus-1", "a challenge one too large", "challenge", lambda e: (e + 1) % MODULUS),
        ("challenge-0", "a challenge 0", "challenge", lambda _e: 0),
        ("challenge-largest", "a challenge 2^256 - 1", "challenge", lambda _e: MODULUS - 1),
        ("commitment-changed", "a commitment doubled", "commitment", lambda a: 2 * a % toy.N2),
        ("response-changed", "a response doubled", "response", lambda z: 2 * z % toy.N),
        ("response-1", "a response 1", "response", lambda _z: 1),
    ):
        given = book.given("valid")
        _change(given, 1, field, change)
        book.refuse(slug, "valid", what, given, "CryptoError", "C11")
    given = book.given("valid")
    _change(given, 0, "challenge", lambda e: (e + 1) % MODULUS)
    _change(given, 1, "challenge", lambda e: (e - 1) % MODULUS)
    book.refuse("challenges-same-sum", "valid", "two challenges changed, their sum kept", given, "CryptoError", "C11")
    for slug, fields in (
        ("swapped-branches", ("challenge", "commitment", "response")),
        ("swapped-challenges", ("challenge",)),
        ("swapped-commitments", ("commitment",)),
        ("swapped-responses", ("response",)),
    ):
        given = book.given("valid")
        one, two, _ = given["proofs"][0]
        for field in fields:
            one[field], two[field] = two[field], one[field]
        book.refuse(slug, "valid", f"branches 0 and 1 have changed places in {fields}", given, "CryptoError", "C11")


def _false_statements(book: Book, draw: Draw) -> None:
    """Ciphertexts of what is not allowed, with the best proof that a prover without luck can make."""
    base = 1 << 10
    for slug, what, plaintext in (
        ("overvote", "two votes in one: 2", 2),
        ("thousand", "1000 votes in one", 1000),
        ("both", "a vote for two options", 1 + base),
        ("negative", "a negative vote: n - 1", toy.N - 1),
        ("nothing", "no vote: 0", 0),
        ("beyond", "an option that is not there: B^3", base**3),
        ("shifted-by-p", "1 + p, as with a dealer who knows p", 1 + toy.P),
    ):
        given = single(draw, toy.MAYOR, 0, Tricks(claimed=1), plaintext)
        book.refuse(slug, "valid", what, given, "CryptoError", "C11")
    for slug, what, errors in (
        ("error-g", "a commitment off by a factor 1+n", (1 + toy.N, 1, 1)),
        ("errors-cancel", "errors in two branches that cancel", (1 + toy.N, 1, pow(1 + toy.N, -1, toy.N2))),
        ("error-root-of-unity", "a commitment off by a square root of 1 other than -1", (_fourth_root(), 1, 1)),
    ):
        accepted = slug == "error-root-of-unity"
        given = single(draw, toy.MAYOR, 0, Tricks(errors=errors))
        if accepted:
            book.accept(slug, f"{what}: its square is 1, so it is valid", given, base="valid")
        else:
            book.refuse(slug, "valid", what, given, "CryptoError", "C11")


def _fourth_root() -> int:
    """An element mod n² that is 1 mod p² and -1 mod q²: who knows it has factored n."""
    p2, q2 = toy.P**2, toy.Q**2
    return (1 + p2 * (-2 * pow(p2, -1, q2) % q2)) % toy.N2


def _left_out(book: Book, draw: Draw) -> None:
    """The challenge made of a hash in which one item is another (D4)."""
    for slug, how in (
        ("header", Tricks(header=bytes(32))),
        ("contest", Tricks(contest="")),
        ("index", Tricks(index=1)),
        ("n", Tricks(n=0)),
        ("allowed", Tricks(allowed=())),
        ("allowed-order", Tricks(allowed=(1 << 10, 1, 1 << 20))),
        ("u", Tricks(u=0)),
        ("commitments", Tricks(commitments=())),
        ("tag", Tricks(tag="share")),
    ):
        given = single(draw, toy.MAYOR, 0, how)
        book.refuse(f"hash-without-{slug}", "valid", f"the challenge does not depend on the true {slug}", given,
                    "CryptoError", "C11")  # fmt: skip


def vector_proofs() -> Book:
    book = Book("membership-vector", "verify-membership", "3.4, 4.3", ABOUT, toy.public_key())
    draw = Draw("membership vector")
    book.accept("valid", "two of three approved", vector(draw, toy.COUNCIL, [1, 0, 1]))
    book.accept("none", "none approved", vector(draw, toy.COUNCIL, [0, 0, 0]))
    valid = book.given("valid")
    flipped = book.given("valid")
    for proof in flipped["proofs"]:
        proof[1]["response"] = toy.value(toy.N - _number(proof[1]["response"], toy.VALUE))
    book.accept("signs", "z replaced by n - z in one branch of each proof: valid", flipped, base="valid")
    u, proofs = valid["ciphertexts"], valid["proofs"]
    for slug, what, changes, check in (
        ("swapped-options", "options 0 and 1 with their proofs: the statement's index is hashed",
         {"ciphertexts": [u[1], u[0], u[2]], "proofs": [proofs[1], proofs[0], *proofs[2:]]}, "C11"),
        ("swapped-ciphertexts", "ciphertexts 0 and 1 alone", {"ciphertexts": [u[1], u[0], u[2]]}, "C11"),
        ("swapped-proofs", "proofs 0 and 1 alone", {"proofs": [proofs[1], proofs[0], *proofs[2:]]}, "C11"),
        ("copied-option", "option 0's ciphertext and proof used for option 1 too",
         {"ciphertexts": [u[0], u[0], u[2]], "proofs": [proofs[0], proofs[0], *proofs[2:]]}, "C11"),
        ("no-total", "the proof of the total left out", {"proofs": proofs[:-1]}, "C10"),
        ("no-ciphertext", "a ciphertext left out", {"ciphertexts": u[:2]}, "C10"),
        ("more-ciphertexts", "a ciphertext too many", {"ciphertexts": [*u, u[0]]}, "C10"),
        ("swapped-branches", "the branches of one proof", {"proofs": [proofs[0][::-1], *proofs[1:]]}, "C11"),
        ("last-ciphertext-0", "the last ciphertext is 0", {"ciphertexts": [*u[:2], toy.element(0)]}, "C10"),
        ("ciphertext-p", "a ciphertext is p", {"ciphertexts": [toy.element(toy.P), *u[1:]]}, "C10"),
        ("other-maximum", "up to one allowed: the total's set has two members, its proof three branches",
         {"contest": toy.contest(replace(toy.COUNCIL, max_total=1))}, "C10"),
        ("other-totals", "one to three allowed: another set of the same size",
         {"contest": toy.contest(replace(toy.COUNCIL, min_total=1, max_total=3))}, "C11"),
    ):  # fmt: skip
        book.refuse(slug, "valid", what, valid | changes, "CryptoError", check)
    over = Tricks(claimed=2)
    some: list[tuple[str, str, list[int], list[Tricks]]] = [
        ("three", "three approved where two are allowed", [1, 1, 1], [HONEST] * 3 + [over]),
        ("double", "two for one option", [2, 0, 0], [Tricks(claimed=1), HONEST, HONEST, HONEST]),
        (
            "minus",
            "three for one option, balanced by minus one",
            [3, -1, 0],
            [Tricks(claimed=1), Tricks(claimed=0), HONEST, over],
        ),
    ]
    for slug, what, amounts, how in some:
        book.refuse(slug, "valid", what, vector(draw, toy.COUNCIL, amounts, how), "CryptoError", "C11")
    return book


def _change(given: Json, branch: int, field: str, change: Callable[[int], int]) -> None:
    held = given["proofs"][0][branch]
    held[field] = int_to_base64url(change(_number(held[field], _LENGTHS[field])), _LENGTHS[field])


def _number(text: str, length: int) -> int:
    return int_from_base64url(text, length)
