"""TLS for services and their clients: the files, and what is made of them."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from common.errors import SetupError


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files of one party: its certificate chain and private key; `ca`: who certifies those that it talks to.

    To a service, `ca` is what its clients' certificates must come from; None lets everyone in.
    """

    certificate: Path
    key: Path
    ca: Path | None = None

    def require_present(self) -> None:
        """`SetupError` for a file that is not there."""
        for file in (self.certificate, self.key, *([self.ca] if self.ca else [])):
            if not file.is_file():
                raise SetupError(f"there is no file {file.name} for TLS")

    def require_usable(self) -> None:
        """`SetupError` for a file that is not there or not PEM, or a key that is not the certificate's."""
        self.require_present()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self.certificate, self.key)
            if self.ca is not None:
                context.load_verify_locations(self.ca)
        except (OSError, ssl.SSLError):
            raise SetupError(
                "the files given for TLS are not a certificate, its own key and a CA in PEM; look at each"
            ) from None


def client_context(ca: Path | None, own: TlsFiles | None = None) -> ssl.SSLContext | None:
    """How a client trusts (`ca` in place of the system's anchors) and shows itself (`own`); None: as by default."""
    if ca is None and own is None:
        return None
    try:
        context = ssl.create_default_context(cafile=str(ca) if ca else None)
        if own is not None:
            own.require_present()
            context.load_cert_chain(own.certificate, own.key)
    except (OSError, ssl.SSLError):
        raise SetupError("the files given for TLS are not readable certificates and keys in PEM") from None
    return context
