"""One voter is shown a log of her own, which only one witness has seen."""

from __future__ import annotations

from common.encoding.octets import to_base64url
from common.errors import Party
from common.log.entries import Entry, EntryKind
from common.log.merkle import MerkleTree
from common.messages.message import encode
from common.messages.receipt import Receipt
from common.messages.vote import recorded_digest, vote_id
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage, Stage
from scenarios.villains import LyingCollector, forger, lying


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    stage.vote_through(log_for_one(stage), stage.voter(), ADA)
    return stage.compare(stage.count())


def log_for_one(stage: Stage) -> LyingCollector:
    """A collector whose receipts come from a log of two entries, which one bribed witness cosigns."""
    writer, collector = forger(stage.world.election, stage.keyring, bribed=1), lying(stage.world)

    def log_for_her(_session: str, raw: bytes) -> Receipt:
        entry, tree = Entry(EntryKind.VOTE, recorded_digest(raw, b"good")), MerkleTree()
        tree.append(encode(Entry(EntryKind.OPEN, stage.world.election.fingerprint)))
        tree.append(encode(entry))
        proof = tuple(step.hex() for step in tree.inclusion_proof(1, 2))
        note = writer.note(tree, stage.world.clock())
        return Receipt("valik/v1/receipt", vote_id(raw), to_base64url(b"good"), 1, entry, proof, note)

    collector.casts = log_for_her
    return collector


SCENARIO = Scenario(
    name="split_view",
    title="A log for one voter alone",
    attacker="the collector and one of three witnesses",
    controls=("box and log", "the log's key", "one witness's key"),
    story=(
        Step("voter", "collector", "a vote for Ada"),
        Step("collector", "bribed witness", "another log, with this vote"),
        Step("collector", "voter", "a receipt from that log"),
        Step("collector", "everyone else", "the log without it"),
    ),
    harm="The vote is in a log that nobody else will see.",
    defences=(Guard("R3", Party.CLIENT),),
    play=play,
)
