"""Encryption, membership proofs, shares, openings and keys, run."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from common.crypto import keyproof
from common.crypto.contest import ContestRules
from common.crypto.cryptosystem import Branch, ContestScheme, KeyMaterial, ProvenContest, Share
from common.crypto.encoding_schemes import contest_scheme
from common.crypto.paillier import PARAMETERS, PublicKey, public_key
from common.crypto.paillier_key import PaillierElectionKey, election_key
from common.encoding.octets import int_from_base64url
from common.errors import CryptoError
from tallier.sealing import open_share
from tests.vectors.running.verdict import Json, Operation, Refused, under, vector

_ONE = "A" * 84 + "AQ"
"""1 in 64 bytes."""


def _key(shared: dict[str, Json]) -> PublicKey:
    return public_key(int_from_base64url(shared["n"], 64))


def _election_key(shared: dict[str, Json], given: dict[str, Json]) -> PaillierElectionKey:
    """The key of a file, with the trustees' part from the file or the vector; some vectors need none."""
    of: dict[str, Json] = {"threshold": 2, "base": _ONE, "verification_keys": ()} | shared | given
    keys = tuple(of["verification_keys"]) or (of["base"],) * 2
    material = KeyMaterial({"n": shared["n"]}, of["threshold"], of["base"], keys)
    return election_key(PARAMETERS[shared["parameters"]], material)


def _scheme(shared: dict[str, Json], contest: dict[str, Json]) -> ContestScheme:
    rules = ContestRules(
        contest["id"],
        contest["options"],
        contest["kind"] == "single",
        contest["max_per_option"],
        contest["min_total"],
        contest["max_total"],
    )
    return contest_scheme(_key(shared), rules, contest["max_ballots"])


def encrypt(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    key = _key(shared)
    return key.encode_element(key.encrypt(int(given["plaintext"]), int(given["randomness"])))


def aggregate(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    return _election_key(shared, {}).aggregate(given["ciphertexts"])


def scheme(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    with under("K2"):
        found = _scheme(shared, given["contest"])
    texts = [_key(shared).encode_element(1)] * found.ciphertexts
    return [[str(member) for member in statement.allowed] for statement in found.statements(texts)]


def encode_choice(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    return [str(m) for m in _scheme(shared, given["contest"]).encode(tuple(given["choice"]))]


def decode_sum(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    with under("T5"):
        return list(_scheme(shared, given["contest"]).decode([*map(int, given["plaintexts"])], given["ballots"]))


def _proven(shared: dict[str, Json], given: dict[str, Json]) -> ProvenContest:
    proofs = tuple(
        tuple(Branch(branch["commitment"], branch["challenge"], branch["response"]) for branch in proof)
        for proof in given["proofs"]
    )
    header = bytes.fromhex(given["header"])
    return ProvenContest(_scheme(shared, given["contest"]), tuple(given["ciphertexts"]), proofs, header)


def verify_membership(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    """C10, then C11 both ways, which must agree."""
    key, contest = _election_key(shared, {}), _proven(shared, given)
    with under("C10"):
        key.require_elements([contest])
    bad = key.find_invalid([contest])
    try:
        key.verify_batch([contest])
    except CryptoError as error:
        if not bad:
            raise ValueError("the batch and the single verification disagree") from error
    with under("C11"):
        key.verify(contest)
    if bad:
        raise ValueError("the batch and the single verification disagree")


def verify_batch(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    members = [vector(member)["input"] for member in given["members"]]
    key, contests = _election_key(shared, {}), [_proven(shared, member) for member in members]
    with under("C10"):
        key.require_elements(contests)
    try:
        key.verify_batch(contests)
    except CryptoError as error:
        raise Refused(error, "C11", list(key.find_invalid(contests))) from error


def require_secret(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    _election_key(shared, {}).require_secret(given["secret"], given["trustee"])


def _share(given: dict[str, Json]) -> Share:
    return Share(given["trustee"], given["value"], given["challenge"], given["response"])


def verify_share(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    key = _election_key(shared, {})
    with under("T3"):
        key.verify_share(_share(given["share"]), given["target"], bytes.fromhex(given["context"]))


def combine(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    return _election_key(shared, {}).open(given["aggregate"], [_share(share) for share in given["shares"]])


def verify_opening(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    with under("T4"):
        return str(_election_key(shared, {}).verify_opening(given["aggregate"], given["opening"]))


def verify_key_proof(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    with under("K3"):
        if given["n"] == shared["n"]:
            proof = {part: tuple(given[part]) for part in ("nth_roots", "square_roots")}
            return _election_key(shared, {}).verify_proof(proof)
        numbers = ([int_from_base64url(text, 64) for text in given[part]] for part in ("nth_roots", "square_roots"))
        return keyproof.verify_key_proof(int_from_base64url(given["n"], 64), shared["bits"], *numbers)


def verify_verification_keys(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    """Values out of range are refused already when the key is read; K4 refuses them too when asked by itself."""
    with under("K4"):
        _election_key(shared, given).verify_verification_keys()


def open_sealed_share(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    private = X25519PrivateKey.from_private_bytes(bytes.fromhex(given["private"]))
    return open_share(bytes.fromhex(given["sealed"]), private, bytes.fromhex(given["ceremony"]), given["trustee"])


OPERATIONS: dict[str, Operation] = {
    "encrypt": encrypt,
    "aggregate": aggregate,
    "contest-scheme": scheme,
    "encode-choice": encode_choice,
    "decode-sum": decode_sum,
    "verify-membership": verify_membership,
    "verify-batch": verify_batch,
    "require-secret": require_secret,
    "verify-share": verify_share,
    "combine": combine,
    "verify-opening": verify_opening,
    "verify-key-proof": verify_key_proof,
    "verify-verification-keys": verify_verification_keys,
    "open-sealed-share": open_sealed_share,
}
