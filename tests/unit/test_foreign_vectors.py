"""Vectors that others published, on the code that must agree with them (tests/foreign tells where each is from)."""

from __future__ import annotations

import base64
import json
from functools import cache
from hashlib import sha384
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from common.eid import signing
from common.encoding import canonical
from common.errors import EncodingError, IdentityError, LogError
from common.log.checkpoint import parse_checkpoint_body, read_checkpoint
from common.log.cosignature import cosigned_message
from common.log.merkle import leaf_hash, verify_consistency, verify_inclusion
from common.log.note import KeyType, NoteKey, parse_note, parse_vkey
from common.log.tiles import Tile, parse_tile_path
from tests.vectors.making import hpke

FOREIGN = Path(__file__).parents[1] / "foreign"
CT_LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
FROM_EMPTY = (
    "additional/size1-is-zero-and-size2-is-not-zero"  # an error there; spec 7.2: every log extends the empty one
)
OF_OUR_TYPES = {"arrays", "structures", "unicode"}  # no fraction, no key outside ASCII


@cache
def book(name: str) -> Any:
    return json.loads((FOREIGN / f"{name}.json").read_text(encoding="utf-8"))


def cases(name: str, result: str) -> list[dict[str, Any]]:
    found = [case for case in book(name)["cases"] if case["result"] == result]
    assert len(found) > 5
    return found


def raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


# Wycheproof: ECDSA on P-384 with SHA-384, signatures r‖s.


def p384(case: dict[str, Any]) -> tuple[ec.EllipticCurvePublicKey, bytes, bytes]:
    """Key, message, signature."""
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), bytes.fromhex(case["key"]))
    return key, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])


def test_ecdsa_accepts_what_wycheproof_calls_valid_and_a_vote_only_with_low_s() -> None:
    high = 0
    for case in cases("wycheproof-ecdsa", "valid"):
        key, message, signature = p384(case)
        signing.verify_digest(sha384(message).digest(), signature, key)
        low = signing.normalise(signature)
        signing.verify(signing.ParsedSignature(b"", (), 0, low, message), key)
        if low != signature:
            high += 1
            with pytest.raises(IdentityError, match="high s"):
                signing.verify(signing.ParsedSignature(b"", (), 0, signature, message), key)
    assert high > 0


def test_ecdsa_refuses_what_wycheproof_calls_invalid() -> None:
    for case in cases("wycheproof-ecdsa", "invalid"):
        key, message, signature = p384(case)
        with pytest.raises(IdentityError):
            signing.verify_digest(sha384(message).digest(), signature, key)
        with pytest.raises(IdentityError):
            signing.verify(signing.ParsedSignature(b"", (), 0, signature, message), key)


# Wycheproof: Ed25519.


def test_ed25519_accepts_what_wycheproof_calls_valid() -> None:
    for case in cases("wycheproof-ed25519", "valid"):
        key = NoteKey("log", KeyType.ED25519, bytes.fromhex(case["key"]))
        key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))


def test_ed25519_refuses_what_wycheproof_calls_invalid() -> None:
    for case in cases("wycheproof-ed25519", "invalid"):
        key = NoteKey("log", KeyType.ED25519, bytes.fromhex(case["key"]))
        with pytest.raises(LogError):
            key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))


# RFC 9162: proofs of the Certificate Transparency project's trees.


def test_inclusion_proofs_are_judged_as_the_transparency_project_judges_them() -> None:
    leaves = {leaf_hash(bytes.fromhex(leaf)): bytes.fromhex(leaf) for leaf in CT_LEAVES}
    judged = {True: 0, False: 0}
    for case in book("merkle-inclusion")["cases"]:
        leaf = leaves.get(raw(case["leafHash"]))
        if leaf is None:  # we hash the leaf ourselves, and nobody knows one with this hash
            assert case["wantErr"] or case["file"].startswith("single-entry")
            continue
        given = (
            leaf,
            case["leafIdx"],
            case["treeSize"],
            [raw(node) for node in case["proof"] or ()],
            raw(case["root"]),
        )
        judged[case["wantErr"]] += 1
        if case["wantErr"]:
            with pytest.raises(LogError):
                verify_inclusion(*given)
        else:
            verify_inclusion(*given)
    assert judged[True] > 50
    assert judged[False] >= 4


