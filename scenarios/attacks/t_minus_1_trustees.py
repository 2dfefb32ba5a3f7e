"""One trustee less than the threshold tries to read a ballot."""

from __future__ import annotations

from gmpy2 import powmod

from common.encoding.octets import int_from_base64url
from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped, harmed
from scenarios.stage import ADA, BEN, BLANK, MakeStage
from scenarios.villains import public_key, recorded_vote


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.TRUSTEE,), trustees=4)  # another number than usual, so a key of its own
    victim = stage.voter()
    stage.vote(victim, ADA)
    seen = recorded_vote(victim.journal.votes[0].signed_ballot, "AAAA").vote.ballot
    election, key = stage.world.election, public_key(stage.world.election)
    ciphertext = int(key.decode_element(seen.contests[0].ciphertexts[0]))
    secret = int_from_base64url(stage.states[0].load().secret or "", key.value_bytes)
    square = ciphertext * ciphertext % key.n_squared  # encrypts twice the vote
    root = int(powmod(square % key.n, secret, key.n))  # the best guess: that the share is the key itself
    for choice in (ADA, BEN, BLANK):
        (plaintext,) = election.schemes[stage.contest].encode(choice)
        if key.encrypt(2 * plaintext, root) == square:
            return harmed(choice == ADA, "one trustee has read a ballot alone", f"it says: {stage.in_words(choice)}")
    raise Stopped("D3", Party.TRUSTEE, "what one share gives is no n-th root of the ballot")


SCENARIO = Scenario(
    name="t_minus_1_trustees",
    title="One trustee alone",
    attacker="t − 1 trustees (here one of four, with a threshold of two)",
    controls=("one share of the key", "the bytes of a ballot"),
    story=(
        Step("dealer", "trustee", "one share"),
        Step("victim", "collector", "a ballot"),
        Step("trustee", "trustee", "tries to take its n-th root"),
    ),
    harm="A single trustee reads votes.",
    defences=(Guard("D3", Party.TRUSTEE),),
    play=play,
)
