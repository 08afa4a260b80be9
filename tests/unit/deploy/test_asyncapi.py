"""The AsyncAPI documents say what is on the wire, and a change that would break a reader of them is refused."""

import json
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from contracts.envelope import headers_of
from contracts.services import POST, SERVICES
from contracts.topics import DEAD_LETTERS, TOPICS
from contracts.values import Lane
from deploy.asyncapi import __main__ as command
from deploy.asyncapi import golden
from deploy.asyncapi.document import document_of
from tests.contracts.test_samples import SAMPLES, type_of

GOLDEN = golden.golden()
NOW = datetime(2026, 2, 16, 7, 30, tzinfo=UTC)
OWNERS = {topic.base: topic.owner for topic in (*TOPICS, *DEAD_LETTERS)}


def schema_of(document: Any, kind: str, part: str) -> Draft202012Validator:
    return Draft202012Validator(golden.schema_of(document, kind, part))


def test_there_is_one_for_each_service_and_for_the_post_as_the_code_says() -> None:
    assert set(GOLDEN) == {*SERVICES, POST}
    assert golden.current() == GOLDEN, "run `make contracts` and read the difference"


def test_each_topic_is_published_in_its_owner_s_document_and_in_no_other() -> None:
    assert sorted((base, owner) for owner, document in GOLDEN.items() for base in golden.sent(document)) == sorted(OWNERS.items())


@pytest.mark.parametrize("owner", GOLDEN)
def test_the_addresses_are_those_of_the_topics(owner: str) -> None:
    names = {topic.base: set(topic.names()) for topic in (*TOPICS, *DEAD_LETTERS)}
    for base, channel in GOLDEN[owner]["channels"].items():
        lanes = channel.get("parameters", {}).get("lane", {}).get("enum", [""])
        assert {channel["address"].replace("{lane}", lane) for lane in lanes} == names[base]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_what_was_published_is_what_a_reader_expects(sample: Path) -> None:
    """In every document that has it."""
    kind, data = type_of(sample), json.loads(sample.read_bytes())
    documents = [document for document in GOLDEN.values() if kind in document["components"]["messages"]]
    assert documents
    headers = headers_of("e-1", "intake", kind, "d-1", NOW, 7, "c-1", None)
    for document in documents:
        assert not list(schema_of(document, kind, "payload").iter_errors(data))
        assert not list(schema_of(document, kind, "headers").iter_errors({name: value.decode() for name, value in headers}))
        without_id = {name: value.decode() for name, value in headers if name != "ce_id"}
        assert list(schema_of(document, kind, "headers").iter_errors(without_id))
        assert list(schema_of(document, kind, "headers").iter_errors({**without_id, "ce_id": "e-1", "ce_type": "another"}))


@pytest.mark.parametrize("owner", GOLDEN)
def test_every_reference_leads_somewhere(owner: str) -> None:
    for reference in references(GOLDEN[owner]):
        part = GOLDEN[owner]
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (inner for name, inner in value.items() if name == "$ref")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from references(inner)


def test_one_name_for_two_shapes_is_refused() -> None:
    part = {"type": "object", "title": "Event", "properties": {"part": {"$ref": "#/$defs/Part"}}}
    shapes = {"a": {**part, "$defs": {"Part": {"type": "string"}}}, "b": {**part, "$defs": {"Part": {"type": "integer"}}}}
    with pytest.raises(ValueError, match="Part"):
        document_of("intake", publishes=[TOPICS[0]], reads=[], schemas={TOPICS[0].base: shapes})


# --- what a reader would notice -----------------------------------------------------------------------------

DECIDED = "vn.motcua.routing.case.decided.v1"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda document: document["operations"].pop("publish routing.cases"), "routing.cases: no longer published"),
        (lambda document: document["channels"]["routing.cases"].update(address="cases.{lane}"), "address: changed"),
        (
            lambda document: document["channels"]["routing.cases"]["parameters"]["lane"]["enum"].remove(Lane.POST),
            "parameters: changed",
        ),
        (lambda document: document["channels"]["routing.cases"]["messages"].pop(DECIDED), f"{DECIDED}: removed"),
        (lambda document: document["components"]["schemas"][DECIDED]["required"].remove("at"), "at: no longer required"),
        (lambda document: document["components"]["schemas"]["UnitRef"]["properties"].pop("name"), "name: removed"),
        (
            lambda document: document["components"]["messageTraits"]["envelope"]["headers"]["required"].remove("ce_id"),
            "ce_id: no longer required",
        ),
        (
            lambda document: document["components"]["messages"][DECIDED]["headers"]["properties"]["ce_type"].update(const="x"),
            "const",
        ),
    ],
)
def test_what_a_reader_would_notice_is_refused(change: Callable[[Any], object], said: str) -> None:
    after = deepcopy(GOLDEN["routing"])
    change(after)
    broken = [str(noticed) for noticed in golden.compare(GOLDEN["routing"], after, "routing") if noticed.breaks]
    assert any(said in line for line in broken), broken


def test_a_topic_more_and_one_that_is_read_no_more_break_nobody() -> None:
    after = deepcopy(GOLDEN["routing"])
    del after["operations"]["read intake.dossiers"]
    assert not list(golden.compare(GOLDEN["routing"], after, "routing"))
    before = deepcopy(GOLDEN["routing"])
    del before["operations"]["publish routing.cases"]
    assert not list(golden.compare(before, GOLDEN["routing"], "routing"))


# --- the command --------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copied = Path(shutil.copytree(golden.FOLDER, tmp_path / "asyncapi"))
    monkeypatch.setattr(golden, "FOLDER", copied)
    return copied


def test_a_difference_has_to_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads((folder / "post.json").read_text("utf-8"))
    document["info"]["title"] = "Another"
    (folder / "post.json").write_text(json.dumps(document), "utf-8")
    assert command.main(check=True) == 1
    assert "post: run `make contracts`" in capsys.readouterr().out
    assert command.main() == 0
    assert command.main(check=True) == 0
    assert golden.golden() == GOLDEN


@pytest.mark.parametrize("check", [True, False], ids=["make check", "make contracts"])
def test_what_breaks_is_refused_and_nothing_is_written(folder: Path, capsys: pytest.CaptureFixture[str], check: bool) -> None:
    shutil.copy(folder / "post.json", folder / "bank.json")
    written = (folder / "post.json").read_text("utf-8")
    (folder / "post.json").write_text(written.replace('"post.shipments",', '"post.parcels",'), "utf-8")
    assert command.main(check=check) == 1
    said = capsys.readouterr().err
    assert "bank: removed" in said
    assert "post.shipments address: changed from post.parcels to post.shipments" in said
