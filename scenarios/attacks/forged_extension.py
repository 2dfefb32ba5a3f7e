"""The collector lets voting go on by itself, with an extension that the authority never signed."""

from __future__ import annotations

from common.encoding.times import to_rfc3339
from common.errors import Party
from common.messages.acts import Extension, sign_document
from scenarios.attacks.reopened_by_extension import HOUR, play_extended
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    election = stage.world.election
    later = to_rfc3339(election.closes + HOUR)
    body = Extension("valik/v1/extension", election.fingerprint, later, "the service was down")
    forged = sign_document(body, stage.keyring.collector.answers)  # the only such key the collector has
    return play_extended(stage, forged, election.closes - 15, election.closes + HOUR)


SCENARIO = Scenario(
    name="forged_extension",
    title="An extension by the collector",
    attacker="the collector and a voter",
    controls=("box and log", "a voter's card"),
    story=(
        Step("collector", "log", "an extension by an hour, signed by its own key"),
        Step("everyone", "everyone", "voting has ended, as it was announced"),
        Step("friend", "collector", "a vote, an hour later"),
    ),
    harm="Friends of the collector vote after everybody else, when first counts are whispered.",
    defences=(Guard("L6", Party.PROCESSOR),),
    play=play,
)
