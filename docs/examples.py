"""The examples of docs/spec: play one tiny election, keep its messages and its record, put them into the chapters.

    python docs/examples.py        play it anew (toy keys) and rewrite docs/spec/example and the chapters' blocks

Keys, salts and randomness are fresh each time, so a new run changes every example. The tests hold what is there
against the code: each block decodes, and the record passes an audit.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from common.eid import signing
from common.eid.personal_code import voter_id
from common.encoding import canonical
from common.encoding.octets import to_base64url
from common.errors import SetupError
from common.messages.acts import Signed
from common.messages.draft import Draft
from common.messages.manifest import Policies, SingleContest, Times, Unit, VectorContest
from common.messages.message import decode, encode
from common.messages.roll import RollChange, RollEntry
from common.messages.vote import SignedBallot
from common.ports import Lapsed
from scenarios.country.population import people
from scenarios.founding import create_world
from scenarios.world import Citizen, World

SPEC = Path(__file__).parent / "spec"
FOLDER = SPEC / "example"
WIDTH = 116
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
    """What the run leaves: messages by name, the record by path, and what a verifier pins."""

    messages: dict[str, bytes]
    record: dict[str, bytes]
    pins: bytes


def play() -> Example:
    """Eight recorded votes: one superseded, one revoked, one excluded, five counted."""
    rows = [RollEntry(voter_id(p.code), p.name, "north") for p in NORTH[:3]]
    rows += [RollEntry(voter_id(p.code), p.name, "south") for p in SOUTH]
    world = create_world(DRAFT, rows, insecure_parameters=True)
    for person in NORTH[:3]:
        vote(world, world.citizen(person), ADA)
    south = [world.citizen(person) for person in SOUTH]
    for citizen in south[:3]:
        vote(world, citizen, {**BEN, "wishes": (1, 0, 1)})
    messages = second_vote(world, next(iter(world.citizens.values())))
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
    return Example(messages, record, canonical.encode(pins))


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
    """Replace docs/spec/example, and the blocks of every chapter."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    files = {f"messages/{name}": data for name, data in example.messages.items()}
    files |= {f"record/{path}": data for path, data in example.record.items()}
    for path, data in {**files, "pins.json": example.pins}.items():
        target = FOLDER / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    refill(example.messages)


def refill(messages: Mapping[str, bytes]) -> None:
    """Put messages into the blocks of every chapter."""
    for chapter in sorted(SPEC.glob("*.md")):
        text = chapter.read_text(encoding="utf-8")
        chapter.write_text(fill(text, messages), encoding="utf-8")


def stored() -> dict[str, bytes]:
    """The messages of the last run."""
    return {path.name: path.read_bytes() for path in (FOLDER / "messages").iterdir()}


if __name__ == "__main__":
    write(play())
