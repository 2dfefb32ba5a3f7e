"""Bernhard, Pereira and Warinschi 2012: where the hash leaves out the ciphertext, choose it after the challenge."""

from __future__ import annotations

import secrets
from dataclasses import replace

from gmpy2 import invert, powmod

from common.crypto import membership
from common.crypto.membership import Context
from common.crypto.paillier import encode_challenge
from common.errors import CryptoError, Party
from common.messages.ballot import Ballot, ProofBranch, ballot_header
from common.messages.election import Election
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory, public_key, with_contest


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    attacker = mallory(stage.world, stage.voter().card)
    prepared = attacker.prepare("north", *ADA)
    attacker.cast(forge(stage.world.election, prepared.ballot), prepared.salt)
    try:
        return stage.compare(stage.count())
    except CryptoError as error:
        return harmed(True, "the tally is destroyed: a proven ballot holds no choice", str(error))


def forge(election: Election, ballot: Ballot) -> Ballot:
    """A proof for a plaintext μ that nobody chose.

    Commitments first: a_1 = Enc(α; t_1), the others n-th powers. Then e, and e_1 = e, all other challenges 0. With
    μ = m_1 − α/e mod n, u = Enc(μ; r) and z_1 = t_1·r^e every branch holds: all that u had to do was to wait.
    """
    key, part = public_key(election), ballot.contests[0]
    (statement,) = election.schemes[part.contest].statements(part.ciphertexts)
    t = [1 + secrets.randbelow(int(key.n) - 1) for _ in statement.allowed]
    alpha, r = secrets.randbelow(int(key.n)), 1 + secrets.randbelow(int(key.n) - 1)
    a = [int(key.encrypt(alpha if j == 0 else 0, t_j)) for j, t_j in enumerate(t)]
    u = key.decode_element(part.ciphertexts[0])
    context = Context(ballot_header(ballot), part.contest)
    e = membership.challenge(key, context, 0, statement.allowed, int(u), a)
    mu = int((statement.allowed[0] - alpha * invert(e, key.n)) % key.n)
    z = [int(t[0] * powmod(r, e, key.n) % key.n), *t[1:]]
    proof = tuple(
        ProofBranch(key.encode_element(a_j), encode_challenge(e if j == 0 else 0), key.encode_value(z_j))
        for j, (a_j, z_j) in enumerate(zip(a, z, strict=True))
    )
    forged = replace(part, ciphertexts=(key.encode_element(int(key.encrypt(mu, r))),), proofs=(proof,))
    return with_contest(ballot, forged)


SCENARIO = Scenario(
    name="weak_fiat_shamir",
    title="A proof whose hash forgets the ciphertext",
    attacker="a voter",
    controls=("their own ID card", "a client of their own make"),
    story=(
        Step("voter", "voter", "commitments, then the challenge, then the ciphertext"),
        Step("voter", "collector", "a ballot that holds a random number, with a proof that holds"),
        Step("trustees", "processor", "an opening that is no count"),
    ),
    harm="One voter destroys the tally.",
    defences=(Guard("D4 ciphertext", Party.COLLECTOR, shows=("C11",)),),
    play=play,
)
