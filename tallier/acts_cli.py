"""The acts of `valik authority`, from `change-roll` to `finalise`: each is signed, kept, sent and logged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from common.checks.catalogue import COMPLETE
from common.checks.setup import require_change
from common.errors import RuleBroken, SetupError
from common.log.witnessed import verify_log_signature
from common.messages.acts import Exclusion, Order, Signed
from common.messages.election import Election
from common.ports import BoxPort, LogPort
from common.transport.client import BoxClient, CollectorClient
from common.transport.connection import connect
from common.transport.documents import read_document
from common.transport.key_files import held_alone, load_signing_key
from common.transport.options import Ca, Json, ManifestFile, TlsCert, TlsKey, say, say_if_toy, tls_files
from common.transport.pinned import pinned_election
from tallier.authority import Authority
from tallier.authority_keys_cli import KEY
from tallier.outbox import Outbox, open_outbox
from tallier.process import Fault, Faults, find_faults
from tallier.wanted import read_changes, read_reason, read_time, read_voters

Folder = Annotated[Path, typer.Argument(help="The authority's own folder, which signed the manifest.")]
Box = Annotated[str, typer.Option("--box", help="Address of the collector's inner door.")]
Log = Annotated[
    str | None, typer.Option("--collector", help="Address of the collector's public door, if not the manifest's.")
]
Reason = Annotated[str, typer.Option("--reason", callback=read_reason, help="Why; everyone will read it.")]

commands = typer.Typer()


@dataclass(frozen=True, slots=True)
class Desk:
    """Where acts are signed: the authority, its election, what it signed before, and the collector's doors."""

    authority: Authority
    election: Election
    outbox: Outbox
    box: BoxPort
    log: LogPort

    def send(self, sign: Callable[[], Signed], require: Callable[[Signed], object] = lambda _: None) -> int:
        """The log index of the act that `sign` makes."""
        return self.outbox.send(sign, self.box, require)

    def size(self) -> int:
        """The log's size, by its newest public checkpoint."""
        return verify_log_signature(self.log.checkpoint(), self.election.log_trust).size

    def require_none(self, kind: str, state: str, following: str) -> None:
        """`SetupError`, with what comes next, if an order of this kind was logged before."""
        if any(order.kind == kind for order in self.outbox.logged(Order)):
            raise SetupError(f"the log is {state} already. Next: {following}")

    def require_roll_change(self, signed: Signed) -> None:
        """What the collector will demand, before it is asked."""
        history = self.outbox.history().apply(require_change(signed, self.election))
        if history.ever > self.election.manifest.max_ballots:
            raise RuleBroken("more voters than max_ballots would have been on the roll")

    def require_found(self, wanted: Sequence[Fault]) -> None:
        """`RuleBroken` unless the box itself shows these faults: a needless exclusion (B5) stops the count."""
        found = {(fault.index, fault.check) for fault in find_faults(self.election, self.box.evidence(), COMPLETE)}
        for fault in wanted:
            if (fault.index, fault.check) not in found:
                raise RuleBroken(
                    f"log entry {fault.index} is not among the votes that `valik processor check` finds to fail "
                    f"{fault.check}; to exclude it would spoil the election"
                )


def open_authority(folder: Path) -> Authority:
    """The authority of a folder; `SetupError` for a folder that is none."""
    return Authority(load_signing_key(folder / KEY))


@contextmanager
def _desk(
    folder: Path,
    manifest: Path,
    box: str,
    ca: Path | None,
    cert: Path | None,
    key: Path | None,
    collector: str | None = None,
) -> Iterator[Desk]:
    signer, own = open_authority(folder), tls_files(cert, key)
    election = pinned_election(read_document(Signed, manifest), signer.public_key)
    say_if_toy(election.insecure)
    address = collector or election.manifest.collector.address
    with held_alone(folder), ExitStack() as doors:
        inner = BoxClient(doors.enter_context(connect(box, ca, own)))
        public = CollectorClient(doors.enter_context(connect(address, ca, own)))
        yield Desk(signer, election, open_outbox(folder, election), inner, public)


@commands.command(name="change-roll")
def change_roll(
    folder: Folder,
    manifest: ManifestFile,
    box: Box,
    changes: Annotated[
        Path,
        typer.Option(help="Roll changes: a message, or CSV lines voter,name,unit (adds or moves) or voter,remove."),
    ],
    ca: Ca = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    as_json: Json = False,
) -> None:
    """Add, move or remove voters: the roll's next version. A removal revokes the votes logged before it."""
    wanted = read_changes(changes)
    with _desk(folder, manifest, box, ca, tls_cert, tls_key) as at:
        index = at.send(
            lambda: at.authority.change_roll(at.election, at.outbox.newest_roll(), wanted),
            at.require_roll_change,
        )
        version = at.outbox.history().version
    values = {"index": index, "version": version, "changes": len(wanted)}
    say(as_json, values, f"logged at {index}: version {version} of the roll, {len(wanted)} changes")


