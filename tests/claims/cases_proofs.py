"""C10 and C11: poisoned elements, and proofs that prove something else."""

from __future__ import annotations

from dataclasses import replace

from common.crypto.membership import CHALLENGES, Context, challenge
from common.crypto.paillier import PublicKey, encode_challenge
from common.crypto.paillier_key import PaillierElectionKey
from common.messages.ballot import Ballot, ContestBallot, ProofBranch, ballot_header
from tests.claims.attack_tools import Scene, with_branch, with_part
from tests.claims.case import Case
from tests.claims.cases_casting import Attack, casting


def _public(scene: Scene) -> PublicKey:
    key = scene.election.key
    if not isinstance(key, PaillierElectionKey):
        raise TypeError("these attacks know Paillier only")
    return key.public


def _first(scene: Scene) -> ContestBallot:
    return scene.prepared.ballot.contests[0]


def _with_first(scene: Scene, part: ContestBallot) -> bytes:
    return scene.raw(with_part(scene.prepared.ballot, 0, part))


def _junk(scene: Scene, element: int) -> Ballot:
    """All ciphertexts and commitments are `element` and all responses 0; only the challenges add up."""
    text, ballot = _public(scene).encode_element(element), scene.prepared.ballot
    parts = tuple(replace(part, ciphertexts=(text,) * len(part.ciphertexts)) for part in ballot.contests)
    ballot = replace(ballot, contests=parts)
    return replace(ballot, contests=tuple(_with_challenges(scene, ballot, part, element) for part in parts))


def _with_challenges(scene: Scene, ballot: Ballot, part: ContestBallot, element: int) -> ContestBallot:
    public, context = _public(scene), Context(ballot_header(ballot), part.contest)
    proofs = []
    for statement in scene.election.schemes[part.contest].statements(part.ciphertexts):
        u, rest = public.decode_element(statement.ciphertext), len(statement.allowed) - 1
        total = challenge(public, context, statement.index, statement.allowed, u, [element] * (rest + 1))
        challenges = ((total - rest) % CHALLENGES, *[1] * rest)
        a, z = public.encode_element(element), public.encode_value(0)
        proofs.append(tuple(ProofBranch(a, encode_challenge(e), z) for e in challenges))
    return replace(part, proofs=tuple(proofs))


# --- C10


def zeros(scene: Scene) -> bytes:
    """Both sides of every equation are 0, whatever the ciphertext is to hold."""
    return scene.raw(_junk(scene, 0))


def multiples_of_n(scene: Scene) -> bytes:
    """Not coprime to n: powers of n vanish mod n²."""
    return scene.raw(_junk(scene, int(_public(scene).n)))


def one_response_zero(scene: Scene) -> bytes:
    return _with_first(scene, with_branch(_first(scene), 0, 0, response=_public(scene).encode_value(0)))


def response_not_reduced(scene: Scene) -> bytes:
    """z + n is another spelling of z: a second valid ballot that its voter never made."""
    public, part = _public(scene), _first(scene)
    while True:  # z + n still fits its bytes for about every other z
        for position, branch in enumerate(part.proofs[0]):
            grown = int(public.decode_value(branch.response)) + int(public.n)
            if grown < 1 << (8 * public.value_bytes):
                return _with_first(scene, with_branch(part, 0, position, response=public.encode_value(grown)))
        scene.prepared = scene.again().prepared
        part = _first(scene)


def short_base64(scene: Scene) -> bytes:
    part = _first(scene)
    return _with_first(scene, with_branch(part, 0, 0, response=part.proofs[0][0].response[:-4]))


def proof_missing(scene: Scene) -> bytes:
    """The proof of the sum is left out, so that both wishes could be granted."""
    part = scene.prepared.ballot.contests[1]
    return scene.raw(with_part(scene.prepared.ballot, 1, replace(part, proofs=part.proofs[:-1])))


# --- C11


def overvote(scene: Scene) -> bytes:
    """Two votes in one: the product of two honest ciphertexts, under the proof of the first."""
    part, other = _first(scene), _first(scene.again())
    doubled = scene.election.key.aggregate((*part.ciphertexts, *other.ciphertexts))
    return _with_first(scene, replace(part, ciphertexts=(doubled,)))


def proof_of_another_ballot(scene: Scene) -> bytes:
    return _with_first(scene, replace(_first(scene), proofs=_first(scene.again()).proofs))


def challenge_tampered(scene: Scene) -> bytes:
    part = _first(scene)
    return _with_first(scene, with_branch(part, 0, 0, challenge=part.proofs[0][1].challenge))


def commitments_swapped(scene: Scene) -> bytes:
    part = _first(scene)
    first, second = part.proofs[0][:2]
    swapped = with_branch(part, 0, 0, commitment=second.commitment)
    return _with_first(scene, with_branch(swapped, 0, 1, commitment=first.commitment))


def options_swapped(scene: Scene) -> bytes:
    """Two ciphertexts of a vector ballot change places, each with its proof."""
    part = scene.prepared.ballot.contests[1]
    (a, b, *ciphertexts), (c, d, *proofs) = part.ciphertexts, part.proofs
    swapped = replace(part, ciphertexts=(b, a, *ciphertexts), proofs=(d, c, *proofs))
    return scene.raw(with_part(scene.prepared.ballot, 1, swapped))


def copied_under_own_pseudonym(scene: Scene) -> bytes:
    """A copied ballot that opens to the copier: but its proofs bind the first voter's pseudonym."""
    own = scene.prepared.ballot
    return scene.raw(replace(scene.another().prepared.ballot, pseudonym=own.pseudonym, unit=own.unit))


def unit_relabelled(scene: Scene) -> bytes:
    """A ballot that was proven for the other unit."""
    own = scene.prepared.ballot
    other = "south" if own.unit == "north" else "north"
    plaintexts = [(p.contest, scene.election.schemes[p.contest].encode(_CHOICE[p.contest])) for p in own.contests]
    return scene.raw(replace(scene.ballot(plaintexts, unit=other), unit=own.unit))


_CHOICE = {"board": (1, 0, 0), "wishes": (0, 1)}


def _case(check: str, mutate: Attack, then: str | None = None) -> Case[Scene, bytes]:
    return Case(check, mutate, casting, then)


CASES = (
    _case("C10", zeros),
    _case("C10", multiples_of_n),
    _case("C10", response_not_reduced),
    _case("C10", one_response_zero, "C11"),
    _case("C10", short_base64, "C11"),
    _case("C10", proof_missing, "C11"),
    _case("C11", overvote),
    _case("C11", proof_of_another_ballot),
    _case("C11", challenge_tampered),
    _case("C11", commitments_swapped),
    _case("C11", options_swapped),
    _case("C11", copied_under_own_pseudonym),
    _case("C11", unit_relabelled),
)
