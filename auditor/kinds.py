"""Every kind of message that people may find as a file, with a sentence on what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from common.messages import acts, ballot, draft, introductions, manifest, receipt, result, roll, vote
from common.requests import RehearsalShares, ShareDelivery
from common.tally.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Kind:
    """`left`: what a look at this one file cannot tell. `type`: the message, where a kind is found by it."""

    name: str
    what: str
    type: type[Any] = object
    left: str = ""


_RECORD = "whether it follows from the ballots: `valik audit` on the whole record tells"
_KEY = "whether the key is sound: `valik audit` on the whole record tells"
_SIGNED = "whether it stands in the log, and where: `valik audit` on the whole record tells"

BODIES: Mapping[type, Kind] = MappingProxyType(
    {
        manifest.Manifest: Kind("manifest", "Everything an election is; its fingerprint is what people pin."),
        roll.Roll: Kind("voter roll", "Who may vote, in which unit. It names people: handle it with care."),
        roll.ChangeSet: Kind(
            "change of the roll", "What changes on the voter roll, in a numbered chain.", left=_SIGNED
        ),
        acts.Order: Kind("order", "The authority closes the log, or makes it final.", left=_SIGNED),
        acts.Extension: Kind("extension", "The authority lets voting go on for longer.", left=_SIGNED),
        acts.Abandonment: Kind(
            "abandonment", "The authority gives the election up: nothing is counted.", left=_SIGNED
        ),
        acts.Revocation: Kind("revocation", "Votes of people who voted on paper do not count.", left=_SIGNED),
        acts.Exclusion: Kind("exclusion", "One logged vote is left out, because a check fails on it.", left=_SIGNED),
    }
)
"""What the authority signs."""

KINDS = (
    Kind(
        "signed ballot",
        "A vote as its voter posted it: the encrypted ballot, and the statement signed with the ID card.",
        vote.SignedBallot,
        "whether it was recorded: only its receipt, or the log, tells. The choice stays secret",
    ),
    Kind("ballot", "An encrypted, proven ballot that names nobody.", ballot.Ballot, "whose it is, and the choice"),
    Kind(
        "recorded vote",
        "A signed ballot with the certificate status that the collector obtained for it.",
        vote.RecordedVote,
        "whether it stands in the log: compare its digest with the log entry",
    ),
    Kind(
        "vote statement", "What a voter signs: which ballot, as which vote, when.", vote.VoteStatement, "who signed"
    ),
    Kind(
        "receipt",
        "The proof that a vote stands in the log, under a checkpoint that witnesses cosigned.",
        receipt.Receipt,
        "whether it is your vote, and the latest: `valik receipts` tells",
    ),
    Kind("session view", "What the collector tells a voter who authenticated.", receipt.SessionView),
    Kind("latest answer", "The collector's word on whether a vote is its voter's latest.", receipt.LatestAnswer),
    Kind(
        "signed latest answer",
        "The collector's signed word on whether a vote is its voter's latest.",
        receipt.SignedLatest,
        "whether that has changed since",
    ),
    Kind("verification answer", "What a verifying device gets: vote, receipt, latest.", receipt.VerificationAnswer),
    Kind("aggregates", "The products of the counted ballots, before they are opened.", result.Aggregates, _RECORD),
    Kind("trustee's answer", "A trustee's shares of the opening, signed.", result.SignedAnswer, _RECORD),
    Kind("trustee's shares", "A trustee's shares of the opening, without signature.", result.TrusteeAnswer, _RECORD),
    Kind("result", "The opened counts, each with its proof.", result.Result, _RECORD),
    Kind("accounting", "How many votes were counted, superseded, excluded, revoked.", result.Accounting, _RECORD),
    Kind("accounting sets", "Which log entries fell into which set. Not public.", result.AccountingSets, _RECORD),
    Kind("evidence", "The whole box and log, as trustees get it. It names people.", Evidence, _RECORD),
    Kind("trustee's introduction", "A trustee's name and public keys, for the manifest.", manifest.Trustee),
    Kind("witness's introduction", "A witness's name and public key, for the manifest.", manifest.Witness),
    Kind(
        "collector's introduction",
        "Where voters reach the collector, and its public keys, for the manifest.",
        introductions.CollectorIntroduction,
    ),
    Kind(
        "eID authority's introduction",
        "The certificates to pin in the manifest, so that its ID cards are accepted.",
        introductions.EidIntroduction,
    ),
    Kind("draft", "An election as its organisers want it, before there are keys.", draft.Draft),
    Kind("draft of the roll", "Who is to vote, before the authority signs it. It names people.", draft.RollDraft),
    Kind("draft of a change", "How the roll is to change, before the authority signs it.", draft.RollChanges),
    Kind("share for a trustee", "The dealer's share, sealed: only its trustee can open it.", ShareDelivery),
    Kind("rehearsal shares", "A trustee's part of the key proof.", RehearsalShares),
)
"""Told apart by their fields and `format`."""

BY_FIELDS: Mapping[frozenset[str], Kind] = MappingProxyType(
    {
        frozenset({"material", "trustees", "proof"}): Kind(
            "ceremony", "What is public after the key ceremony: the key, the trustees, the key proof.", left=_KEY
        ),
        frozenset({"parameters", "material", "trustees", "dealer_part"}): Kind(
            "dealing", "What is public once the key is dealt; the trustees' rehearsal is still missing.", left=_KEY
        ),
        frozenset({"fingerprint", "faults"}): Kind("list of faults", "Votes that must be excluded before `final`."),
        frozenset({"nth_roots", "square_roots"}): Kind(
            "key proof", "The proof that the election's key is sound.", left=_KEY
        ),
        frozenset({"secret", "material", "trustees", "rehearsal", "final_root", "answer"}): Kind(
            "trustee's state", "SECRET: it holds a share of the election's key. Give it to nobody."
        ),
        frozenset({"algorithm", "appVersion", "format", "signature", "unverifiedCertificate"}): Kind(
            "authentication token", "What an ID card says to one site, once (Web eID). It names its owner."
        ),
        frozenset({"kept", "sum"}): Kind(
            "voter's journal", "SECRET: it holds what opens your votes. Give it to nobody."
        ),
        frozenset({"fingerprint", "subscription", "told"}): Kind(
            "subscription", "SECRET: who has it learns when you vote. Give it to nobody."
        ),
    }
)
"""Files that their makers alone read."""
