"""`valik show`: what is this file?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from auditor.show import Found, explain
from auditor.show_checks import check_alone
from common.checks.catalogue import COMPLETE
from common.crypto.systems import is_toy
from common.errors import SetupError
from common.messages.acts import Signed
from common.messages.manifest import Manifest
from common.transport.options import Json, say, say_if_toy
from common.transport.pinned import read_election

LARGEST = 2**26
"""Bytes of a file that is looked at."""


def register(app: typer.Typer) -> None:
    """Mount this party's commands."""
    app.command()(show)


def show(
    file: Annotated[str, typer.Argument(help="A file, or - for standard input.")],
    manifest: Annotated[
        Path | None, typer.Option("--manifest", help="The signed manifest, to check against.")
    ] = None,
    authority: Annotated[
        str | None, typer.Option("--authority", help="The election authority's key: a file, or base64url.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Explain a file: any message of an election, a checkpoint, a verification code.

    Says what it is, what stands in it, and by which digests others know it; with --manifest and --authority also
    whether it holds, as far as one file can tell. Seeds, salts, keys and personal codes are never shown.
    """
    data = _read(file)
    found = explain(data)
    held: list[str] = []
    if manifest is not None and authority is not None:
        election = read_election(manifest, authority)
        say_if_toy(election.insecure)
        held = list(check_alone(found.message, election, COMPLETE))
    elif manifest is not None or authority is not None:
        raise SetupError("give both, --manifest and --authority, or neither")
    elif isinstance(found.message, Signed) and isinstance(found.message.body, Manifest):
        say_if_toy(is_toy(found.message.body.parameters))
    unchecked = _unchecked(found, bool(held), manifest is not None)
    if not as_json:
        _print(found, len(data), held, unchecked)
        return
    values = {"kind": found.kind.name, "what": found.kind.what, "bytes": len(data), "fields": dict(found.rows)}
    say(True, values | {"held": held, "unchecked": unchecked}, "")


def _read(file: str) -> bytes:
    try:
        if file == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(file).open("rb") as stream:
                data = stream.read(LARGEST + 1)
    except OSError as error:
        raise SetupError(f"{file}: {error.strerror}; name a file to explain") from None
    if len(data) > LARGEST:
        raise SetupError(f"{file}: more than {LARGEST} bytes; messages are smaller, so name one of them")
    return data


def _unchecked(found: Found, held: bool, pinned: bool) -> list[str]:
    texts = [found.kind.left] if found.kind.left else []
    if found.message is None:
        return texts
    if not pinned:
        texts.insert(0, "anything beyond its form: give --manifest and --authority")
    elif not held:
        texts.insert(0, "anything beyond its form: there is nothing signed or proven in it that the manifest knows")
    return texts


def _print(found: Found, size: int, held: list[str], unchecked: list[str]) -> None:
    console = Console(highlight=False, soft_wrap=True, markup=False)
    console.print(f"{found.kind.name[0].upper()}{found.kind.name[1:]}, {size} bytes. {found.kind.what}")
    width = max((len(label) for label, _ in found.rows), default=0)
    for label, text in found.rows:  # digests on one line, to be copied: no table
        console.print(f"  {label:<{width}}  {text}")
    for text in held:
        console.print(f"Holds: {text}.", style="green")
    for text in unchecked:
        console.print(f"Not checked: {text}.", style="yellow")
