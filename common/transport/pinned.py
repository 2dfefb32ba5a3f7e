"""The manifest against what was announced, as every party's command line does first."""

from __future__ import annotations

from pathlib import Path

from common.checks.catalogue import COMPLETE
from common.checks.manifest import open_manifest
from common.crypto.systems import SYSTEMS
from common.errors import CheckFailed, IdentityError
from common.messages.acts import Signed
from common.messages.election import Election
from common.messages.manifest import Manifest
from common.transport.documents import read_authority, read_document


def read_election(manifest: Path, authority: str, fingerprint: str | None = None) -> Election:
    """The election of a manifest, held against the authority's key: a file, or base64url."""
    return pinned_election(read_document(Signed, manifest), read_authority(authority), fingerprint)


def pinned_election(signed: Signed, authority_key: bytes, fingerprint: str | None = None) -> Election:
    """The same of a manifest that was read. If K1 fails, the reason says what to look at."""
    try:
        return open_manifest(signed, authority_key, SYSTEMS, COMPLETE, fingerprint)
    except CheckFailed as failure:
        if failure.check == "K1":
            failure.reason = _with_hint(signed, failure)
        raise


def _with_hint(signed: Signed, failure: CheckFailed) -> str:
    if not isinstance(signed.body, Manifest):
        return f"{failure.reason}; give manifest.json with --manifest"
    if isinstance(failure.__cause__, IdentityError):
        return (
            "the authority whose key is pinned here did not sign this manifest; hold --authority and --manifest "
            "against what was announced"
        )
    return f"{failure.reason}; hold --fingerprint and --manifest against what was announced"
