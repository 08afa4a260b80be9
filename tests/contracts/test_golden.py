"""Golden schemas are what the classes say, every part of them is compared, and `make check` refuses what breaks a reader."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import create_model

from contracts import golden
from contracts.compatibility import breaks, changes
from contracts.intake import ContactV1
from contracts.registry import EVENTS
from contracts.values import Email
from tests.contracts.mutations import harmless, narrowed, node_at, pointers, widened

GOLDEN = golden.golden()


def test_the_golden_schemas_are_what_the_classes_say() -> None:
    assert golden.current() == GOLDEN, "run `make contracts` and read the difference"


def test_a_class_reads_by_the_same_schema_as_it_writes() -> None:
    """So that one golden schema speaks for readers and publishers: no alias on one side, no value serialised as another."""
    assert {name: EVENTS[name].model_json_schema(mode="validation") for name in GOLDEN} == GOLDEN


@pytest.mark.parametrize("name", GOLDEN)
def test_no_part_of_a_schema_can_be_narrowed(name: str) -> None:
    accepted = [label for label, mutant in narrowed(GOLDEN[name]) if not breaks(GOLDEN[name], mutant)]
    assert accepted == []


@pytest.mark.parametrize("name", GOLDEN)
def test_the_mutations_visit_every_node(name: str) -> None:
    visited = {id(node_at(GOLDEN[name], pointer)) for pointer in pointers(GOLDEN[name])}
    assert [node for node in _typed(GOLDEN[name]) if id(node) not in visited] == []


def _typed(value: Any) -> Iterator[dict[str, Any]]:
    """Whatever looks like a schema, wherever it stands."""
    if isinstance(value, dict):
        if any(
            isinstance(value.get(keyword), kind)
            for keyword, kind in (("type", str), ("$ref", str), ("anyOf", list), ("enum", list))
        ):
            yield value
        for inner in value.values():
            yield from _typed(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _typed(inner)


@pytest.mark.parametrize("name", GOLDEN)
def test_what_no_reader_notices_is_allowed(name: str) -> None:
    assert [label for label, changed in harmless(GOLDEN[name]) if changes(GOLDEN[name], changed)] == []


@pytest.mark.parametrize("name", GOLDEN)
def test_a_wider_bound_is_allowed_and_named(name: str) -> None:
    for label, changed in widened(GOLDEN[name]):
        noticed = changes(GOLDEN[name], changed)
        assert noticed, label
        assert all("widened" in change.what and not change.breaks for change in noticed), label


# --- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the golden schemas, to be written to."""
    copied = Path(shutil.copytree(golden.FOLDER, tmp_path / "schemas"))
    monkeypatch.setattr(golden, "FOLDER", copied)
    return copied


def declare(monkeypatch: pytest.MonkeyPatch, **fields: Any) -> None:
    """Another ContactV1 in the place of ours."""
    another = create_model("ContactV1", __base__=ContactV1, __module__="contracts.intake", __doc__=ContactV1.__doc__, **fields)
    monkeypatch.setitem(EVENTS, ContactV1.TYPE, another)


def test_the_contracts_as_committed_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert golden.main(check=True) == 0
    assert capsys.readouterr().out == f"{len(GOLDEN)} contracts hold\n"


@pytest.mark.parametrize("check", [True, False], ids=["make check", "make contracts"])
def test_a_change_that_breaks_is_refused_and_nothing_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], check: bool
) -> None:
    declare(monkeypatch, email=(float | None, None))
    assert golden.main(check=check) == 1
    assert f'{ContactV1.TYPE}.email|0: type changed from "string" to "number"' in capsys.readouterr().err
    assert golden.golden() == GOLDEN


@pytest.mark.parametrize("check", [True, False], ids=["make check", "make contracts"])
def test_a_type_that_is_gone_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], check: bool
) -> None:
    monkeypatch.delitem(EVENTS, ContactV1.TYPE)
    assert golden.main(check=check) == 1
    assert f"{ContactV1.TYPE}: removed" in capsys.readouterr().err


def test_an_allowed_change_has_to_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    declare(monkeypatch, second_email=(Email | None, None))
    assert golden.main(check=True) == 1
    assert f"{ContactV1.TYPE}: run `make contracts`" in capsys.readouterr().out
    assert golden.main() == 0
    assert golden.main(check=True) == 0
    assert "second_email" in golden.golden()[ContactV1.TYPE]["properties"]


def test_writing_a_wider_bound_says_who_is_deployed_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / f"{ContactV1.TYPE}.json"
    path.write_text(path.read_text("utf-8").replace('"maxLength": 500', '"maxLength": 400'), "utf-8")
    assert golden.main() == 0
    assert f"{ContactV1.TYPE}.name: maxLength widened from 400 to 500: deploy the readers" in capsys.readouterr().out
