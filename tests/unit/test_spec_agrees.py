"""The specification names all that the code uses: checks, domain tags, message fields, numbers, its own sections."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector import accept, notices, sessions
from common.checks import floors
from common.checks.casting import AT_INTAKE, IN_THE_BOX
from common.checks.catalogue import CHECKS, DEFENCES
from common.crypto import batch, encoding_schemes, keyproof, membership, paillier, threshold
from common.eid import auth_token, certificates, ocsp, signing
from common.encoding import canonical
from common.errors import Party
from common.log import note
from common.messages import ballot
from common.tally import record_files

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "docs" / "spec"
PACKAGES = ("valik", "common", "voter_client", "collector", "tallier", "auditor", "scenarios")
TAGGED = {"tagged_hash", "tagged_hex", "frame", "full_domain_hash", "sign", "verify"}
RUNNERS = {
    "cl": Party.CLIENT,
    "de": Party.DEVICE,
    "co": Party.COLLECTOR,
    "pr": Party.PROCESSOR,
    "tr": Party.TRUSTEE,
    "pa": Party.PUBLIC_AUDITOR,
    "sa": Party.SWORN_AUDITOR,
}
NUMBERS = {
    "largest integer in a message": [(canonical.MAX_SAFE_INTEGER, "2^53 − 1")],
    "arrays and objects around a value, fewer than": [(canonical.MAX_DEPTH, "32")],
    "salt, seed": [(ballot.SALT_LENGTH, "32"), (ballot.SEED_LENGTH, "32"), (paillier.SEED_BYTES, "32")],
    "headroom": [(encoding_schemes.HEADROOM_BITS, "130")],
    "membership challenge, share challenge": [
        (membership.CHALLENGES.bit_length() - 1, "256"),
        (threshold.CHALLENGE_BITS, "256"),
    ],
    "batch weight": [(batch.WEIGHT_BITS, "128")],
    "n-th roots, square roots in a key proof": [(keyproof.ROOTS, "16"), (keyproof.SQUARE_ROOTS, "256")],
    "smallest prime factor allowed": [(keyproof.SMALLEST_FACTOR, "2^16")],
    "certificates in a chain; bytes of one": [
        (certificates.MAX_CHAIN, "2"),
        (certificates.MAX_CERTIFICATE_BYTES, "8192"),
    ],
    "characters of a JWS": [(signing.MAX_JWS_LENGTH, "40000")],
    "bytes of an OCSP response": [(ocsp.MAX_RESPONSE_BYTES, "16384")],
    "bytes of a Web eID token": [(auth_token.MAX_TOKEN_LENGTH, "16384")],
    "characters of a nonce, at least": [(auth_token.MIN_NONCE_LENGTH, "44")],
    "bytes of a note, signature lines of a note": [(note.MAX_NOTE_LENGTH, "131072"), (note.MAX_SIGNATURES, "100")],
    "smallest threshold": [(floors.MINIMUM_THRESHOLD, "2")],
    "smallest minimum aggregate": [(floors.MINIMUM_AGGREGATE, "2")],
    "most proof branches in a ballot": [(floors.MAXIMUM_BRANCHES, "2000")],
    "most bytes of a vote": [(floors.MAXIMUM_VOTE_BYTES, "16000000")],
    "longest grace, max_age, skew": [(floors.MAXIMUM_CLOCK_SECONDS, "86400")],
    "longest extension, all together": [(floors.MAXIMUM_EXTENSION_SECONDS, "604800")],
    "lines in a shard of the record": [(record_files.SHARD_LINES, "256")],
    "lifetime of a nonce, of a session": [(sessions.NONCE_SECONDS, "300"), (sessions.SESSION_SECONDS, "3600")],
    "subscriptions of one voter, notices at once": [(notices.SUBSCRIPTIONS, "8"), (notices.AT_ONCE, "100")],
    "window of the rate limit": [(accept.HOUR, "3600")],
}


def chapter(number: int) -> str:
    (found,) = SPEC.glob(f"{number:02}-*.md")
    return found.read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    start = text.index(f"\n## {heading}")
    end = text.find("\n## ", start + 1)
    return text[start:] if end < 0 else text[start:end]


def unwrapped(text: str) -> str:
    """The text without its line breaks."""
    return " ".join(text.split())


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row."""
    for line in text.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def tags_in_code() -> set[str]:
    """The first text among the arguments of every tagged hash and every service's signature."""
    found = set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in TAGGED and _is_tagged(node.func):
                texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                found.update(texts[:1])
    return found


def _name(function: ast.expr) -> str:
    return (
        function.attr
        if isinstance(function, ast.Attribute)
        else function.id
        if isinstance(function, ast.Name)
        else ""
    )


def _is_tagged(function: ast.expr) -> bool:
    """`sign` and `verify` are those of `service_keys`."""
    of_services = isinstance(function, ast.Attribute) and _name(function.value) == "service_keys"
    return of_services or _name(function) not in {"sign", "verify"}


