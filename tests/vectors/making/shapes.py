"""Each message of spec chapter 8: an example, and each field's type. Written from the tables, not from the code."""

from __future__ import annotations

from tests.vectors.making import toy
from tests.vectors.making.kit import Json

# A type is a name of spec 2.2, "text:<constant>", or a tuple (kind, member, …): ("list", type, least, most or None),
# ("object", shape), ("or-null", type), ("one-of", constants), ("whole", shape) for an object that has vectors of its
# own, ("object-of", example) for one whose fields the form does not judge.
D = "11" * 32
V = "22" * 16
T = "2027-03-01T09:00:00Z"
B = "AAAA"


def list_of(kind: Json, least: int = 0, most: int | None = None) -> Json:
    """A list's type."""
    return ("list", kind, least, most)


def object_of(shape: dict[str, Json]) -> Json:
    """An object's type."""
    return ("object", shape)


def nullable(kind: Json) -> Json:
    """The type of what may be null."""
    return ("or-null", kind)


def _format(name: str) -> Json:
    return ("one-of", (f"valik/v1/{name}",))


ROW = {"voter": "voter-id", "name": "text", "unit": "name"}
BRANCH = {"commitment": "element", "challenge": "element", "response": "element"}
PART = {
    "contest": "name",
    "ciphertexts": list_of("element", 1, 1000),
    "proofs": list_of(list_of(object_of(BRANCH), 0, 1000), 0, 1001),
}
BALLOT = {
    "format": _format("ballot"),
    "fingerprint": "digest",
    "unit": "name",
    "pseudonym": "digest",
    "contests": list_of(object_of(PART), 1, 100),
}
SIGNED_BALLOT = {"ballot": object_of(BALLOT), "statement": "jws"}
RECORDED = {"vote": object_of(SIGNED_BALLOT), "ocsp": "base64url"}
ENTRY = {"kind": ("one-of", ("vote",)), "digest": "digest"}
RECEIPT = {
    "format": _format("receipt"),
    "vote_id": "vote-id",
    "ocsp": "base64url",
    "index": "count",
    "entry": object_of(ENTRY),
    "proof": list_of("digest", 0, 64),
    "checkpoint": "jws",
}
LATEST = {
    "format": _format("latest"),
    "fingerprint": "digest",
    "vote_id": "vote-id",
    "latest": "boolean",
    "sequence": "positive",
    "tree_size": "count",
    "time": "time",
}
SIGNED_LATEST = {"answer": object_of(LATEST), "signature": "base64url"}
AGGREGATE = {
    "contest": "name",
    "unit": "name",
    "units": list_of("name"),
    "ballots": "positive",
    "ciphertexts": list_of("element"),
}
SHARE = {"trustee": "integer", "value": "string", "challenge": "string", "response": "string"}
ANSWER = {
    "format": _format("shares"),
    "fingerprint": "digest",
    "final_root": "digest",
    "trustee": "positive",
    "shares": list_of(object_of({"contest": "name", "unit": "name", "shares": list_of(object_of(SHARE))})),
}
OUTCOME = {
    "contest": "name",
    "unit": "name",
    "units": list_of("name"),
    "ballots": "positive",
    "openings": list_of("open-object"),
    "counts": list_of("count"),
}
SETS = ("accepted", "superseded", "excluded", "revoked", "counted")
KEY = {
    "public_key": "open-object",
    "threshold": "integer",
    "base": "string",
    "verification_keys": list_of("string"),
}
TIMES = {"opens": "time", "closes": "time"} | dict.fromkeys(
    ("grace", "max_age", "skew", "intake_margin", "ocsp_freshness", "verification_window"), "seconds"
)
SINGLE = {"kind": ("one-of", ("single",)), "id": "name", "title": "text", "options": list_of("text", 2, 1000)}
VECTOR = SINGLE | {
    "kind": ("one-of", ("vector",)),
    "max_per_option": "to-1000",
    "min_total": "count",
    "max_total": "positive",
}
POLICIES = {"publication": ("one-of", ("public", "auditors"))} | dict.fromkeys(
    ("minimum_aggregate", "verification_count", "votes_per_hour", "vote_bytes", "branches"), "positive"
)
MANIFEST = {
    "format": _format("manifest"),
    "election_id": "election-id",
    "title": "text",
    "times": object_of(TIMES),
    "contests": ("mixed", (SINGLE, VECTOR), 1, 100),
    "units": list_of(
        object_of({"id": "name", "title": "text", "parent": nullable("name"), "contests": list_of("name")}), 1, 1000
    ),
    "max_ballots": "positive",
    "parameters": "name",
    "key": object_of(KEY),
    "key_proof": "digest",
    "trustees": list_of(object_of({"name": "name", "signing_key": "base64url", "sealing_key": "base64url"}), 2, 32),
    "log": object_of({"origin": "text", "key": "base64url"}),
    "witnesses": object_of(
        {
            "quorum": "positive",
            "hostile": "count",
            "members": list_of(object_of({"name": "text", "key": "base64url"}), 1, 32),
        }
    ),
    "collector": object_of({"address": "text", "key": "base64url"}),
    "eid_roots": list_of("base64url", 1, 8),
    "roll": "digest",
    "policies": object_of(POLICIES),
}
ORDER = {
    "format": _format("order"),
    "fingerprint": "digest",
    "kind": ("one-of", ("close", "final")),
    "tree_size": "count",
}
SHAPES: dict[str, dict[str, Json]] = {
    "signed-document": {"body": object_of(ORDER), "signature": "base64url"},
    "manifest": MANIFEST,
    "roll": {"format": _format("roll"), "election_id": "election-id", "voters": list_of(object_of(ROW))},
    "change-set": {
        "format": _format("roll-change"),
        "fingerprint": "digest",
        "number": "positive",
        "previous": "digest",
        "changes": list_of(object_of({"voter": "voter-id", "entry": nullable(object_of(ROW))}), 1),
    },
    "order": ORDER,
    "revocation": {
        "format": _format("revocation"),
        "fingerprint": "digest",
        "voters": list_of("voter-id", 1),
        "reason": "text",
    },
    "extension": {
        "format": _format("extension"),
        "fingerprint": "digest",
        "closes": "time",
        "reason": "text",
    },
    "abandonment": {
        "format": _format("abandonment"),
        "fingerprint": "digest",
        "tree_size": "count",
        "reason": "text",
    },
    "exclusion": {
        "format": _format("exclusion"),
        "fingerprint": "digest",
        "index": "count",
        "check": "check-id",
        "reason": "text",
    },
    "ballot": BALLOT,
    "statement": {
        "format": _format("vote"),
        "fingerprint": "digest",
        "ballot": "digest",
        "voter": "voter-id",
        "salt": "digest",
        "sequence": "positive",
        "supersedes": nullable("digest"),
        "roll_version": "count",
        "time": "time",
    },
    "signed-ballot": SIGNED_BALLOT,
    "recorded-vote": RECORDED,
    "session-view": {
        "session": "base64url",
        "time": "time",
        "closes": "time",
        "unit": nullable("name"),
        "contests": list_of("name"),
        "roll_version": "count",
        "earlier": nullable(object_of({"digest": "digest", "sequence": "positive", "time": "time"})),
    },
    "receipt": RECEIPT,
    "signed-latest": SIGNED_LATEST,
    "verification-answer": {
        "recorded": object_of(RECORDED),
        "receipt": object_of(RECEIPT),
        "latest": object_of(SIGNED_LATEST),
    },
    "aggregates": {
        "format": _format("aggregates"),
        "fingerprint": "digest",
        "final_root": "digest",
        "aggregates": list_of(object_of(AGGREGATE)),
    },
    "signed-answer": {"answer": object_of(ANSWER), "signature": "base64url"},
    "result": {
        "format": _format("result"),
        "fingerprint": "digest",
        "final_root": "digest",
        "outcomes": list_of(object_of(OUTCOME)),
        "totals": list_of(
            object_of({"contest": "name", "ballots": "count", "unopened": "count", "counts": list_of("count")})
        ),
    },
    "accounting": {
        "format": _format("accounting"),
        "fingerprint": "digest",
        "sets": ("mixed", ({"name": ("one-of", SETS), "votes": "count", "commitment": "digest"},) * 5, 5, 5),
    },
    "accounting-sets": {
        "format": _format("accounting-sets"),
        "fingerprint": "digest",
        "sets": ("mixed", ({"name": ("one-of", SETS), "salt": "digest", "votes": list_of("count")},) * 5, 5, 5),
    },
}
_EXAMPLES: dict[str, Json] = {
    "digest": D,
    "vote-id": V,
    "election-id": V,
    "base64url": B,
    "element": B,
    "string": B,
    "time": T,
    "count": 0,
    "positive": 1,
    "to-1000": 1,
    "integer": 2,
    "seconds": 300,
    "name": "north",
    "text": "Tõnu ja Anna",
    "voter-id": toy.VOTER,
    "check-id": "C2",
    "boolean": True,
    "jws": "a.b.c",
    "open-object": {"n": B},
    "2-to-32": 2,
    "1-to-32": 1,
    "token": "{}",
    "lines": "log.example.org\n1\nAAAA\n",
    "line": "Check C9 failed",
    "reason": "number 3 is due",
}


def example(kind: Json) -> Json:
    """A valid value of a type."""
    if isinstance(kind, str):
        return _EXAMPLES[kind]
    name, inner = kind[0], kind[1]
    if name in ("object", "whole"):
        return {field: example(type_) for field, type_ in inner.items()}
    if name == "list":
        return [example(inner) for _ in range(max(1, kind[2]))]
    if name == "mixed":
        return [example(("object", shape)) for shape in inner]
    if name == "or-null":
        return example(inner)
    return inner if name == "object-of" else inner[0]


def brief(kind: Json) -> Json:
    """A short valid value of a type, for lists that are too long."""
    if isinstance(kind, str):
        return {"name": "a", "text": "a", "element": "A", "string": "A"}.get(kind, _EXAMPLES[kind])
    name, inner = kind[0], kind[1]
    if name in ("object", "whole"):
        return {field: brief(type_) for field, type_ in inner.items()}
    if name == "list":
        return [brief(inner)] * kind[2]
    return None if name == "or-null" else example(kind)
