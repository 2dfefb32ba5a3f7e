"""The sizes at which attacks can be played: the toy one, and the real ones under names that no service knows.

Defences are removed over toy parameters only (`scenarios.founding`). So for the laboratory a real size is a parameter
set of its own, with the real arithmetic and a name that is in no list but this one: what is made under it no service,
trustee or auditor takes for an election.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from common.crypto import dealing
from common.crypto.cryptosystem import Cryptosystem, Dealing, KeyMaterial, Progress
from common.crypto.paillier import PARAMETERS, Parameters
from common.crypto.paillier_key import PaillierElectionKey, election_key
from common.crypto.primes import safe_prime_pair
from common.crypto.systems import encode_dealing
from common.errors import SetupError

TOY = "toy-512"


@dataclass(frozen=True, slots=True)
class LaboratorySystem:
    """A parameter set for the laboratory alone. Its primes are made once in a process, for no secret is kept here."""

    parameters: Parameters

    @property
    def name(self) -> str:
        return self.parameters.name

    @property
    def insecure(self) -> bool:
        return True

    def deal(self, threshold: int, trustees: int, _progress: Progress | None = None) -> Dealing:
        """A key over the same primes as before, with fresh shares; `CryptoError` unless 2 ≤ threshold ≤ trustees."""
        p, q = _primes(self.parameters.bits)
        return encode_dealing(dealing.deal_from_primes(p, q, threshold, trustees), threshold)

    def key(self, material: KeyMaterial) -> PaillierElectionKey:
        return election_key(self.parameters, material)


@cache
def _primes(bits: int) -> tuple[int, int]:
    return safe_prime_pair(bits // 2)


def laboratory_systems(parameters: str) -> Mapping[str, Cryptosystem]:
    """The one system of stages at this size; `parameters` as a manifest names them, else `SetupError`."""
    if parameters not in PARAMETERS:
        raise SetupError(f"no parameters named {parameters!r}; there are {', '.join(PARAMETERS)}")
    real = PARAMETERS[parameters]
    name = real.name if real.insecure else f"laboratory-{real.name}"
    return {name: LaboratorySystem(Parameters(name, real.bits, insecure=True))}
