"""The golden files as they are committed: written again they are the same to the byte, and what breaks is told line by line."""

import shutil
from pathlib import Path

import pytest

from contracts import golden
from contracts.compatibility import breaks, changes
from contracts.directory import UnitV1
from contracts.intake import ContactV1
from contracts.registry import EVENTS

COMMITTED = {path.name: path.read_bytes() for path in golden.FOLDER.glob("*.json")}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(golden, "FOLDER", tmp_path / "schemas")
    return tmp_path / "schemas"


def test_written_into_an_empty_folder_they_are_as_committed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert golden.main() == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == COMMITTED
    assert capsys.readouterr().out == f"{len(COMMITTED)} schemas in {folder}\n"


def test_all_that_breaks_is_told_at_once_and_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(Path(golden.__file__).parent / "schemas", folder)
    monkeypatch.delitem(EVENTS, ContactV1.TYPE)
    monkeypatch.delitem(EVENTS, UnitV1.TYPE)
    assert golden.main(check=True) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "A reader would break; declare a V2 instead:\n"
        "  vn.motcua.directory.unit.changed.v1: removed\n"
        "  vn.motcua.intake.contact.changed.v1: removed\n"
    )


def test_what_breaks_is_told_under_the_name_given() -> None:
    assert breaks({"type": "string"}, {"type": "integer"}, "contact") == [
        'contact: type changed from "string" to "integer"',
    ]


def test_a_reference_that_leads_nowhere_is_told() -> None:
    old = {"properties": {"unit": {"$ref": "#/$defs/Unit"}}, "$defs": {"Unit": {"type": "string"}}}
    new = {"properties": {"unit": {"$ref": "#/$defs/Gone"}}, "$defs": {}}
    assert 'x.unit: refers to changed from nothing to "no definition"' in breaks(old, new, "x")


def test_without_any_definitions_a_reference_leads_nowhere() -> None:
    reference = {"$ref": "#/$defs/Unit"}
    assert breaks(reference, {"type": "string"}) == [
        ': $ref changed from "#/$defs/Unit" to nothing',
        ': refers to changed from "no definition" to nothing',
        ': type changed from nothing to "string"',
    ]


def test_what_may_be_there_no_more_is_told_as_a_type() -> None:
    assert breaks({"additionalProperties": True}, {"additionalProperties": False}, "x") == [
        'x{}: type changed from nothing to "never"',
    ]


def test_a_change_without_a_name_has_an_empty_path() -> None:
    assert [change.path for change in changes({"type": "string"}, {"type": "integer"})] == [""]
