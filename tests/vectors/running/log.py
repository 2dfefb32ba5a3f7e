"""The log, run."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from common.checks.log import require_later
from common.errors import EncodingError
from common.log.checkpoint import Checkpoint
from common.log.covering import CoveringTimes
from common.log.entries import Entry, EntryKind, verify_order
from common.log.merkle import MerkleTree, verify_consistency, verify_inclusion
from common.log.note import KeyType, NoteKey, parse_vkey
from common.log.submission import encode_submission, parse_submission
from common.log.tiles import parse_tile_path
from common.log.witnessed import LogTrust, Witnessed, verify_log_signature, verify_witnesses
from common.tally.end_of_voting import end_of_voting
from tests.vectors.running.verdict import Json, Operation, under


def root(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    tree = MerkleTree()
    for leaf in given["leaves"]:
        tree.append(bytes.fromhex(leaf))
    return tree.root().hex()


def inclusion(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    leaf, due = bytes.fromhex(given["leaf"]), bytes.fromhex(given["root"])
    with under("L1"):
        verify_inclusion(leaf, given["index"], given["size"], [*map(bytes.fromhex, given["proof"])], due)


def consistency(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    old, new = bytes.fromhex(given["old_root"]), bytes.fromhex(given["new_root"])
    with under("L2"):
        verify_consistency(given["old_size"], given["new_size"], [*map(bytes.fromhex, given["proof"])], old, new)


def entry(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    with under("L6"):
        found = Entry.decode(given["text"].encode())
    return {"kind": str(found.kind), "digest": found.digest}


def order(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    with under("L6"):
        shape = verify_order(Entry(EntryKind(kind), "00" * 32) for kind in given["kinds"])
    return {"close": shape.close_index, "final": shape.final_index, "abandonment": shape.abandonment_index}


def verifier_key(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    found = parse_vkey(given["text"])
    return {"name": found.name, "type": int(found.key_type), "public": found.public_bytes.hex()}


def checkpoint(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    of = shared["trust"]
    witnesses = tuple((witness["name"], bytes.fromhex(witness["key"])) for witness in of["witnesses"])
    trust = LogTrust(of["origin"], bytes.fromhex(of["log_key"]), witnesses, of["quorum"])
    with under("L3"):
        found = verify_log_signature(given["note"], trust)
    with under("L4"):
        times = verify_witnesses(given["note"], trust)
    return {
        "origin": found.origin,
        "size": found.size,
        "root": found.root.hex(),
        "times": [list(time) for time in times],
    }


def submission(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    old, proof, note = parse_submission(given["text"])
    if encode_submission(old, proof, note) != given["text"]:
        raise EncodingError("decoded, but not encoded again")
    return {"old": old, "proof": [step.hex() for step in proof], "note": note}


def covering(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    recorded = [
        Witnessed(Checkpoint("log", one["size"], bytes(range(32))), tuple(one["times"].items()))
        for one in given["checkpoints"]
    ]
    with under("L5"):
        return CoveringTimes(recorded, given["quorum"]).of(given["index"])


def end(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    """These rules look at no more of an election than what stands here."""
    closes, named = given["closes"], [one["closes"] for one in given["extensions"]]
    of: Any = SimpleNamespace(closes=closes, manifest=SimpleNamespace(times=SimpleNamespace(grace=given["grace"])))
    with under("L6"):
        for earlier, later in pairwise([closes, *named]):
            require_later(of, earlier, later)
    covered = {one["index"]: one["covered"] for one in given["extensions"]}
    logged = [(one["index"], one["closes"]) for one in given["extensions"]]
    return end_of_voting(of, logged, covered.get).at(given["index"])


def tile(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    found = parse_tile_path(given["path"])
    return {"level": found.level, "index": found.index, "width": found.width}


def ed25519(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    key = NoteKey("somebody", KeyType.ED25519, bytes.fromhex(given["public"]))
    key.verify(bytes.fromhex(given["signature"]), bytes.fromhex(given["message"]))


OPERATIONS: dict[str, Operation] = {
    "merkle-root": root,
    "verify-inclusion": inclusion,
    "verify-consistency": consistency,
    "log-entry-decode": entry,
    "log-order": order,
    "verifier-key-decode": verifier_key,
    "open-checkpoint": checkpoint,
    "submission-decode": submission,
    "covering-time": covering,
    "end-of-voting": end,
    "tile-path-decode": tile,
    "verify-ed25519": ed25519,
}
