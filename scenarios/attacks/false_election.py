"""A voter is led to an election that looks like the real one, with another authority's signature and another key."""

from __future__ import annotations

from common.checks.manifest import open_manifest
from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, MakeStage
from scenarios.villains import public_key, recorded_vote


def play(make: MakeStage) -> Outcome:
    true, false = make(), make(trustees=2)  # other trustees, so a key and an authority of their own
    victim = false.voter()
    pinned = true.world.authority.public_key
    open_manifest(false.world.manifest, pinned, true.systems, true.checks(Party.CLIENT))
    false.vote(victim, ADA)
    ballot = recorded_vote(victim.journal.votes[0].signed_ballot, "AAAA").vote.ballot
    election, (ciphertext,) = false.world.election, ballot.contests[0].ciphertexts
    shares = [
        election.key.share(state.load().secret or "", number, ciphertext, b"nobody looks")
        for number, state in enumerate(false.states, start=1)
    ]
    opening = election.key.open(ciphertext, shares)
    plaintext = int(public_key(election).decode_value(opening["plaintext"]))
    counts = election.schemes[false.contest].decode([plaintext], 1)
    return harmed(
        counts == ADA,
        "the vote is read by the attacker, its voter holds a good receipt, and it is counted nowhere",
        f"it says: {false.in_words(counts)}",
    )


SCENARIO = Scenario(
    name="false_election",
    title="Another election under the same name",
    attacker="whoever can put a file in the place of the manifest",
    controls=("authority, collector, witnesses and trustees of a made-up election", "the manifest that is shown"),
    story=(
        Step("attacker", "voter", "the manifest, with the right title, units and options"),
        Step("voter", "made-up collector", "a vote for Ada, for the attacker's key"),
        Step("made-up collector", "voter", "a receipt that holds, of a log that is another"),
        Step("attacker", "attacker", "opens the ballot with the shares, which are all its own"),
    ),
    harm="The vote is known and lost.",
    defences=(Guard("K1", Party.CLIENT),),
    play=play,
)
