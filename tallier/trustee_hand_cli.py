"""`valik trustee` without a network: receive, rehearse, answer, from file to file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from common.crypto.cryptosystem import KeyProof
from common.encoding.octets import from_base64url
from common.messages.acts import Signed
from common.messages.result import Aggregates
from common.requests import RehearsalShares, ShareDelivery
from common.tally.evidence import Evidence
from common.transport.documents import read_authority, read_document, require_free, write_document
from common.transport.key_files import held_alone
from common.transport.options import AuthorityKey, Insecure, Json, ManifestFile, say
from common.transport.pinned import pinned_election
from tallier.trustee_folder import load_trustee, require_set
from tallier.trustee_options import DEFAULT_PARAMETERS, Folder, ParametersName

commands = typer.Typer()


@commands.command()
def receive(
    folder: Folder,
    sealed: Annotated[Path, typer.Argument(help="The sealed share, from `valik ceremony deal`.")],
    parameters: ParametersName = DEFAULT_PARAMETERS,
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """By hand: take the dealer's sealed share, after checking it against the public verification key.

    If the ceremony breaks off, the share of the next one takes its place, until `valik trustee rehearse`: then none.
    """
    delivery = read_document(ShareDelivery, sealed)
    with held_alone(folder):
        party = load_trustee(folder, parameters, insecure_parameters)
        require_set(delivery.material, parameters)
        party.receive_share(from_base64url(delivery.sealed), delivery.material, delivery.trustees)
    number = delivery.trustees.index(party.identity()) + 1
    threshold, trustees = delivery.material.threshold, len(delivery.trustees)
    values = {"trustee": number, "threshold": threshold, "trustees": [other.name for other in delivery.trustees]}
    say(
        as_json, values, f"took share {number} of {trustees}; {threshold} open a result. Next: valik trustee rehearse"
    )


@commands.command()
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


@commands.command()
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
    election = pinned_election(signed, key)
    proof, claimed = read_document(KeyProof, key_proof), read_document(Aggregates, aggregates)
    with held_alone(folder):
        party = load_trustee(folder, election.manifest.parameters, insecure_parameters, key)
        given = party.answer(signed, proof, read_document(Evidence, evidence), claimed)
    write_document(out, given)
    opened = len(given.answer.shares)
    values = {"answer": str(out), "trustee": given.answer.trustee, "final_root": given.answer.final_root}
    text = f"every check holds; gave shares for {opened} aggregates\nwrote {out}; hand it to the processor"
    say(as_json, {**values, "aggregates": opened}, text)