def test_consistency_proofs_are_judged_as_the_transparency_project_judges_them() -> None:
    judged = {True: 0, False: 0}
    for case in book("merkle-consistency")["cases"]:
        proof, roots = [raw(node) for node in case["proof"] or ()], (raw(case["root1"]), raw(case["root2"]))
        judged[case["wantErr"]] += 1
        if case["wantErr"] and case["file"] != FROM_EMPTY:
            with pytest.raises(LogError):
                verify_consistency(case["size1"], case["size2"], proof, *roots)
        else:
            verify_consistency(case["size1"], case["size2"], proof, *roots)
    assert judged[True] > 50
    assert judged[False] >= 4


# RFC 8785.


@pytest.mark.parametrize("case", book("rfc8785")["cases"], ids=lambda case: case["name"])
def test_canonical_form_is_that_of_rfc8785_and_other_types_are_refused(case: dict[str, str]) -> None:
    output = case["output"].encode()
    if case["name"] in OF_OUR_TYPES:
        value = canonical.decode(output)
        assert canonical.encode(value) == output
        assert json.loads(case["input"]) == value
        with pytest.raises(EncodingError):
            canonical.decode(case["input"].encode())
    else:
        with pytest.raises(EncodingError):
            canonical.decode(output)


# C2SP: signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles.


@pytest.mark.parametrize("case", book("notes")["signed"], ids=lambda case: case["name"])
def test_published_notes_open_with_their_published_keys(case: dict[str, Any]) -> None:
    note, keys = parse_note(case["note"]), [parse_vkey(key) for key in case["keys"]]
    assert note.text == case["note"]
    assert [key.vkey for key in keys] == case["keys"]
    for line, key in zip(note.signatures, keys, strict=True):
        assert (line.name, line.key_id) == (key.name, key.key_id)
        key.verify(line.signature, note.body.encode())
        with pytest.raises(LogError):
            key.verify(line.signature, note.body.encode() + b"\n")


@pytest.mark.parametrize("case", book("notes")["keys"], ids=lambda case: case["file"])
def test_published_verifier_keys_are_read_and_bad_ones_refused(case: dict[str, Any]) -> None:
    for key in case["good"]:
        assert parse_vkey(key).vkey == key
    for key in case["bad"]:
        with pytest.raises(EncodingError):
            parse_vkey(key)


def test_checkpoint_and_cosigned_message_are_those_of_c2sp() -> None:
    case = book("notes")["cosigned"]
    note, checkpoint = read_checkpoint(case["note"])
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert int.from_bytes(note.signatures[1].signature[:8], "big") == case["time"]
    assert cosigned_message(note.body, case["time"]) == case["message"].encode()
    with pytest.raises(EncodingError):
        parse_checkpoint_body(case["message"])


def test_tile_path_is_that_of_c2sp() -> None:
    case = book("notes")["tile"]
    assert Tile(0, case["index"], 256).path == f"tile/0/{case['path']}"
    assert parse_tile_path(f"tile/0/{case['path']}").index == case["index"]
    with pytest.raises(EncodingError):
        parse_tile_path(f"tile/0/x000/{case['path']}")


# RFC 9180: the suite of sealed shares.


@pytest.mark.parametrize("case", book("hpke")["cases"])
def test_sealing_of_the_vectors_is_that_of_rfc9180(case: dict[str, str]) -> None:
    """The library takes no associated data, so its part is to open what this sealing makes (`sealed-shares`)."""
    info, ephemeral, public, text, data = (bytes.fromhex(case[of]) for of in ("info", "skEm", "pkRm", "pt", "aad"))
    published = bytes.fromhex(case["enc"] + case["ct"])
    assert hpke.seal(text, public, info, ephemeral, data) == published
    assert hpke.seal(text, public, info + b"x", ephemeral, data) != published
    private = X25519PrivateKey.from_private_bytes(bytes.fromhex(case["skRm"]))
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    assert suite.decrypt(hpke.seal(text, public, info, ephemeral), private, info=info) == text
    with pytest.raises(InvalidTag):
        suite.decrypt(published, private, info=info)


def test_every_foreign_file_names_its_source_and_licence() -> None:
    files = sorted(FOREIGN.glob("*.json"))
    assert len(files) == 7
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert text.count('"source"') == text.count('"licence"') == text.count('"commit"') > 0, path
