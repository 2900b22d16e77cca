"""Certificates that are made on this machine: of localhost for its user, of an app for its router.

The Heroku CLI speaks with a one-off over TLS and believes nothing but a certificate that it was
told to trust (NODE_EXTRA_CA_CERTS). It is told to trust this very certificate, which can sign no
other: who steals its key can be localhost, and nobody else. An app's own has the names by which the
app is reached, and lies in its state folder.
"""

from __future__ import annotations

import fcntl
import os
from time import time

from emulator.cli import own_files
from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

KEY = "localhost.pem"
"""Private key and certificate."""
AUTHORITY = "authority.pem"
"""The certificate alone."""

DAY = 86400
VALID = 397 * DAY
"""Source: Apple, HT211025: no certificate is trusted for more than 398 days."""
RENEWED = 60 * DAY
"""So long before it expires there is a new one."""
MARK = b"hk-local: valid until "
"""Before the certificate, where readers of PEM skip text."""


class NoCryptography(UserError):
    """A certificate for localhost cannot be made: {reason}. Reinstall hk-local."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


def key_file() -> str:
    """The path of the key and the certificate of localhost, which are valid for weeks."""
    return os.path.join(_current(own_files.folder(), ()), KEY)


def app_key_file(folder: str, names: Sequence[str]) -> str:
    """The same of the app whose `folder` that is; it is valid for these names too."""
    os.makedirs(folder, 0o700, exist_ok=True)
    return os.path.join(_current(folder, names), KEY)


def authority() -> str:
    """The path of what a client has to trust; it is there and valid for weeks."""
    return os.path.join(_current(own_files.folder(), ()), AUTHORITY)


def context() -> ssl.SSLContext:
    """A server's side of TLS as localhost."""
    import ssl

    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_cert_chain(key_file())
    return made


def _current(folder: str, names: Sequence[str]) -> str:
    """The folder, in which a certificate lies that is valid for localhost and these names."""
    if _is_valid(folder, names):
        return folder
    with open(os.path.join(folder, "lock"), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_valid(folder, names):  # another process may have made it meanwhile
            until = int(time()) + VALID
            key, certificate = _make(until, names)
            mark = MARK + " ".join((str(until), *names)).encode() + b"\n"
            own_files.write(os.path.join(folder, KEY), key + certificate)
            own_files.write(os.path.join(folder, AUTHORITY), mark + certificate)
    return folder


def _is_valid(folder: str, names: Sequence[str]) -> bool:
    """Each file is there, the certificate is the same in both, it is far from its end and has
    these names."""
    head, _, certificate = own_files.read(os.path.join(folder, AUTHORITY)).partition(b"\n")
    end, *named = head.removeprefix(MARK).decode("ascii", "replace").split(" ")
    try:
        until = int(end)
    except ValueError:
        return False
    key = own_files.read(os.path.join(folder, KEY))
    return (
        until - time() > RENEWED
        and {*names} <= {*named}
        and bool(certificate)
        and key.endswith(certificate)
    )


def _make(until: int, names: Sequence[str]) -> tuple[bytes, bytes]:
    """A new private key and its certificate, signed by itself, as PEM."""
    try:
        from emulator.cli.signature import self_signed
    except ImportError as error:
        raise NoCryptography(str(error)) from None
    return self_signed(until, names)
