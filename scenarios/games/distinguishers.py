"""Distinguishers: each looks at one thing and guesses whether a pair was exchanged.

They are clues, not proofs: that none of them can tell shows that these leaks are not there, and no more. Each must
tell some variant, or it would be blind; only `sizes` and `position` stand guard over what nothing here breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from gmpy2 import jacobi

from common.crypto.contest import Choice
from common.crypto.paillier import decode_challenge
from common.errors import CryptoError
from common.messages.ballot import Ballot, ballot_digest, pseudonym
from common.messages.election import Election
from common.messages.message import encode
from scenarios.games.game import ADA, BEN, BLANK, Distinguisher, Pair, View
from scenarios.villains import public_key


def _compare(view: View, pair: Pair, read: Callable[[Ballot], int | None]) -> bool | None:
    """Exchanged, if a number read off the first voter's ballot is the larger one."""
    if pair.first not in view.ballots or pair.second not in view.ballots:
        return None
    first, second = read(view.ballots[pair.first]), read(view.ballots[pair.second])
    return None if first is None or second is None or first == second else first > second


def _voted(view: View, pair: Pair, choice_of: Callable[[Ballot], Choice | None]) -> bool | None:
    """Exchanged, if the first voter's ballot is found to be for Ben, or the second's for Ada."""
    for voter, exchanged in ((pair.first, BEN), (pair.second, ADA)):
        found = choice_of(view.ballots[voter]) if voter in view.ballots else None
        if found is not None:
            return found == exchanged
    return None


# --- ballots by themselves


def sizes(view: View, pair: Pair) -> bool | None:
    """How many bytes a ballot takes."""
    return _compare(view, pair, lambda ballot: len(encode(ballot)))


def jacobi_symbol(view: View, pair: Pair) -> bool | None:
    """The Jacobi symbol of the ciphertext, which anybody computes without the key."""
    key = public_key(view.election)
    return _compare(view, pair, lambda ballot: jacobi(key.decode_element(_ciphertext(ballot)), key.n))


def parity(view: View, pair: Pair) -> bool | None:
    """Whether the ciphertext is an odd number."""
    key = public_key(view.election)
    return _compare(view, pair, lambda ballot: int(key.decode_element(_ciphertext(ballot)) % 2))


def magnitude(view: View, pair: Pair) -> bool | None:
    """How large a number the ciphertext is: a client may draw where the numbers are not all alike."""
    key = public_key(view.election)
    return _compare(view, pair, lambda ballot: int(key.decode_element(_ciphertext(ballot))))


def longest_challenge(view: View, pair: Pair) -> bool | None:
    """Which branch of the proof has the longest challenge: a lazy prover draws the others short."""

    def branch(ballot: Ballot) -> int:
        (proof,) = ballot.contests[0].proofs
        lengths = [decode_challenge(part.challenge).bit_length() for part in proof]
        return lengths.index(max(lengths))

    return _compare(view, pair, branch)


# --- ballots beside what is known


def equal_values(view: View, pair: Pair) -> bool | None:
    """Any group element or number that also stands in an accomplice's ballot for Ada or for Ben."""

    def same(ballot: Ballot) -> Choice | None:
        own = set(_values(ballot))
        for accomplice in view.accomplices:
            if accomplice.choice != BLANK and own & set(_values(accomplice.prepared.ballot)):
                return accomplice.choice
        return None

    return _voted(view, pair, same)


def trial_decryption(view: View, pair: Pair) -> bool | None:
    """Whether a ballot opens from the seed of an accomplice, who uses the same client."""
    seeds = {accomplice.prepared.seed for accomplice in view.accomplices}

    def opened(ballot: Ballot) -> Choice | None:
        return next((found for seed in seeds if (found := _open(view.election, ballot, seed))), None)

    return _voted(view, pair, opened)


def dictionary(view: View, pair: Pair) -> bool | None:
    """Whether a published pseudonym is that of a name, without salt or with an accomplice's."""
    published = {ballot.pseudonym for ballot in view.public.ballots or ()}
    salts = [b"", *(bytes.fromhex(accomplice.prepared.salt) for accomplice in view.accomplices)]
    for voter, exchanged in ((pair.first, False), (pair.second, True)):
        if any(pseudonym(view.election.fingerprint, voter, salt) in published for salt in salts):
            return exchanged
    return None


# --- the record


def set_lookup(view: View, pair: Pair) -> bool | None:
    """Whose first vote is in the set of superseded ones; the receipt tells its log index."""
    superseded = {index for chosen in view.sets if chosen.name == "superseded" for index in chosen.votes}
    for voter, exchanged in ((pair.first, False), (pair.second, True)):
        if voter in view.receipts and view.receipts[voter].index in superseded:
            return exchanged
    return None


def ballot_lookup(view: View, pair: Pair) -> bool | None:
    """Whose first ballot is no longer among the published ones."""
    published = {ballot_digest(ballot) for ballot in view.public.ballots or ()}
    if view.sworn is not None or pair.first not in view.ballots:
        return None
    gone = [ballot_digest(view.ballots[voter]) not in published for voter in (pair.first, pair.second)]
    return None if gone[0] == gone[1] else gone[1]


def position(view: View, pair: Pair) -> bool | None:
    """Who of the two stands first in the log."""
    if pair.first not in view.receipts or pair.second not in view.receipts:
        return None
    return view.receipts[pair.first].index > view.receipts[pair.second].index


# --- openings


def single_opening(view: View, pair: Pair) -> bool | None:
    """An opening of one ballot."""
    result = view.results.get(pair.first)
    if result is None or result.totals[0].ballots != 1:
        return None
    return result.totals[0].counts == BEN


def difference(view: View, pair: Pair) -> bool | None:
    """Two results that differ by one voter."""
    result = view.results.get(pair.first)
    if result is None:
        return None
    both = zip(view.public.result.totals[0].counts, result.totals[0].counts, strict=True)
    rest = tuple(whole - part for whole, part in both)
    return rest == BEN if sum(rest) == 1 else None


# --- what they share


def _ciphertext(ballot: Ballot) -> str:
    return ballot.contests[0].ciphertexts[0]


def _values(ballot: Ballot) -> Iterator[str]:
    """Every value of a ballot that its client drew or computed."""
    yield ballot.pseudonym
    for part in ballot.contests:
        yield from part.ciphertexts
        for proof in part.proofs:
            for branch in proof:
                yield from (branch.commitment, branch.challenge, branch.response)


def _open(election: Election, ballot: Ballot, seed: bytes) -> Choice | None:
    """The choice of a ballot that was made from this seed; None if it was not."""
    contest, key = ballot.contests[0].contest, election.key
    names = bytes.fromhex(ballot.fingerprint), bytes.fromhex(ballot.pseudonym)
    choices = {election.schemes[contest].encode(choice)[0]: choice for choice in (ADA, BEN, BLANK)}
    try:
        return choices[key.plaintext(_ciphertext(ballot), key.randomness(*names, seed, contest, 0), choices)]
    except CryptoError:
        return None


DISTINGUISHERS: Mapping[str, Distinguisher] = MappingProxyType(
    {
        made.__name__: made
        for made in (
            sizes,
            jacobi_symbol,
            parity,
            magnitude,
            longest_challenge,
            equal_values,
            trial_decryption,
            dictionary,
            set_lookup,
            ballot_lookup,
            position,
            single_opening,
            difference,
        )
    }
)
