"""What a voter can do when a vote is not cast."""

from __future__ import annotations

from common.errors import CheckFailed, Party, ServiceRefused, ValikError
from common.ports import Lapsed, NotAuthenticated, Unavailable
from voter_client.journal import Journal

RETRY = (
    "Your vote is signed and kept, but NOT cast yet. Run the same command with --retry, until it says that your vote "
    "is cast: it posts the same vote, which is never counted twice"
)
DECLINED = (
    "Your vote is NOT cast: the collector declines it. It is signed and kept; if the reason passes, --retry posts "
    "the same vote"
)
AGAIN = "Nothing was posted; run the same command again"
LAPSED = (
    "Your vote is NOT cast, and an earlier one of yours does not count any more either. You have to vote again, now "
    "or on paper"
)
BAD_RECEIPT = (
    "Your vote is NOT cast: its receipt does not hold. Keep this home, it is evidence; run the same command with "
    "--retry, and if that fails too, tell the election authority and vote on paper"
)
BY_CHECK = {
    "C1": "The vote is larger than this election allows; report this to the election authority",
    "C2": "It was signed too early, too late, or too long ago. If voting is still open, vote again",
    "C3": "Your card is not one that this election accepts; ask the issuer of the card",
    "C4": "Your card's certificates are not in order now; ask the issuer of the card",
    "C6": "Authenticate and sign with the same card",
    "C7": "The voter roll says otherwise; start again, and if that fails too, ask the election authority",
    "C9": "Another vote under your name was recorded meanwhile; start again, and look at it",
    "C12": "You voted too often within the hour; wait, then vote again",
}


class NotCast(ServiceRefused):
    """The vote is not cast; the text says why, and what to do next."""


def advised(error: ValikError, journal: Journal) -> NotCast:
    """The same failure with the next step."""
    return NotCast(f"{_closed(str(error))} {_advice(error, journal)}.")


def refused_for_good(error: ValikError) -> bool:
    """True if posting the same bytes again cannot succeed: the collector's checks said so, or they lapsed."""
    if isinstance(error, CheckFailed):
        return error.check.startswith("C") and error.at_fault is not Party.EID_AUTHORITY
    return isinstance(error, Lapsed)


def _advice(error: ValikError, journal: Journal) -> str:
    if isinstance(error, CheckFailed) and error.at_fault is Party.EID_AUTHORITY:
        return f"The service that knows about cards does not answer as it should. {RETRY}"
    if isinstance(error, CheckFailed):
        fallback = "Your vote is not cast; vote again, or ask the election authority"
        return BY_CHECK.get(error.check, fallback) if error.check.startswith("C") else BAD_RECEIPT
    if isinstance(error, Lapsed):
        return LAPSED
    if journal.posted is not None:
        return DECLINED if type(error) is ServiceRefused else RETRY
    if isinstance(error, NotAuthenticated | Unavailable):
        return AGAIN
    return "Your vote is not cast"


def _closed(text: str) -> str:
    return text if text.endswith((".", "!")) else f"{text}."
