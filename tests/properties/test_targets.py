"""What a trustee takes a root of has one spelling: a value below n, or an element below n², never the same plus n."""

from __future__ import annotations

import pytest

from common.crypto.paillier_key import PaillierElectionKey
from common.errors import CryptoError

SECRET = "A" * 85 + "Q"
"""A secret share of 1; that it is nobody's does not matter here."""


def test_targets_in_range_are_taken(toy_key: PaillierElectionKey) -> None:
    public = toy_key.public
    for target in (public.encode_value(2), public.encode_element(public.n_squared - 1)):
        assert toy_key.share(SECRET, 1, target, b"context").trustee == 1


def test_targets_out_of_range_are_refused(toy_key: PaillierElectionKey) -> None:
    public = toy_key.public
    for target in (
        public.encode_value(0),
        public.encode_value(public.n + 2),
        public.encode_element(0),
        public.encode_element(public.n_squared + 2),
    ):
        with pytest.raises(CryptoError, match="target of an opening is out of range"):
            toy_key.share(SECRET, 1, target, b"context")


def test_targets_of_another_length_are_refused(toy_key: PaillierElectionKey) -> None:
    with pytest.raises(CryptoError, match="where 128 are due"):
        toy_key.share(SECRET, 1, "AAAA", b"context")


def test_shares_of_one_trustee_twice_are_refused_beside_anothers(toy_key: PaillierElectionKey) -> None:
    """Two trustees in all, three shares: which of the doubled ones would count?"""
    target = toy_key.public.encode_value(2)
    first, second = (toy_key.share(SECRET, trustee, target, b"context") for trustee in (1, 2))
    for shares in ([first, first], [first, first, second]):
        with pytest.raises(CryptoError, match="2 different trustees"):
            toy_key.root(shares, target)
