"""`valik audit` and its reports: what people and shells see."""

from __future__ import annotations

import io
import json
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

from auditor import cli
from auditor.audit import audit
from auditor.findings import AuditReport
from auditor.ledger import Failure
from auditor.report import Section, render_html, render_text
from common.crypto.systems import SYSTEMS
from common.encoding.octets import to_base64url
from common.errors import Party

Files = dict[str, bytes]
VOID = {"meta", "rect", "link", "img", "br"}


class Outline(HTMLParser):
    """Elements and attributes of a page; every element must be closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.fixture(scope="module")
def report(toy_record: Files, toy_authority: bytes) -> AuditReport:
    return audit(toy_record, toy_authority, None, SYSTEMS, time.perf_counter)


def failed(report: AuditReport) -> AuditReport:
    first = replace(report.rows[0], result="fail", failures=(Failure("<b>x</b>", Party.PROCESSOR, "broken"),) * 9)
    return replace(report, rows=(first, *report.rows[1:]))


def printed(report: AuditReport) -> list[str]:
    stream = io.StringIO()
    render_text(report, Console(file=stream, width=100))
    return stream.getvalue().splitlines()


def test_page_is_self_contained(report: AuditReport) -> None:
    page = render_html(report, [Section("Costs", "A <note>", ("Phase", "Seconds"), (("tally", "1.5"),))])
    outline = Outline(page)
    assert outline.tags.isdisjoint({"script", "link", "img", "iframe"})
    assert outline.attributes.isdisjoint({"src", "href", "onclick", "style"})
    assert "http://" not in page
    assert "https://" not in page
    assert "A &lt;note&gt;" in page
    assert "TOY PARAMETERS" in page
    assert "Not for real elections" in page


def test_page_of_a_failed_audit_names_the_checks_and_escapes(report: AuditReport) -> None:
    page = render_html(failed(report))
    Outline(page)
    assert "AUDIT FAIL: F1" in page
    assert "not confirmed" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "and 4 more" in page


def test_text_ends_with_the_verdict_and_lists_every_check(report: AuditReport) -> None:
    lines = printed(report)
    assert lines[-1] == "AUDIT PASS"
    assert all(any(line.split()[:1] == [row.id] for line in lines) for row in report.rows)
    assert printed(failed(report))[-1] == "AUDIT FAIL"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory, toy_record: Files, toy_authority: bytes) -> Path:
    base = tmp_path_factory.mktemp("record")
    for path, data in toy_record.items():
        (base / "record" / path).parent.mkdir(parents=True, exist_ok=True)
        (base / "record" / path).write_bytes(data)
    (base / "key").write_text(to_base64url(toy_authority) + "\n")
    return base


def run(*arguments: str | Path) -> Result:
    app = typer.Typer(pretty_exceptions_enable=False)
    cli.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_command_audits_a_record_or_its_public_part(directory: Path, toy_authority: bytes) -> None:
    whole = run(directory / "record", "--authority", directory / "key")
    assert (whole.exit_code, whole.stdout.splitlines()[-1]) == (0, "AUDIT PASS")
    public = run(directory / "record" / "public", "--authority", to_base64url(toy_authority), "--json")
    assert public.exit_code == 0
    assert json.loads(public.stdout)["scope"] == "public"


def test_wrong_key_hints_at_the_option_and_the_right_one_does_not(directory: Path) -> None:
    hint = "K1 failed: hold --authority and --fingerprint against what was announced"
    wrong = run(directory / "record", "--authority", to_base64url(bytes(32)))
    assert wrong.exit_code == 1
    assert hint in " ".join(wrong.stderr.split())
    assert hint not in " ".join(run(directory / "record", "--authority", directory / "key").stderr.split())


def test_command_demands_the_sworn_part_if_told(directory: Path) -> None:
    assert run(directory / "record", "--authority", directory / "key", "--sworn").exit_code == 0
    without = run(directory / "record" / "public", "--authority", directory / "key", "--sworn")
    assert without.exit_code == 2
    assert "there is no sworn/ in it" in without.stderr


def test_command_writes_the_page(directory: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run(directory / "record", "--authority", directory / "key", "--html", page)
    assert "AUDIT PASS" in page.read_text(encoding="utf-8")


def test_command_exits_1_on_a_failed_audit(directory: Path) -> None:
    result = run(directory / "record" / "public", "--authority", directory / "key", "--fingerprint", "00" * 32)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "AUDIT FAIL")


@pytest.mark.parametrize(
    "authority",
    ["", "AAAA", "?", "A" * 5000, "/nowhere", "/", "\x00"],
    ids=["", "short", "?", "long", "no", "/", "0"],
)
def test_command_exits_2_on_an_unusable_key(directory: Path, authority: str) -> None:
    result = run(directory / "record", "--authority", authority)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_command_exits_2_on_what_is_no_record(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "link").symlink_to(directory / "key")
    for record in (tmp_path, directory / "key", directory / "nowhere", directory):
        result = run(record, "--authority", directory / "key")
        assert (result.exit_code, result.exception.__class__) == (2, SystemExit)
    assert run(directory / "record", "--authority", directory / "key", "--fingerprint", "AB").exit_code == 2
