"""`valik eid` but for `serve`: found the mock authority, issue and revoke ID cards."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from common.eid.personal_code import parse_voter_id
from common.errors import SetupError
from common.messages.draft import RollDraft
from common.transport.documents import read_document
from common.transport.options import Json, say, say_made
from common.transport.supervision import Clock
from scenarios.country.card_office import hand_out, read_pins, write_sheet
from scenarios.country.office_files import found_authority, open_authority
from scenarios.country.population import Person
from voter_client.software_card import VoterToken

Folder = Annotated[Path, typer.Argument(help="The authority's own folder, made by `valik eid new`.")]
Card = Annotated[Path, typer.Argument(help="The folder of the ID card.")]
Cards = Annotated[Path, typer.Option("--out", help="Where the cards go, one folder for each, with the PIN sheet.")]

commands = typer.Typer()


@commands.command()
def new(
    folder: Annotated[Path, typer.Argument(help="The authority's own folder; must not exist yet.")],
    as_json: Json = False,
) -> None:
    """Found a mock eID authority. Hand FOLDER/public.json to the election authority, which pins it."""
    found_authority(folder, int(time.time()))
    say_made(as_json, folder)


@commands.command()
def issue(
    folder: Folder,
    roll: Annotated[Path, typer.Option(help="Who gets a card: the rows of a voter roll (`valik election draft`).")],
    out: Cards,
    as_json: Json = False,
) -> None:
    """Issue an ID card to everyone on a roll: a folder for each, a list of PINs, and a sheet to print and cut up."""
    people = [Person.named(row.name, parse_voter_id(row.voter)) for row in read_document(RollDraft, roll).voters]
    try:
        out.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise SetupError(f"{out} is there already; name another folder with --out") from None
    _issue(folder, people, out)
    sheet = write_sheet(out, read_pins(out))
    text = f"{len(people)} cards in {out}; print {sheet}, and keep it from everyone else"
    say(as_json, {"cards": len(people), "out": str(out), "sheet": str(sheet)}, text)


@commands.command()
def reissue(folder: Folder, card: Card, out: Cards, as_json: Json = False) -> None:
    """After a loss: the owner gets a new card with new PINs, and all earlier cards of the same person are revoked.

    One card of a person is good at a time. So a card that was reissued before may be reissued again, be it that the
    new one was lost too: the new one is then revoked as well.
    """
    authority, lost = open_authority(folder, Clock()), VoterToken.load(card)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    pins = hand_out(authority.replace(lost), out)
    write_sheet(out, read_pins(out))
    text = f"{card} is revoked, and every other card of its owner; the new card is {out / pins.folder}"
    say(as_json, {"card": str(out / pins.folder)}, text)


@commands.command()
def revoke(folder: Folder, card: Card, as_json: Json = False) -> None:
    """A card's certificates are revoked from now on."""
    open_authority(folder, Clock()).revoke(VoterToken.load(card))
    say(as_json, {"revoked": str(card)}, f"{card} is revoked from now on")


def _issue(folder: Path, people: Iterable[Person], out: Path) -> None:
    authority = open_authority(folder, Clock())
    for person in people:
        hand_out(authority.issue(person), out)
