"""Where each port is reached over HTTP: one table for each port, read by clients and servers alike (spec 15.2).

Pure data. `NoneType` stands for an empty body; `bytes` and `str` travel as they are; every other type is a message
in canonical JSON. What is secret or personal (sessions, vote ids) stands in headers or bodies, never in an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType
from typing import Any, Generic, TypeVar

from common.checks.casting import AT_INTAKE
from common.checks.catalogue import CHECKS
from common.checks.floors import MAXIMUM_VOTE_BYTES
from common.eid.ocsp import MAX_RESPONSE_BYTES
from common.errors import (
    CryptoError,
    EncodingError,
    IdentityError,
    LogError,
    Party,
    RuleBroken,
    ServiceRefused,
    SetupError,
    ValikError,
)
from common.log.note import MAX_NOTE_LENGTH
from common.messages.acts import Signed
from common.messages.manifest import Trustee
from common.messages.receipt import Receipt, SessionView, SignedLatest, VerificationAnswer
from common.messages.result import SignedAnswer
from common.messages.vote import SignedBallot
from common.ports import (
    CheckpointUnsigned,
    Fork,
    Lapsed,
    NotAuthenticated,
    NotFound,
    Rollback,
    TwoTrees,
    Unavailable,
)
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
from common.tally.evidence import Evidence

Q = TypeVar("Q")
A = TypeVar("A")

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
SIZE_MEDIA = "text/x.tlog.size"
"""A witness's answer to a wrong old size (C2SP tlog-witness)."""
SMALL = 2**16
ACT_BYTES = 2**28
"""Room for a change of the whole roll."""
RECORD_BYTES = 2**30
"""Room for a whole box with its log."""
HOURS = 4 * 3_600


@dataclass(frozen=True, slots=True)
class Route(Generic[Q, A]):
    """One request of a port. `limit` and `answer_limit`: bytes of a body; `seconds`: how long a client waits.

    `request_media` None: any content type will do. `session`: the request carries a session as a bearer token.
    `shape`: what a `bytes` request holds that only the party itself reads. `lasting`: the answer never changes.
    `own_example`: another route gives the same message with other contents.
    A path may end in `{rest:path}`. `refusals`: the port's own errors, beside a malformed message; `checks`: those
    that can fail; `conflict_media`: of an answer of status 409 that is no problem document.
    """

    method: str
    path: str
    request: type[Q]
    answer: type[A]
    summary: str
    request_media: str | None = JSON
    answer_media: str = JSON
    limit: int = SMALL
    answer_limit: int = SMALL
    seconds: int = 30
    session: bool = False
    shape: type[Any] | None = None
    own_example: bool = False
    lasting: bool = False
    refusals: tuple[type[ValikError], ...] = ()
    checks: tuple[str, ...] = ()
    conflict_media: str | None = None

    def url(self, rest: str = "") -> str:
        """The path, with its open end filled in."""
        return self.path.replace("{rest:path}", rest)


# --- every service

HEALTH = Route("GET", "/health", NoneType, ServiceState, "Whether the service's process is alive", seconds=5)
READY = Route(
    "GET",
    "/ready",
    NoneType,
    ServiceState,
    "Whether the party can serve now",
    seconds=10,
    own_example=True,
    refusals=(Unavailable,),
)

# --- voting (VotingPort)

CHALLENGE = Route(
    "POST",
    "/challenge",
    NoneType,
    Nonce,
    "A fresh nonce for one authentication token",
    refusals=(ServiceRefused,),
)
OPEN_SESSION = Route(
    "POST",
    "/session",
    Authentication,
    SessionView,
    "Authenticate; what one must know to vote",
    refusals=(EncodingError, NotAuthenticated, IdentityError, ServiceRefused, Unavailable),
)
REFRESH = Route(
    "GET",
    "/session",
    NoneType,
    SessionView,
    "The same view as it stands now",
    session=True,
    refusals=(NotAuthenticated, Unavailable),
)
CAST = Route(
    "POST",
    "/votes",
    bytes,
    Receipt,
    "Record a vote; the same bytes again give the same receipt",
    limit=MAXIMUM_VOTE_BYTES,
    seconds=120,
    session=True,
    shape=SignedBallot,
    refusals=(NotAuthenticated, ServiceRefused, Lapsed, Unavailable),
    checks=(*AT_INTAKE, "C4"),
)
VOTING = (CHALLENGE, OPEN_SESSION, REFRESH, CAST)

# --- verification (VerificationPort)

