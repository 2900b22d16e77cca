"""The certificate of localhost: private, trusted for what it says, renewed in time."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import pytest

from emulator.cli import certificates, own_files


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path / "hk-local"


def handshake(name: str, app: str = "") -> bytes:
    """What a client that trusts the authority makes of a server that says it is `name`."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    authority = f"{app}/authority.pem" if app else certificates.authority()
    trusting = ssl.create_default_context(cafile=authority)
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if app else certificates.context()
    if app:
        context.load_cert_chain(f"{app}/localhost.pem")
    server = context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                pass
    server.write(b"hello")
    return client.read(5)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_it_is_localhosts(name: str):
    assert handshake(name) == b"hello"


def test_it_is_nobody_elses():
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake("example.com")


NAMES = ["shop.localhost", "www.example.com", "*.example.org"]


def test_an_app_s_own_has_the_names_of_the_app(tmp_path: Path):
    app = str(tmp_path / "tls")
    assert certificates.app_key_file(app, NAMES) == f"{app}/localhost.pem"
    for name in ("localhost", "127.0.0.1", "::1", "shop.localhost", "a.example.org", NAMES[1]):
        assert handshake(name, app) == b"hello"
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake("other.localhost", app)
    assert Path(app).stat().st_mode & 0o777 == 0o700


def test_an_app_s_own_is_made_again_for_another_name_alone(tmp_path: Path):
    def made(*names: str) -> bytes:
        return Path(certificates.app_key_file(str(tmp_path / "tls"), names)).read_bytes()

    first = made(*NAMES)
    assert made(*NAMES) == made(NAMES[0]) == first
    assert made(*NAMES, "new.example.com") != first
    assert handshake("new.example.com", str(tmp_path / "tls")) == b"hello"


def test_only_its_owner_reads_it(own: Path):
    certificates.authority()
    modes = {path.name: path.stat().st_mode & 0o077 for path in own.iterdir()}
    assert modes["localhost.pem"] == modes["authority.pem"] == 0
    assert own.stat().st_mode & 0o777 == 0o700
    assert b"PRIVATE" not in (own / "authority.pem").read_bytes()


def test_it_stays_the_same_until_it_is_about_to_expire(monkeypatch: pytest.MonkeyPatch):
    made = Path(certificates.authority()).read_bytes()
    assert Path(certificates.authority()).read_bytes() == made
    later = certificates.time() + certificates.VALID - certificates.RENEWED + 1
    monkeypatch.setattr(certificates, "time", lambda: later)
    assert Path(certificates.authority()).read_bytes() != made


@pytest.mark.parametrize("name", ["localhost.pem", "authority.pem"])
@pytest.mark.parametrize("damage", [b"", b"text\nand more\n", None])
def test_damaged_files_are_made_again(own: Path, name: str, damage: bytes | None):
    certificates.authority()
    if damage is None:
        (own / name).unlink()
    else:
        (own / name).write_bytes(damage)
    assert handshake("localhost") == b"hello"


def test_a_folder_that_others_can_enter_is_closed_and_a_link_refused(own: Path, tmp_path: Path):
    own.mkdir(mode=0o755)
    certificates.authority()
    assert own.stat().st_mode & 0o777 == 0o700
    own.rename(tmp_path / "elsewhere")
    own.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(own_files.NotOurs):
        certificates.authority()


def test_without_a_home_there_is_a_folder_beside_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    found = Path(certificates.authority()).parent
    assert found == tmp_path / f"hk-local-{os.geteuid()}"
    assert found.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "file"))
    with pytest.raises(own_files.FolderUnusable):
        certificates.context()


def test_the_places_of_the_platforms():
    assert own_files.place({"HOME": "/h"}, "linux") == "/h/.local/share/hk-local"
    assert own_files.place({"HOME": "/h", "XDG_DATA_HOME": "/d"}, "linux") == "/d/hk-local"
    assert own_files.place({"HOME": "/h", "XDG_DATA_HOME": "d"}, "linux").startswith("/h/")
    mac = own_files.place({"HOME": "/h", "XDG_DATA_HOME": "/d"}, "darwin")
    assert mac == "/h/Library/Application Support/hk-local"
