"""`valik processor`: after the close, from the ballot box to the published record."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from common.checks.catalogue import COMPLETE
from common.crypto.cryptosystem import KeyProof
from common.crypto.systems import is_toy
from common.errors import ServiceRefused
from common.messages.acts import Signed
from common.messages.election import Election
from common.messages.result import Result, SignedAnswer, Total
from common.tally.evidence import Evidence
from common.tally.record_files import RecordFiles
from common.transport.client import BoxClient, TrusteeClient
from common.transport.connection import Connection, connect
from common.transport.documents import read_authority, read_document, require_free, write_document
from common.transport.options import (
    AuthorityKey,
    Ca,
    Insecure,
    Json,
    ManifestFile,
    TlsCert,
    TlsKey,
    require_permitted,
    say,
    say_if_toy,
    tls_files,
)
from common.transport.pinned import pinned_election
from common.transport.record_folder import read_record, write_record
from tallier.export import write_results
from tallier.opening import Gathered, ask_all
from tallier.process import Fault, Faults, conclude, find_faults
from tallier.process import process as process_evidence
from tallier.processor_folder import ProcessorFolder

Box = Annotated[str, typer.Option("--box", help="Address of the collector's inner door.")]
Folder = Annotated[Path, typer.Argument(help="The folder made by `valik processor process`.")]

processor = typer.Typer(no_args_is_help=True, help="The processor: check, count, have opened and publish.")


def register(app: typer.Typer) -> None:
    """Mount this party's commands."""
    app.add_typer(processor, name="processor")


