"""`valik trustee`: make a trustee's keys, run it, or do its part by hand with files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from common.checks.catalogue import COMPLETE
from common.checks.manifest import open_manifest
from common.crypto.cryptosystem import KeyProof
from common.crypto.systems import SYSTEMS, cryptosystem
from common.eid.service_keys import public_raw
from common.encoding.octets import from_base64url, to_base64url
from common.errors import EncodingError, SetupError
from common.messages.acts import Signed
from common.messages.manifest import Trustee
from common.messages.message import decode, encode
from common.messages.result import Aggregates
from common.requests import RehearsalShares, ShareDelivery
from common.tally.evidence import Evidence
from common.transport.documents import read_authority, read_document, require_free, write_document
from common.transport.key_files import (
    PUBLIC_FILE,
    held_alone,
    load_sealing_key,
    load_signing_key,
    new_folder,
    save_key,
)
from common.transport.options import (
    AuthorityKey,
    ClientCa,
    Config,
    Host,
    Insecure,
    Json,
    ManifestFile,
    Port,
    Supervised,
    TlsCert,
    TlsKey,
    announce_configuration,
    require_permitted,
    say,
    say_made,
    tls_files,
)
from common.transport.serve import LOOPBACK, serve
from common.transport.supervision import Clock, obey
from tallier.api import trustee_app
from tallier.trustee import TrusteeKeys, TrusteeService
from tallier.trustee_state import EMPTY, FileState

SIGNING, SEALING, STATE = "signing.pem", "sealing.pem", "state.json"
NOBODY = b""
"""In place of the authority's key, where nothing of the authority's is read: no signature verifies under it."""
Folder = Annotated[Path, typer.Argument(help="The trustee's own folder, made by `valik trustee new`.")]
ParametersName = Annotated[
    str, typer.Option("--parameters", help="Parameter set of the key; a share of any other is refused.")
]
DEFAULT_PARAMETERS = "paillier-3072"

trustee = typer.Typer(no_args_is_help=True, help="A trustee, who holds a share of the key: run it, or act by hand.")


def register(app: typer.Typer) -> None:
    """Mount this party's commands."""
    app.add_typer(trustee, name="trustee")


@trustee.command()
def new(
    folder: Annotated[Path, typer.Argument(help="The trustee's own folder; must not exist yet.")],
    name: Annotated[str, typer.Option(help="Its name in the election, such as trustee-1.")],
    as_json: Json = False,
) -> None:
    """Make a trustee's keys. Hand FOLDER/public.json to the authority and the dealer; the rest stays secret."""
    keys = TrusteeKeys(Ed25519PrivateKey.generate(), X25519PrivateKey.generate())
    sealing = keys.sealing.public_key().public_bytes_raw()
    public = Trustee(name, to_base64url(public_raw(keys.signing)), to_base64url(sealing))
    decode(Trustee, encode(public))  # refuses a name that no message can carry
    new_folder(folder)
    save_key(folder / SIGNING, keys.signing)
    save_key(folder / SEALING, keys.sealing)
    FileState(folder / STATE).save(EMPTY)
    write_document(folder / PUBLIC_FILE, public)
    say_made(as_json, folder, "the authority and the dealer")


@trustee.command(name="serve")
def run(
    folder: Folder,
    authority: AuthorityKey,
    parameters: ParametersName = DEFAULT_PARAMETERS,
    host: Host = LOOPBACK,
    port: Port = 0,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    client_ca: ClientCa = None,
    insecure_parameters: Insecure = False,
    supervised: Supervised = False,
    config: Config = None,
) -> None:
    """Run a trustee until it is stopped: it takes its share, rehearses, and after the close answers once.

    What it has received and said is kept in FOLDER/state.json, durably before it leaves; started again, it goes
    on from there. Never run it from a copy of the folder made before it answered: such a copy has forgotten that.
    """
    announce_configuration("trustee", locals())
    with held_alone(folder):
        party = load_trustee(folder, parameters, insecure_parameters, read_authority(authority))
        if supervised:
            obey(sys.stdin, sys.stdout, Clock())
        serve(trustee_app(party, party.require_ready), host, port, tls_files(tls_cert, tls_key, client_ca))


