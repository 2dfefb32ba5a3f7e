"""How an attack ends: it succeeds, or some defence of some party stops it. Who stopped it is written down here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from common.checks.check import CheckList
from common.errors import CheckFailed, Party, ValikError

AFTERWARDS = frozenset({Party.CLIENT, Party.DEVICE, Party.VOTER, Party.PUBLIC_AUDITOR, Party.SWORN_AUDITOR})
"""Whose checks only detect: what they find has happened already."""


class Verdict(StrEnum):
    """What became of an attack."""

    SUCCEEDED = "succeeded"
    PREVENTED = "prevented"
    DETECTED = "detected"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`defences`: the ids that stopped it, the one that spoke first; `party`: whose they were. Harm only if none did.

    `evidence`: strings for people: counts, openings, reasons.
    """

    verdict: Verdict
    defences: tuple[str, ...]
    party: Party | None
    harm: str
    evidence: tuple[str, ...]

    @property
    def words(self) -> str:
        """The outcome in a few words."""
        if self.verdict is Verdict.SUCCEEDED or not self.defences:
            return str(self.verdict)
        return f"{self.verdict} by {self.defences[0]} ({self.party})"


def harmed(done: bool, harm: str, *evidence: str) -> Outcome:
    """The attack succeeded if the harm is indeed done; if not, no defence had a part in it."""
    return Outcome(Verdict.SUCCEEDED if done else Verdict.PREVENTED, (), None, harm if done else "", evidence)


class Stopped(ValikError):
    """A defence that is no check held, or a person noticed, or an auditor's report says so."""

    def __init__(self, defences: str | tuple[str, ...], party: Party, reason: str) -> None:
        super().__init__(reason)
        self.defences = (defences,) if isinstance(defences, str) else defences
        self.party = party


class Found(CheckFailed):
    """A failed check, with the party that ran it."""

    def __init__(self, failure: CheckFailed, party: Party) -> None:
        super().__init__(failure.check, failure.at_fault, failure.subject, failure.reason)
        self.party = party


class PartyChecks(CheckList):
    """The checks of one party: whatever fails carries that party's name."""

    def __init__(self, checks: CheckList, party: Party) -> None:
        super().__init__(checks[check] for check in checks.ids())
        self._inner = checks
        self._party = party

    def run(self, check: str, subject: str, obj: object, context: object, at_fault: Party | None = None) -> None:
        """As every list does; raises `Found`."""
        try:
            super().run(check, subject, obj, context, at_fault)
        except Found:
            raise
        except CheckFailed as failure:
            raise Found(failure, self._party) from failure

    def require_complete(self) -> None:
        self._inner.require_complete()


def outcome_of(error: ValikError) -> Outcome:
    """How an attack ended that this error ended; without a defence's name if it is no defence's work."""
    party = error.party if isinstance(error, Stopped | Found) else None
    defences = named(error)
    checked = bool(defences) and not defences[0].startswith("D")
    verdict = Verdict.DETECTED if party in AFTERWARDS and checked else Verdict.PREVENTED
    reason = error.reason if isinstance(error, CheckFailed) else str(error)
    blamed = (f"at fault: {error.at_fault}",) if isinstance(error, CheckFailed) else ()
    if not defences:
        reason = f"{type(error).__name__}: {reason}"
    return Outcome(verdict, defences, party, "", (reason, *blamed))


def named(error: BaseException | None) -> tuple[str, ...]:
    """The defences that an error names, and those that it is the consequence of: B3 speaks for C1 to C11."""
    found: list[str] = []
    while error is not None:
        if isinstance(error, Stopped):
            found += error.defences
        elif isinstance(error, CheckFailed):
            found.append(error.check)
        error = error.__cause__
    return tuple(dict.fromkeys(found))
