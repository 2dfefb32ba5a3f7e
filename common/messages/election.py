"""An election as its parties use it: the manifest with its keys parsed and its times as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509

from common.crypto.cryptosystem import ContestScheme, Cryptosystem, ElectionKey
from common.eid.certificates import TrustAnchors
from common.encoding.octets import from_base64url
from common.encoding.times import from_rfc3339
from common.errors import RuleBroken, SetupError
from common.log.witnessed import LogTrust
from common.messages.manifest import Manifest, Unit, fingerprint


@dataclass(frozen=True, slots=True)
class Election:
    """What a party derives from the manifest once and then only reads."""

    manifest: Manifest
    fingerprint: str
    authority_key: bytes
    key: ElectionKey
    schemes: Mapping[str, ContestScheme]
    units: Mapping[str, Unit]
    log_trust: LogTrust
    anchors: TrustAnchors
    collector_key: bytes
    opens: int
    closes: int
    insecure: bool
    """True if the cryptosystem says that its parameters are toy ones."""

    def unit(self, name: str) -> Unit:
        """The counting unit of this id; `RuleBroken` if there is none."""
        try:
            return self.units[name]
        except KeyError:
            shown = "a number" if name.isdigit() else name  # which may be a personal code in the wrong column
            raise RuleBroken(f"no such counting unit: {shown}") from None


def load_election(manifest: Manifest, authority_key: bytes, systems: Mapping[str, Cryptosystem]) -> Election:
    """Parse the manifest's keys; `SetupError`, `CryptoError` or `IdentityError` if one is unusable."""
    if manifest.parameters not in systems:
        raise SetupError(f"unknown parameter set {manifest.parameters}; known: {', '.join(sorted(systems))}")
    key = systems[manifest.parameters].key(manifest.key)
    witnesses = tuple((witness.name, from_base64url(witness.key)) for witness in manifest.witnesses.members)
    roots = tuple(_certificate(from_base64url(root)) for root in manifest.eid_roots)
    return Election(
        manifest=manifest,
        fingerprint=fingerprint(manifest),
        authority_key=authority_key,
        key=key,
        schemes={c.id: key.scheme(c.rules(), manifest.max_ballots) for c in manifest.contests},
        units={unit.id: unit for unit in manifest.units},
        log_trust=LogTrust(
            manifest.log.origin, from_base64url(manifest.log.key), witnesses, manifest.witnesses.quorum
        ),
        anchors=TrustAnchors(roots),
        collector_key=from_base64url(manifest.collector.key),
        opens=from_rfc3339(manifest.times.opens),
        closes=from_rfc3339(manifest.times.closes),
        insecure=systems[manifest.parameters].insecure,
    )


def _certificate(der: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError:
        raise SetupError("an eID root in the manifest is not an X.509 certificate") from None