@trustee.command()
def receive(
    folder: Folder,
    sealed: Annotated[Path, typer.Argument(help="The sealed share, from `valik ceremony deal`.")],
    parameters: ParametersName = DEFAULT_PARAMETERS,
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """By hand: take the dealer's sealed share, after checking it against the public verification key. Once only."""
    delivery = read_document(ShareDelivery, sealed)
    with held_alone(folder):
        party = load_trustee(folder, parameters, insecure_parameters)
        party.receive_share(from_base64url(delivery.sealed), delivery.material, delivery.trustees)
    number = delivery.trustees.index(party.identity()) + 1
    threshold, trustees = delivery.material.threshold, len(delivery.trustees)
    values = {"trustee": number, "threshold": threshold, "trustees": [other.name for other in delivery.trustees]}
    say(
        as_json, values, f"took share {number} of {trustees}; {threshold} open a result. Next: valik trustee rehearse"
    )


@trustee.command()
def rehearse(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="Where to write the rehearsal, for the dealer.")],
    parameters: ParametersName = DEFAULT_PARAMETERS,
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """By hand: open the rehearsal's values, which this trustee derives itself from the key, as far as its share goes.

    Out: a file for `valik ceremony finish`. Not secret.
    """
    require_free(out)
    with held_alone(folder):
        shares = load_trustee(folder, parameters, insecure_parameters).rehearse()
    write_document(out, RehearsalShares(shares))
    say(as_json, {"rehearsal": str(out)}, f"wrote {out}; hand it to the dealer")


@trustee.command()
def answer(
    folder: Folder,
    manifest: ManifestFile,
    authority: AuthorityKey,
    key_proof: Annotated[Path, typer.Option(help="The key proof, key-proof.json.")],
    evidence: Annotated[Path, typer.Option(help="Ballot box and log, evidence.json from the processor.")],
    aggregates: Annotated[Path, typer.Option(help="What the processor computed, aggregates.json.")],
    out: Annotated[Path, typer.Option(help="Where to write the answer, for the processor.")],
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """By hand: repeat every check on box and log, recompute the aggregates, compare, and give the shares.

    For one final log only, ever, also if run again. Out: a file for `valik processor open --answer`. It is public.
    """
    require_free(out)
    key, signed = read_authority(authority), read_document(Signed, manifest)
    election = open_manifest(signed, key, SYSTEMS, COMPLETE)
    proof, claimed = read_document(KeyProof, key_proof), read_document(Aggregates, aggregates)
    with held_alone(folder):
        party = load_trustee(folder, election.manifest.parameters, insecure_parameters, key)
        given = party.answer(signed, proof, read_document(Evidence, evidence), claimed)
    write_document(out, given)
    opened = len(given.answer.shares)
    values = {"answer": str(out), "trustee": given.answer.trustee, "final_root": given.answer.final_root}
    text = f"every check holds; gave shares for {opened} aggregates\nwrote {out}; hand it to the processor"
    say(as_json, {**values, "aggregates": opened}, text)


def load_trustee(
    folder: Path, parameters: str, insecure_parameters: bool, authority_key: bytes = NOBODY
) -> TrusteeService:
    """The trustee of a folder; `SetupError` for a folder that is none, and for toy parameters nobody asked for."""
    require_permitted(cryptosystem(parameters).insecure, insecure_parameters)
    public = read_document(Trustee, folder / PUBLIC_FILE)
    keys = TrusteeKeys(load_signing_key(folder / SIGNING), load_sealing_key(folder / SEALING))
    if not (folder / STATE).is_file():
        raise SetupError(f"{folder / STATE} is missing: a trustee that forgot what it answered must not go on")
    state = FileState(folder / STATE)
    party = TrusteeService(public.name, keys, state, authority_key, parameters, SYSTEMS, COMPLETE)
    if party.identity() != public:
        raise SetupError(f"{folder / PUBLIC_FILE} does not belong to the keys beside it; put back the one that does")
    try:
        state.load()  # a damaged state is found now, not at the tally
    except EncodingError as error:
        reason = f"{folder / STATE} is damaged ({error})"
        raise SetupError(f"{reason}; put back its newest copy, never one from before this trustee answered") from None
    return party
