"""A dealer whose modulus has many small primes, and one accomplice for each, announce whatever result they like."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace

from gmpy2 import invert, mpz, powmod

from common.crypto.nth_power import nth_power
from common.crypto.paillier import PublicKey, encode_challenge
from common.encoding.hashing import frame, uint64
from common.errors import Party
from common.messages.ballot import Ballot, ProofBranch, ballot_header
from common.messages.election import Election
from scenarios.dealers import many_primes
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, BEN, BLANK, DRAFT, MakeStage
from scenarios.villains import mallory, public_key, with_contest

PRIMES, BITS, HONEST = 9, 152, 3


def play(make: MakeStage) -> Outcome:
    system, everyone = many_primes(PRIMES, BITS), PRIMES + HONEST
    policies = replace(DRAFT.policies, minimum_aggregate=everyone)  # so that all are in one aggregate
    stage = make(systems={system.name: system}, max_ballots=everyone, policies=policies)
    system.held = True
    for _ in range(HONEST):
        stage.vote(stage.voter(), BEN)
    election, key = stage.world.election, public_key(stage.world.election)
    ada, ben, blank = (election.schemes[stage.contest].encode(choice)[0] for choice in (ADA, BEN, BLANK))
    shift = everyone * ada - HONEST * ben - PRIMES * blank
    for p in system.primes:
        accomplice = stage.voter()
        attacker = mallory(stage.world, accomplice.card)
        prepared = attacker.prepare(attacker.log_in().unit or "", *BLANK)
        part = key.n // p  # times x, a multiple of n/p; over all primes these parts add up to the shift mod n
        forged = forge(election, prepared.ballot, blank, int(part * (shift * invert(part, p) % p)), p)
        attacker.cast(forged, prepared.salt)
        stage.means(accomplice, BLANK)
    return stage.compare(stage.count(), f"{PRIMES} accomplices, each with one forged ballot")


def forge(election: Election, ballot: Ballot, allowed: int, shift: int, p: int) -> Ballot:
    """A ballot that holds `allowed` + `shift`, a multiple of n/p, and proves that it holds `allowed`.

    (1+n)^shift has order p, so it vanishes from the equation of the last branch if p divides the challenge: try
    commitments until it does. All other challenges are 0.
    """
    key, part = public_key(election), ballot.contests[0]
    r, t = (1 + secrets.randbelow(int(key.n) - 1) for _ in range(2))
    u = int(key.encrypt((allowed + shift) % int(key.n), r))
    cast = with_contest(ballot, replace(part, ciphertexts=(key.encode_element(u),)))
    (statement,) = election.schemes[part.contest].statements(cast.contests[0].ciphertexts)
    others = [1 + secrets.randbelow(int(key.n) - 1) for _ in statement.allowed[:-1]]
    commitments = [int(nth_power(each, key.n)) for each in others]
    start = frame(
        "membership",
        ballot_header(cast),
        part.contest.encode(),
        uint64(0),
        key.value_to_bytes(int(key.n)),
        [key.value_to_bytes(member) for member in statement.allowed],
        key.element_to_bytes(u),
        [key.element_to_bytes(a) for a in (*commitments, 0)],
    )[: -key.element_bytes]
    t, a, e = _search(key, start, t, p)
    z = int(t * powmod(r, e, key.n) % key.n)
    rows = [*zip(commitments, [0] * len(others), others, strict=True), (a, e, z)]
    proof = tuple(ProofBranch(key.encode_element(a), encode_challenge(e), key.encode_value(z)) for a, e, z in rows)
    return with_contest(cast, replace(cast.contests[0], proofs=(proof,)))


def _search(key: PublicKey, start: bytes, t: int, p: int) -> tuple[int, int, int]:
    """t, t^n and the challenge, which p divides: about p hashes. t doubles each time, so t^n grows by 2^n."""
    state, length = hashlib.sha256(start), key.element_bytes
    step, a, tries = nth_power(2, key.n), mpz(nth_power(t, key.n)), 0
    while True:
        trial = state.copy()
        trial.update(int(a).to_bytes(length, "big"))
        e = int.from_bytes(trial.digest(), "big")
        if e % p == 0:
            return int(t * powmod(2, tries, key.n) % key.n), int(a), e
        a, tries = a * step % key.n_squared, tries + 1


SCENARIO = Scenario(
    name="many_primes_dealer",
    title="A key of many small primes",
    attacker="the dealer, with as many accomplices among the voters as the modulus has primes",
    controls=("how the key is made", "the accomplices' cards"),
    story=(
        Step("dealer", "everyone", "n, a product of many primes of 17 bits"),
        Step("dealer", "accomplices", "the primes, one for each"),
        Step(
            "accomplices", "collector", "ballots that hold multiples of n/p; their proofs guess the challenge mod p"
        ),
        Step("trustees", "everyone", "an opening that re-encrypts: everybody for Ada"),
    ),
    harm="The whole result is of the dealer's choosing, the honest votes in it too.",
    defences=(Guard("K3 part 3", Party.TRUSTEE, shows=("K3",)),),
    play=play,
    own_key=f"{PRIMES} primes of 17 bits, which is {BITS} bits in all",
)
