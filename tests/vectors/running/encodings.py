"""Encodings and hashes, run."""

from __future__ import annotations

from collections.abc import Callable

from common.crypto.cryptosystem import KeyMaterial
from common.crypto.paillier import public_key
from common.encoding import canonical, hashing, octets, times
from common.errors import EncodingError
from common.messages import ballot, manifest, result, vote
from tests.vectors.running.verdict import Json, Operation


def canonical_json(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    data = bytes.fromhex(given["hex"])
    value = canonical.decode(data)
    if canonical.encode(value) != data:
        raise EncodingError("decoded, but not encoded again")
    return value


def base64url(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    data = octets.from_base64url(given["text"])
    if octets.to_base64url(data) != given["text"]:
        raise EncodingError("decoded, but not encoded again")
    return data.hex()


def integer(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    return str(octets.int_from_base64url(given["text"], given["length"]))


def hexadecimal(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    return octets.from_hex(given["text"], given["length"]).hex()


def time(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    seconds = times.from_rfc3339(given["text"])
    if times.to_rfc3339(seconds) != given["text"]:
        raise EncodingError("decoded, but not encoded again")
    return seconds


def frame(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    return hashing.frame(given["tag"], *map(_item, given["items"])).hex()


def tagged_hash(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    """The digest by the function that the protocol's code uses, which shows no frame."""
    of, tag = given["of"], given["tag"]
    return {"digest": hashing.tagged_hex(tag, of["json"].encode()) if "json" in of else _DIGESTS[tag](of)}


def _ceremony(of: dict[str, Json]) -> str:
    key = of["key"]
    material = KeyMaterial(key["public_key"], key["threshold"], key["base"], tuple(key["verification_keys"]))
    trustees = tuple(manifest.Trustee(t["name"], t["signing_key"], t["sealing_key"]) for t in of["trustees"])
    return manifest.ceremony_id(material, trustees).hex()


def _header(of: dict[str, Json]) -> str:
    contests = tuple((contest, tuple(ciphertexts)) for contest, ciphertexts in of["contests"])
    return ballot.header_hash(of["fingerprint"], of["unit"], of["pseudonym"], contests).hex()


_DIGESTS: dict[str, Callable[[dict[str, Json]], str]] = {
    "pseudonym": lambda of: ballot.pseudonym(of["fingerprint"], of["voter"], bytes.fromhex(of["salt"])),
    "ballot-header": _header,
    "vote-id": lambda of: vote.vote_id(bytes.fromhex(of["signed_ballot"])),
    "recorded-vote": lambda of: vote.recorded_digest(bytes.fromhex(of["signed_ballot"]), bytes.fromhex(of["ocsp"])),
    "set-commitment": lambda of: result.commitment(result.VoteSet(of["name"], of["salt"], tuple(of["votes"]))),
    "ceremony": _ceremony,
    "rehearsal": lambda of: result.rehearsal_context(bytes.fromhex(of["ceremony"]), of["index"]).hex(),
    "tally": lambda of: result.tally_context(
        of["fingerprint"], of["final_root"], of["contest"], of["unit"], of["index"]
    ).hex(),
}


def full_domain_hash(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    return str(hashing.full_domain_hash(int(given["modulus"]), given["tag"], *map(_item, given["items"])))


def randomness(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    fingerprint, pseudonym, seed = (bytes.fromhex(given[name]) for name in ("fingerprint", "pseudonym", "seed"))
    key = public_key(int(given["n"]))
    return str(key.randomness(fingerprint, pseudonym, seed, given["contest"], given["index"]))


def _item(item: Json) -> hashing.Item:
    return bytes.fromhex(item) if isinstance(item, str) else [_item(member) for member in item]


OPERATIONS: dict[str, Operation] = {
    "canonical-json-decode": canonical_json,
    "base64url-decode": base64url,
    "integer-decode": integer,
    "hex-decode": hexadecimal,
    "time-decode": time,
    "frame": frame,
    "tagged-hash": tagged_hash,
    "full-domain-hash": full_domain_hash,
    "derive-randomness": randomness,
}
