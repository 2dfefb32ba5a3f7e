"""The cryptosystems a manifest can name."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType

from common.crypto import dealing
from common.crypto.cryptosystem import Cryptosystem, Dealing, KeyMaterial, Progress
from common.crypto.paillier import PARAMETERS, Parameters, public_key
from common.crypto.paillier_key import PaillierElectionKey, election_key
from common.errors import CryptoError, SetupError


@dataclass(frozen=True, slots=True)
class PaillierSystem:
    """Threshold Paillier with one parameter set."""

    parameters: Parameters

    @property
    def name(self) -> str:
        return self.parameters.name

    @property
    def insecure(self) -> bool:
        return self.parameters.insecure

    def deal(self, threshold: int, trustees: int, progress: Progress | None = None) -> Dealing:
        """A fresh key; `CryptoError` unless 2 ≤ threshold ≤ trustees."""
        return encode_dealing(dealing.deal(self.parameters.bits, threshold, trustees, progress), threshold)

    def key(self, material: KeyMaterial) -> PaillierElectionKey:
        return election_key(self.parameters, material)


def encode_dealing(raw: dealing.RawDealing, threshold: int) -> Dealing:
    """A dealing in its wire form: every integer in |n|/8 bytes."""
    encode = public_key(raw.n).encode_value
    material = KeyMaterial(
        {"n": encode(raw.n)}, threshold, encode(raw.base), tuple(map(encode, raw.verification_keys))
    )
    return Dealing(material, tuple(map(encode, raw.shares)), {"square_roots": tuple(map(encode, raw.square_roots))})


SYSTEMS: Mapping[str, Cryptosystem] = MappingProxyType(
    {name: PaillierSystem(parameters) for name, parameters in PARAMETERS.items()}
)


def cryptosystem(name: str) -> Cryptosystem:
    """The cryptosystem of that name; `SetupError` if there is none."""
    if name not in SYSTEMS:
        raise SetupError(f"no cryptosystem named {name!r}; there are {', '.join(SYSTEMS)}")
    return SYSTEMS[name]


def parameters_of(material: KeyMaterial) -> str | None:
    """The name of the set under which a key can be read; None if there is none such."""
    for name, system in SYSTEMS.items():
        with suppress(CryptoError):
            system.key(material)
            return name
    return None


def is_toy(name: str) -> bool:
    """Whether a parameter set protects nothing; of a name that no set has nothing is known."""
    return name in SYSTEMS and SYSTEMS[name].insecure


def require_secure(insecure: bool, allowed: bool) -> None:
    """`SetupError` for toy parameters that nobody asked for."""
    if insecure and not allowed:
        raise SetupError("toy parameters protect nothing; add --insecure-parameters if that is what you want")
