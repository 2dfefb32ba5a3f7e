"""Cosignatures and the trust policy: which line fails which of L3 and L4, and when a quorum was complete."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import EncodingError, LogError, SetupError
from common.log.checkpoint import Checkpoint, sign_checkpoint, verify_tree
from common.log.cosignature import cosign, cosigned_message, verify_cosignature
from common.log.entries import Entry
from common.log.merkle import MerkleTree, leaf_hash
from common.log.note import KeyType, NoteKey, SignatureLine, parse_note, parse_signature_line, parse_vkey
from common.log.witnessed import (
    LogTrust,
    open_checkpoint,
    quorum_time,
    tolerated_hostile_witnesses,
    verify_log_signature,
    verify_witness_line,
    verify_witnesses,
)

ORIGIN = "log.example.org/1"
NAMES = ("w1.example.org", "w2.example.org", "w3.example.org")
LOG_SECRET = Ed25519PrivateKey.generate()
SECRETS = {name: Ed25519PrivateKey.generate() for name in NAMES}
NOON = 1_900_000_000


def raw(secret: Ed25519PrivateKey) -> bytes:
    return secret.public_key().public_bytes_raw()


TRUST = LogTrust(ORIGIN, raw(LOG_SECRET), tuple((name, raw(SECRETS[name])) for name in NAMES), 2)
CHECKPOINT = Checkpoint(ORIGIN, 7, bytes(range(32)))
BODY = CHECKPOINT.body
SIGNED = sign_checkpoint(CHECKPOINT, LOG_SECRET, ORIGIN)
LINES = [cosign(BODY, SECRETS[name], name, NOON + at) for at, name in enumerate(NAMES)]
COSIGNED = SIGNED + LINES[0] + LINES[1]


def witness_key(name: str) -> NoteKey:
    return NoteKey(name, KeyType.COSIGNATURE_V1, raw(SECRETS[name]))


def test_signed_message_has_the_form_of_the_standard() -> None:
    # the worked example of C2SP tlog-cosignature
    body = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    expected = f"cosignature/v1\ntime 1679315147\n{body}"
    assert cosigned_message(body, 1679315147) == expected.encode()
    line = parse_signature_line(
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZ"
        "qhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )
    assert len(line.signature) == 72
    assert int.from_bytes(line.signature[:8], "big") == 1679315147


@settings(max_examples=25)
@given(st.integers(0, 2**63 - 1))
def test_cosignature_verifies_and_vouches_for_its_time(time: int) -> None:
    line = parse_signature_line(cosign(BODY, SECRETS[NAMES[0]], NAMES[0], time))
    assert verify_cosignature(BODY, line, witness_key(NAMES[0])) == time


@pytest.mark.parametrize("time", [-1, 2**63])
def test_cosigning_refuses_times_out_of_range(time: int) -> None:
    with pytest.raises(LogError, match="out of range"):
        cosign(BODY, SECRETS[NAMES[0]], NAMES[0], time)


@settings(max_examples=50)
@given(st.integers(0, 8 * 72 - 1))
def test_cosignature_with_any_bit_flipped_is_refused(bit: int) -> None:
    line = parse_signature_line(LINES[0])
    flipped = (int.from_bytes(line.signature, "big") ^ (1 << bit)).to_bytes(72, "big")
    with pytest.raises(LogError):
        verify_cosignature(BODY, SignatureLine(line.name, line.key_id, flipped), witness_key(NAMES[0]))


def test_cosignature_of_another_body_key_type_or_length_is_refused() -> None:
    line = parse_signature_line(LINES[0])
    key = witness_key(NAMES[0])
    with pytest.raises(LogError, match="invalid signature"):
        verify_cosignature(BODY.replace("\n7\n", "\n8\n"), line, key)
    with pytest.raises(LogError, match="not of witness"):
        verify_cosignature(BODY, line, witness_key(NAMES[1]))
    with pytest.raises(LogError, match="not of witness"):
        verify_cosignature(BODY, line, NoteKey(key.name, KeyType.ED25519, key.public_bytes))
    with pytest.raises(LogError, match="71 bytes"):
        verify_cosignature(BODY, SignatureLine(line.name, line.key_id, line.signature[:-1]), key)
    beyond = (2**63).to_bytes(8, "big") + SECRETS[NAMES[0]].sign(cosigned_message(BODY, 2**63))
    with pytest.raises(LogError, match="out of range"):
        verify_cosignature(BODY, SignatureLine(line.name, line.key_id, beyond), key)
    untimed = SECRETS[NAMES[0]].sign(BODY.encode())
    with pytest.raises(LogError, match="64 bytes"):
        verify_cosignature(BODY, SignatureLine(line.name, line.key_id, untimed), key)


def test_checkpoint_with_log_signature_and_quorum_opens() -> None:
    witnessed = open_checkpoint(COSIGNED, TRUST)
    assert witnessed.checkpoint == CHECKPOINT
    assert witnessed.cosignature_times == ((NAMES[0], NOON), (NAMES[1], NOON + 1))
    assert len(open_checkpoint(SIGNED + "".join(LINES), TRUST).cosignature_times) == 3


def cosigned_with(extra: str) -> str:
    return COSIGNED + extra


STRANGER = Ed25519PrivateKey.generate()
LOG_LINE = SIGNED[len(BODY) + 1 :]
FAILS_ONLY_L3 = {
    "log line missing": f"{BODY}\n{LINES[0]}{LINES[1]}",
    "log line twice": cosigned_with(LOG_LINE),
    "second key under the log's name": cosigned_with(sign_checkpoint(CHECKPOINT, STRANGER, ORIGIN)[len(BODY) + 1 :]),
    "cosignature under the log's name": cosigned_with(cosign(BODY, LOG_SECRET, ORIGIN, NOON)),
    "signed by a stranger": sign_checkpoint(CHECKPOINT, STRANGER, ORIGIN) + LINES[0] + LINES[1],
    "signature of another size": COSIGNED.replace(
        LOG_LINE, sign_checkpoint(Checkpoint(ORIGIN, 8, bytes(32)), LOG_SECRET, ORIGIN).split("\n\n")[1]
    ),
}
OTHER_BODY = Checkpoint(ORIGIN, 8, bytes(32)).body
FAILS_ONLY_L4 = {
    "no witness": SIGNED,
    "too few witnesses": SIGNED + LINES[0],
    "same witness twice": SIGNED + LINES[0] + cosign(BODY, SECRETS[NAMES[0]], NAMES[0], NOON + 9),
    "same line twice": cosigned_with(LINES[1]),
    "unknown witness beyond the quorum": cosigned_with(cosign(BODY, STRANGER, "w4.example.org", NOON)),
    "known name with a stranger's key": cosigned_with(cosign(BODY, STRANGER, NAMES[2], NOON)),
    "known key under a stranger's name": cosigned_with(cosign(BODY, SECRETS[NAMES[2]], "w4.example.org", NOON)),
    "invalid line beyond the quorum": cosigned_with(cosign(OTHER_BODY, SECRETS[NAMES[2]], NAMES[2], NOON)),
    "witness that signs like a log": cosigned_with(
        sign_checkpoint(CHECKPOINT, SECRETS[NAMES[2]], NAMES[2]).split("\n\n")[1]
    ),
}


@pytest.mark.parametrize("text", FAILS_ONLY_L3.values(), ids=FAILS_ONLY_L3.keys())
def test_bad_log_line_fails_the_log_signature_and_not_the_quorum(text: str) -> None:
    verify_witnesses(text, TRUST)
    with pytest.raises(LogError):
        verify_log_signature(text, TRUST)
    with pytest.raises(LogError):
        open_checkpoint(text, TRUST)


@pytest.mark.parametrize("text", FAILS_ONLY_L4.values(), ids=FAILS_ONLY_L4.keys())
def test_bad_witness_line_fails_the_quorum_and_not_the_log_signature(text: str) -> None:
    verify_log_signature(text, TRUST)
    with pytest.raises(LogError):
        verify_witnesses(text, TRUST)
    with pytest.raises(LogError):
        open_checkpoint(text, TRUST)


def test_log_accepts_only_a_valid_line_of_a_known_witness_as_an_answer() -> None:
    assert verify_witness_line(SIGNED, LINES[2], TRUST) == (NAMES[2], NOON + 2)
    wrong = {
        "malformed": LINES[2] + LINES[1],
        "nobody known": cosign(BODY, STRANGER, NAMES[2], NOON),
        "invalid signature": cosign(OTHER_BODY, SECRETS[NAMES[2]], NAMES[2], NOON),
    }
    for reason, line in wrong.items():
        with pytest.raises(LogError, match=reason):
            verify_witness_line(SIGNED, line, TRUST)
    with pytest.raises(LogError, match="nobody known"):
        verify_witness_line(SIGNED, LOG_LINE, TRUST)


def test_malformed_checkpoint_fails_both_as_a_log_failure() -> None:
    text = COSIGNED.replace("\n7\n", "\n07\n")
    for verify in (verify_log_signature, verify_witnesses):
        with pytest.raises(LogError, match="malformed"):
            verify(text, TRUST)


def test_trust_refuses_shared_names_shared_keys_and_impossible_quorums() -> None:
    log, one, two = raw(LOG_SECRET), raw(SECRETS[NAMES[0]]), raw(SECRETS[NAMES[1]])
    LogTrust(ORIGIN, log, (("a", one), ("b", two)), 2)
    bad = [
        ((("a", one), ("a", two)), 1),
        ((("a", one), ("b", one)), 1),
        ((("a", one), ("b", log)), 1),
        (((ORIGIN, one), ("b", two)), 1),
        ((("a", one), ("b", two)), 0),
        ((("a", one), ("b", two)), 3),
        ((), 0),
    ]
    for witnesses, quorum in bad:
        with pytest.raises(SetupError):
            LogTrust(ORIGIN, log, witnesses, quorum)
    for witnesses in ((("a b", one),), (("a", one[:-1]),)):
        with pytest.raises(EncodingError):
            LogTrust(ORIGIN, log, witnesses, 1)


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=7), st.data())
def test_quorum_time_is_when_a_quorum_was_complete(values: list[int], data: st.DataObject) -> None:
    quorum = data.draw(st.integers(1, len(values)))
    times = [(f"w{at}", value) for at, value in enumerate(values)]
    found = quorum_time(times, quorum)
    assert sum(value <= found for value in values) >= quorum
    assert sum(value < found for value in values) < quorum


def test_quorum_time_refuses_too_few_witnesses_and_one_counted_twice() -> None:
    assert quorum_time((("a", 5), ("b", 3)), 2) == 5
    with pytest.raises(LogError, match="where 3 are due"):
        quorum_time((("a", 5), ("b", 3)), 3)
    with pytest.raises(LogError, match="twice"):
        quorum_time((("a", 5), ("a", 3)), 1)


@pytest.mark.parametrize("count", range(1, 8))
def test_two_quorums_share_an_honest_witness_exactly_up_to_the_tolerated_number(count: int) -> None:
    for quorum in range(1, count + 1):
        quorums = [set(chosen) for chosen in combinations(range(count), quorum)]
        smallest_overlap = min(len(quorums[0] & other) for other in quorums)
        hostile = tolerated_hostile_witnesses(count, quorum)
        if hostile >= 0:
            assert smallest_overlap == hostile + 1
        else:
            assert smallest_overlap == 0


def blocks(heading: str, chapter: str) -> list[str]:
    section = chapter.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    return re.findall(r"```[a-z]*\n(.*?)```", section, flags=re.DOTALL)


def test_examples_of_the_spec_chapter_verify() -> None:
    chapter = (Path(__file__).parents[2] / "docs/spec/07-log.md").read_text(encoding="utf-8")
    entry_text, hash_text = blocks("7.1 Entries", chapter)[0], blocks("7.2 Tree", chapter)[0]
    entries = entry_text.splitlines()
    tree = MerkleTree()
    for line in entries:
        tree.append(Entry.decode(line.encode()).encode())
    hashes = [line.split()[-1] for line in hash_text.splitlines()]
    assert hashes == [leaf_hash(line.encode()).hex() for line in entries] + [tree.root(n).hex() for n in (0, 1, 2, 3)]

    vkeys, note = blocks("7.4 Checkpoints", chapter)
    log_key, *witnesses = (parse_vkey(vkey) for vkey in vkeys.splitlines())
    trust = LogTrust(log_key.name, log_key.public_bytes, tuple((w.name, w.public_bytes) for w in witnesses), 2)
    assert trust.log_note_key == log_key
    witnessed = open_checkpoint(note, trust)
    verify_tree(witnessed.checkpoint, tree)
    (message,) = blocks("7.5 Cosignatures", chapter)
    name, time = witnessed.cosignature_times[0]
    assert cosigned_message(parse_note(note).body, time) == message.encode()
    assert f"{time}" in message
    assert name == witnesses[0].name
