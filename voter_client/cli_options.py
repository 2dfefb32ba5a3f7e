"""Options and small helps that the voter's commands share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from common.checks.catalogue import COMPLETE
from common.encoding.octets import from_hex
from common.errors import EncodingError, SetupError
from common.messages.election import Election
from common.transport.key_files import write_private
from common.transport.options import require_permitted, say_if_toy
from common.transport.pinned import read_election
from voter_client.cast import require_election
from voter_client.home import Home
from voter_client.verification_code import VerificationCode

HomeFolder = Annotated[Path, typer.Option("--home", help="What this client keeps: the pinned election, receipts.")]
Card = Annotated[Path, typer.Option("--card", help="The folder of the ID card.")]
PinManifest = Annotated[
    Path | None, typer.Option("--manifest", help="The signed manifest, to pin it the first time.")
]
PinAuthority = Annotated[
    str | None, typer.Option("--authority", help="The election authority's key: a file, or base64url.")
]
PinFingerprint = Annotated[
    str | None, typer.Option("--fingerprint", help="The election fingerprint as announced, 64 hex digits.")
]
Pin1 = Annotated[
    str | None, typer.Option("--pin1", help="Asked for if left out; others on this machine may see it here.")
]
Pin2 = Annotated[
    str | None, typer.Option("--pin2", help="Asked for if left out; others on this machine may see it here.")
]
CodeOut = Annotated[
    list[Path] | None,
    typer.Option("--code-out", help="Also write the verification code: a picture to NAME.png, else its text."),
]


def console_for(as_json: bool) -> Console:
    """Where people are talked to; nowhere if a program listens."""
    return Console(highlight=False, soft_wrap=True, markup=False, quiet=as_json)


def open_home(
    folder: Path, manifest: Path | None, authority: str | None, fingerprint: str | None, insecure_parameters: bool
) -> Home:
    """The home in `folder`, made from the manifest the first time; `SetupError` if it is of another election."""
    if manifest is None:
        home = Home(folder)
    elif folder.exists():
        home = Home(folder)
        given = _pinned(manifest, authority, fingerprint)
        if given.fingerprint != home.election.fingerprint:
            raise SetupError(f"{folder} is the home of another election; name another folder with --home")
    else:
        election = _pinned(manifest, authority, fingerprint)
        require_permitted(election.insecure, insecure_parameters)
        return Home.create(
            folder, manifest.read_bytes(), election.authority_key, fingerprint, insecure_parameters=True
        )
    say_if_toy(home.election.insecure)
    return home


def open_election(
    manifest: Path, authority: str | None, fingerprint: str | None, insecure_parameters: bool
) -> Election:
    """The election of a manifest, for a device that keeps nothing; all that a client checks of it is checked."""
    election = _pinned(manifest, authority, fingerprint)
    require_permitted(election.insecure, insecure_parameters)
    require_election(election, COMPLETE)
    return election


def _pinned(manifest: Path, authority: str | None, fingerprint: str | None) -> Election:
    if authority is None:
        raise SetupError("--manifest needs --authority: the key of the election authority, as it was announced")
    try:
        announced = None if fingerprint is None else from_hex(fingerprint, 32).hex()
    except EncodingError:
        raise SetupError("--fingerprint takes 64 hex digits") from None
    return read_election(manifest, authority, announced)


def require_new(files: Sequence[Path]) -> None:
    """Before anything is done: `SetupError` for a file that is there."""
    for file in files:
        if file.exists():
            raise SetupError(f"{file} is there already and is not overwritten; name another file")


def write_code(code: VerificationCode, files: Sequence[Path]) -> None:
    """Write the code for its owner's eyes only; `SetupError` if that cannot be done."""
    for file in files:
        try:
            write_private(file, code.png() if file.suffix == ".png" else code.text().encode("ascii") + b"\n")
        except OSError as error:
            raise SetupError(f"{file} cannot be written ({error.strerror}); the vote is cast all the same") from None
