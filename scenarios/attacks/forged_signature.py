"""In a session that a voter left open: a vote under the voter's certificate, signed by another key."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import sha256, sha384

from common.eid import signing
from common.encoding import canonical
from common.encoding.octets import from_base64url, to_base64url
from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import Mallory
from voter_client.software_card import VoterToken


@dataclass(frozen=True)
class CardWithoutPin2:
    """The victim's card as far as the attacker has it: logged in, its certificates known, PIN2 unknown."""

    victim: VoterToken
    own: VoterToken

    @property
    def voter_id(self) -> str:
        return self.victim.voter_id

    def authenticate(self, origin: str, nonce: str) -> str:
        return self.victim.authenticate(origin, nonce)

    def sign(self, payload: bytes, time: int) -> str:
        """The victim's header and certificate, one's own signature."""
        own = signing.sign(payload, self.own.signature.signer("PIN2"), (self.own.signature.der,), time)
        header = canonical.decode(from_base64url(own.split(".")[0]))
        der = self.victim.signature.der
        fields = {
            **dict(header),
            "x5c": [base64.b64encode(der).decode("ascii")],
            "x5t#S256": to_base64url(sha256(der).digest()),
        }
        text = f"{to_base64url(canonical.encode(fields))}.{to_base64url(payload)}"
        signature = self.own.signature.signer("PIN2").sign_digest(sha384(text.encode("ascii")).digest())
        return f"{text}.{to_base64url(signing.normalise(signature))}"


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    card = CardWithoutPin2(stage.voter().card, stage.stranger().card)
    attacker = Mallory(stage.world.election, stage.world.collector, card)
    prepared = attacker.prepare("north", *ADA)
    attacker.cast(prepared.ballot, prepared.salt)
    return stage.compare(stage.count())


SCENARIO = Scenario(
    name="forged_signature",
    title="Somebody else's signature under the voter's certificate",
    attacker="somebody at a computer on which a voter left a session open",
    controls=("the open session", "the voter's certificate, which is public"),
    story=(
        Step("voter", "collector", "logs in, and leaves"),
        Step("attacker", "collector", "a vote with the voter's certificate and a signature of another key"),
    ),
    harm="Somebody votes in the name of a voter who stayed at home.",
    defences=(Guard("C5", Party.COLLECTOR),),
    play=play,
)
