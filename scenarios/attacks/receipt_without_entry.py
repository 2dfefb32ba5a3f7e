"""A receipt under an honest checkpoint of a log that does not hold the vote."""

from __future__ import annotations

from common.encoding.octets import to_base64url
from common.errors import Party
from common.log.entries import Entry, EntryKind
from common.messages.receipt import Receipt
from common.messages.vote import recorded_digest, vote_id
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import lying


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    collector = lying(stage.world)

    def promise(_session: str, raw: bytes) -> Receipt:
        entry = Entry(EntryKind.VOTE, recorded_digest(raw, b"good"))
        newest = stage.world.collector.checkpoint()
        return Receipt("valik/v1/receipt", vote_id(raw), to_base64url(b"good"), 4, entry, (), newest)

    collector.casts = promise
    stage.vote_through(collector, stage.voter(), ADA)
    return stage.compare(stage.count())


SCENARIO = Scenario(
    name="receipt_without_entry",
    title="A receipt for a vote that was never logged",
    attacker="the collector",
    controls=("box and log", "what voters are answered"),
    story=(
        Step("voter", "collector", "a vote for Ada"),
        Step("collector", "collector", "throws it away"),
        Step("collector", "voter", "a receipt with the newest honest checkpoint"),
    ),
    harm="The vote is lost, and its voter has a receipt that witnesses signed.",
    defences=(Guard("R2", Party.CLIENT),),
    play=play,
)
