"""What a hash binds: change any one of its ingredients, and it is another hash.

The attacks on what a forgotten ingredient lets through stand elsewhere; here each ingredient is looked at by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from common.crypto.membership import Context, challenge
from common.crypto.paillier import public_key
from common.messages.ballot import header_hash, pseudonym
from common.messages.result import VoteSet, commitment, rehearsal_context, tally_context
from common.messages.vote import recorded_digest, vote_id

MODULUS = (1 << 511) + 1
CONTEXT = Context(b"h" * 32, "board")
VOTES = VoteSet("counted", "5a" * 32, (1, 2, 3))
CIPHERTEXTS = (("board", ("AAAA",)), ("wishes", ("BBBB", "CCCC")))

HASHES: Mapping[Callable[..., Any], tuple[tuple[Any, ...], Mapping[str, tuple[int, Any]]]] = {
    challenge: (
        (public_key(MODULUS), CONTEXT, 0, (1, 2), 5, (6, 7)),
        {
            "modulus": (0, public_key(MODULUS + 2)),
            "header": (1, replace(CONTEXT, header=b"i" * 32)),
            "contest": (1, replace(CONTEXT, contest="wishes")),
            "statement index": (2, 1),
            "allowed set": (3, (1, 4)),
            "ciphertext": (4, 8),
            "a commitment": (5, (6, 8)),
            "order of commitments": (5, (7, 6)),
        },
    ),
    header_hash: (
        ("ab" * 32, "north", "cd" * 32, CIPHERTEXTS),
        {
            "election": (0, "ac" * 32),
            "unit": (1, "south"),
            "pseudonym": (2, "ce" * 32),
            "contest": (3, (("bridge", ("AAAA",)), CIPHERTEXTS[1])),
            "first ciphertext": (3, (("board", ("AAAB",)), CIPHERTEXTS[1])),
            "last ciphertext": (3, (CIPHERTEXTS[0], ("wishes", ("BBBB", "CCCD")))),
            "which contest a ciphertext is of": (3, (("board", ("AAAA", "BBBB")), ("wishes", ("CCCC",)))),
            "order of contests": (3, CIPHERTEXTS[::-1]),
        },
    ),
    pseudonym: (
        ("ab" * 32, "PNOEE-37605030299", b"s" * 32),
        {"election": (0, "ac" * 32), "voter": (1, "PNOEE-60001017869"), "salt": (2, b"t" * 32)},
    ),
    vote_id: ((b"signed ballot",), {"signed ballot": (0, b"signed ballet")}),
    recorded_digest: (
        (b"signed ballot", b"response"),
        {"signed ballot": (0, b"signed ballet"), "OCSP response": (1, b"responsf")},
    ),
    tally_context: (
        ("ab" * 32, "01" * 32, "board", "north", 0),
        {
            "election": (0, "ac" * 32),
            "final tree": (1, "02" * 32),
            "contest": (2, "wishes"),
            "unit": (3, "south"),
            "ciphertext": (4, 1),
        },
    ),
    rehearsal_context: ((b"c" * 32, 0), {"ceremony": (0, b"d" * 32), "value": (1, 1)}),
    commitment: (
        (VOTES,),
        {
            "salt": (0, replace(VOTES, salt="5b" * 32)),
            "name": (0, replace(VOTES, name="revoked")),
            "votes": (0, replace(VOTES, votes=(1, 2, 4))),
        },
    ),
}


@pytest.mark.parametrize(
    ("function", "part"),
    [
        pytest.param(function, part, id=f"{function.__name__}-{part.replace(' ', '-')}")
        for function, (_, parts) in HASHES.items()
        for part in parts
    ],
)
def test_each_ingredient_is_bound(function: Callable[..., Any], part: str) -> None:
    ingredients, parts = HASHES[function]
    position, other = parts[part]
    changed = (*ingredients[:position], other, *ingredients[position + 1 :])
    assert function(*changed) != function(*ingredients)


@pytest.mark.parametrize("function", HASHES, ids=lambda function: function.__name__)
def test_same_ingredients_give_the_same_hash(function: Callable[..., Any]) -> None:
    ingredients, _ = HASHES[function]
    assert function(*ingredients) == function(*ingredients)
