"""Failures as problem documents (RFC 9457), and back: what a party raises, its client raises too (spec 15.4).

The tables here are the only place where an error meets an HTTP status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from pydantic import Field

from common import errors, ports
from common.errors import CheckFailed, MalformedMessage, Party, ServiceRefused, ValikError
from common.messages.message import decode, message

MEDIA = "application/problem+json"
_PREFIX = "https://valik.invalid/problems/"
"""Names of problem types; nothing is ever fetched from there."""
_PLAIN = "about:blank"
LONGEST_REASON = 2_000
Line = Annotated[str, Field(max_length=300)]
Reason = Annotated[str, Field(max_length=LONGEST_REASON)]


@message
class Problem:
    """Any failure but that of a check. `type` names the class of error, `detail` is its text."""

    type: Line
    title: Line
    status: int
    detail: Reason


@message
class FailedCheck:
    """`CheckFailed`, with all its fields; `detail` is the reason."""

    type: Line
    title: Line
    status: int
    detail: Reason
    check: str
    at_fault: Party
    subject: Line


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of error as it travels. A class that is not listed travels as its nearest listed base."""

    name: str
    error: Callable[[str], ValikError]
    status: int
    title: str

    @property
    def type(self) -> str:
        """The problem type's URI."""
        return _PREFIX + self.name


KINDS = (
    Kind("malformed-message", errors.MalformedMessage, 400, "A message that is not in its one form"),
    Kind("malformed", errors.EncodingError, 400, "Bytes or text not in the one form the protocol allows"),
    Kind("cryptography", errors.CryptoError, 422, "An element, proof, share or key that does not verify"),
    Kind("checkpoint-unsigned", ports.CheckpointUnsigned, 403, "A checkpoint that its log has not signed"),
    Kind("rollback", ports.Rollback, 400, "A checkpoint older than the old size"),
    Kind("two-trees", ports.TwoTrees, 409, "A second tree of the same size"),
    Kind("fork", ports.Fork, 422, "A checkpoint that does not extend the one held"),
    Kind("log", errors.LogError, 422, "A log proof or checkpoint that does not verify"),
    Kind("identity", errors.IdentityError, 403, "A certificate, token or signature that does not verify"),
    Kind("rule", errors.RuleBroken, 422, "A rule of the election is broken"),
    Kind("setup", errors.SetupError, 422, "A wish that cannot be carried out"),
    Kind("not-authenticated", ports.NotAuthenticated, 401, "Authenticate first"),
    Kind("not-found", ports.NotFound, 404, "Not there, or no longer shown"),
    Kind("unavailable", ports.Unavailable, 503, "Out of service for now; try again"),
    Kind("lapsed", ports.Lapsed, 409, "Recorded, but too late to count"),
    Kind("refused", errors.ServiceRefused, 409, "Declined"),
)
CHECK_FAILED = _PREFIX + "check-failed"
CHECK_STATUS: Mapping[str, int] = {"C1": 400, "C6": 403, "C9": 409, "C12": 429}
"""Statuses of checks; 422 for all that are not listed."""
_BY_CLASS = {kind.error: kind for kind in KINDS}
_BY_TYPE = {kind.type: kind for kind in KINDS}


def problem_of(error: ValikError) -> Problem | FailedCheck:
    """The document that says what went wrong; every error of this project has one."""
    if isinstance(error, CheckFailed):
        status = CHECK_STATUS.get(error.check, 422)
        return FailedCheck(
            CHECK_FAILED,
            f"Check {error.check} failed",
            status,
            error.reason[:LONGEST_REASON],
            error.check,
            error.at_fault,
            error.subject,
        )
    for base in type(error).__mro__:
        if base in _BY_CLASS:
            kind = _BY_CLASS[base]
            return Problem(kind.type, kind.title, kind.status, str(error)[:LONGEST_REASON])
    return plain_problem(500, "the service failed")


def plain_problem(status: int, detail: str) -> Problem:
    """A failure of the request as HTTP, before any party saw it."""
    return Problem(_PLAIN, HTTPStatus(status).phrase, status, detail)


def error_of(status: int, body: bytes) -> ValikError:
    """The error to raise for an answer with this status (400 to 599) that should hold a problem document.

    `Unavailable` for a server's own failures, `ServiceRefused` for documents that nobody here wrote.
    """
    try:
        problem = _read(body)
    except MalformedMessage:
        return _unexplained(status)
    if problem.status != status:
        return _unexplained(status)
    if isinstance(problem, FailedCheck):
        return CheckFailed(problem.check, problem.at_fault, problem.subject, problem.detail)
    if problem.type in _BY_TYPE:
        return _BY_TYPE[problem.type].error(problem.detail)
    refusal = ports.Unavailable if status >= 500 else ServiceRefused
    return refusal(f"{problem.title}: {problem.detail}")


def _read(body: bytes) -> Problem | FailedCheck:
    try:
        return decode(Problem, body)
    except MalformedMessage:
        return decode(FailedCheck, body)


def _unexplained(status: int) -> ServiceRefused:
    refusal = ports.Unavailable if status >= 500 else ServiceRefused
    return refusal(f"the service answered with status {status} and no reason")
