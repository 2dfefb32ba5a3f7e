"""Messages that travel but are in no record: files handed over (spec 8.9), bodies over HTTP (spec 15.3, 15.4)."""

from __future__ import annotations

from typing import Any

from tests.vectors.making.kit import Json
from tests.vectors.making.shapes import (
    AGGREGATE,
    ENTRY,
    KEY,
    MANIFEST,
    RECORDED,
    ROW,
    SHAPES,
    SHARE,
    TIMES,
    list_of,
    nullable,
    object_of,
)

TRUSTEE = MANIFEST["trustees"][1][1]
WITNESS = MANIFEST["witnesses"][1]["members"][1][1]
UNIT = MANIFEST["units"][1][1]
CHANGE = {"voter": "voter-id", "entry": nullable(object_of(ROW))}
NOTICE = {"digest": "digest", "sequence": "positive", "time": "time"}
PROOF = ("object-of", {"nth_roots": ["AAAA"], "square_roots": ["AAAA"]})
SIGNED = ("whole", SHAPES["signed-document"])
_DEALT = {"material": object_of(KEY), "trustees": list_of(object_of(TRUSTEE))}
LOG = {"entries": list_of(object_of(ENTRY)), "checkpoints": list_of("string")}
EVIDENCE = {
    "log": object_of(LOG),
    "votes": list_of(("whole", RECORDED)),
    "roll": SIGNED,
    "acts": list_of(SIGNED),
}
PROBLEM = {"type": "line", "title": "line", "status": "integer", "detail": "reason"}

HANDED: dict[str, dict[str, Any]] = {
    "draft": {
        "title": "text",
        "times": object_of(TIMES),
        "contests": MANIFEST["contests"],
        "units": MANIFEST["units"],
        "max_ballots": "positive",
        "parameters": "name",
        "threshold": "positive",
        "trustees": "2-to-32",
        "witnesses": "1-to-32",
        "quorum": "positive",
        "hostile": "count",
        "policies": MANIFEST["policies"],
    },
    "roll-draft": {"voters": list_of(object_of(ROW))},
    "roll-changes": {"changes": list_of(object_of(CHANGE), 1)},
    "trustee": TRUSTEE,
    "witness": WITNESS,
    "collector-introduction": {"address": "text", "log_key": "base64url", "answers_key": "base64url"},
    "eid-introduction": {"roots": list_of("base64url", 1, 8)},
    "dealing": {"parameters": "name"} | _DEALT | {"dealer_part": PROOF},
    "share-delivery": {
        "sealed": "base64url",
        "material": object_of(KEY),
        "trustees": list_of(object_of(TRUSTEE), 0, 32),
    },
    "rehearsal": {"shares": list_of(object_of(SHARE), 0, 1000)},
    "ceremony": _DEALT | {"proof": PROOF},
    "faults": {
        "fingerprint": "digest",
        "faults": list_of(object_of({"index": "count", "check": "string", "reason": "string"})),
    },
}
"""Files."""

BODIES: dict[str, dict[str, Json]] = {
    "service-state": {"service": "text", "status": "text"},
    "nonce": {"nonce": "base64url"},
    "authentication": {"nonce": "base64url", "token": "token"},
    "vote-reference": {"vote_id": "vote-id"},
    "subscription": {"subscription": "base64url"},
    "notices-asked": {"after": "count"},
    "notices": {"notices": list_of(object_of(NOTICE), 0, 100)},
    "growth": {"older": "lines", "newer": "lines"},
    "hashes": {"hashes": list_of("digest", 0, 64)},
    "log-index": {"index": "count"},
    "evidence": EVIDENCE,
    "tally-request": {
        "manifest": SIGNED,
        "key_proof": PROOF,
        "evidence": ("whole", EVIDENCE),
        "claimed": ("whole", SHAPES["aggregates"] | {"aggregates": list_of(object_of(AGGREGATE))}),
    },
    "problem": PROBLEM,
    "failed-check": PROBLEM | {"check": "string", "at_fault": ("one-of", ("collector",)), "subject": "line"},
}
"""Bodies, problem documents (15.4) among them."""
