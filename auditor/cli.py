"""`valik audit`: audit an election record on this machine's disk."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from auditor.audit import audit as run_audit
from auditor.report import render_html, render_text
from common.crypto.systems import SYSTEMS
from common.encoding.octets import from_hex
from common.errors import EncodingError, SetupError
from common.tally.record_files import RecordFiles
from common.transport.documents import read_authority
from common.transport.record_folder import read_record

UNUSABLE = 2
"""Exit code for input that cannot be audited at all; 1 says that an audit failed, 0 that it passed."""


def register(app: typer.Typer) -> None:
    """Mount this party's commands."""
    app.command()(audit)


def audit(
    record: Annotated[Path, typer.Argument(help="Directory of the record: with public/, or public/ itself.")],
    authority: Annotated[
        str, typer.Option(help="The election authority's key: a file that holds it, or unpadded base64url itself.")
    ],
    fingerprint: Annotated[
        str | None, typer.Option(help="The election fingerprint as announced, 64 hex digits.")
    ] = None,
    sworn: Annotated[
        bool, typer.Option("--sworn", help="Demand the whole record: refuse one without its sworn part.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    html: Annotated[Path | None, typer.Option(help="Also write the report as a page to this file.")] = None,
) -> None:
    """Repeat every check on an election record. Exit code 0: passed, 1: failed, 2: cannot be audited.

    A record without sworn/ is audited as anybody can, which says nothing of who voted. Sworn auditors give --sworn.
    """
    try:
        files = read_record(record)
        if sworn and not RecordFiles(files).sworn:
            raise SetupError("there is no sworn/ in it; ask for the whole record, or leave out --sworn")
        key = read_authority(authority)
        pinned = fingerprint if fingerprint is None else from_hex(fingerprint, 32).hex()
    except (OSError, SetupError, EncodingError) as error:
        _refuse(error)
    console, hints = Console(), Console(stderr=True)
    with hints.status("auditing") as status:
        report = run_audit(
            files, key, pinned, SYSTEMS, time.perf_counter, lambda check, count: status.update(f"{check}: {count}")
        )
    if html is not None:
        try:
            html.write_text(render_html(report), encoding="utf-8")
        except OSError as error:
            _refuse(SetupError(f"the page cannot be written ({error.strerror}); name another file with --html"))
    if as_json:
        typer.echo(report.to_json())
    else:
        render_text(report, console)
    if any(row.id == "K1" and row.failures for row in report.rows):
        hints.print("K1 failed: hold --authority and --fingerprint against what was announced", style="red")
    raise typer.Exit(0 if report.passed else 1)


def _refuse(error: Exception) -> NoReturn:
    typer.echo(f"cannot audit this: {error}", err=True)
    raise typer.Exit(UNUSABLE) from error
