"""As many trustees as it takes open whatever they like. No check sees it."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, MakeStage
from scenarios.villains import public_key, recorded_vote


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.TRUSTEE,))
    victim = stage.voter()
    stage.vote(victim, ADA)
    ballot = recorded_vote(victim.journal.votes[0].signed_ballot, "AAAA").vote.ballot
    election, (ciphertext,) = stage.world.election, ballot.contests[0].ciphertexts
    shares = [
        election.key.share(state.load().secret or "", number, ciphertext, b"nobody looks")
        for number, state in enumerate(stage.states[:2], start=1)
    ]
    opening = election.key.open(ciphertext, shares)
    plaintext = int(public_key(election).decode_value(opening["plaintext"]))
    counts = election.schemes[stage.contest].decode([plaintext], 1)
    return harmed(counts == ADA, "two trustees have read a ballot", f"it says: {stage.in_words(counts)}")


SCENARIO = Scenario(
    name="t_trustees_collude",
    title="Two trustees of three",
    attacker="t trustees",
    controls=("t shares of the key", "the ballot box, which every trustee gets"),
    story=(
        Step("victim", "collector", "a ballot"),
        Step("collector", "trustees", "the box, to be checked"),
        Step("trustee 1", "trustee 2", "a share for this one ballot"),
    ),
    harm="Every vote can be read, with its voter's name.",
    defences=(),
    play=play,
    residual="fewer than t trustees are hostile",
)
