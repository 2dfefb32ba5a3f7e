"""Which certificates the mock authority has issued, and which are revoked.

In memory, or in a file that the running OCSP responder and the command line share.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from common.ports import Unavailable


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate the authority answers for, and from when on it is revoked (seconds since 1970), if it is."""

    certificate: x509.Certificate
    revoked_at: int | None = None


class Register(Protocol):
    """Certificates by serial number."""

    def add(self, certificate: x509.Certificate) -> None: ...

    def find(self, serial_number: int) -> Issued | None: ...

    def all(self) -> Iterator[Issued]:
        """Every certificate, in no order."""

    def revoke(self, serial_number: int, at: int) -> None:
        """From `at` on; a certificate that was revoked before stays revoked since then."""


class MemoryRegister:
    """Lasts as long as the object."""

    def __init__(self, issued: Mapping[int, Issued] = MappingProxyType({})) -> None:
        self.issued = dict(issued)

    def add(self, certificate: x509.Certificate) -> None:
        self.issued[certificate.serial_number] = Issued(certificate)

    def find(self, serial_number: int) -> Issued | None:
        return self.issued.get(serial_number)

    def all(self) -> Iterator[Issued]:
        return iter(tuple(self.issued.values()))

    def revoke(self, serial_number: int, at: int) -> None:
        known = self.issued[serial_number]
        moment = at if known.revoked_at is None else min(at, known.revoked_at)
        self.issued[serial_number] = replace(known, revoked_at=moment)


class FileRegister:
    """A SQLite file; several processes may use it at once. `Unavailable` while it cannot be read or written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch(mode=0o600)
        self._run("CREATE TABLE IF NOT EXISTS issued (serial TEXT PRIMARY KEY, certificate BLOB, revoked_at INTEGER)")

    def add(self, certificate: x509.Certificate) -> None:
        der = certificate.public_bytes(serialization.Encoding.DER)
        self._run("INSERT INTO issued VALUES (?, ?, NULL)", str(certificate.serial_number), der)

    def find(self, serial_number: int) -> Issued | None:
        rows = self._run("SELECT certificate, revoked_at FROM issued WHERE serial = ?", str(serial_number))
        return Issued(x509.load_der_x509_certificate(rows[0][0]), rows[0][1]) if rows else None

    def all(self) -> Iterator[Issued]:
        rows = self._run("SELECT certificate, revoked_at FROM issued")
        return (Issued(x509.load_der_x509_certificate(der), revoked_at) for der, revoked_at in rows)

    def revoke(self, serial_number: int, at: int) -> None:
        update = "UPDATE issued SET revoked_at = MIN(?, COALESCE(revoked_at, ?)) WHERE serial = ?"
        self._run(update, at, at, str(serial_number))

    def _run(self, statement: str, *values: object) -> list[tuple[bytes, int | None]]:
        try:
            with closing(sqlite3.connect(self._path, timeout=30)) as connection, connection:
                return connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise Unavailable(f"the register of certificates is out of service ({error})") from error
