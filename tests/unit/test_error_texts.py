"""What a person reads when a command is given the wrong thing: one sentence, what is wrong, what to give instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from common.crypto.cryptosystem import KeyProof
from common.encoding.octets import to_base64url
from common.errors import CheckFailed, MalformedMessage, SetupError
from common.messages.acts import Signed
from common.messages.draft import Draft, RollDraft
from common.messages.manifest import Trustee, Witness
from common.messages.message import encode
from common.messages.result import Aggregates, SignedAnswer
from common.tally.evidence import Evidence
from common.transport.documents import read_authority, read_document
from common.transport.options import announce_configuration
from common.transport.pinned import pinned_election, read_election
from scenarios.world import World
from tallier.ceremony import Ceremony
from voter_client.look_cli import read_scanned

KINDS: tuple[type[object], ...] = (
    Signed,
    KeyProof,
    Draft,
    RollDraft,
    Trustee,
    Witness,
    Evidence,
    Aggregates,
    SignedAnswer,
    Ceremony,
)
SPOILT: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _data: b"", "is empty"),
    "binary": (lambda _data: bytes(range(256)), "is no message of this project"),
    "text": (lambda _data: b"good morning\n", "is no message of this project"),
    "something else": (lambda _data: b'{"code":"38001085718"}', "holds something else"),
    "cut off": (lambda data: data[:-1], "is cut off or damaged"),
    "edited": (lambda data: b"{ " + data[1:], "was changed"),
}


def sentence(error: BaseException) -> str:
    """The text, if it is one that a person can be shown."""
    text = str(error)
    assert "\n" not in text
    assert "<class" not in text
    assert "Traceback" not in text
    assert "38001085718" not in text
    return text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spoilt", SPOILT)
def test_file_that_cannot_be_read_is_named_with_what_is_wrong_and_what_to_give(
    tmp_path: Path, toy_record: dict[str, bytes], kind: type[object], spoilt: str
) -> None:
    spoil, what = SPOILT[spoilt]
    good = toy_record["public/manifest.json"]
    file = tmp_path / "file.json"
    file.write_bytes(spoil(good))
    if spoilt == "edited" and kind is not Signed:
        what = "holds something else"
    with pytest.raises(SetupError) as refusal:
        read_document(kind, file)
    text = sentence(refusal.value)
    assert text.startswith(f"{file} {what}")
    assert "; give " in text


@pytest.mark.parametrize("kind", KINDS)
def test_missing_file_and_folder_are_named_with_what_to_give(tmp_path: Path, kind: type[object]) -> None:
    for path, reason in ((tmp_path / "nowhere.json", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(SetupError) as refusal:
            read_document(kind, path)
        text = sentence(refusal.value)
        assert text.startswith(f"{path}: {reason}")
        assert "; give " in text


def test_file_as_it_should_be_is_read(tmp_path: Path, toy_record: dict[str, bytes]) -> None:
    (tmp_path / "manifest.json").write_bytes(toy_record["public/manifest.json"])
    assert encode(read_document(Signed, tmp_path / "manifest.json")) == toy_record["public/manifest.json"]


# --- what is pinned


def test_right_key_is_taken_and_another_hints_at_the_option(world: World, tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_bytes(encode(world.manifest))
    right, other = (to_base64url(key) for key in (world.authority.public_key, world.witnesses[0].key.public_bytes))
    assert read_election(file, right).fingerprint == world.election.fingerprint
    with pytest.raises(CheckFailed, match="did not sign this manifest; hold --authority") as refusal:
        read_election(file, other)
    assert refusal.value.check == "K1"


def test_another_fingerprint_hints_at_the_option(world: World) -> None:
    key = world.authority.public_key
    pinned_election(world.manifest, key, world.election.fingerprint)
    with pytest.raises(CheckFailed, match="not the pinned one; hold --fingerprint"):
        pinned_election(world.manifest, key, "00" * 32)


def test_roll_in_place_of_the_manifest_hints_at_the_option(world: World) -> None:
    with pytest.raises(CheckFailed, match=r"not a manifest; give manifest\.json with --manifest"):
        pinned_election(world.roll, world.authority.public_key)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"two\nlines\n", b"AAAA\n"])
def test_key_file_that_is_none_says_which_to_give(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "some.key").write_bytes(content)
    with pytest.raises(SetupError) as refusal:
        read_authority(str(tmp_path / "some.key"))
    assert sentence(refusal.value).endswith("give the file authority.key, or what stands in it")


# --- verification codes


def test_name_of_no_file_is_told_from_a_file_without_a_code(tmp_path: Path) -> None:
    """And neither is repeated: a code with a slip in it would still give the seed away."""
    with pytest.raises(MalformedMessage, match="neither a file that is there nor a verification code") as refusal:
        read_scanned(str(tmp_path / "nosuchfile"))
    assert "nosuchfile" not in sentence(refusal.value)
    (tmp_path / "file").write_bytes(b"\xff")
    with pytest.raises(MalformedMessage, match="a file without a verification code") as refusal:
        read_scanned(str(tmp_path / "file"))
    assert "--code-out" in sentence(refusal.value)


def test_damaged_code_says_so() -> None:
    with pytest.raises(MalformedMessage, match="damaged; scan it again"):
        read_scanned("VALIK1:00000000")


# --- configuration


def test_configuration_is_printed_as_true_json(capsys: pytest.CaptureFixture[str]) -> None:
    given = {
        "port": 8443,
        "witness": ["http://a", "http://b"],
        "folder": Path("own"),
        "supervised": False,
        "ca": None,
    }
    announce_configuration("collector", given)
    line = capsys.readouterr().err.removeprefix("collector: ")
    assert json.loads(line) == {
        "port": 8443,
        "witness": ["http://a", "http://b"],
        "folder": "own",
    }
