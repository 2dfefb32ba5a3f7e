"""What every party does with a manifest before anything else."""

from __future__ import annotations

from collections.abc import Mapping

from common.checks.check import CheckList
from common.checks.setup import Pins
from common.crypto.cryptosystem import Cryptosystem
from common.errors import RuleBroken
from common.messages.acts import Signed
from common.messages.election import Election, load_election
from common.messages.manifest import Manifest


def open_manifest(
    signed: Signed,
    authority_key: bytes,
    systems: Mapping[str, Cryptosystem],
    checks: CheckList,
    fingerprint: str | None = None,
) -> Election:
    """K1 against the pinned 32-byte key (and fingerprint, if one is known), K2, then the manifest's keys are read.

    `CheckFailed`, or what `load_election` raises for keys that are none.
    """
    checks.run("K1", "manifest", signed, Pins(authority_key, fingerprint))
    if not isinstance(signed.body, Manifest):
        raise RuleBroken("the signed document is not a manifest")
    checks.run("K2", "manifest", signed.body, None)
    return load_election(signed.body, authority_key, systems)
