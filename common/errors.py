"""Typed errors: what went wrong, and who is at fault.

Lower layers raise the plain errors below, which know nothing of check ids. `common.checks` turns them into
`CheckFailed`, the one error that names a check of the protocol, the party at fault and the object concerned.
Texts never hold secrets or personal codes.
"""

from __future__ import annotations

from enum import StrEnum


class Party(StrEnum):
    """Everyone who can run a check or be at fault (spec chapter 1)."""

    AUTHORITY = "election authority"
    EID_AUTHORITY = "eID authority"
    DEALER = "dealer"
    VOTER = "voter"
    CLIENT = "voter client"
    DEVICE = "verifying device"
    COLLECTOR = "collector"
    WITNESS = "witness"
    PROCESSOR = "processor"
    TRUSTEE = "trustee"
    PUBLIC_AUDITOR = "public auditor"
    SWORN_AUDITOR = "sworn auditor"
    UNKNOWN = "unknown"


class ValikError(Exception):
    """Root of every error this project raises on purpose."""


class EncodingError(ValikError):
    """Bytes or text not in the one form the protocol allows."""


class MalformedMessage(EncodingError):
    """A message with a wrong field, type, length or range."""


class CryptoError(ValikError):
    """A group element, proof, share or key that does not verify."""


class LogError(ValikError):
    """A Merkle proof, checkpoint, cosignature or log order that does not verify."""


class IdentityError(ValikError):
    """A certificate, OCSP response, authentication token or signature that does not verify."""


class CertificateNotGood(IdentityError):
    """An OCSP response that is as it should be, and says that the certificate is revoked or unknown."""


class RuleBroken(ValikError):
    """A rule of the election that an otherwise well-formed object breaks."""


class SetupError(ValikError):
    """A wish of the election's organisers that cannot be carried out; the text says what to change."""


class ServiceRefused(ValikError):
    """A party declines a request that is no protocol failure: unknown id, wrong phase, too few witnesses."""


class CheckFailed(ValikError):
    """A check of the protocol failed.

    `check` is its id (such as "C7"), `at_fault` the party that must answer for it, `subject` the object it
    ran on, `reason` a sentence for people.
    """

    def __init__(self, check: str, at_fault: Party, subject: str, reason: str) -> None:
        super().__init__(check, at_fault, subject, reason)
        self.check = check
        self.at_fault = at_fault
        self.subject = subject
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.check}: {self.reason} [{self.subject}; at fault: {self.at_fault}]"


def caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    """True if the error, or any that it was raised from, is of this kind."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__
    return error is not None
