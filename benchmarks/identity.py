"""The voter's identity: signing a statement, and the checks of signature, certificate and its status.

Certificate checks are memoised for one moment in time; here the moment moves with every run, unless a name says
otherwise, so that every run does all the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import count

from benchmarks.measure import Cost, Work
from benchmarks.setting import Setting
from common.eid import ocsp, signing
from common.eid.certificates import Identity, Purpose, verify_voter_certificate
from scenarios.country.authority import EidAuthority
from scenarios.country.ocsp_responder import OcspResponder
from scenarios.country.population import people

_NOW = 1_800_000_000
_LONG = 100_000_000
"""Seconds for which an OCSP response is made to hold, so that the moment can move."""
_STATEMENT = bytes(600)
"""About as long as a vote statement."""


def costs(_setting: Setting) -> Iterator[Cost]:
    """The same at every parameter set."""
    country = _Country()
    yield Cost("voter signature, make", country.signing)
    yield Cost("voter signature, parse and verify", country.verifying)
    yield Cost("certificate chain, verify", country.certificate)
    yield Cost("OCSP response, verify", country.status)
    yield Cost("OCSP response, verify, responder seen before", country.status_again)


class _Country:
    """A mock eID authority, one voter's card, one signature and the OCSP response that belongs to it."""

    @cached_property
    def authority(self) -> EidAuthority:
        return EidAuthority(lambda: _NOW)

    @cached_property
    def jws(self) -> str:
        self.card = self.authority.issue(people(1, seed=1)[0])
        return self.card.sign(_STATEMENT, _NOW)

    @cached_property
    def signature(self) -> signing.ParsedSignature:
        return signing.parse(self.jws)

    @cached_property
    def response(self) -> bytes:
        request = ocsp.build_request(self.signer.certificate, self.signer.issuer, signing.ocsp_nonce(self.signature))
        return OcspResponder(self.authority, validity=_LONG).respond(request)

    @property
    def signer(self) -> Identity:
        return self.verify_chain(_NOW)

    def verify_chain(self, time: int) -> Identity:
        return verify_voter_certificate(self.signature.chain, Purpose.SIGNATURE, time, self.authority.anchors)

    def signing(self) -> Work:
        _ = self.jws
        return lambda: self.card.sign(_STATEMENT, _NOW)

    def verifying(self) -> Work:
        jws, key = self.jws, self.signer.public_key
        return lambda: signing.verify(signing.parse(jws), key)

    def certificate(self) -> Work:
        moments = count(_NOW)
        return lambda: self.verify_chain(next(moments))

    def status(self) -> Work:
        moments = count(_NOW)
        return lambda: self._verify_status(next(moments))

    def status_again(self) -> Work:
        return lambda: self._verify_status(_NOW)

    def _verify_status(self, time: int) -> None:
        signer, nonce = self.signer, signing.ocsp_nonce(self.signature)
        ocsp.verify_response(
            self.response, signer.certificate, signer.issuer, nonce, time, _LONG, self.authority.anchors
        )
