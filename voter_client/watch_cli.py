"""`valik watch`: be told of every vote that is recorded under one's own name."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from common.encoding.times import from_rfc3339
from common.messages.receipt import Notice
from common.ports import NotAuthenticated, NoticesPort, Unavailable
from common.transport.client import CollectorClient
from common.transport.options import Ca, Insecure, Json
from voter_client.card_reader import CardReader
from voter_client.cli_options import (
    Card,
    HomeFolder,
    Pin1,
    PinAuthority,
    PinFingerprint,
    PinManifest,
    console_for,
    open_home,
)
from voter_client.home import Home
from voter_client.surroundings import Surroundings, surroundings
from voter_client.vote_cli import ask_pin
from voter_client.watching import Origin, Watch, origin
from voter_client.words import moment, ordinal

ALARM = 1
"""Exit code of `--once` when there was a vote that this home did not cast."""
LOST = (
    "The collector does not know this subscription any more: newer ones under your name pushed it out, or its store "
    "is not what it was. If you did not subscribe elsewhere, somebody has used your card. Look with "
    "`valik receipts`, then watch again with --renew"
)


def watch(
    context: typer.Context,
    home: HomeFolder,
    card: Card,
    manifest: PinManifest = None,
    authority: PinAuthority = None,
    fingerprint: PinFingerprint = None,
    every: Annotated[int, typer.Option(min=1, help="Seconds between questions.")] = 60,
    once: Annotated[
        bool, typer.Option("--once", help="Ask once. Exit code 1: there was a vote not cast here.")
    ] = False,
    renew: Annotated[bool, typer.Option("--renew", help="Subscribe anew, and be told of all votes again.")] = False,
    pin1: Pin1 = None,
    ca: Ca = None,
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """Watch for votes recorded under your own name, and warn of those that this home did not cast.

    Subscribes the first time, which takes PIN 1; what it keeps in --home can ask for nothing but these notices. Best
    run on another computer than the one you vote with: there every vote is one "not cast here", and you know which
    were yours. With --json, one line for each vote.
    """
    place = open_home(home, manifest, authority, fingerprint, insecure_parameters)
    around, console = surroundings(context), console_for(as_json)
    reader = CardReader(card, {"PIN1": pin1}, None if as_json else ask_pin)
    path = place.path(reader.voter_id, "watch")
    with around.reach(place.election.manifest.collector.address, ca) as collector:
        kept = None if renew else Watch.load(path, place.election.fingerprint)
        watching = kept or _subscribe(place, reader, collector)
        console.print(f"Watching for votes under the name of {reader.name} in: {place.election.manifest.title}")
        while True:
            try:
                watching, strange = _look(watching, collector, place, reader.voter_id, around, as_json)
            except Unavailable as error:
                watching = Watch.load(path, place.election.fingerprint) or watching
                if once:
                    raise
                console.print(f"{error}. Nothing is missed: asking again in {every} s.")
            else:
                if once:
                    raise typer.Exit(ALARM if strange else 0)
            around.sleep(every)


def _subscribe(place: Home, reader: CardReader, collector: CollectorClient) -> Watch:
    nonce = collector.challenge()
    view = collector.open_session(nonce, reader.authenticate(place.election.manifest.collector.address, nonce))
    token = collector.subscribe(view.session)
    return Watch(place.path(reader.voter_id, "watch"), place.election.fingerprint, token).save()


def _look(
    watching: Watch, collector: NoticesPort, place: Home, voter: str, around: Surroundings, as_json: bool
) -> tuple[Watch, bool]:
    """Tell of all that is new; the watch as it stands then, and whether there was a vote not cast here."""
    strange = False
    try:
        for seen, notice in watching.news(collector):
            journal = place.look(voter)
            found = origin(notice, journal)
            pending = journal.posted is not None and journal.posted.sequence == notice.sequence
            _tell(notice, found, pending, around, as_json)
            strange |= found is Origin.ELSEWHERE
            watching = seen.save()
    except NotAuthenticated as error:
        raise NotAuthenticated(LOST) from error
    return watching, strange


def _tell(notice: Notice, found: Origin, pending: bool, around: Surroundings, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(notice) | {"origin": found.name.lower().replace("_", "-")}))
        return
    when = moment(from_rfc3339(notice.time), around.clock(), around.zone)
    console = Console(highlight=False, soft_wrap=True)
    number = ordinal(notice.sequence)
    if found is Origin.HERE:
        console.print(f"Your {number} vote was recorded {when}: cast here.")
    elif found is Origin.PERHAPS_HERE:
        console.print(
            f"A {number} vote under your name was recorded {when}. This home posted one of that number, or you "
            "called it yours, but there is no receipt: whether it is the same cannot be told. "
            + ("Finish it with `valik vote --retry`." if pending else "If you did not vote then, somebody else did.")
        )
    else:
        console.print(
            f"WARNING: a {number} vote under your name was recorded {when}, and it was NOT cast here. If it is not "
            "yours, somebody else has used your card: vote again on another computer, or on paper, and tell the "
            "issuer of the card.",
            style="bold red",
        )
