"""`valik show`: every message is explained, nothing secret is said, and what does not hold is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from auditor import show_cli
from auditor.kinds import BODIES, BY_FIELDS, KINDS
from auditor.show import explain
from common.encoding.octets import to_base64url
from common.errors import CheckFailed, MalformedMessage, RuleBroken, SetupError
from common.messages.message import encode
from common.messages.receipt import VerificationAnswer
from scenarios.founding import create_world
from scenarios.world import Tallied, World
from tests.conftest import CHOICES, PEOPLE, draft, rows
from voter_client.home import Home

Files = dict[str, bytes]
EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "spec" / "example" / "messages").iterdir())
NAMES = {
    "nonce": "digest or nonce",
    "change-set": "change of the roll",
    "roll": "voter roll",
    "signed-answer": "trustee's answer",
    "signed-latest": "signed latest answer",
    "statement": "vote statement",
    "token": "authentication token",
}
"""Where a kind is not called like its example's file."""
PERSONAL = re.compile(r"\d{11}")
app = typer.Typer()
app.command()(show_cli.show)


def run(*words: str | Path, data: bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=data)


@pytest.fixture
def pinned(played: tuple[World, Tallied], tmp_path: Path) -> tuple[str, ...]:
    """--manifest and --authority of the played election."""
    world, _ = played
    (tmp_path / "manifest.json").write_bytes(encode(world.manifest))
    key = to_base64url(world.authority.public_key)
    return "--manifest", str(tmp_path / "manifest.json"), "--authority", key


def held(file: bytes, pinned: tuple[str, ...]) -> list[str]:
    """What `show` found to hold of a message."""
    result = run("-", *pinned, "--json", data=file)
    assert result.exit_code == 0, result.exception
    found: list[str] = json.loads(result.stdout)["held"]
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_of_the_specification_is_explained(path: Path) -> None:
    found = explain(path.read_bytes())
    text = f"{found.kind.name} {found.kind.what} {found.rows}"
    assert found.kind.name == NAMES.get(path.name, path.name.replace("-", " "))
    assert not PERSONAL.search(re.sub(r"[0-9a-f]{32,}", "", text))


def test_toy_parameters_are_said_with_a_manifest_and_of_one(pinned: tuple[str, ...]) -> None:
    examples = {path.name: path.read_bytes() for path in EXAMPLES}
    assert "TOY PARAMETERS" in run("-", data=examples["manifest"]).stderr
    assert "TOY PARAMETERS" not in run("-", data=examples["order"]).stderr
    assert "TOY PARAMETERS" in run(pinned[1], *pinned).stderr


def test_every_file_of_a_record_is_explained_without_people_or_salts(toy_record: Files) -> None:
    for path, data in toy_record.items():
        found = explain(data)
        shown = re.sub(r"[0-9a-f]{32,}", "", str(found.rows))
        assert not PERSONAL.search(shown), path
        for person in PEOPLE:
            assert person.surname not in shown, path
    for salt in re.findall(rb'"salt":"([0-9a-f]{64})"', toy_record["sworn/accounting.json"]):
        assert salt.decode() not in str(explain(toy_record["sworn/accounting.json"]).rows)