@processor.command()
def check(
    box: Box,
    manifest: ManifestFile,
    authority: AuthorityKey,
    out: Annotated[Path | None, typer.Option(help="Also write what was found, for `authority exclude`.")] = None,
    ca: Ca = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """After `close`: which votes must be excluded before `final`? Every check on the whole box.

    Of each voter only the first is named, for its exclusion can cure later ones, or bring others: exclude what is
    found and check again, until nothing is found.

    In: the collector's box. Out: a table, and --out. Exit code 0 also if there are some: that is for the authority.
    """
    if out is not None:
        require_free(out)
    election = _open(manifest, read_authority(authority), insecure_parameters)
    faults = find_faults(election, _evidence(box, ca, tls_cert, tls_key), COMPLETE)
    if out is not None:
        write_document(out, Faults(election.fingerprint, faults))
    if as_json or not faults:
        found = [{"index": fault.index, "check": fault.check, "reason": fault.reason} for fault in faults]
        say(as_json, {"faults": found}, "every vote in the box is good. Next: valik authority finalise")
        return
    Console().print(_faults_table(faults))
    say(False, {}, "Next: valik authority exclude, then check again, until nothing is found")


@processor.command()
def process(
    box: Box,
    manifest: ManifestFile,
    authority: AuthorityKey,
    key_proof: Annotated[Path, typer.Option(help="The key proof, key-proof.json.")],
    out: Annotated[
        Path, typer.Option(help="New folder for all that the next steps need. Sworn: it holds who voted.")
    ],
    ca: Ca = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """After `final`: fetch box and log, run every check, strip the names, make the aggregates and the accounting.

    Out: a folder of mode 0700. A trustee who is not on the network is handed its manifest.json, key-proof.json,
    evidence.json and aggregates.json, for `valik trustee answer`.
    """
    require_free(out)
    key = read_authority(authority)
    election, proof = _open(manifest, key, insecure_parameters), read_document(KeyProof, key_proof)
    COMPLETE.run("K3", "key proof", proof, election)
    COMPLETE.run("K4", "verification keys", election, None)
    evidence = _evidence(box, ca, tls_cert, tls_key)
    processed = process_evidence(election, evidence, COMPLETE)
    ProcessorFolder.make(out, read_document(Signed, manifest), proof, key, evidence, processed)
    totals: dict[str, object] = {chosen.name: chosen.votes for chosen in processed.accounting.sets}
    values: dict[str, object] = {"out": str(out), "final_root": processed.aggregates.final_root, **totals}
    counted = ", ".join(f"{number} {name}" for name, number in totals.items())
    aggregates = len(processed.aggregates.aggregates)
    say(as_json, values, f"every check holds: {counted}; {aggregates} aggregates. Next: valik processor open {out}")


@processor.command(name="open")
def open_result(
    folder: Folder,
    trustee: Annotated[list[str] | None, typer.Option(help="Address of a trustee; once for each.")] = None,
    answer: Annotated[
        list[Path] | None, typer.Option(help="What `valik trustee answer` wrote; once for each.")
    ] = None,
    ca: Ca = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """Have the aggregates opened: ask all trustees at the same time, and open with the first good answers.

    A trustee who is down or wrong is named and left out. If too few answer, good answers are kept: run it again.
    """
    kept = ProcessorFolder(folder)
    kept.require_unopened()
    election = kept.election()
    require_permitted(election.insecure, insecure_parameters)
    gathered = Gathered(election, kept.aggregates, COMPLETE)
    for known in kept.answers():
        gathered.take("an answer kept earlier", known)
    for file in answer or []:
        if not gathered.enough and gathered.take(str(file), given := read_document(SignedAnswer, file)):
            kept.keep_answer(given)
    if not gathered.enough:
        own = tls_files(tls_cert, tls_key)
        _ask(kept, gathered, {address: connect(address, ca, own) for address in trustee or []})
    for name, error in gathered.failed.items():
        typer.echo(f"left out {name}: {error}", err=True)
    if not gathered.enough:
        due = election.manifest.key.threshold
        raise ServiceRefused(
            f"{len(gathered.good)} good answers where {due} are due; run this again with more trustees"
        )
    good = [gathered.good[number] for number in sorted(gathered.good)]
    counted = conclude(election, gathered.aggregates, good, gathered.refused, COMPLETE)
    kept.keep_result(counted)
    if not as_json:
        _print_result(election, counted.result)
    totals = {total.contest: list(total.counts) for total in counted.result.totals}
    values = {"trustees": sorted(gathered.good), "left_out": sorted(gathered.failed), "totals": totals}
    say(
        as_json,
        values,
        f"opened by trustees {', '.join(map(str, sorted(gathered.good)))}. Next: valik processor publish",
    )


@processor.command()
def publish(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="New directory for the record.")],
    as_json: Json = False,
) -> None:
    """Write the election record: public/ for everyone, sworn/ for sworn auditors. Next: valik audit."""
    require_free(out)
    kept = ProcessorFolder(folder)
    say_if_toy(kept.election().insecure)
    files = kept.record()
    write_record(out, files)
    say(as_json, {"record": str(out), "files": len(files)}, f"wrote {out}. Next: valik audit {out} --authority …")


@processor.command()
def export(
    record: Annotated[Path, typer.Argument(help="Directory of the record, with public/ and perhaps sworn/.")],
    out: Annotated[Path, typer.Option(help="The CSV file to write.")],
    as_json: Json = False,
) -> None:
    """Write a record's results as CSV: one row for each contest, unit and option, then each contest's total.

    With sworn/ also the voters on the roll at the close. This checks nothing: run `valik audit` on the record first.
    """
    files = RecordFiles(read_record(record))
    say_if_toy(is_toy(files.rules.parameters))
    rows = write_results(files, out)
    say(as_json, {"out": str(out), "rows": rows}, f"wrote {out}: {rows} rows")


# --- inside


def _open(manifest: Path, authority_key: bytes, insecure_parameters: bool) -> Election:
    election = pinned_election(read_document(Signed, manifest), authority_key)
    require_permitted(election.insecure, insecure_parameters)
    return election


def _evidence(box: str, ca: Path | None, cert: Path | None, key: Path | None) -> Evidence:
    with connect(box, ca, tls_files(cert, key)) as connection:
        return BoxClient(connection).evidence()


def _ask(kept: ProcessorFolder, gathered: Gathered, trustees: dict[str, Connection]) -> None:
    manifest, proof, evidence = kept.manifest, kept.key_proof, kept.evidence

    def asking(connection: Connection) -> SignedAnswer:
        with connection:  # each thread drops its own, for nobody waits for the slow ones
            return TrusteeClient(connection).answer(manifest, proof, evidence, gathered.aggregates)

    asked = {name: partial(asking, connection) for name, connection in trustees.items()}
    for given in ask_all(gathered, asked):
        kept.keep_answer(given)


def _faults_table(faults: Sequence[Fault]) -> Table:
    table = Table(title=f"{len(faults)} votes to exclude before final")
    for heading in ("log index", "check", "reason"):
        table.add_column(heading)
    for fault in faults:
        table.add_row(str(fault.index), fault.check, escape(fault.reason))
    return table


def _print_result(election: Election, result: Result) -> None:
    contests = {contest.id: contest for contest in election.manifest.contests}
    for total in result.totals:
        contest = contests[total.contest]
        table = Table(title=escape(contest.title))
        table.add_column("option")
        table.add_column("votes", justify="right")
        for option, count in zip(contest.options, total.counts, strict=True):
            table.add_row(escape(option), str(count))
        table.caption = caption(total)
        Console().print(table)


def caption(total: Total) -> str:
    """How many ballots stand behind a contest's counts, and how many more had to stay closed, if any."""
    closed = f", and {total.unopened} in pools too small to open" if total.unopened else ""
    return f"{total.ballots} ballots{closed}"