LOOKUP = Route(
    "POST",
    "/lookup",
    VoteReference,
    VerificationAnswer,
    "The vote with its receipt, a few times and for a while",
    answer_limit=2 * MAXIMUM_VOTE_BYTES,
    refusals=(NotFound, Unavailable),
)
LATEST = Route(
    "POST",
    "/latest",
    VoteReference,
    SignedLatest,
    "Whether this vote is its voter's latest",
    refusals=(NotFound, Unavailable),
)
VERIFICATION = (LOOKUP, LATEST)

# --- notices (NoticesPort)

SUBSCRIBE = Route(
    "POST",
    "/subscriptions",
    NoneType,
    Subscription,
    "Be told of votes recorded under one's name",
    session=True,
    refusals=(NotAuthenticated, Unavailable),
)
FETCH_NOTICES = Route(
    "POST",
    "/notices",
    NoticesAsked,
    Notices,
    "Votes recorded under the subscriber's name",
    session=True,
    refusals=(NotAuthenticated, Unavailable),
)
NOTICES = (SUBSCRIBE, FETCH_NOTICES)

# --- the log (LogPort, TilesPort)

CHECKPOINT = Route(
    "GET",
    "/checkpoint",
    NoneType,
    str,
    "The newest witnessed checkpoint",
    answer_media=TEXT,
    answer_limit=MAX_NOTE_LENGTH,
    refusals=(Unavailable,),
)
TILE = Route(
    "GET",
    "/tile/{rest:path}",
    NoneType,
    bytes,
    "A hash tile, or entries/… for a bundle of entries",
    answer_media=BYTES,
    answer_limit=256 * (2 + 2**16),
    lasting=True,
    refusals=(NotFound, Unavailable),
)
CONSISTENCY = Route(
    "POST",
    "/consistency",
    Growth,
    Hashes,
    "A consistency proof between two checkpoints",
    refusals=(EncodingError, ServiceRefused),
)
LOG = (CHECKPOINT, TILE, CONSISTENCY)

# --- the box (BoxPort)

SUBMIT_ACT = Route(
    "POST",
    "/acts",
    Signed,
    LogIndex,
    "Log an act of the authority",
    limit=ACT_BYTES,
    seconds=120,
    refusals=(IdentityError, LogError, RuleBroken, ServiceRefused, Lapsed, Unavailable),
)
EVIDENCE = Route(
    "GET",
    "/evidence",
    NoneType,
    Evidence,
    "The whole box and log",
    answer_limit=RECORD_BYTES,
    seconds=3_600,
    refusals=(ServiceRefused, Unavailable),
)
BOX = (SUBMIT_ACT, EVIDENCE)

# --- a trustee (TrusteePort)

IDENTITY = Route("GET", "/identity", NoneType, Trustee, "Name and public keys")
RECEIVE_SHARE = Route(
    "POST",
    "/share",
    ShareDelivery,
    NoneType,
    "Take the dealer's sealed share, once",
    refusals=(CryptoError, RuleBroken, ServiceRefused),
)
REHEARSE = Route(
    "POST",
    "/rehearsal",
    NoneType,
    RehearsalShares,
    "Shares of the rehearsal's values",
    answer_limit=2**20,
    seconds=600,
    refusals=(CryptoError, ServiceRefused),
)
ANSWER = Route(
    "POST",
    "/answer",
    TallyRequest,
    SignedAnswer,
    "Repeat every check, then shares for one final tree, ever",
    limit=RECORD_BYTES,
    answer_limit=2**26,
    seconds=HOURS,
    refusals=(CryptoError, LogError, RuleBroken, SetupError, ServiceRefused),
    checks=tuple(check.id for check in CHECKS if Party.TRUSTEE in check.runners),
)
TRUSTEE = (IDENTITY, RECEIVE_SHARE, REHEARSE, ANSWER)

# --- a witness (WitnessPort; C2SP tlog-witness)

ADD_CHECKPOINT = Route(
    "POST",
    "/add-checkpoint",
    str,
    str,
    "Cosign a checkpoint that extends the one held",
    request_media=None,
    answer_media=TEXT,
    limit=MAX_NOTE_LENGTH + SMALL,
    seconds=10,
    refusals=(EncodingError, LogError, NotFound, CheckpointUnsigned, Rollback, Fork, TwoTrees),
    conflict_media=SIZE_MEDIA,
)
WITNESS = (ADD_CHECKPOINT,)

# --- certificate status (OcspResponder; RFC 6960 appendix A)

OCSP = Route(
    "POST",
    "/ocsp",
    bytes,
    bytes,
    "Status of one certificate (RFC 6960)",
    request_media="application/ocsp-request",
    answer_media="application/ocsp-response",
    limit=MAX_RESPONSE_BYTES,
    seconds=10,
    refusals=(Unavailable,),
)
EID = (OCSP,)
