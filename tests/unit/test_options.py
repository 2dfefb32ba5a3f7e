"""Options that parties share: flags over files, nothing unknown, TLS in whole pairs, nothing secret said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from common.errors import SetupError
from common.transport.options import (
    ClientCa,
    Config,
    Host,
    Port,
    TlsCert,
    TlsKey,
    announce_configuration,
    require_permitted,
    tls_files,
)
from common.transport.tls import client_context

app = typer.Typer()


@app.command()
def serve(
    folder: Annotated[Path, typer.Argument()],
    witness: Annotated[list[str], typer.Option()],
    host: Host = "127.0.0.1",
    port: Port = 0,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    client_ca: ClientCa = None,
    config: Config = None,
) -> None:
    announce_configuration("service", locals())
    typer.echo(json.dumps({"witness": witness, "host": host, "port": port}))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["own", *arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "service.toml"
    path.write_text('witness = ["http://a", "http://b"]\nport = 8001\ntls-cert = "chain.pem"\n', encoding="utf-8")
    return path


def test_file_gives_values_and_flags_have_the_last_word(file: Path) -> None:
    assert json.loads(run("--config", str(file)).stdout) == {
        "witness": ["http://a", "http://b"],
        "host": "127.0.0.1",
        "port": 8001,
    }
    assert json.loads(run("--config", str(file), "--port", "8002", "--witness", "http://c").stdout) == {
        "witness": ["http://c"],
        "host": "127.0.0.1",
        "port": 8002,
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("port = 8001\npassword = 'x'\n", "unknown: password; write only client-ca,"),
        ("config = 'other.toml'\n", "unknown: config"),
        ("port =", "not TOML"),
    ],
    ids=["unknown", "nested", "malformed"],
)
def test_file_that_says_anything_else_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "service.toml"
    path.write_text(text, encoding="utf-8")
    failed = run("--config", str(path), "--witness", "http://a").exception
    assert isinstance(failed, SetupError)
    assert reason in str(failed)


def test_value_of_the_wrong_kind_in_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "service.toml"
    path.write_text("port = 'many'\nwitness = ['http://a']\n", encoding="utf-8")
    assert run("--config", str(path)).exit_code == 2


def test_missing_file_is_named(tmp_path: Path) -> None:
    failed = run("--config", str(tmp_path / "nowhere.toml")).exception
    assert isinstance(failed, SetupError)
    assert "nowhere.toml" in str(failed)


def test_configuration_is_told_at_start(file: Path) -> None:
    told = run("--config", str(file)).stderr
    assert '"port": 8001' in told
    assert '"tls_cert": "chain.pem"' in told
    assert '"witness": ["http://a", "http://b"]' in told
    assert "client_ca" not in told, "what was not given is not told"


def test_tls_takes_both_files_or_neither(tmp_path: Path) -> None:
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    assert tls_files(None, None) is None
    assert tls_files(certificate, key) is not None
    for half in ((certificate, None), (None, key)):
        with pytest.raises(SetupError, match="both --tls-cert and --tls-key"):
            tls_files(*half)
    with pytest.raises(SetupError, match="both --tls-cert and --tls-key"):
        tls_files(None, None, certificate)


def test_client_trusts_nobody_on_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing", encoding="ascii")
    assert client_context(None) is None
    with pytest.raises(SetupError, match="not readable certificates"):
        client_context(tmp_path / "ca.pem")
    with pytest.raises(SetupError, match="not readable certificates"):
        client_context(tmp_path / "nowhere.pem")


def test_toy_parameters_must_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    require_permitted(insecure=False, allowed=False)
    assert capsys.readouterr().err == ""
    require_permitted(insecure=True, allowed=True)
    assert "TOY PARAMETERS" in capsys.readouterr().err
    with pytest.raises(SetupError, match="--insecure-parameters"):
        require_permitted(insecure=True, allowed=False)
