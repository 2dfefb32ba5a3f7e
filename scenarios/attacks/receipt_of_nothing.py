"""Client and collector show the second device a vote that was never logged, with a receipt made up for it."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from common.messages.receipt import VerificationAnswer, sign_latest
from common.messages.vote import vote_id
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, BEN, MakeStage
from scenarios.villains import lying, mallory, recorded_vote
from voter_client.verification_code import make_code
from voter_client.verify import verify_vote


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    victim, world = stage.voter(), stage.world
    client = mallory(world, victim.card)
    shown = client.prepare("north", *ADA)
    unposted = client.sign(client.log_in(), shown.ballot, shown.salt)  # the first time the voter enters PIN2
    stage.vote(victim, BEN)  # and the second time
    stage.means(victim, ADA)
    true = world.collector.lookup(victim.journal.votes[0].receipt.vote_id)
    latest = replace(true.latest.answer, vote_id=vote_id(unposted))
    answer = VerificationAnswer(
        recorded_vote(unposted, true.recorded.ocsp),
        replace(true.receipt, vote_id=vote_id(unposted)),
        sign_latest(latest, stage.keyring.collector.answers),
    )
    collector = lying(world)
    collector.lookups = lambda _vote_id: answer
    code = make_code(world.election.fingerprint, vote_id(unposted), shown.seed)
    seen = verify_vote(world.election, code, collector, world.clock, stage.checks(Party.DEVICE))
    return stage.compare(stage.count(), f"the verifying device showed: {seen.choices[stage.contest]}")


SCENARIO = Scenario(
    name="receipt_of_nothing",
    title="A vote shown that was never logged",
    attacker="the voter's computer with the collector",
    controls=("what is encrypted and signed", "the code on the screen", "the collector's answers and their key"),
    story=(
        Step("voter", "computer", "Ada; PIN2"),
        Step("computer", "voter", "something went wrong; PIN2 again, please"),
        Step("computer", "collector", "a vote for Ben, to be logged; the one for Ada, to be shown"),
        Step("computer", "second device", "the code of the vote for Ada"),
        Step("collector", "second device", "the vote for Ada, with the receipt of the other"),
    ),
    harm="A verified vote is in no log.",
    defences=(Guard("V2", Party.DEVICE),),
    play=play,
)
