"""Every example of the specification, recomputed or decoded by the code."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from auditor.audit import audit
from auditor.findings import AuditReport
from common.checks.device import open_ballot
from common.crypto import membership
from common.crypto.contest import ContestRules
from common.crypto.cryptosystem import Statement
from common.crypto.encoding_schemes import contest_scheme
from common.crypto.masks import draw_masks
from common.crypto.membership import Context
from common.crypto.paillier import public_key
from common.crypto.systems import SYSTEMS
from common.eid import auth_token
from common.eid.certificates import Purpose, verify_voter_certificate
from common.eid.signing import parse
from common.encoding import canonical
from common.encoding.hashing import frame, full_domain_hash, tagged_hex, uint64
from common.encoding.octets import from_base64url
from common.encoding.times import from_rfc3339
from common.errors import MalformedMessage
from common.log.witnessed import open_checkpoint
from common.messages.acts import (
    Abandonment,
    Exclusion,
    Extension,
    Order,
    Revocation,
    Signed,
    roll_digest,
    verify_document,
)
from common.messages.ballot import Ballot, ballot_digest, header_hash, pseudonym
from common.messages.election import Election, load_election
from common.messages.manifest import Manifest, Policies, Unit
from common.messages.message import decode, encode
from common.messages.receipt import Receipt, SessionView, SignedLatest, VerificationAnswer, verify_latest
from common.messages.result import (
    Accounting,
    AccountingSets,
    Aggregates,
    Result,
    SignedAnswer,
    commitment,
    verify_answer,
)
from common.messages.roll import ChangeSet, Roll
from common.messages.vote import RecordedVote, SignedBallot, VoteStatement, digest_of, vote_id
from common.tally.merge import Pool, merge
from voter_client.verification_code import read_code

DOCS = Path(__file__).parents[2] / "docs"
KINDS: dict[str, type[object]] = {
    "manifest": Signed,
    "roll": Signed,
    "change-set": Signed,
    "order": Signed,
    "extension": Signed,
    "abandonment": Signed,
    "revocation": Signed,
    "exclusion": Signed,
    "ballot": Ballot,
    "statement": VoteStatement,
    "signed-ballot": SignedBallot,
    "recorded-vote": RecordedVote,
    "session-view": SessionView,
    "receipt": Receipt,
    "signed-latest": SignedLatest,
    "verification-answer": VerificationAnswer,
    "aggregates": Aggregates,
    "signed-answer": SignedAnswer,
    "result": Result,
    "accounting": Accounting,
    "accounting-sets": AccountingSets,
}
BODIES = {
    "manifest": Manifest,
    "roll": Roll,
    "change-set": ChangeSet,
    "order": Order,
    "extension": Extension,
    "abandonment": Abandonment,
    "revocation": Revocation,
    "exclusion": Exclusion,
}
N = 2773
KEY = public_key(N)
FINGERPRINT, SALT, SEED = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
VOTER = "PNOEE-37101010021"


def generator() -> ModuleType:
    """docs/examples.py, which is in no package."""
    found = importlib.util.spec_from_file_location("docs_examples", DOCS / "examples.py")
    if found is None or found.loader is None:
        pytest.fail("docs/examples.py is missing")
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module  # dataclasses look their module up
    found.loader.exec_module(module)
    return module


def chapter(number: int) -> str:
    (path,) = (DOCS / "spec").glob(f"{number:02}-*.md")
    return path.read_text(encoding="utf-8")


def hex_block(text: str, comment: str) -> bytes:
    """The bytes of the block of annotated hex whose first line has this comment."""
    (block,) = [b for b in re.findall(r"```text\n(.*?)```", text, flags=re.DOTALL) if comment in b.splitlines()[0]]
    digits = [re.split(r" {2,}", line.strip())[0] for line in block.splitlines()]
    return bytes.fromhex("".join(digits))


def message(name: str) -> bytes:
    return (DOCS / "spec/example/messages" / name).read_bytes()


def record() -> dict[str, bytes]:
    folder = DOCS / "spec/example/record"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def pins() -> tuple[bytes, str]:
    found = json.loads((DOCS / "spec/example/pins.json").read_bytes())
    return from_base64url(found["authority_key"]), found["fingerprint"]


def election() -> Election:
    signed = decode(Signed, message("manifest"))
    assert isinstance(signed.body, Manifest)
    return load_election(signed.body, pins()[0], SYSTEMS)


# --- small numbers


def test_canonical_json_example_has_its_length_and_bytes() -> None:
    text = '{"a":[1,null,true],"b":"Tõnu says \\"hi\\""}'
    assert f"```json\n{text}\n```" in chapter(2)
    data = text.encode("utf-8")
    assert canonical.encode(canonical.decode(data)) == data
    assert f"is {len(data)} bytes, the first ones `{data[:8].hex(' ')}`" in chapter(2)


def test_framing_and_hash_examples() -> None:
    items = (b"ab", [b"c", b""], uint64(7))
    assert hex_block(chapter(2), '"valik/v1/example"') == frame("example", *items)
    assert f"{len(frame('example', *items))} bytes" in chapter(2)
    assert tagged_hex("example", *items) in chapter(2)
    assert tagged_hex("ballot", b"") in chapter(2)
    assert hashlib.shake_256(frame("example", b"ab")).hexdigest(18) in chapter(2)
    assert full_domain_hash(N, "example", b"ab") == 2340
    assert frame("example", b"") == frame("example", [])


def test_randomness_example() -> None:
    name = pseudonym(FINGERPRINT.hex(), VOTER, SALT)
    assert name in chapter(3)
    items = (FINGERPRINT, bytes.fromhex(name), SEED, b"chair", uint64(0), uint64(0))
    assert hex_block(chapter(3), "valik/v1/randomness") == frame("randomness", *items)
    assert KEY.randomness(FINGERPRINT, bytes.fromhex(name), SEED, "chair", 0) == 466
    assert KEY.encrypt(4, 466) == 1551509


def test_reading_a_sum_example() -> None:
    rules = ContestRules("chair", 3, True, 1, 1, 1)
    scheme = contest_scheme(public_key((1 << 512) - 1), rules, 20)
    assert scheme.decode([34], 3) == (2, 1, 0)


def test_membership_example() -> None:
    text, name = chapter(4), pseudonym(FINGERPRINT.hex(), VOTER, SALT)
    u = KEY.encode_element(1551509)
    header = header_hash(FINGERPRINT.hex(), "north", name, (("chair", (u,)),))
    parts: list[object] = [[b"chair", [u.encode()]]]
    block = hex_block(text, "valik/v1/ballot-header")
    assert block == frame("ballot-header", FINGERPRINT, b"north", bytes.fromhex(name), parts)  # type: ignore[arg-type]
    assert f"{len(block)} bytes" in text
    assert header.hex() in text
    draws = iter([99, 499])
    masks = draw_masks(KEY.n, 2, lambda _: next(draws))
    challenges = iter([int("11" * 32, 16), 0])
    context = Context(header, "chair")
    proof = membership.prove(KEY, context, Statement(0, u, (1, 4)), 4, 466, masks, draw=lambda _: next(challenges))
    commitments = [int(KEY.decode_element(branch.commitment)) for branch in proof]
    assert commitments == [2560923, 3264672]
    assert [int(KEY.decode_value(branch.response)) for branch in proof] == [1878, 2653]
    assert from_base64url(proof[1].challenge).hex() in text
    e = membership.challenge(KEY, context, 0, (1, 4), 1551509, commitments)
    assert f"{e:064x}" in text
    block = hex_block(text, "valik/v1/membership")
    assert hashlib.sha256(block).hexdigest() == f"{e:064x}"
    assert f"{len(block)} bytes" in text
    for z, value in ((1878, 1869856), (2653, 443729)):
        assert pow(z, 2 * N, N * N) == value
        assert str(value) in text


@pytest.mark.parametrize(
    ("ballots", "pools"),
    [
        ({"a": 19, "b": 19, "c": 2}, (Pool("root", ("a", "c"), 21), Pool("b", ("b",), 19))),
        ({"a": 3, "c": 1}, (Pool("root", ("a", "c"), 4),)),
    ],
)
def test_merging_examples(ballots: dict[str, int], pools: tuple[Pool, ...]) -> None:
    units = (Unit("root", "Root", None, ("chair",)), *(Unit(name, name, "root", ("chair",)) for name in "abc"))
    policies = Policies("auditors", 5, 3, 20, 1000, 10)
    assert merge(replace(election().manifest, units=units, policies=policies), "chair", ballots) == pools


# --- messages


def test_blocks_of_the_chapters_are_the_stored_messages() -> None:
    examples = generator()
    shown: dict[str, str] = {}
    for path in (DOCS / "spec").glob("*.md"):
        shown |= examples.blocks(path.read_text(encoding="utf-8"))
    assert set(KINDS) - set(shown) == {"recorded-vote", "verification-answer"}
    for name, block in shown.items():
        assert examples.unwrap(block) == message(name), name
        assert examples.unwrap(examples.wrap(message(name))) == message(name)


@pytest.mark.parametrize("name", KINDS)
def test_example_decodes_and_a_changed_spelling_does_not(name: str) -> None:
    found = decode(KINDS[name], message(name))
    assert encode(found) == message(name)
    for changed in (b" " + message(name), message(name).replace(b"{", b'{"":0,', 1)):
        with pytest.raises(MalformedMessage):
            decode(KINDS[name], changed)


def test_examples_of_the_authority_are_signed_and_chained() -> None:
    for name, kind in BODIES.items():
        signed = decode(Signed, message(name))
        assert isinstance(signed.body, kind)
        verify_document(signed, pins()[0])
    roll, change = decode(Signed, message("roll")).body, decode(Signed, message("change-set")).body
    assert isinstance(roll, Roll)
    assert isinstance(change, ChangeSet)
    assert change.previous == roll_digest(roll) == election().manifest.roll
    assert election().fingerprint == pins()[1]


def test_example_vote_hangs_together() -> None:
    known = election()
    signed, statement = decode(SignedBallot, message("signed-ballot")), decode(VoteStatement, message("statement"))
    receipt, view = decode(Receipt, message("receipt")), decode(SessionView, message("session-view"))
    assert encode(signed.ballot) == message("ballot")
    assert parse(signed.statement).payload == message("statement")
    assert ballot_digest(signed.ballot) == statement.ballot
    assert pseudonym(known.fingerprint, statement.voter, bytes.fromhex(statement.salt)) == signed.ballot.pseudonym
    assert view.earlier is not None
    assert statement.supersedes == view.earlier.digest
    assert receipt.vote_id == vote_id(message("signed-ballot"))
    assert receipt.entry.digest == digest_of(decode(RecordedVote, message("recorded-vote")))
    assert open_checkpoint(receipt.checkpoint, known.log_trust).checkpoint.size > receipt.index
    verify_latest(decode(SignedLatest, message("signed-latest")), known.collector_key)


def test_example_token_authenticates_the_voter() -> None:
    statement, view = decode(VoteStatement, message("statement")), decode(SessionView, message("session-view"))
    origin, nonce = election().manifest.collector.address, message("nonce").decode()
    moment = from_rfc3339(view.time)
    assert auth_token.verify(message("token"), origin, nonce, moment, election().anchors).voter_id == statement.voter
    chain = parse(decode(SignedBallot, message("signed-ballot")).statement).chain
    assert verify_voter_certificate(chain, Purpose.SIGNATURE, moment, election().anchors).voter_id == statement.voter


def test_example_code_opens_the_ballot() -> None:
    code = read_code(message("verification-code").decode())
    assert code.vote_id == decode(Receipt, message("receipt")).vote_id
    assert pins()[1].startswith(code.fingerprint_prefix)
    assert open_ballot(decode(Ballot, message("ballot")), code.seed, election()) == ((0, 1, 0),)


def test_example_tally_is_signed_and_committed() -> None:
    answer = decode(SignedAnswer, message("signed-answer"))
    trustee = election().manifest.trustees[answer.answer.trustee - 1]
    verify_answer(answer, from_base64url(trustee.signing_key))
    totals, sets = decode(Accounting, message("accounting")), decode(AccountingSets, message("accounting-sets"))
    assert [total.commitment for total in totals.sets] == [commitment(chosen) for chosen in sets.sets]
    fates = {chosen.name: chosen.votes for chosen in sets.sets}
    assert fates == {
        "accepted": (1, 2, 3, 4, 5, 6, 7, 9),
        "superseded": (1,),
        "excluded": (9,),
        "revoked": (6,),
        "counted": (2, 3, 4, 5, 7),
    }


# --- the record


def audited(files: dict[str, bytes]) -> AuditReport:
    return audit(files, *pins(), SYSTEMS, time.perf_counter)


def test_example_record_passes_both_audits() -> None:
    files = record()
    assert audited(files).broken == ()
    assert audited({path: data for path, data in files.items() if path.startswith("public/")}).broken == ()


@pytest.mark.parametrize("path", sorted(record()))
def test_example_record_fails_once_a_byte_is_changed(path: str) -> None:
    files = record()
    data, middle = files[path], len(files[path]) // 2
    files[path] = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    assert audited(files).broken
