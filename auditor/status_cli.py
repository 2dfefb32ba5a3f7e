"""`valik status`: how an election stands, for everyone who looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from auditor.status import Status, read_status
from common.checks.catalogue import COMPLETE
from common.encoding.times import to_rfc3339
from common.errors import EncodingError, ServiceRefused
from common.messages.acts import Signed
from common.messages.election import Election
from common.ports import Unavailable
from common.routes import HEALTH
from common.transport.client import CollectorClient
from common.transport.connection import Connection, connect
from common.transport.documents import read_document
from common.transport.options import (
    AuthorityKey,
    Ca,
    Json,
    ManifestFile,
    TlsCert,
    TlsKey,
    say,
    say_if_toy,
    tls_files,
)
from common.transport.pinned import read_election
from common.transport.tls import TlsFiles

UNWELL = 1
"""Exit code if a service that was asked after is not well; the election itself is."""


@dataclass(frozen=True, slots=True)
class Lookout:
    """What the command takes from its machine; tests put something else there. `clock`: seconds since 1970."""

    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    connect: Callable[[str, Path | None, TlsFiles | None], AbstractContextManager[Connection]] = connect


@dataclass(frozen=True, slots=True)
class Service:
    """A service that was asked after: what it said, and whether it is well."""

    role: str
    address: str
    well: bool
    said: str


def register(app: typer.Typer) -> None:
    """Mount this party's commands."""
    app.command()(status)


def status(
    context: typer.Context,
    manifest: ManifestFile,
    authority: AuthorityKey,
    trustee: Annotated[list[str] | None, typer.Option(help="Address of a trustee to ask after.")] = None,
    witness: Annotated[list[str] | None, typer.Option(help="Address of a witness to ask after.")] = None,
    extension: Annotated[
        list[Path] | None, typer.Option(help="A signed extension of voting, whose end the log does not tell.")
    ] = None,
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for a collector that is still starting.")] = 0,
    ca: Ca = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    as_json: Json = False,
) -> None:
    """Show how an election stands: its phase, what is in its log, who witnessed that, and who is there.

    Fetches the newest checkpoint and all log entries from the collector that the manifest names, and verifies them.
    Exit code 1 if a trustee or witness that you name is not well. One that lets in only clients with a certificate
    wants to be shown --tls-cert and --tls-key.
    """
    lookout = context.obj if isinstance(context.obj, Lookout) else Lookout()
    own = tls_files(tls_cert, tls_key)
    election = read_election(manifest, authority)
    acts = [read_document(Signed, file) for file in extension or []]
    say_if_toy(election.insecure)
    with lookout.connect(election.manifest.collector.address, ca, own) as connection:
        found = _read(election, CollectorClient(connection), lookout, wait, acts)
    services = [_ask("trustee", address, lookout, ca, own) for address in trustee or []]
    services += [_ask("witness", address, lookout, ca, own) for address in witness or []]
    if not as_json:
        _print(found, services, election)
    say(as_json, _values(found, services, election), f"Phase: {found.phase}.")
    raise typer.Exit(0 if all(service.well for service in services) else UNWELL)


def _read(
    election: Election, collector: CollectorClient, lookout: Lookout, patience: int, acts: Sequence[Signed]
) -> Status:
    """The status; as long as nobody answers, `patience` seconds of tries."""
    for _ in range(patience):
        with suppress(Unavailable):
            return read_status(election, collector, int(lookout.clock()), COMPLETE, acts)
        lookout.sleep(1)
    return read_status(election, collector, int(lookout.clock()), COMPLETE, acts)


def _ask(role: str, address: str, lookout: Lookout, ca: Path | None, own: TlsFiles | None) -> Service:
    with lookout.connect(address, ca, own) as connection:
        try:
            return Service(role, address, True, connection.call(HEALTH, None).service)
        except (ServiceRefused, EncodingError) as error:
            return Service(role, address, False, str(error))


def _values(found: Status, services: Sequence[Service], election: Election) -> dict[str, object]:
    return {
        "title": election.manifest.title,
        "fingerprint": election.fingerprint,
        "phase": found.phase.name.lower(),
        "closes": to_rfc3339(found.closes),
        "extensions": [
            {"index": each.index, "closes": to_rfc3339(each.closes), "in_force": each.in_force}
            for each in found.extensions
        ],
        "size": found.checkpoint.size,
        "root": found.checkpoint.root.hex(),
        "entries": dict(found.entries),
        "cosigned": {name: None if at is None else to_rfc3339(at) for name, at in found.cosigned.items()},
        "services": [
            {"role": service.role, "address": service.address, "well": service.well, "said": service.said}
            for service in services
        ],
    }


def _extensions(found: Status) -> Iterator[str]:
    """What moves the end of voting, as far as it is known here."""
    for each in found.extensions:
        doubt = "" if each.in_force else ", if the witnesses saw it in time: the record will show that"
        yield f"extended to {to_rfc3339(each.closes)} by log entry {each.index}{doubt}"
    unknown = found.entries.get("extension", 0) - len(found.extensions)
    if unknown:
        yield f"extensions in the log of unknown end: {unknown}; give the act, which the authority keeps: --extension"


def _print(found: Status, services: Sequence[Service], election: Election) -> None:
    console = Console(highlight=False, soft_wrap=True, markup=False)
    times = election.manifest.times
    console.print(f"{election.manifest.title}\nfingerprint {election.fingerprint}")
    console.print(f"opens {times.opens}, closes {times.closes}")
    for line in _extensions(found):
        console.print(line)
    table = Table(title="Log", title_justify="left", show_header=False)
    for kind, count in found.entries.items():
        table.add_row(f"{kind} entries", str(count))
    table.add_row("all entries", str(found.checkpoint.size))
    console.print(table)
    console.print(f"root {found.checkpoint.root.hex()}")
    witnesses = Table(title=f"Newest checkpoint (quorum {election.manifest.witnesses.quorum})", title_justify="left")
    witnesses.add_column("witness")
    witnesses.add_column("cosigned")
    for name, at in found.cosigned.items():
        witnesses.add_row(name, "not this one" if at is None else to_rfc3339(at))
    console.print(witnesses)
    for service in services:
        console.print(f"{service.role} {service.address}: {service.said}", style=None if service.well else "bold red")