def test_people_read_what_it_is_and_what_was_not_checked(toy_record: Files, tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_bytes(toy_record["public/manifest.json"])
    result = run(file)
    assert result.exit_code == 0, result.exception
    for said in ("Manifest,", "election fingerprint", "A test election", "Not checked: anything beyond its form"):
        assert said in result.output, said
    assert "Holds" not in result.output


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x00\xff", "neither text nor a message"),
        (b"", "no message in canonical JSON, no signed note, no verification code"),
        (b"{", "not canonical JSON"),
        (b'{"a":1}', "fields of no message"),
        (b"VALIK1:ABC", "damaged or cut short"),
        (b"VALIK1:!", "damaged or cut short"),
        (b'{"body":{},"signature":"AA"}', "Signed"),
        (b"[1]", "a list of what is no message"),
        (b"[" * 100_000 + b"]" * 100_000, "not canonical JSON"),
        (b"a" * 63, "no message in canonical JSON"),
        (b"A" * 42, "no message in canonical JSON"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(data: bytes, said: str) -> None:
    with pytest.raises(MalformedMessage, match=said):
        explain(data)


@pytest.mark.parametrize(
    ("line", "name"),
    [("a" * 64, "Digest or nonce"), (to_base64url(bytes(32)), "Public key")],
    ids=["fingerprint", "key"],
)
def test_what_is_pinned_is_known_and_not_shown(tmp_path: Path, line: str, name: str) -> None:
    (tmp_path / "pinned").write_text(line + "\n")
    result = run(tmp_path / "pinned")
    assert result.exit_code == 0, result.exception
    assert result.output.startswith(name)
    assert "what was announced" in result.output
    assert line not in result.output


def test_a_message_with_another_spelling_is_refused(toy_record: Files) -> None:
    spaced = json.dumps(json.loads(toy_record["public/result.json"])).encode()
    with pytest.raises(MalformedMessage, match="canonical"):
        explain(spaced)


def test_missing_files_and_half_a_pin_are_sentences(tmp_path: Path, toy_record: Files) -> None:
    assert isinstance(run(tmp_path / "none").exception, SetupError)
    result = run("-", "--authority", "A" * 43, data=toy_record["public/result.json"])
    assert "give both" in str(result.exception)


# --- with the election pinned


def test_acts_receipts_checkpoints_and_votes_hold_against_the_manifest(
    played: tuple[World, Tallied], pinned: tuple[str, ...]
) -> None:
    world, tallied = played
    vote = next(iter(world.citizens.values())).journal.votes[0]
    recorded = tallied.evidence.votes[0]
    assert "(K1)" in held(encode(world.manifest), pinned)[0]
    assert "(K5)" in held(encode(world.roll), pinned)[0]
    assert all("the authority signed it" in held(encode(act), pinned)[0] for act in tallied.evidence.acts)
    assert "(L3)" in held(tallied.evidence.log.checkpoints[-1].encode(), pinned)[0]
    assert "(R2)" in held(encode(vote.receipt), pinned)[0]
    for message in (vote.signed_ballot, encode(recorded)):
        assert ["(C3, C5, C8)" in held(message, pinned)[0], "(C10, C11)" in held(message, pinned)[1]] == [True, True]
    assert "trustee-1 signed it" in held(encode(tallied.counted.used[0]), pinned)
    assert held(encode(tallied.counted.result), pinned) == ["it names this election"]
    latest = world.collector.latest(vote.receipt.vote_id)
    assert held(encode(latest), pinned) == ["the collector signed it"]


def test_what_is_of_another_election_is_refused(
    played: tuple[World, Tallied], pinned: tuple[str, ...], tmp_path: Path
) -> None:
    other = create_world(draft(), rows(), insecure_parameters=True)
    citizen = other.citizen(PEOPLE[0])
    vote = other.vote(citizen, CHOICES)
    foreign: list[tuple[bytes, type[Exception]]] = [
        (encode(other.manifest), CheckFailed),
        (encode(other.roll), CheckFailed),
        (encode(vote.receipt), CheckFailed),
        (other.collector.checkpoint().encode(), CheckFailed),
        (vote.signed_ballot, CheckFailed),
    ]
    for data, error in foreign:
        assert isinstance(run("-", *pinned, data=data).exception, error)
    answer: VerificationAnswer = other.collector.lookup(vote.receipt.vote_id)
    assert run("-", *pinned, data=encode(answer.latest)).exception is not None


def test_a_changed_result_names_the_wrong_election(toy_record: Files, pinned: tuple[str, ...]) -> None:
    data = toy_record["public/result.json"]
    fingerprint = json.loads(data)["fingerprint"].encode()
    changed = data.replace(fingerprint, fingerprint[::-1])
    assert isinstance(run("-", *pinned, data=changed).exception, RuleBroken)


def test_seeds_tokens_and_keys_are_never_shown(world: World, tmp_path: Path) -> None:
    citizen = world.citizen(PEOPLE[0])
    home = Home.create(
        tmp_path / "home", encode(world.manifest), world.authority.public_key, insecure_parameters=True
    )
    with home.journal(citizen.card.voter_id) as journal:
        citizen.journal = journal
        vote = world.vote(citizen, CHOICES)
    citizen.card.save(tmp_path / "card", "0110", "01101")
    code = tmp_path / "code.txt"
    code.write_text(world.code(vote).text())
    for file in (home.path(citizen.card.voter_id, "json"), code, tmp_path / "card" / "signature.key"):
        result = run(file)
        assert result.exit_code == 0, result.exception
        assert "SECRET" in result.output
        assert vote.seed.hex() not in result.output
        assert world.code(vote).text()[-50:] not in result.output
    whole = run(code).output
    assert vote.receipt.vote_id in whole


def test_kinds_are_told_apart_and_written_in_words() -> None:
    every = [*BODIES.values(), *KINDS, *BY_FIELDS.values()]
    names = [kind.name for kind in every]
    assert len(set(names)) == len(names)
    assert all(kind.what.endswith(".") and not kind.left.endswith(".") for kind in every)
