"""`valik mock`: play a whole election from its definition, and leave an audited record."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from auditor.audit import audit
from auditor.cli import read_record
from auditor.findings import AuditReport
from auditor.report import render_html, render_text
from common.crypto.systems import SYSTEMS
from common.encoding.octets import from_base64url
from common.errors import SetupError
from scenarios.definition.toml_file import load_definition
from scenarios.display import Display, show_summary, summary_sections
from scenarios.mock_election import MockElection
from scenarios.wishes import make_plan
from scenarios.workplace import Workplace, free_folder


def register(app: typer.Typer) -> None:
    """Mount the command."""
    app.command("mock")(mock)


def mock(
    definition: Annotated[Path, typer.Argument(help="The election: a TOML file (see `valik election new`).")],
    roll: Annotated[Path | None, typer.Option(help="Voter roll in CSV: name,code,unit.")] = None,
    voters: Annotated[int | None, typer.Option(min=1, help="Make up this many voters instead.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the population: who votes when for what.")] = None,
    parameters: Annotated[str | None, typer.Option(help="paillier-3072, paillier-2048 or toy-512.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for all that comes out; never overwritten.")] = Path("election"),
    insecure_parameters: Annotated[bool, typer.Option(help="Allow toy parameters. No secrecy at all.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The audit report as JSON instead of tables.")] = False,
) -> None:
    """Play a whole election in one process: set-up, voting, counting, opening, audit.

    Every party is an object of its own and meets the others only through the protocol's messages. At the end the
    announced result is compared with what the mock voters meant, and the written record is audited from its files.
    Exit code 0: audit passed and result as meant. 1: not so. 2: the election could not be held.
    """
    console = Console(stderr=as_json, highlight=False)
    chosen = load_definition(definition, roll, parameters=parameters, voters=voters)
    require_secure(chosen.draft.parameters, insecure_parameters)
    plan = make_plan(chosen, seed)
    workplace = Workplace(free_folder(out))
    with written_into(workplace), Display(console) as display:
        display.title(chosen.draft.title, chosen.draft.parameters, len(chosen.roll))
        played = MockElection(chosen, plan, workplace, display.stage).run(insecure_parameters=insecure_parameters)
        report = audit_from_disk(workplace, display)
        page = render_html(report, summary_sections(played, chosen.draft))
        (workplace.root / "report.html").write_text(page, encoding="utf-8")
    if as_json:
        typer.echo(report.to_json())
    else:
        show_summary(console, played, chosen.draft, workplace.root)
        render_text(report, console, results=False)
    if not report.passed or played.differences:
        raise typer.Exit(1)


@contextmanager
def written_into(workplace: Workplace) -> Iterator[None]:
    """`SetupError` where the folder, or the collector's database in it, cannot be written."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, sqlite3.OperationalError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        advice = "make room, or name another folder with --out"
        raise SetupError(f"{workplace.root}: cannot be written ({reason}); {advice}") from None


def require_secure(parameters: str, insecure_parameters: bool) -> None:
    """`SetupError` for toy parameters that nobody asked for."""
    if SYSTEMS[parameters].insecure and not insecure_parameters:
        raise SetupError(f"{parameters} protects nothing; add --insecure-parameters if that is what you want")


def audit_from_disk(workplace: Workplace, display: Display) -> AuditReport:
    """What any auditor would do: the record's files, the pinned key and fingerprint, nothing else."""
    key = from_base64url(workplace.authority_key.read_text(encoding="ascii").strip())
    fingerprint = (workplace.root / "fingerprint.txt").read_text(encoding="ascii").strip()
    files = read_record(workplace.record)
    return audit(files, key, fingerprint, SYSTEMS, time.perf_counter, display.audit_progress())
