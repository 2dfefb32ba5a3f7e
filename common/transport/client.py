"""Every port, reached over HTTP: to its user no different from the party itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from common import ports, routes
from common.crypto.cryptosystem import KeyMaterial, KeyProof, Share
from common.encoding.octets import to_base64url
from common.errors import LogError, ServiceRefused, ValikError
from common.log.checkpoint import Checkpoint
from common.log.submission import encode_submission
from common.log.tiles import Tile
from common.messages.acts import Signed
from common.messages.manifest import Trustee
from common.messages.receipt import Notice, Receipt, SessionView, SignedLatest, VerificationAnswer
from common.messages.result import Aggregates, SignedAnswer
from common.requests import Authentication, Growth, NoticesAsked, ShareDelivery, TallyRequest, VoteReference
from common.tally.evidence import Evidence
from common.transport.bodies import decode_body
from common.transport.connection import Connection, OtherService
from common.transport.problems import error_of

_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n\Z")


class CollectorClient(ports.VotingPort, ports.VerificationPort, ports.NoticesPort, ports.LogPort, ports.TilesPort):
    """The collector's public door."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def challenge(self) -> str:
        return self._connection.call(routes.CHALLENGE, None).nonce

    def open_session(self, nonce: str, token: str) -> SessionView:
        return self._connection.call(routes.OPEN_SESSION, Authentication(nonce, token))

    def refresh(self, session: str) -> SessionView:
        return self._connection.call(routes.REFRESH, None, session=session)

    def cast(self, session: str, signed_ballot: bytes) -> Receipt:
        return self._connection.call(routes.CAST, signed_ballot, session=session)

    def lookup(self, vote_id: str) -> VerificationAnswer:
        return self._connection.call(routes.LOOKUP, VoteReference(vote_id))

    def latest(self, vote_id: str) -> SignedLatest:
        return self._connection.call(routes.LATEST, VoteReference(vote_id))

    def subscribe(self, session: str) -> str:
        return self._connection.call(routes.SUBSCRIBE, None, session=session).subscription

    def notices(self, subscription: str, after: int) -> tuple[Notice, ...]:
        return self._connection.call(routes.FETCH_NOTICES, NoticesAsked(after), session=subscription).notices

    def checkpoint(self) -> str:
        return self._connection.call(routes.CHECKPOINT, None)

    def consistency(self, older: Checkpoint, newer: Checkpoint) -> tuple[bytes, ...]:
        answer = self._connection.call(routes.CONSISTENCY, Growth(older.body, newer.body))
        return tuple(bytes.fromhex(step) for step in answer.hashes)

    def tile(self, tile: Tile) -> bytes:
        return self._connection.call(routes.TILE, None, rest=tile.path.removeprefix("tile/"))


class BoxClient(ports.BoxPort):
    """The collector's door for authority, processor and trustees."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def submit_act(self, signed: Signed) -> int:
        return self._connection.call(routes.SUBMIT_ACT, signed).index

    def evidence(self) -> Evidence:
        return self._connection.call(routes.EVIDENCE, None)


class TrusteeClient(ports.TrusteePort):
    """One trustee."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def identity(self) -> Trustee:
        try:
            return self._connection.call(routes.IDENTITY, None)
        except OtherService as error:
            raise OtherService(f"no trustee answers there: {error}") from error

    def receive_share(self, sealed: bytes, material: KeyMaterial, trustees: tuple[Trustee, ...]) -> None:
        self._connection.call(routes.RECEIVE_SHARE, ShareDelivery(to_base64url(sealed), material, trustees))

    def rehearse(self) -> tuple[Share, ...]:
        return self._connection.call(routes.REHEARSE, None).shares

    def answer(self, manifest: Signed, key_proof: KeyProof, evidence: Evidence, claimed: Aggregates) -> SignedAnswer:
        return self._connection.call(routes.ANSWER, TallyRequest(manifest, key_proof, evidence, claimed))


class WitnessClient(ports.WitnessPort):
    """One witness (C2SP tlog-witness), be it of this project or not."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], note: str) -> str:
        text = encode_submission(old_size, proof, note)
        answer = self._connection.exchange(routes.ADD_CHECKPOINT, text.encode("utf-8"))
        if answer.status == 409 and answer.media == routes.SIZE_MEDIA:
            raise ports.WitnessConflict(_known_size(answer.body))
        if answer.status != 200:
            raise self._refusal(error_of(answer.status, answer.body))
        return decode_body(str, answer.body)

    @staticmethod
    def _refusal(error: ValikError) -> ValikError:
        """No witness may raise in its log what only others can mean, such as a failed check."""
        return (
            error if isinstance(error, (LogError, ports.NotFound, ports.Unavailable)) else ServiceRefused(str(error))
        )


class OcspClient(ports.OcspResponder):
    """An OCSP responder (RFC 6960 over HTTP)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def respond(self, request: bytes) -> bytes:
        """The response; whatever went wrong is `Unavailable`, for the responder has no say in anything else."""
        try:
            return self._connection.call(routes.OCSP, request)
        except ValikError as error:
            raise ports.Unavailable(f"the certificate's status cannot be had: {error}") from error


def _known_size(body: bytes) -> int:
    match = _SIZE.match(body)
    if match is None:
        raise ServiceRefused("the witness answered with a conflict, but not with a size")
    return int(match[1])
