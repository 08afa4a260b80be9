"""`publiccode.yml` obeys its standard, and says of us what is so."""

import copy
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft202012Validator, meta

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads(Path(__file__).with_name("publiccode.schema.json").read_text(encoding="utf-8"))
FILE = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, validate_formats=True)
Change = Callable[[dict[str, Any]], Any]


def put(*path_and_value: Any) -> Change:
    """A change that sets one value, by its path."""
    *path, last, value = path_and_value

    def change(file: dict[str, Any]) -> None:
        for step in path:
            file = file[step]
        file[last] = value

    return change


CHANGES: dict[str, Change] = {
    **{f"without {key}": lambda file, key=key: file.pop(key) for key in SCHEMA["required"]},
    **{f"{key} is empty": put(key, None) for key in SCHEMA["required"]},
    "another version": put("publiccodeYmlVersion", "0.3"),
    "a version that is a number": put("publiccodeYmlVersion", 0.7),
    "an unknown key": put("colour", "red"),
    "a deprecated key": put("inputTypes", ["text/plain"]),
    "an address without a scheme": put("url", "example.org/motcua.git"),
    "no platform": put("platforms", []),
    "a category of our own": put("categories", ["one-stop"]),
    "a category twice": put("categories", ["office", "office"]),
    "an unknown status": put("developmentStatus", "ready"),
    "an unknown kind of software": put("softwareType", "web"),
    "a country in small letters": put("intendedAudience", "countries", ["vn"]),
    "an unknown scope": put("intendedAudience", "scope", ["villages"]),
    "no language": put("description", {}),
    "a language that is none": put("description", "tiếng Việt", FILE["description"]["vi"]),
    "no short description": lambda file: file["description"]["vi"].pop("shortDescription"),
    "a short description of 151 letters": put("description", "en", "shortDescription", "x" * 151),
    "a long description of 149 letters": put("description", "en", "longDescription", "x" * 149),
    "features that are no list": put("description", "vi", "features", "everything"),
    "no licence": lambda file: file["legal"].pop("license"),
    "an unknown kind of maintenance": put("maintenance", "type", "volunteers"),
    "a community without a contact": lambda file: file["maintenance"].pop("contacts"),
    "a contract without a contractor": put("maintenance", "type", "contract"),
    "a contract without an end": put("maintenance", "contractors", [{"name": "A company"}]),
    "a contract until no day": put("maintenance", "contractors", [{"name": "A company", "until": "2027-02-30"}]),
    "a contact without a name": put("maintenance", "contacts", [{"email": "someone@example.org"}]),
    "an e-mail that is none": put("maintenance", "contacts", [{"name": "Someone", "email": "example.org"}]),
    "localisation that is a word": put("localisation", "localisationReady", "yes"),
    "no available language": put("localisation", "availableLanguages", []),
    "a version of a dependency that is a number": put("dependsOn", "open", [{"name": "PostgreSQL", "versionMin": 18}]),
    "a release on no day": put("releaseDate", "2026-13-01"),
}


def problems(file: dict[str, Any]) -> list[str]:
    return [f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in VALIDATOR.iter_errors(file)]


def test_the_schema_is_one() -> None:
    meta.validate(SCHEMA)


def test_it_obeys_the_standard() -> None:
    assert problems(FILE) == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_broken_file_is_refused(change: str) -> None:
    broken = copy.deepcopy(FILE)
    CHANGES[change](broken)
    assert problems(broken) != []


def test_a_long_description_and_features_stand_in_a_language_at_least() -> None:
    complete = [text for text in FILE["description"].values() if {"longDescription", "features"} <= set(text)]
    assert complete != []


def test_what_it_says_of_us_is_so() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = {dependency["name"]: dependency["versionMin"] for dependency in FILE["dependsOn"]["open"]}
    assert FILE["legal"]["license"] == project["license"]
    assert f">={versions['Python']}" == project["requires-python"]
    for folder in (ROOT / "services").glob("*/texts"):
        assert {path.stem for path in folder.glob("*.toml")} == set(FILE["localisation"]["availableLanguages"]), folder
    for text in FILE["description"].values():
        assert [path for path in text["screenshots"] if not (ROOT / path).is_file()] == []
