"""Each message of spec chapter 8: an example, and each field's type. Written from the tables, not from the code."""

from __future__ import annotations

from tests.vectors.making import toy
from tests.vectors.making.kit import Json

# A type is a name of spec 2.2, "text:<constant>", or a tuple (kind, member, …): ("list", type, least, most or None),
# ("object", shape), ("or-null", type), ("one-of", constants).
D = "11" * 32
V = "22" * 16
T = "2027-03-01T09:00:00Z"
B = "AAAA"


def _list(kind: Json, least: int = 0, most: int | None = None) -> Json:
    return ("list", kind, least, most)


def _object(shape: dict[str, Json]) -> Json:
    return ("object", shape)


def _null(kind: Json) -> Json:
    return ("or-null", kind)


def _format(name: str) -> Json:
    return ("one-of", (f"valik/v1/{name}",))


ROW = {"voter": "voter-id", "name": "text", "unit": "name"}
BRANCH = {"commitment": "element", "challenge": "element", "response": "element"}
PART = {
    "contest": "name",
    "ciphertexts": _list("element", 1, 1000),
    "proofs": _list(_list(_object(BRANCH), 0, 1000), 0, 1001),
}
BALLOT = {
    "format": _format("ballot"),
    "fingerprint": "digest",
    "unit": "name",
    "pseudonym": "digest",
    "contests": _list(_object(PART), 1, 100),
}
SIGNED_BALLOT = {"ballot": _object(BALLOT), "statement": "jws"}
RECORDED = {"vote": _object(SIGNED_BALLOT), "ocsp": "base64url"}
ENTRY = {"kind": ("one-of", ("vote",)), "digest": "digest"}
RECEIPT = {
    "format": _format("receipt"),
    "vote_id": "vote-id",
    "ocsp": "base64url",
    "index": "count",
    "entry": _object(ENTRY),
    "proof": _list("digest", 0, 64),
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
SIGNED_LATEST = {"answer": _object(LATEST), "signature": "base64url"}
AGGREGATE = {
    "contest": "name",
    "unit": "name",
    "units": _list("name"),
    "ballots": "positive",
    "ciphertexts": _list("element"),
}
SHARE = {"trustee": "integer", "value": "string", "challenge": "string", "response": "string"}
ANSWER = {
    "format": _format("shares"),
    "fingerprint": "digest",
    "final_root": "digest",
    "trustee": "positive",
    "shares": _list(_object({"contest": "name", "unit": "name", "shares": _list(_object(SHARE))})),
}
OUTCOME = {
    "contest": "name",
    "unit": "name",
    "units": _list("name"),
    "ballots": "positive",
    "openings": _list("open-object"),
    "counts": _list("count"),
}
SETS = ("accepted", "superseded", "excluded", "revoked", "counted")
KEY = {
    "public_key": "open-object",
    "threshold": "integer",
    "base": "string",
    "verification_keys": _list("string"),
}
TIMES = {"opens": "time", "closes": "time"} | dict.fromkeys(
    ("grace", "max_age", "skew", "intake_margin", "ocsp_freshness", "verification_window"), "seconds"
)
SINGLE = {"kind": ("one-of", ("single",)), "id": "name", "title": "text", "options": _list("text", 2, 1000)}
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
    "times": _object(TIMES),
    "contests": ("mixed", (SINGLE, VECTOR), 1, 100),
    "units": _list(
        _object({"id": "name", "title": "text", "parent": _null("name"), "contests": _list("name")}), 1, 1000
    ),
    "max_ballots": "positive",
    "parameters": "name",
    "key": _object(KEY),
    "key_proof": "digest",
    "trustees": _list(_object({"name": "name", "signing_key": "base64url", "sealing_key": "base64url"}), 2, 32),
    "log": _object({"origin": "text", "key": "base64url"}),
    "witnesses": _object(
        {
            "quorum": "positive",
            "hostile": "count",
            "members": _list(_object({"name": "text", "key": "base64url"}), 1, 32),
        }
    ),
    "collector": _object({"address": "text", "key": "base64url"}),
    "eid_roots": _list("base64url", 1, 8),
    "roll": "digest",
    "policies": _object(POLICIES),
}
ORDER = {
    "format": _format("order"),
    "fingerprint": "digest",
    "kind": ("one-of", ("close", "final")),
    "tree_size": "count",
}
SHAPES: dict[str, dict[str, Json]] = {
    "signed-document": {"body": _object(ORDER), "signature": "base64url"},
    "manifest": MANIFEST,
    "roll": {"format": _format("roll"), "election_id": "election-id", "voters": _list(_object(ROW))},
    "change-set": {
        "format": _format("roll-change"),
        "fingerprint": "digest",
        "number": "positive",
        "previous": "digest",
        "changes": _list(_object({"voter": "voter-id", "entry": _null(_object(ROW))}), 1),
    },
    "order": ORDER,
    "revocation": {
        "format": _format("revocation"),
        "fingerprint": "digest",
        "voters": _list("voter-id", 1),
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
        "supersedes": _null("digest"),
        "roll_version": "count",
        "time": "time",
    },
    "signed-ballot": SIGNED_BALLOT,
    "recorded-vote": RECORDED,
    "session-view": {
        "session": "base64url",
        "time": "time",
        "closes": "time",
        "unit": _null("name"),
        "contests": _list("name"),
        "roll_version": "count",
        "earlier": _null(_object({"digest": "digest", "sequence": "positive", "time": "time"})),
    },
    "receipt": RECEIPT,
    "signed-latest": SIGNED_LATEST,
    "verification-answer": {
        "recorded": _object(RECORDED),
        "receipt": _object(RECEIPT),
        "latest": _object(SIGNED_LATEST),
    },
    "aggregates": {
        "format": _format("aggregates"),
        "fingerprint": "digest",
        "final_root": "digest",
        "aggregates": _list(_object(AGGREGATE)),
    },
    "signed-answer": {"answer": _object(ANSWER), "signature": "base64url"},
    "result": {
        "format": _format("result"),
        "fingerprint": "digest",
        "final_root": "digest",
        "outcomes": _list(_object(OUTCOME)),
        "totals": _list(
            _object({"contest": "name", "ballots": "count", "unopened": "count", "counts": _list("count")})
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
        "sets": ("mixed", ({"name": ("one-of", SETS), "salt": "digest", "votes": _list("count")},) * 5, 5, 5),
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
}


def example(kind: Json) -> Json:
    """A valid value of a type."""
    if isinstance(kind, str):
        return _EXAMPLES[kind]
    name, inner = kind[0], kind[1]
    if name == "object":
        return {field: example(type_) for field, type_ in inner.items()}
    if name == "list":
        return [example(inner) for _ in range(max(1, kind[2]))]
    if name == "mixed":
        return [example(("object", shape)) for shape in inner]
    if name == "or-null":
        return example(inner)
    return inner[0]
