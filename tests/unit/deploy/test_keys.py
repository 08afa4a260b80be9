"""The signing key of an installation: vouched for by its root key from the first start on, and made anew before it ends."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local import keys
from deploy.local.outcome import ExitCode, Stopped
from web.tokens import new_signing_key
from web.vouchers import RootKeys

NOW = datetime(2026, 2, 16, 9, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys.provide(tmp_path, NOW)
    return tmp_path


def signing_key(folder: Path) -> dict[str, str]:
    key: dict[str, str] = json.loads((folder / keys.SIGNING_KEY).read_text())
    return key


def test_the_first_start_makes_a_key_that_the_root_key_vouches_for(folder: Path) -> None:
    key = signing_key(folder)
    voucher = RootKeys.of(keys.root_public(folder)).vouched(key["voucher"], key["kid"], 1)
    assert voucher is not None
    assert (voucher.x, voucher.since, voucher.until) == (key["x"], NOW, NOW + keys.A_KEY_LASTS)
    assert keys.read_root(folder / keys.ROOT)["x"] == keys.root_public(folder)


def test_there_is_no_root_key_before_the_first_start(tmp_path: Path) -> None:
    assert keys.root_public(tmp_path) == ""


def test_a_key_of_before_that_nobody_vouches_for_is_replaced(tmp_path: Path) -> None:
    before = new_signing_key("before")[0]
    (tmp_path / keys.SIGNING_KEY).write_text(json.dumps(before))
    keys.provide(tmp_path, NOW)
    assert signing_key(tmp_path)["kid"] != "before"


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        (timedelta(0), True),
        (keys.A_KEY_LASTS - keys.RENEWED_BEFORE - timedelta(seconds=1), True),
        (keys.A_KEY_LASTS - keys.RENEWED_BEFORE, False),
        (keys.A_KEY_LASTS, False),
        (timedelta(days=-1), False),
    ],
    ids=["at once", "in good time", "it ends soon", "it has ended", "the clock was put back"],
)
def test_a_start_makes_a_new_key_before_the_old_one_ends(folder: Path, later: timedelta, kept: bool) -> None:
    before = signing_key(folder)
    root = (folder / keys.ROOT).read_bytes()
    keys.provide(folder, NOW + later)
    after = signing_key(folder)
    assert (after == before) is kept
    assert RootKeys.of(keys.root_public(folder)).read(after["voucher"]).kid == after["kid"]
    assert (folder / keys.ROOT).read_bytes() == root


def test_with_the_root_key_elsewhere_it_starts_as_long_as_the_key_lasts(folder: Path) -> None:
    before = signing_key(folder)
    (folder / keys.ROOT).unlink()
    keys.provide(folder, NOW + keys.A_KEY_LASTS - timedelta(seconds=1))
    assert signing_key(folder) == before
    with pytest.raises(Stopped, match="--root FILE") as stopped:
        keys.provide(folder, NOW + keys.A_KEY_LASTS)
    assert stopped.value.code is ExitCode.MACHINE_UNFIT


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"kid": "x"}', "not json"])
def test_what_is_no_root_key_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "root.jwk").write_text(content)
    with pytest.raises(Stopped, match="no root key"):
        keys.read_root(tmp_path / "root.jwk")
