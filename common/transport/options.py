"""Command-line options that parties share: configuration by file, addresses, TLS, output.

Every flag may also stand in a TOML file given by `--config`; a flag on the command line has the last word.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from common.crypto.systems import require_secure
from common.errors import SetupError
from common.transport.key_files import PUBLIC_FILE
from common.transport.tls import TlsFiles


def _load(context: typer.Context, file: Path | None) -> Path | None:
    """Make the file's values the defaults of this command's options."""
    if file is None:
        return None
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupError(f"{file}: {error.strerror}; give a TOML file with --config") from None
    except UnicodeDecodeError:
        raise SetupError(f"{file}: not text in UTF-8; give a TOML file with --config") from None
    except tomllib.TOMLDecodeError as error:
        raise SetupError(f"{file}: not TOML ({error}); correct that place") from None
    known = {parameter.name for parameter in context.command.params} - {"config"}
    given = {name.replace("-", "_"): value for name, value in values.items()}
    unknown = sorted(set(given) - known)
    if unknown:
        options = sorted(name.replace("_", "-") for name in known if name)
        raise SetupError(f"{file}: unknown: {', '.join(unknown)}; write only {', '.join(options)}")
    context.default_map = given
    return file


Config = Annotated[
    Path | None,
    typer.Option("--config", callback=_load, is_eager=True, help="TOML file with values for this command's options."),
]
Host = Annotated[str, typer.Option(help="Address to listen on; anything but loopback needs TLS.")]
Port = Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0: a free one.")]
TlsCert = Annotated[Path | None, typer.Option("--tls-cert", help="Own certificate chain (PEM).")]
TlsKey = Annotated[Path | None, typer.Option("--tls-key", help="Own private key (PEM).")]
ClientCa = Annotated[Path | None, typer.Option("--client-ca", help="Let in only clients certified by this CA (PEM).")]
Ca = Annotated[
    Path | None, typer.Option("--ca", help="Trust services certified by this CA (PEM) instead of the system's.")
]
AuthorityKey = Annotated[str, typer.Option("--authority", help="The election authority's key: a file, or base64url.")]
ManifestFile = Annotated[Path, typer.Option("--manifest", help="The signed manifest.")]
Insecure = Annotated[bool, typer.Option("--insecure-parameters", help="Allow toy parameters. No secrecy at all.")]
Supervised = Annotated[
    bool,
    typer.Option("--supervised", help="Take the time from standard input, stop when it ends. For mock elections."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def require_permitted(insecure: bool, allowed: bool) -> None:
    """`SetupError` for toy parameters that nobody asked for; a loud line if somebody did."""
    require_secure(insecure, allowed)
    say_if_toy(insecure)


def say_if_toy(insecure: bool) -> None:
    """A loud line about toy parameters: all that is due of a program that only reads (spec 3.1)."""
    if insecure:
        typer.echo("TOY PARAMETERS: anyone can break this encryption. No secrecy at all.", err=True)


def tls_files(certificate: Path | None, key: Path | None, ca: Path | None = None) -> TlsFiles | None:
    """Both files or neither; `SetupError` for half of it."""
    if certificate is None and key is None and ca is None:
        return None
    if certificate is None or key is None:
        raise SetupError("TLS needs both --tls-cert and --tls-key")
    return TlsFiles(certificate, key, ca)


def say(as_json: bool, values: Mapping[str, object], text: str) -> None:
    """A command's outcome: `values` for programs, or `text` for people."""
    typer.echo(json.dumps(values, ensure_ascii=False, indent=2) if as_json else text)


def say_made(as_json: bool, folder: Path, takers: str = "the authority") -> None:
    """The outcome of making a party: who gets its introduction."""
    public = folder / PUBLIC_FILE
    say(as_json, {"public": str(public)}, f"made {folder}; hand {public} to {takers}")


def announce_configuration(service: str, values: Mapping[str, object]) -> None:
    """What a service was started with, one line on standard error. Keys are named by their files, never shown."""
    shown = {name: value for name, value in values.items() if value is not False and value not in (None, "", (), [])}
    typer.echo(f"{service}: {json.dumps(shown, ensure_ascii=False, default=str)}", err=True)