def fields_in_code(folder: str) -> Iterator[tuple[str, str]]:
    """(class, field) of every message that is declared in a folder; private ones never travel."""
    for path, tree in sources():
        if not path.is_relative_to(ROOT / folder):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and any(_name(d) == "message" for d in node.decorator_list):
                for item in node.body:
                    if isinstance(item, ast.AnnAssign) and not node.name.startswith("_"):
                        yield node.name, _name(item.target)


def test_spec_defines_every_check_as_the_catalogue_does() -> None:
    listed = {cells[0]: cells[1:] for cells in rows(chapter(12)) if re.fullmatch(r"[A-Z]\d+", cells[0])}
    assert set(listed) == {check.id for check in CHECKS} | {defence.id for defence in DEFENCES}
    for check in CHECKS:
        claim, runners, at_fault = listed[check.id]
        assert claim == check.claim, check.id
        assert {RUNNERS[word] for word in re.findall(r"\b[a-z]{2}\b", runners) if word in RUNNERS} == check.runners, (
            check.id
        )
        assert at_fault == check.at_fault, check.id
    for defence in DEFENCES:
        assert listed[defence.id][0] == defence.claim
    text = chapter(12)
    assert [check.id for check in CHECKS if f"**{check.id}.**" not in text and not check.id.startswith("L")] == []


def test_spec_gives_the_orders_in_which_votes_are_checked() -> None:
    intake, box = ", ".join(AT_INTAKE), ", ".join(IN_THE_BOX)
    assert f"**Check** {intake} on the collector's clock" in unwrapped(section(chapter(9), "9.2"))
    rules = unwrapped(section(chapter(12), "12.2"))
    assert f"The collector runs them in the order {intake}, then fetches the OCSP response" in rules
    assert f"In the box the order is {box} vote by vote" in rules


def test_every_check_that_the_documents_mention_exists() -> None:
    known = {check.id for check in CHECKS} | {defence.id for defence in DEFENCES}
    for path in [*SPEC.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "adr").glob("*.md")]:
        text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"`[^`]{20,}`", "", text)
        mentioned = set(re.findall(r"\b[BCDFKLRTV]\d{1,2}\b", text))
        assert mentioned <= known, path.name


def test_spec_lists_exactly_the_domain_tags_in_use() -> None:
    listed = {cells[0].strip("`") for cells in rows(section(chapter(2), "2.6")) if cells[0].startswith("`")}
    assert tags_in_code() == listed


def test_tag_finder_sees_hashes_and_signatures() -> None:
    found = tags_in_code()
    assert {"ballot", "keyproof/two", "latest", "sealed-share"} <= found
    assert "example" not in found


@pytest.mark.parametrize(
    ("folder", "number"), [("common/messages", 8), ("tallier/ceremony.py", 8), ("tallier/trustee_state.py", 11)]
)
def test_spec_names_every_field_of_every_message(folder: str, number: int) -> None:
    text = chapter(number)
    found = list(fields_in_code(folder))
    assert len(found) > 5
    assert [f"{kind}.{field}" for kind, field in found if f"`{field}`" not in text] == []


def test_spec_names_every_message_format() -> None:
    formats = set()
    for path, tree in sources():
        if path.parent.name == "messages":
            formats |= {
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value.startswith("valik/v1/")
            }
    assert len(formats) > 10
    assert [name for name in formats if f'"{name}"' not in chapter(8)] == []


def test_spec_states_the_numbers_of_the_code() -> None:
    listed = {cells[0]: cells[1] for cells in rows(section(chapter(2), "2.8"))}
    assert set(listed) - {"number", "---"} == set(NUMBERS)
    for label, values in NUMBERS.items():
        for value, written in values:
            base, _, exponent = written.removesuffix(" − 1").partition("^")
            number = int(base) ** int(exponent or 1) - written.endswith(" − 1")
            assert value == number, label
            assert written in listed[label], label


def test_spec_has_every_section_that_the_code_cites() -> None:
    headings = set()
    for path in SPEC.glob("[0-9]*.md"):
        headings |= set(re.findall(r"^##? (\d+(?:\.\d+)?) ", path.read_text(encoding="utf-8"), flags=re.MULTILINE))
    cited = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for number in re.findall(r"\bspec (?:chapter )?(\d+(?:\.\d+)?)", path.read_text(encoding="utf-8")):
                cited[number] = path.name
    assert len(cited) > 10
    assert {number: file for number, file in cited.items() if number not in headings} == {}


def test_spec_sections_refer_to_sections_that_exist() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in SPEC.glob("*.md")}
    headings = {
        number for text in texts.values() for number in re.findall(r"^## (\d+\.\d+) ", text, flags=re.MULTILINE)
    }
    for name, text in texts.items():
        plain = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
        cited = set(re.findall(r"\((\d{1,2}\.\d{1,2})[),;]", plain))
        assert cited <= headings, name


def test_reading_order_names_files_that_exist() -> None:
    folder, found = ROOT, 0
    for path in re.findall(r"`([\w/]+\.py)`", (ROOT / "docs" / "reading-order.md").read_text(encoding="utf-8")):
        file = ROOT / path if "/" in path else folder / path
        assert file.is_file(), path
        folder, found = file.parent, found + 1
    assert found > 50
