"""Setup says in one sentence why it cannot go on, and never leaves half of it behind."""

import hashlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from jgo.maven import MavenContext

from contracts.services import SERVICES
from deploy.local import fetch, os_user, schema, setup, vendor
from deploy.local.outcome import ExitCode, Stopped, worded
from deploy.local.setup import ROOT

JAR = "org/example/thing/1.0/thing-1.0.jar"


def test_without_a_network_it_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    ran = subprocess.run(
        [sys.executable, "-m", "deploy.local.setup"],
        env=os.environ | nowhere | {"MOTCUA_VENDOR": str(tmp_path), "MOTCUA_LANG": "vi"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == ExitCode.NO_NETWORK
    assert ran.stderr.startswith("Không tải được Apache Kafka")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MOTCUA_VENDOR", str(tmp_path / "file" / "below"))
    with pytest.raises(Stopped, match="Set MOTCUA_VENDOR") as refused:
        fetch.fetch(lambda _: None)
    assert refused.value.code is ExitCode.MACHINE_UNFIT


@pytest.mark.parametrize("same", [True, False])
def test_a_file_other_than_the_one_locked_is_refused(tmp_path: Path, *, same: bool) -> None:
    jar = tmp_path / JAR
    jar.parent.mkdir(parents=True)
    jar.write_bytes(b"content")
    digest = hashlib.sha256(b"content" if same else b"another").hexdigest()
    context = MavenContext(repo_cache=tmp_path / "cache", local_repos=[tmp_path], offline=True)
    wanted = vendor.Artifact(digest, "org.example:thing:1.0")
    if same:
        assert fetch._download(context, wanted) == jar
        return
    with pytest.raises(Stopped, match="differs from the one locked") as refused:
        fetch._download(context, wanted)
    assert refused.value.code is ExitCode.MACHINE_UNFIT


def test_the_lock_holds_what_vendor_names() -> None:
    locked = {artifact.coordinate for artifact in vendor.locked()}
    assert {*vendor.KAFKA.split("+"), *(file.webjar for file in vendor.WEB_FILES), *vendor.TEST_JARS} <= locked
    assert all(len(artifact.sha256) == 64 for artifact in vendor.locked())


def test_what_setup_put_in_place_is_there() -> None:
    assert vendor.java().exists()
    assert all((vendor.folder() / file.path).stat().st_size > 0 for file in vendor.WEB_FILES)
    for coordinate in vendor.TEST_JARS:
        jar = vendor.test_jar(coordinate.split(":")[1])
        assert jar.stat().st_size > 0
        assert not (vendor.folder() / "kafka" / jar.name).exists(), "no server of ours needs it"


def test_a_missing_wheel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(setup.WHEELS, "no_such_module", "no-such-wheel")
    with pytest.raises(Stopped, match=r"no-such-wheel are missing. Run `make setup`"):
        setup._check_wheels()


def test_every_package_is_compiled() -> None:
    include = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {pattern.removesuffix("*") for pattern in include} - {"bench"} == set(setup.PACKAGES)


def test_private_homes_are_recognised(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert not os_user.reachable(tmp_path / "postgres")
    assert os_user.reachable(Path("/usr/bin/env"))


def test_a_failed_migration_is_told_with_its_reason() -> None:
    nobody_listens = dict.fromkeys(SERVICES, "postgresql+psycopg://nobody:nothing@127.0.0.1:9/nowhere")
    with pytest.raises(Stopped, match="could not be brought to the new version") as refused:
        schema.upgrade(nobody_listens)
    assert refused.value.code is ExitCode.MIGRATION_FAILED
    assert "Error" in refused.value.detail


@pytest.mark.parametrize(("chosen", "said"), [("vi", "một"), ("en", "one"), ("", "một\none"), ("fr", "một\none")])
def test_both_languages_unless_one_is_chosen(monkeypatch: pytest.MonkeyPatch, chosen: str, said: str) -> None:
    monkeypatch.setenv("MOTCUA_LANG", chosen)
    assert worded("một", "one") == said
