"""Opening an aggregate with 3 of 5 trustees: shares, combining them, and the check that anyone makes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.measure import Cost, Work
from benchmarks.proofs import ONE_OF_5
from benchmarks.setting import THRESHOLD, Setting
from common.crypto.cryptosystem import Ciphertext, Share

_CONTEXT = bytes(32)


def costs(setting: Setting) -> Iterator[Cost]:
    """For one ciphertext; a vector contest has one for each option."""
    yield Cost("trustee share, make with its proof", partial(_making, setting))
    yield Cost("trustee share, verify", partial(_verifying, setting))
    yield Cost("opening, combine 3 shares", partial(_combining, setting))
    yield Cost("opening, verify", partial(_checking, setting))


def _aggregate(setting: Setting) -> Ciphertext:
    key = setting.key
    scheme = key.scheme(ONE_OF_5.rules, 1_000)
    return key.aggregate(key.encrypt(scheme.encode(choice)[0], 2 + i) for i, choice in enumerate(ONE_OF_5.choices))


def _shares(setting: Setting, aggregate: Ciphertext) -> list[Share]:
    secrets = enumerate(setting.dealing.shares[:THRESHOLD], start=1)
    return [setting.key.share(secret, trustee, aggregate, _CONTEXT) for trustee, secret in secrets]


def _making(setting: Setting) -> Work:
    aggregate, secret = _aggregate(setting), setting.dealing.shares[0]
    return lambda: setting.key.share(secret, 1, aggregate, _CONTEXT)


def _verifying(setting: Setting) -> Work:
    aggregate = _aggregate(setting)
    share = _shares(setting, aggregate)[0]
    return lambda: setting.key.verify_share(share, aggregate, _CONTEXT)


def _combining(setting: Setting) -> Work:
    aggregate = _aggregate(setting)
    shares = _shares(setting, aggregate)
    return lambda: setting.key.open(aggregate, shares)


def _checking(setting: Setting) -> Work:
    aggregate = _aggregate(setting)
    opening = setting.key.open(aggregate, _shares(setting, aggregate))
    return lambda: setting.key.verify_opening(aggregate, opening)
