"""A trustee as it stands in its folder."""

from __future__ import annotations

from pathlib import Path

from common.checks.catalogue import COMPLETE
from common.crypto.cryptosystem import KeyMaterial
from common.crypto.systems import SYSTEMS, cryptosystem, parameters_of
from common.errors import EncodingError, SetupError
from common.messages.manifest import Trustee
from common.transport.documents import read_document
from common.transport.key_files import PUBLIC_FILE, load_sealing_key, load_signing_key
from common.transport.options import require_permitted
from tallier.trustee import TrusteeKeys, TrusteeService
from tallier.trustee_state import SEALING, SIGNING, STATE, FileState

NOBODY = b""
"""In place of the authority's key, where nothing of the authority's is read: no signature verifies under it."""


def load_trustee(
    folder: Path, parameters: str, insecure_parameters: bool, authority_key: bytes = NOBODY
) -> TrusteeService:
    """The trustee of a folder; `SetupError` for a folder that is none, for one that holds a share of
    another parameter set, and for toy parameters nobody asked for.
    """
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
        material = state.load().material  # a damaged state is found now, not at the tally
    except EncodingError as error:
        reason = f"{folder / STATE} is damaged ({error})"
        raise SetupError(f"{reason}; put back its newest copy, never one from before this trustee answered") from None
    if material is not None:
        require_set(material, parameters)  # else a toy share would serve under a secure set's name
    return party


def require_set(material: KeyMaterial, parameters: str) -> None:
    """`SetupError` unless a share's key is of the parameter set of this name."""
    found = parameters_of(material)
    if found != parameters:
        kind = f"of {found}" if found else "of another set"
        raise SetupError(f"the share is not of {parameters}, it is {kind}; name its set with --parameters")
