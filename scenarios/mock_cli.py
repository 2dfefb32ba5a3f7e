"""`valik mock`: play a whole election from its definition, and leave an audited record."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from auditor.audit import audit
from auditor.findings import AuditReport
from auditor.report import render_html, render_text
from common.crypto.systems import SYSTEMS, require_secure
from common.errors import SetupError
from common.messages.draft import Draft
from common.transport.documents import read_authority
from common.transport.options import Insecure
from common.transport.record_folder import read_record
from scenarios.definition.toml_file import load_definition
from scenarios.display import Display, show_summary, summary_sections
from scenarios.mock_election import MockElection
from scenarios.played import Played
from scenarios.separate_election import SeparateElection
from scenarios.supervisor import Supervisor
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
    in_memory: Annotated[bool, typer.Option("--in-memory", help="All parties in one process, without HTTP.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="At the end let the services run until Ctrl-C.")] = False,
    insecure_parameters: Insecure = False,
    as_json: Annotated[bool, typer.Option("--json", help="The audit report as JSON instead of tables.")] = False,
) -> None:
    """Play a whole election: set-up, voting, counting, opening, audit.

    Every party is a process of its own, with a folder of its own, and they meet over HTTP on this computer; voters
    vote at the same time. The election's days are counted from now. At the end the announced result is compared with
    what the mock voters meant, and the written record is audited from its files.
    Exit code 0: audit passed and result as meant. 1: not so. 2: the election could not be held.
    """
    if keep and in_memory:
        raise SetupError("--keep needs services, and --in-memory has none; leave one out")
    console = Console(stderr=as_json, highlight=False)
    chosen = load_definition(definition, roll, parameters=parameters, voters=voters)
    require_secure(SYSTEMS[chosen.draft.parameters].insecure, insecure_parameters)
    plan, root = make_plan(chosen, seed), free_folder(out)
    with ExitStack() as premises, written_into(root):
        with Display(console) as display:
            display.title(chosen.draft.title, chosen.draft.parameters, len(chosen.roll))
            if in_memory:
                election = MockElection(chosen, plan, Workplace(root), display.stage)
                played = election.run(insecure_parameters=insecure_parameters)
            else:
                supervisor = premises.enter_context(Supervisor(new_folder_for_logs(root)))
                played = SeparateElection(
                    chosen, plan, root, supervisor, display.stage, insecure_parameters=insecure_parameters
                ).run()
                if not keep:
                    supervisor.stop(*supervisor.services)
            report = audit_from_disk(root, display)
        page = render_html(report, summary_sections(played, chosen.draft))
        (root / "report.html").write_text(page, encoding="utf-8")
        show(console, report, played, chosen.draft, root, as_json=as_json)
        if keep:
            wait_for_interrupt(console, supervisor)
    if not report.passed or played.differences:
        raise typer.Exit(1)


def show(console: Console, report: AuditReport, played: Played, draft: Draft, root: Path, *, as_json: bool) -> None:
    """Results and audit, as tables or as the audit's JSON."""
    if as_json:
        typer.echo(report.to_json())
        return
    show_summary(console, played, draft, root)
    render_text(report, console, results=False)


def wait_for_interrupt(console: Console, supervisor: Supervisor) -> None:
    """Say where the services are, and let them be until Ctrl-C or until one ends."""
    for service in supervisor.services:
        console.print(f"  {service.party}: {doors(service.addresses)}", markup=False)
    console.print("The services run until you press Ctrl-C.")
    with suppress(KeyboardInterrupt):
        while True:
            supervisor.require_alive()
            time.sleep(1)


def doors(addresses: Mapping[str, str]) -> str:
    """A service's doors: the first is for everyone; the collector's inner one hands out the ballot box."""
    first, *others = (
        address if name == "ready" else f"{address} (the inner door, for authority and processor: --box)"
        for name, address in addresses.items()
    )
    return ", ".join([first, *others])


def new_folder_for_logs(root: Path) -> Path:
    """Make the election's folder, and the one in it for what its processes have to say, which is returned."""
    logs = root / "logs"
    logs.mkdir(parents=True)
    return logs


@contextmanager
def written_into(root: Path) -> Iterator[None]:
    """`SetupError` where the folder, or the collector's database in it, cannot be written."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, sqlite3.OperationalError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        advice = "make room, or name another folder with --out"
        raise SetupError(f"{root}: cannot be written ({reason}); {advice}") from None


def audit_from_disk(root: Path, display: Display) -> AuditReport:
    """What any auditor would do: the record's files, the pinned key and fingerprint, nothing else."""
    key = read_authority(str(root / "authority.key"))
    fingerprint = (root / "fingerprint.txt").read_text(encoding="ascii").strip()
    files = read_record(root / "record")
    return audit(files, key, fingerprint, SYSTEMS, time.perf_counter, display.audit_progress())
