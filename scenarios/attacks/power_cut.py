"""The power fails just after a receipt has left. What is on the disk is all that the collector starts again with."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from collector.collector import Collector
from collector.store import Store
from common.errors import Party, ServiceRefused
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped, harmed
from scenarios.stage import ADA, BEN, MakeStage, Stage
from scenarios.world import Citizen


def play(make: MakeStage) -> Outcome:
    stage = make()
    victim, later = stage.voter(), stage.voter()
    with TemporaryDirectory() as folder:
        disk = Path(folder) / "before"
        disk.mkdir()
        store = Store(disk / "box.sqlite")
        cast = stage.vote_through(_collector(stage, store), victim, ADA)
        after = Path(shutil.copytree(disk, Path(folder) / "after"))  # what a power cut leaves
        store.close()
        kept = Store(after / "box.sqlite")
        restarted = _collector(stage, kept)
        try:
            restarted.latest(cast.receipt.vote_id)
        except ServiceRefused as lost:
            reasons = [f"the restarted collector on the receipt's vote: {lost}", _goes_on(stage, restarted, later)]
        else:
            reasons = []
        kept.close()
    if not reasons:
        raise Stopped("D1", Party.COLLECTOR, "after the power cut the vote is where the receipt says")
    return harmed(
        True, "a vote with a good receipt is lost, and the witnesses refuse the log that forgot it", *reasons
    )


def _collector(stage: Stage, store: Store) -> Collector:
    world, keys = stage.world, stage.keyring.collector
    checks = stage.checks(Party.COLLECTOR)
    return Collector(world.election, world.roll, keys, store, world.witnesses, world.responder, world.clock, checks)


def _goes_on(stage: Stage, restarted: Collector, voter: Citizen) -> str:
    """What the next voter is told."""
    try:
        stage.vote_through(restarted, voter, BEN)
    except ServiceRefused as refused:
        return f"the next voter is told: {refused}"
    return "the log goes on without it"


SCENARIO = Scenario(
    name="power_cut",
    title="A power cut after the receipt",
    attacker="nobody, or whoever can cut the power",
    controls=("when the collector stops",),
    story=(
        Step("voter", "collector", "a vote for Ada"),
        Step("collector", "witnesses", "a checkpoint with this vote"),
        Step("collector", "voter", "a receipt; the vote itself is still on its way to the disk"),
        Step("power cut", "collector", "starts again with what the disk holds"),
        Step("collector", "witnesses", "another log of this size"),
    ),
    harm="A vote is lost of which there is a receipt, and the log cannot go on.",
    defences=(Guard("D1", Party.COLLECTOR),),
    play=play,
)
