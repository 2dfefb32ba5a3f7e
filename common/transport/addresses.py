"""Addresses of services: plain HTTP stays on the loopback interface, everything else needs TLS."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from common.errors import SetupError

LOOPBACK = "127.0.0.1"


def is_loopback(host: str) -> bool:
    """Whether a host is `localhost` or a loopback address; other names are never looked up."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def require_safe(address: str) -> str:
    """The address, without a slash at its end; `SetupError` unless it is https://, or http:// on loopback."""
    try:
        parts = urlsplit(address)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:  # half an IPv6 address, or a port that is none
        host = None
    if not host or parts.scheme not in {"http", "https"} or "@" in parts.netloc or parts.query or parts.fragment:
        raise SetupError("a service's address is http://host:port or https://host:port")
    if parts.scheme == "http" and not is_loopback(host):
        raise SetupError("plain http is for services on this machine; use https")
    return address.rstrip("/")


def url_of(host: str, port: int, *, tls: bool) -> str:
    """The address at which a service on this host and port is reached."""
    return f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"
