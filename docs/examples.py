"""The examples of docs/spec: play one tiny election, keep its messages and its record, put them into the chapters.

    python docs/examples.py            play it anew (toy keys) and rewrite docs/spec/example, the chapters' blocks and
                                       the bodies that the services' own descriptions show
    python docs/examples.py --bodies   rewrite those bodies only (common/transport/examples.json)

Keys, salts and randomness are fresh each time, so a new run changes every example. The tests hold what is there
against the code: each block decodes, and the record passes an audit.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from common import routes
from common.eid import ocsp, signing
from common.eid.personal_code import voter_id
from common.encoding import canonical
from common.encoding.canonical import Json
from common.encoding.octets import from_base64url, to_base64url
from common.errors import SetupError
from common.log.note import parse_note
from common.log.submission import encode_submission
from common.log.tiles import parse_tile_path
from common.log.witnessed import open_checkpoint
from common.messages.acts import Signed
from common.messages.draft import Draft
from common.messages.manifest import Policies, SingleContest, Times, Unit, VectorContest, ceremony_id
from common.messages.message import decode, encode, plain
from common.messages.receipt import Receipt, SessionView
from common.messages.roll import RollChange, RollEntry
from common.messages.vote import SignedBallot
from common.ports import Lapsed
from common.requests import (
    Authentication,
    Growth,
    Hashes,
    LogIndex,
    Nonce,
    Notices,
    NoticesAsked,
    RehearsalShares,
    ServiceState,
    ShareDelivery,
    Subscription,
    TallyRequest,
    VoteReference,
)
from common.tally.candidate import Candidate
from common.transport import examples
from scenarios.country.population import people
from scenarios.founding import create_world
from scenarios.world import Citizen, Tallied, World
from tallier.sealing import seal_share
from tallier.trustee_state import MemoryState

SPEC = Path(__file__).parent / "spec"
FOLDER = SPEC / "example"
BODIES = Path(examples.__file__).with_name(examples.FILE)
WIDTH = 116
FILED = {
    "SessionView": "session-view",
    "SignedBallot": "signed-ballot",
    "Receipt": "receipt",
    "VerificationAnswer": "verification-answer",
    "SignedLatest": "signed-latest",
}
"""Bodies that are messages of the chapters, too."""
_BLOCK = re.compile(r"(<!-- example: ([a-z-]+) -->\n```[a-z]*\n)(.*?)(\n```\n)", re.DOTALL)

DRAFT = Draft(
    title="The example",
    times=Times("2027-03-01T09:00:00Z", "2027-03-01T17:00:00Z", 300, 300, 30, 60, 600, 1800),
    contests=(
        SingleContest("single", "chair", "Who chairs the board?", ("Ada", "Ben", "Blank vote")),
        VectorContest("vector", "wishes", "Approve up to two", ("Library", "Park", "Pool"), 1, 0, 2),
    ),
    units=(
        Unit("land", "The land", None, ("chair",)),
        Unit("north", "North", "land", ("chair",)),
        Unit("south", "South", "land", ("chair", "wishes")),
    ),
    max_ballots=20,
    parameters="toy-512",
    threshold=2,
    trustees=3,
    witnesses=3,
    quorum=2,
    hostile=0,
    policies=Policies("public", 2, 3, 20, 100_000, 50),
)
PEOPLE = people(9, seed=2027)
NORTH, SOUTH = PEOPLE[:4], PEOPLE[4:8]
ADA, BEN = {"chair": (1, 0, 0)}, {"chair": (0, 1, 0)}


@dataclass(slots=True)
class Example:
    """What the run leaves: messages by name, the record by path, what a verifier pins, and bodies of HTTP by name."""

    messages: dict[str, bytes]
    record: dict[str, bytes]
    pins: bytes
    bodies: dict[str, Json]


def play() -> Example:
    """Eight recorded votes: one superseded, one revoked, one excluded, five counted."""
    rows = [RollEntry(voter_id(p.code), p.name, "north") for p in NORTH[:3]]
    rows += [RollEntry(voter_id(p.code), p.name, "south") for p in SOUTH]
    states = [MemoryState() for _ in range(DRAFT.trustees)]
    world = create_world(DRAFT, rows, trustee_states=states, insecure_parameters=True)
    for person in NORTH[:3]:
        vote(world, world.citizen(person), ADA)
    south = [world.citizen(person) for person in SOUTH]
    for citizen in south[:3]:
        vote(world, citizen, {**BEN, "wishes": (1, 0, 1)})
    before = world.collector.checkpoint()
    messages = second_vote(world, next(iter(world.citizens.values())))
    bodies = casting_bodies(world, before, messages)
    newcomer = RollEntry(voter_id(NORTH[3].code), NORTH[3].name, "north")
    world.change_roll([RollChange(newcomer.voter, newcomer)])
    vote_late(world, south[3])
    world.extend(world.election.closes + 3600, "the service was out of reach in the morning")
    world.close()
    world.revoke([south[2].card.voter_id])
    world.finalise()
    tallied = world.tally([1, 3])
    record = world.record(tallied)
    messages |= acts(world.manifest, tallied.evidence.acts, world.roll)
    never = world.authority.abandon(world.election, world.log_size() - 1, "an example, which was never logged")
    messages["abandonment"] = encode(never)
    messages |= {
        "aggregates": record["public/aggregates.json"],
        "signed-answer": encode(tallied.counted.used[0]),
        "result": record["public/result.json"],
        "accounting": record["public/accounting.json"],
        "accounting-sets": record["sworn/accounting.json"],
    }
    pins = {"authority_key": to_base64url(world.authority.public_key), "fingerprint": world.election.fingerprint}
    bodies |= tally_bodies(world, tallied, states[0])
    return Example(messages, record, canonical.encode(pins), bodies)


def vote(world: World, citizen: Citizen, choices: Mapping[str, tuple[int, ...]]) -> None:
    world.clock.now += 60
    world.vote(citizen, choices)


def vote_late(world: World, citizen: Citizen) -> None:
    """The witnesses see this vote only after `max_age`: it lapses, and has to be excluded."""
    world.witness_clock.by = 1000
    try:
        vote(world, citizen, {**ADA, "wishes": (0, 1, 0)})
    except Lapsed:
        world.witness_clock.by = 0
        world.clock.now += 1000
        return
    raise SetupError("the late vote was not refused")


def second_vote(world: World, citizen: Citizen) -> dict[str, bytes]:
    """A re-vote, with every message on its way."""
    world.clock.now += 60
    nonce = world.collector.challenge()
    token = citizen.card.authenticate(world.election.manifest.collector.address, nonce)
    view = world.collector.open_session(nonce, token)
    cast = world.vote(citizen, BEN)
    code = world.code(cast)
    answer = world.collector.lookup(code.vote_id)
    signed = decode(SignedBallot, cast.signed_ballot)
    return {
        "nonce": nonce.encode(),
        "token": token.encode(),
        "session-view": encode(view),
        "ballot": encode(signed.ballot),
        "statement": signing.parse(signed.statement).payload,
        "signed-ballot": cast.signed_ballot,
        "recorded-vote": encode(answer.recorded),
        "receipt": encode(cast.receipt),
        "signed-latest": encode(answer.latest),
        "verification-answer": encode(answer),
        "verification-code": code.text().encode(),
    }


def acts(manifest: Signed, logged: tuple[Signed, ...], roll: Signed) -> dict[str, bytes]:
    """One document of each kind that the authority signs; of the orders, `final`."""
    named = {
        "valik/v1/roll-change": "change-set",
        "valik/v1/order": "order",
        "valik/v1/extension": "extension",
        "valik/v1/revocation": "revocation",
        "valik/v1/exclusion": "exclusion",
    }
    found = {named[act.body.format]: encode(act) for act in logged}
    return {"manifest": encode(manifest), "roll": encode(roll), **found}


def casting_bodies(world: World, before: str, messages: Mapping[str, bytes]) -> dict[str, Json]:
    """What voters, devices, witnesses and the eID authority send and get, by name; `before`: an older checkpoint."""
    receipt = decode(Receipt, messages["receipt"])
    vote = Candidate(messages["signed-ballot"])
    signer = vote.signer(world.clock(), world.election)
    older, newer = (
        open_checkpoint(note, world.election.log_trust).checkpoint for note in (before, receipt.checkpoint)
    )
    proof = world.collector.consistency(older, newer)
    note = parse_note(receipt.checkpoint)
    signed = replace(note, signatures=note.signatures[:1])
    subscription = world.collector.subscribe(decode(SessionView, messages["session-view"]).session)
    sent = [
        ServiceState("Valik collector", "ok"),
        Nonce(messages["nonce"].decode()),
        Authentication(messages["nonce"].decode(), messages["token"].decode()),
        VoteReference(receipt.vote_id),
        Subscription(subscription),
        NoticesAsked(0),
        Notices(world.collector.notices(subscription, 0)),
        Growth(older.body, newer.body),
        Hashes(tuple(step.hex() for step in proof)),
    ]
    request = ocsp.build_request(signer.certificate, signer.issuer, signing.ocsp_nonce(vote.signature))
    return {
        **{type(each).__name__: plain(each) for each in sent},
        **{name: canonical.decode(messages[file]) for name, file in FILED.items()},
        examples.answer_name(routes.READY): plain(ServiceState("Valik collector", "ready")),
        examples.answer_name(routes.CHECKPOINT): receipt.checkpoint,
        examples.answer_name(routes.TILE): to_base64url(world.collector.tile(parse_tile_path("tile/0/000.p/2"))),
        examples.request_name(routes.ADD_CHECKPOINT): encode_submission(older.size, proof, signed.text),
        examples.answer_name(routes.ADD_CHECKPOINT): note.signatures[1].text,
        examples.request_name(routes.OCSP): to_base64url(request),
        examples.answer_name(routes.OCSP): receipt.ocsp,
    }


def tally_bodies(world: World, tallied: Tallied, first: MemoryState) -> dict[str, Json]:
    """What the authority, the dealer, the processor and the first trustee send and get, by name; lists cut short."""
    ceremony, evidence = world.ceremony, tallied.evidence
    key = from_base64url(ceremony.trustees[0].sealing_key)
    sealed = seal_share(first.load().secret or "", key, ceremony_id(ceremony.material, ceremony.trustees), 1)
    log = replace(evidence.log, entries=evidence.log.entries[:3], checkpoints=evidence.log.checkpoints[:1])
    short = replace(evidence, log=log, votes=evidence.votes[:1], acts=evidence.acts[:1])
    proof = {part: values[:2] for part, values in ceremony.proof.items()}
    sent = [
        evidence.acts[-1],
        LogIndex(world.log_size() - 1),
        short,
        ceremony.trustees[0],
        ShareDelivery(to_base64url(sealed), ceremony.material, ceremony.trustees),
        RehearsalShares(world.trustees[0].rehearse()[:2]),
        TallyRequest(world.manifest, proof, short, tallied.processed.aggregates),
        tallied.counted.used[0],
    ]
    return {type(each).__name__: plain(each) for each in sent}


def wrap(data: bytes) -> str:
    """Text cut into lines, between fields where that leaves no line short.

    No cut stands next to a space, so that joining the lines gives the text back.
    """
    text, lines = data.decode("utf-8"), []
    while len(text) > WIDTH:
        at = text.rfind(',"', WIDTH // 2, WIDTH) + 1 or WIDTH
        while " " in text[at - 1 : at + 1]:
            at -= 1
        lines.append(text[:at])
        text = text[at:]
    return "\n".join([*lines, text])


def unwrap(block: str) -> bytes:
    """What `wrap` was given."""
    return block.replace("\n", "").encode("utf-8")


def blocks(chapter: str) -> dict[str, str]:
    """The examples of a chapter's text, by name, still wrapped."""
    return {match[2]: match[3] for match in _BLOCK.finditer(chapter)}


def fill(chapter: str, messages: Mapping[str, bytes]) -> str:
    """The chapter with its examples replaced."""
    return _BLOCK.sub(lambda match: match[1] + wrap(messages[match[2]]) + match[4], chapter)


def write(example: Example) -> None:
    """Replace docs/spec/example, the blocks of every chapter, and the services' examples."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    files = {f"messages/{name}": data for name, data in example.messages.items()}
    files |= {f"record/{path}": data for path, data in example.record.items()}
    for path, data in {**files, "pins.json": example.pins}.items():
        target = FOLDER / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    refill(example.messages)
    BODIES.write_bytes(canonical.encode(example.bodies))


def refill(messages: Mapping[str, bytes]) -> None:
    """Put messages into the blocks of every chapter."""
    for chapter in sorted(SPEC.glob("*.md")):
        text = chapter.read_text(encoding="utf-8")
        chapter.write_text(fill(text, messages), encoding="utf-8")


def stored() -> dict[str, bytes]:
    """The messages of the last run."""
    return {path.name: path.read_bytes() for path in (FOLDER / "messages").iterdir()}


if __name__ == "__main__":
    if sys.argv[1:] == ["--bodies"]:
        BODIES.write_bytes(canonical.encode(play().bodies))
    else:
        write(play())
