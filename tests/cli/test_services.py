"""What the services say of files that were edited."""

from __future__ import annotations

from types import SimpleNamespace

from emulator.cli.services import Services


def test_an_app_without_a_procfile_goes_on(tmp_path):
    told = []
    emulator = SimpleNamespace(say=lambda about, text: told.append(text))
    options = SimpleNamespace(dir=str(tmp_path), procfile="Procfile", env=())
    Services._reload(SimpleNamespace(options=options, emulator=emulator))
    assert told == [
        f"{tmp_path}/Procfile: no such file. Each of its lines names a process type and its "
        "command, such as 'web: npm start'; the app goes on as it was"
    ]
