"""Signed notes and checkpoints: printed back exactly, malformed forms refused, published examples accepted."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from common.errors import EncodingError, LogError
from common.log.checkpoint import (
    Checkpoint,
    open_log_signed,
    parse_checkpoint_body,
    sign_checkpoint,
    verify_tree,
)
from common.log.merkle import EMPTY_ROOT, MerkleTree
from common.log.note import (
    MAX_NOTE_LENGTH,
    MAX_SIGNATURES,
    KeyType,
    Note,
    NoteKey,
    SignatureLine,
    parse_note,
    parse_signature_line,
    parse_vkey,
)

# The example of C2SP signed-note, section "Verifier keys".
C2SP_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The example of golang.org/x/mod/sumdb/note: one text, two signers.
GO_VKEYS = (
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
)
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
# The example of C2SP signed-note, section "Format": empty lines inside the text.
POEM_NOTE = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)

names = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"], exclude_characters="+"), min_size=1, max_size=20)
bodies = st.text(st.characters(exclude_categories=["Cs"], min_codepoint=32) | st.just("\n"), max_size=60).map(
    lambda text: text + "\n"
)
signature_lines = st.builds(
    SignatureLine, names, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80)
)
notes = st.builds(Note, bodies, st.lists(signature_lines, min_size=1, max_size=4).map(tuple))

ORIGIN = "log.example.org/1"
LOG_SECRET = Ed25519PrivateKey.generate()
LOG_KEY = NoteKey(ORIGIN, KeyType.ED25519, LOG_SECRET.public_key().public_bytes_raw())
CHECKPOINT = Checkpoint(ORIGIN, 7, bytes(range(32)))
SIGNED = sign_checkpoint(CHECKPOINT, LOG_SECRET, ORIGIN)


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


@pytest.mark.parametrize(("text", "vkeys"), [(C2SP_NOTE, (C2SP_VKEY,)), (GO_NOTE, GO_VKEYS)])
def test_published_notes_verify_under_their_published_keys(text: str, vkeys: tuple[str, ...]) -> None:
    note = parse_note(text)
    assert note.text == text
    for line, vkey in zip(note.signatures, vkeys, strict=True):
        key = parse_vkey(vkey)
        assert key.vkey == vkey
        assert (key.name, key.key_id) == (line.name, line.key_id)
        key.verify(line.signature, note.body.encode())
        with pytest.raises(LogError):
            key.verify(line.signature, note.body.encode() + b"\n")


def test_text_ends_at_the_last_empty_line() -> None:
    note = parse_note(POEM_NOTE)
    assert note.text == POEM_NOTE
    assert note.body.endswith("sole:\n\ned è subito sera.\n")


@given(notes)
def test_note_round_trips_exactly(note: Note) -> None:
    assert parse_note(note.text) == note
    assert parse_note(note.text).text == note.text


@given(signature_lines)
def test_signature_line_round_trips_and_extends_a_note(line: SignatureLine) -> None:
    assert parse_signature_line(line.text) == line
    assert parse_note(C2SP_NOTE + line.text).signatures[-1] == line


@given(notes, st.data())
def test_whatever_parses_prints_back_exactly(note: Note, data: st.DataObject) -> None:
    text = note.text
    at = data.draw(st.integers(0, len(text) - 1))
    changed = (
        text[:at] + data.draw(st.sampled_from(["", "\n", " ", "=", "A", "—", "\r", text[at] * 2])) + text[at + 1 :]
    )
    try:
        parsed = parse_note(changed)
    except EncodingError:
        return
    assert parsed.text == changed


GOOD_LINE = "— n AAAAAAE="
MALFORMED = {
    "empty": "",
    "no blank line": f"text\n{GOOD_LINE}\n",
    "signatures alone": f"\n{GOOD_LINE}\n",
    "signatures after one character": f"t{GOOD_LINE}\n",
    "no signature": "text\n\n",
    "no final newline": f"text\n\n{GOOD_LINE}",
    "text without newline": f"text{GOOD_LINE}\n",
    "line after the signatures": f"text\n\n{GOOD_LINE}\nmore\n",
    "empty line after the signatures": f"text\n\n{GOOD_LINE}\n\n",
    "carriage return": f"text\r\n\n{GOOD_LINE}\n",
    "tab": f"te\txt\n\n{GOOD_LINE}\n",
    "lone surrogate": f"te\ud800xt\n\n{GOOD_LINE}\n",
    "hyphen for dash": "text\n\n- n AAAAAAE=\n",
    "no name": "text\n\n—  AAAAAAE=\n",
    "no signature field": "text\n\n— n\n",
    "three fields": "text\n\n— n AAAAAAE= AAAAAAE=\n",
    "plus in name": "text\n\n— n+m AAAAAAE=\n",
    "no-break space in name": "text\n\n— n\u00a0m AAAAAAE=\n",
    "key id alone": "text\n\n— n AAAAAA==\n",
    "unpadded": "text\n\n— n AAAAAAE\n",
    "too much padding": "text\n\n— n AAAAAAE==\n",
    "trailing bits": "text\n\n— n AAAAAAF=\n",
    "url alphabet": "text\n\n— n AAAAA-E=\n",
    "not ASCII": "text\n\n— n AAAAAéE=\n",
    "too many signatures": "text\n\n" + f"{GOOD_LINE}\n" * (MAX_SIGNATURES + 1),
    "too long": "t" * MAX_NOTE_LENGTH + f"\n\n{GOOD_LINE}\n",
}


def test_the_note_that_malformed_ones_are_made_from_is_accepted() -> None:
    assert len(parse_note("text\n\n" + f"{GOOD_LINE}\n" * MAX_SIGNATURES).signatures) == MAX_SIGNATURES


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_note_is_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        parse_note(text)


@pytest.mark.parametrize(
    "text", [GOOD_LINE, f"{GOOD_LINE}=", f"{GOOD_LINE}\n{GOOD_LINE}\n", f"{GOOD_LINE}\n\n", "\n", ""]
)
def test_malformed_signature_line_is_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        parse_signature_line(text)


def test_every_part_of_a_verifier_key_is_refused_alone() -> None:
    vkey = GO_VKEYS[0]
    for start in range(len(vkey)):
        for stop in range(start, len(vkey) + 1):
            if (start, stop) != (0, len(vkey)):
                with pytest.raises(EncodingError):
                    parse_vkey(vkey[start:stop])


def test_verifier_key_with_any_character_changed_is_refused() -> None:
    vkey = GO_VKEYS[0]
    for at, character in enumerate(vkey):
        with pytest.raises(EncodingError):
            parse_vkey(vkey[:at] + chr(ord(character) + 1) + vkey[at + 1 :])


def test_verifier_key_of_wrong_length_unknown_type_or_upper_case_id_is_refused() -> None:
    key = parse_vkey(C2SP_VKEY)

    def vkey(typed_key: bytes) -> str:
        key_id = hashlib.sha256(key.name.encode() + b"\n" + typed_key).digest()[:4]
        return f"{key.name}+{key_id.hex()}+{encoded(typed_key)}"

    assert parse_vkey(vkey(b"\x01" + key.public_bytes)) == key
    for typed_key in (
        b"\x01" + key.public_bytes + b"\0",
        b"\x01" + key.public_bytes[1:],
        b"\x02" + key.public_bytes,
        b"",
    ):
        with pytest.raises(EncodingError):
            parse_vkey(vkey(typed_key))
    with pytest.raises(EncodingError):
        parse_vkey(C2SP_VKEY.replace("530d903a", "530D903A"))


def test_key_id_depends_on_name_type_and_key() -> None:
    key = parse_vkey(C2SP_VKEY)
    others = (
        replace(key, name="example.com/bar"),
        replace(key, key_type=KeyType.COSIGNATURE_V1),
        replace(key, public_bytes=bytes(32)),
    )
    assert all(other.key_id != key.key_id for other in others)


@given(names, st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_checkpoint_body_round_trips_exactly(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root)
    assert parse_checkpoint_body(checkpoint.body) == checkpoint


BODY = CHECKPOINT.body
MALFORMED_BODIES = {
    "two lines": "origin\n7\n",
    "extension line": BODY + "extension\n",
    "empty extension line": BODY + "\n",
    "no final newline": BODY[:-1],
    "no origin": BODY[len(ORIGIN) :],
    "space in origin": "a " + BODY,
    "plus in origin": "a+" + BODY,
    "leading zero": BODY.replace("\n7\n", "\n07\n"),
    "signed size": BODY.replace("\n7\n", "\n+7\n"),
    "negative size": BODY.replace("\n7\n", "\n-7\n"),
    "other digits": BODY.replace("\n7\n", "\n٧\n"),
    "size of 2^63": BODY.replace("\n7\n", f"\n{2**63}\n"),
    "size 0 with a root": BODY.replace("\n7\n", "\n0\n"),
    "short root": f"{ORIGIN}\n7\n{encoded(bytes(31))}\n",
    "long root": f"{ORIGIN}\n7\n{encoded(bytes(33))}\n",
    "unpadded root": BODY.replace("=", ""),
}


@pytest.mark.parametrize("body", MALFORMED_BODIES.values(), ids=MALFORMED_BODIES.keys())
def test_malformed_checkpoint_body_is_refused(body: str) -> None:
    with pytest.raises(EncodingError):
        parse_checkpoint_body(body)


def test_checkpoint_of_size_0_has_the_empty_root() -> None:
    assert parse_checkpoint_body(Checkpoint(ORIGIN, 0, EMPTY_ROOT).body).size == 0


def test_signed_checkpoint_opens_under_its_log_key_only() -> None:
    assert open_log_signed(SIGNED, LOG_KEY) == CHECKPOINT
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(LogError, match="unknown key"):
        open_log_signed(SIGNED, replace(LOG_KEY, public_bytes=other))
    with pytest.raises(LogError, match="another log"):
        open_log_signed(SIGNED, replace(LOG_KEY, name="log.example.org/2"))


def test_checkpoint_with_a_changed_body_does_not_open() -> None:
    with pytest.raises(LogError, match="invalid signature"):
        open_log_signed(SIGNED.replace("\n7\n", "\n8\n"), LOG_KEY)


def test_checkpoint_malformed_as_a_note_is_a_log_failure() -> None:
    with pytest.raises(LogError, match="malformed"):
        open_log_signed(SIGNED + "\n", LOG_KEY)


def test_checkpoint_of_every_prefix_fits_its_tree_and_no_other() -> None:
    tree, fork = MerkleTree(), MerkleTree()
    for number in range(9):
        tree.append(b"%d" % number)
        fork.append(b"%d" % (number + (number == 4)))
    for size in range(10):
        verify_tree(Checkpoint(ORIGIN, size, tree.root(size)), tree)
    with pytest.raises(LogError, match="another log history"):
        verify_tree(Checkpoint(ORIGIN, 5, fork.root(5)), tree)
    with pytest.raises(LogError, match="no tree of size 10"):
        verify_tree(Checkpoint(ORIGIN, 10, bytes(32)), tree)


@pytest.mark.parametrize("signatures", [1, 2, 3])
def test_note_without_its_last_newline_is_refused(signatures: int) -> None:
    """Its last signature would be lost, were the rest taken."""
    lines = tuple(SignatureLine(f"witness{number}.invalid", b"1234", b"5") for number in range(signatures))
    text = Note("text\n", lines).text
    assert parse_note(text).signatures == lines
    with pytest.raises(EncodingError):
        parse_note(text[:-1])
