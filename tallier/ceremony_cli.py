"""`valik ceremony`: make the election key with its trustees, over the network or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from common.checks.draft import require_possible
from common.crypto.cryptosystem import Cryptosystem, Share
from common.crypto.systems import cryptosystem
from common.errors import SetupError
from common.messages.draft import Draft
from common.messages.manifest import Trustee
from common.requests import RehearsalShares
from common.transport.client import TrusteeClient
from common.transport.connection import connect
from common.transport.documents import new_public_folder, read_document, require_free, write_document
from common.transport.options import Ca, Insecure, Json, TlsCert, TlsKey, require_permitted, say, tls_files
from tallier.ceremony import Ceremony, PublicDealing, deal_key, finish_ceremony, hold_ceremony
from tallier.progress import shown

DEALING = "dealing.json"
DraftFile = Annotated[Path, typer.Option("--draft", help="The election's draft, from `valik election draft`.")]

ceremony = typer.Typer(no_args_is_help=True, help="The key ceremony: deal the key, hand out shares, prove it.")


def register(app: typer.Typer) -> None:
    """Mount the ceremony's commands."""
    app.add_typer(ceremony, name="ceremony")


@ceremony.command()
def hold(
    draft: DraftFile,
    trustee: Annotated[list[str], typer.Option(help="Address of a trustee; once for each, in their order.")],
    out: Annotated[Path, typer.Option(help="Where to write the outcome, for the authority.")],
    ca: Ca = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """Make the key with all trustees within reach: deal, hand out the shares, rehearse, prove, forget.

    In: the draft. Out: --out with public key, trustees and key proof; nothing secret is written on this machine. If
    the ceremony fails halfway it is held again: a trustee who has not rehearsed takes the new share in place of the
    old one, and for each who has there must be a new one (`valik trustee new`).
    """
    rules, system = _read_draft(draft, len(trustee), insecure_parameters)
    require_free(out)
    own = tls_files(tls_cert, tls_key)
    with ExitStack() as open_connections, shown("Making the key", as_json) as progress:
        clients = [TrusteeClient(open_connections.enter_context(connect(address, ca, own))) for address in trustee]
        held = hold_ceremony(system, rules.threshold, clients, progress)
    write_document(out, held)
    _say_held(out, held, as_json)


@ceremony.command()
def deal(
    draft: DraftFile,
    trustee: Annotated[list[Path], typer.Option(help="A trustee's public.json; once for each, in their order.")],
    out: Annotated[Path, typer.Option(help="New folder for the dealing and the sealed shares.")],
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """Make the key by hand: deal it, and seal each trustee's share.

    In: the draft, the trustees' public.json. Out: FOLDER/dealing.json (public), and FOLDER/sealed-1.json … to hand to
    the trustees, who run `valik trustee receive` and `valik trustee rehearse`; then comes `valik ceremony finish`.
    """
    rules, system = _read_draft(draft, len(trustee), insecure_parameters)
    trustees = tuple(read_document(Trustee, file) for file in trustee)
    require_free(out)
    with shown("Making the key", as_json) as progress:
        dealing, sealed = deal_key(system, rules.threshold, trustees, progress)
    files = {party.name: out / f"sealed-{number}.json" for number, party in enumerate(trustees, start=1)}
    with new_public_folder(out):
        for file, share in zip(files.values(), sealed, strict=True):
            write_document(file, share)
        write_document(out / DEALING, dealing)
    lines = [f"hand {file} to {name}" for name, file in files.items()]
    say(
        as_json,
        {"dealing": str(out / DEALING), "sealed": {name: str(file) for name, file in files.items()}},
        "\n".join(["the key is dealt, its secrets are forgotten", *lines, "then collect their rehearsals"]),
    )


@ceremony.command()
def finish(
    folder: Annotated[Path, typer.Argument(help="The folder made by `valik ceremony deal`.")],
    rehearsal: Annotated[list[Path], typer.Option(help="A trustee's rehearsal; once for each, in any order.")],
    out: Annotated[Path, typer.Option(help="Where to write the outcome, for the authority.")],
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """Verify every trustee's rehearsal, complete the key proof, and write what the authority needs.

    In: FOLDER/dealing.json, and a file of `valik trustee rehearse` from every trustee. Out: --out.
    """
    dealing = read_document(PublicDealing, folder / DEALING)
    system = cryptosystem(dealing.parameters)
    require_permitted(system.insecure, insecure_parameters)
    require_free(out)
    held = finish_ceremony(system, dealing, _in_order(dealing, rehearsal))
    write_document(out, held)
    _say_held(out, held, as_json)


def _read_draft(file: Path, trustees: int, insecure_parameters: bool) -> tuple[Draft, Cryptosystem]:
    draft = read_document(Draft, file)
    require_possible(draft)
    system = cryptosystem(draft.parameters)
    require_permitted(system.insecure, insecure_parameters)
    if trustees != draft.trustees:
        raise SetupError(f"{file} has {draft.trustees} trustees, and {trustees} are given; give each with --trustee")
    return draft, system


def _in_order(dealing: PublicDealing, files: Sequence[Path]) -> list[Sequence[Share]]:
    """Each trustee's rehearsal; `SetupError` names those that are missing."""
    found: dict[int, Sequence[Share]] = {}
    for file in files:
        shares = read_document(RehearsalShares, file).shares
        numbers = {share.trustee for share in shares}
        if len(numbers) != 1 or not numbers <= set(range(1, len(dealing.trustees) + 1)):
            raise SetupError(f"{file}: not one trustee's rehearsal of this ceremony")
        (number,) = numbers
        if number in found:
            raise SetupError(f"{file}: a second rehearsal of {dealing.trustees[number - 1].name}; give one of each")
        found[number] = shares
    missing = [party.name for number, party in enumerate(dealing.trustees, start=1) if number not in found]
    if missing:
        raise SetupError(f"no rehearsal of {', '.join(missing)}; every trustee's is needed, each with --rehearsal")
    return [found[number] for number in sorted(found)]


def _say_held(out: Path, held: Ceremony, as_json: bool) -> None:
    names = [trustee.name for trustee in held.trustees]
    values = {"ceremony": str(out), "trustees": names, "threshold": held.material.threshold}
    text = f"the key is made and proven; {held.material.threshold} of {', '.join(names)} can open a result"
    say(as_json, values, f"{text}\nwrote {out}; hand it to the election authority")
