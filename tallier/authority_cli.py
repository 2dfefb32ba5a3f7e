"""`valik authority`: make the election, and sign everything that happens to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from common.crypto.systems import cryptosystem
from common.encoding.octets import to_base64url
from common.messages.draft import Draft, RollDraft
from common.messages.introductions import CollectorIntroduction, EidIntroduction
from common.messages.manifest import Witness
from common.transport.documents import new_public_folder, read_document, require_free, write_document, write_line
from common.transport.options import Insecure, Json, require_permitted, say
from tallier import acts_cli, authority_keys_cli
from tallier.acts_cli import open_authority
from tallier.authority_keys_cli import PUBLIC_KEY
from tallier.ceremony import Ceremony
from tallier.founding import Introductions, found_election
from tallier.outbox import Outbox

Folder = Annotated[Path, typer.Argument(help="The authority's own folder, made by `valik authority new`.")]
DraftFile = Annotated[Path, typer.Option("--draft", help="The election's draft, from `valik election draft`.")]

authority = typer.Typer(
    no_args_is_help=True, help="The election authority: make the election, sign what happens to it."
)
for part in (authority_keys_cli, acts_cli):
    authority.add_typer(part.commands)


def register(app: typer.Typer) -> None:
    """Mount this party's commands."""
    app.add_typer(authority, name="authority")


@authority.command()
def manifest(
    folder: Folder,
    draft: DraftFile,
    roll: Annotated[Path, typer.Option(help="The voter roll's rows, from `valik election draft`.")],
    ceremony: Annotated[Path, typer.Option(help="The outcome of the key ceremony.")],
    collector: Annotated[Path, typer.Option(help="The collector's public.json.")],
    witness: Annotated[list[Path], typer.Option(help="A witness's public.json; once for each.")],
    eid: Annotated[Path, typer.Option(help="The eID authority's public.json.")],
    out: Annotated[Path, typer.Option(help="New folder for what everyone needs.")],
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """Make and sign the voter roll and the manifest, which is the election, and check both as everyone will.

    Out: in --out manifest.json, key-proof.json, authority.key and fingerprint.txt, for everyone; and roll.json, which
    names the voters and is for the collector alone.
    """
    signer = open_authority(folder)
    parties = Introductions(
        read_document(CollectorIntroduction, collector),
        tuple(read_document(Witness, file) for file in witness),
        read_document(EidIntroduction, eid),
    )
    rules, rows, held = read_document(Draft, draft), read_document(RollDraft, roll), read_document(Ceremony, ceremony)
    require_permitted(cryptosystem(rules.parameters).insecure, insecure_parameters)
    require_free(out)
    founded = found_election(signer, rules, rows.voters, held, parties)
    election = founded.election
    with new_public_folder(out):
        Outbox(folder / election.manifest.election_id).start(founded.roll)
        write_document(out / "manifest.json", founded.manifest)
        write_document(out / "key-proof.json", held.proof)
        write_document(out / "roll.json", founded.roll, private=True)
        write_line(out / PUBLIC_KEY, to_base64url(signer.public_key))
        write_line(out / "fingerprint.txt", election.fingerprint)
    say(
        as_json,
        {"election_id": election.manifest.election_id, "fingerprint": election.fingerprint, "out": str(out)},
        f"signed {election.manifest.title!r} for {len(rows.voters)} voters; K1 to K5 hold\n"
        f"fingerprint {election.fingerprint}\nwrote {out}; announce the fingerprint, and start the services",
    )