@commands.command()
def revoke(
    folder: Folder,
    manifest: ManifestFile,
    box: Box,
    voters: Annotated[list[Path], typer.Option(help="File of voter ids or personal codes, one a line; - to type.")],
    reason: Reason = "voted on paper",
    ca: Ca = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    as_json: Json = False,
) -> None:
    """These voters' electronic votes do not count, for they voted on paper. Before `finalise`."""
    ids = read_voters(voters)
    with _desk(folder, manifest, box, ca, tls_cert, tls_key) as at:
        index = at.send(lambda: at.authority.revoke(at.election, ids, reason))
    say(as_json, {"index": index, "voters": len(ids)}, f"logged at {index}: the votes of {len(ids)} voters revoked")


@commands.command()
def exclude(
    folder: Folder,
    manifest: ManifestFile,
    box: Box,
    faults: Annotated[Path | None, typer.Option(help="What `valik processor check --out` wrote.")] = None,
    index: Annotated[int | None, typer.Option(min=0, help="Or one vote: its log index …")] = None,
    check: Annotated[str | None, typer.Option(help="… the check that fails on it, such as C2 …")] = None,
    reason: Annotated[str | None, typer.Option(callback=read_reason, help="… and why.")] = None,
    ca: Ca = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    as_json: Json = False,
) -> None:
    """Leave out votes on which a check fails. Between `close` and `finalise`; every audit reports it.

    Every check is run on the whole box first, for an exclusion without cause cannot be taken back.
    """
    with _desk(folder, manifest, box, ca, tls_cert, tls_key) as at:
        wanted = _wanted(at.election, faults, index, check, reason)
        before = {(act.index, act.check) for act in at.outbox.logged(Exclusion)}
        due = [fault for fault in wanted if (fault.index, fault.check) not in before]
        if due:
            at.require_found(due)
        indices = [at.send(partial(_exclusion, at, fault)) for fault in due]
    values = {"indices": indices, "excluded": len(due), "before": len(wanted) - len(due)}
    say(as_json, values, f"{len(due)} votes excluded, {len(wanted) - len(due)} had been before")


@commands.command()
def extend(
    folder: Folder,
    manifest: ManifestFile,
    box: Box,
    closes: Annotated[
        str, typer.Option(callback=read_time, help="The new end of voting, such as 2027-03-05T20:00:00Z.")
    ],
    reason: Reason,
    ca: Ca = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    as_json: Json = False,
) -> None:
    """Voting ends later. It must be logged before the end that stood so far."""
    with _desk(folder, manifest, box, ca, tls_cert, tls_key) as at:
        index = at.send(lambda: at.authority.extend(at.election, closes, reason))
    say(as_json, {"index": index, "closes": closes}, f"logged at {index}: voting ends at {closes}")


@commands.command()
def abandon(
    folder: Folder,
    manifest: ManifestFile,
    box: Box,
    reason: Reason,
    collector: Log = None,
    ca: Ca = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    as_json: Json = False,
) -> None:
    """Give the election up: nothing is counted, ever. This cannot be undone."""
    with _desk(folder, manifest, box, ca, tls_cert, tls_key, collector) as at:
        index = at.send(lambda: at.authority.abandon(at.election, at.size(), reason))
    say(as_json, {"index": index}, f"logged at {index}: the election is abandoned; nothing of it will be counted")


@commands.command()
def close(
    folder: Folder,
    manifest: ManifestFile,
    box: Box,
    collector: Log = None,
    ca: Ca = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    as_json: Json = False,
) -> None:
    """Order the end of voting into the log, once it has come. Next: processor check."""
    with _desk(folder, manifest, box, ca, tls_cert, tls_key, collector) as at:
        at.require_none("close", "closed", "valik processor check")
        index = at.send(lambda: at.authority.order(at.election, "close", at.size()))
    say(as_json, {"index": index}, f"logged at {index}: close. Next: valik processor check")


@commands.command()
def finalise(
    folder: Folder,
    manifest: ManifestFile,
    box: Box,
    collector: Log = None,
    ca: Ca = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    as_json: Json = False,
) -> None:
    """Order the final tree, after every exclusion and revocation; nothing can follow. Next: processor process."""
    with _desk(folder, manifest, box, ca, tls_cert, tls_key, collector) as at:
        at.require_none("final", "final", "valik processor process")
        index = at.send(lambda: at.authority.order(at.election, "final", at.size()))
    say(as_json, {"index": index}, f"logged at {index}: final. Next: valik processor process")


def _wanted(
    election: Election, file: Path | None, index: int | None, check: str | None, reason: str | None
) -> Sequence[Fault]:
    if file is not None and (index, check, reason) == (None, None, None):
        found = read_document(Faults, file)
        if found.fingerprint != election.fingerprint:
            raise SetupError(f"{file} is about another election")
        return found.faults
    if file is not None or index is None or check is None or reason is None:
        raise SetupError("give either --faults, or all of --index, --check and --reason")
    return (Fault(index, check, reason),)


def _exclusion(at: Desk, fault: Fault) -> Signed:
    return at.authority.exclude(at.election, fault.index, fault.check, fault.reason)
