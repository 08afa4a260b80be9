"""Samples stay for ever: what was published once is read by today's class, and nothing of it is lost or read as something else.

The golden schemas can be written anew; the samples cannot, so they also hold what no schema shows (how a unit id is checked).
Of each type there is one beside which only optional fields are missing, and a full one that sets every field.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError, create_model

from contracts import golden
from contracts.intake import ContactV1
from contracts.registry import EVENTS
from contracts.values import Value

FOLDER = Path(__file__).parent / "samples"
TYPES = sorted(golden.current())
SAMPLES = sorted(FOLDER.glob("*.json"))


def type_of(sample: Path) -> str:
    """`<type>.json`, or `<type>.<what is special>.json`."""
    return max((name for name in TYPES if sample.name.startswith(f"{name}.")), key=len, default="")


def unset(value: object, path: str = "") -> Iterator[str]:
    """Every field, list or dict, in depth, that says nothing."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name not in value.model_fields_set:
                yield f"{path}.{name}"
            yield from unset(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, Mapping):
        yield from (f"{path}{{}}" for _ in range(not value))
        for key, inner in value.items():
            yield from unset(inner, f"{path}.{key}")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from (f"{path}[]" for _ in range(not value))
        for number, inner in enumerate(value):
            yield from unset(inner, f"{path}[{number}]")
    elif value is None or value == "":
        yield path


def lost(sample: Any, read: Any, path: str = "") -> Iterator[str]:
    """What the sample says and the event that was read from it does not."""
    if isinstance(sample, dict) and isinstance(read, dict):
        for key, value in sample.items():
            yield from lost(value, read.get(key), f"{path}.{key}")
    elif isinstance(sample, list) and isinstance(read, list) and len(sample) == len(read):
        for number, (value, other) in enumerate(zip(sample, read, strict=True)):
            yield from lost(value, other, f"{path}[{number}]")
    elif json.dumps(sample) != json.dumps(read):
        yield path


def read_back(cls: type[BaseModel], sample: bytes) -> list[str]:
    """Read, and published again: what of it is not the same."""
    return list(lost(json.loads(sample), json.loads(cls.model_validate_json(sample).model_dump_json())))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_what_was_published_is_read_and_nothing_of_it_is_lost(sample: Path) -> None:
    assert type_of(sample), (
        f"no class reads {sample.name}: it is named <full type>.json, "
        "as vn.motcua.intake.dossier.accepted.v1.json is, and a type is never removed"
    )
    assert read_back(EVENTS[type_of(sample)], sample.read_bytes()) == []


@pytest.mark.parametrize("name", TYPES)
def test_every_event_has_a_sample(name: str) -> None:
    assert (FOLDER / f"{name}.json").is_file(), f"add tests/contracts/samples/{name}.json: samples stay for ever"


@pytest.mark.parametrize("name", TYPES)
def test_every_event_has_a_full_sample(name: str) -> None:
    sample = FOLDER / f"{name}.full.json"
    assert sample.is_file(), f"add tests/contracts/samples/{sample.name}, with every optional field"
    left_out = list(unset(EVENTS[name].model_validate_json(sample.read_bytes())))
    assert left_out == [], "the full sample leaves these fields out"


# --- the samples find what golden schemas written anew would hide ------------------------------------------


def contact_without_telephone() -> type[BaseModel]:
    fields = {name: (field.annotation, field) for name, field in ContactV1.model_fields.items() if name != "telephone"}
    return create_model("ContactV1", __base__=Value, **fields)


def test_a_field_that_is_gone_is_noticed() -> None:
    sample = (FOLDER / f"{ContactV1.TYPE}.full.json").read_bytes()
    assert read_back(contact_without_telephone(), sample) == [".telephone"]


def test_a_field_of_another_type_is_noticed() -> None:
    numbered = create_model("ContactV1", __base__=ContactV1, email=(float | None, None))
    with pytest.raises(ValidationError, match="email"):
        read_back(numbered, (FOLDER / f"{ContactV1.TYPE}.full.json").read_bytes())


@pytest.mark.parametrize(("part", "path"), [("email", ".email"), ("language", ".language")])
def test_a_field_that_a_full_sample_leaves_out_is_named(part: str, path: str) -> None:
    data = json.loads((FOLDER / f"{ContactV1.TYPE}.full.json").read_bytes())
    del data[part]
    assert path in list(unset(ContactV1.model_validate(data)))


def test_an_empty_list_inside_is_named() -> None:
    name = "vn.motcua.directory.procedure.changed.v1"
    data = json.loads((FOLDER / f"{name}.full.json").read_bytes())
    data["versions"][1]["papers"] = []
    assert list(unset(EVENTS[name].model_validate(data))) == [".versions[1].papers[]"]
