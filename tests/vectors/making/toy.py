"""The key, election and people that all vectors share. A toy key: its factors stand here."""

from __future__ import annotations

from dataclasses import dataclass

from common.crypto.contest import ContestRules
from common.crypto.dealing import deal_from_primes
from common.crypto.paillier import PARAMETERS
from common.crypto.paillier_key import election_key
from common.crypto.systems import encode_dealing
from common.encoding.octets import int_to_base64url
from tests.vectors.making.kit import Draw, Json, sha256_of

P = 0xD72D284D83F8B2DE15DCDBB45838C5CB3DBC2F7943855DA4056EC7B2065874F7
Q = 0xD75801923C86D74521A3CF301A1D18B49338094C7A4A193FE618B2F353A3A827
N = P * Q
N2 = N * N
VALUE, ELEMENT, CHALLENGE, RESPONSE = 64, 128, 32, 113


@dataclass(frozen=True, slots=True)
class Primes:
    """The factors of a modulus of 512 bits."""

    p: int
    q: int

    @property
    def n(self) -> int:
        """The modulus."""
        return self.p * self.q

    @property
    def n2(self) -> int:
        """Its square."""
        return self.n * self.n


FIRST = Primes(P, Q)
SECOND = Primes(
    0xE36DF946EE0A7F4737B19F54B3DF64A231A02C7DFD81C9B96C3DB2620B14D57F,
    0xE162764F9E2AB383883BCC9E9D3E3861A1B687CD442B2C6BBD144A218D8E9363,
)
"""The key of the files `other-key-…`, so that no verifier is tried on one modulus alone."""

THRESHOLD, PLAYERS = 2, 3

DEALING = deal_from_primes(P, Q, THRESHOLD, PLAYERS, random_below=Draw("dealing").below)
WIRE = encode_dealing(DEALING, THRESHOLD)
KEY = election_key(PARAMETERS["toy-512"], WIRE.material)

FINGERPRINT = Draw("fingerprint").octets(32)
FINAL_ROOT = Draw("final root").octets(32)
VOTER, NAME = "PNOEE-37101019005", "Tõnu Tamm"
OTHER_VOTER = "PNOEE-47101019006"
SALT, SEED = Draw("salt").octets(32), Draw("seed").octets(32)
PSEUDONYM = sha256_of("pseudonym", FINGERPRINT, VOTER.encode(), SALT)

MAX_BALLOTS = 1000
MAYOR = ContestRules("mayor", options=3, single=True, max_per_option=1, min_total=1, max_total=1)
COUNCIL = ContestRules("council", options=3, single=False, max_per_option=1, min_total=0, max_total=2)


def value(number: int) -> str:
    """Wire form of an integer mod n."""
    return int_to_base64url(number, VALUE)


def element(number: int) -> str:
    """Wire form of an element mod n²."""
    return int_to_base64url(number, ELEMENT)


def challenge(number: int) -> str:
    """Wire form of a challenge."""
    return int_to_base64url(number, CHALLENGE)


def public_key(key: Primes = FIRST) -> dict[str, Json]:
    """What a file says of the key, with the secret that no real key's file may hold."""
    return {
        "parameters": "toy-512",
        "n": value(key.n),
        "insecure": {
            "warning": "a toy key: these factors are published for tests",
            "p": str(key.p),
            "q": str(key.q),
        },
    }


def threshold_key() -> dict[str, Json]:
    """The same with what the trustees' work needs."""
    return public_key() | {
        "threshold": THRESHOLD,
        "base": WIRE.material.base,
        "verification_keys": list(WIRE.material.verification_keys),
    }


def contest(rules: ContestRules, max_ballots: int = MAX_BALLOTS) -> dict[str, Json]:
    """A contest as the vectors write it."""
    return {
        "id": rules.id,
        "kind": "single" if rules.single else "vector",
        "options": rules.options,
        "max_per_option": rules.max_per_option,
        "min_total": rules.min_total,
        "max_total": rules.max_total,
        "max_ballots": max_ballots,
    }
