"""The contracts keep their promises: golden schemas, compatibility, owners, old samples, and values no database could hold."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts import golden
from contracts.envelope import Attributes, Unreadable, read_attributes, read_data
from contracts.registry import EVENTS, Event, event
from contracts.topics import DEAD_LETTERS, DOSSIERS, TOPICS, Kind
from contracts.values import Count, Lane, Text

SAMPLES = Path(__file__).parent / "samples"
golden.load_events()
TYPES = sorted(name for name in EVENTS if name in golden.golden())


def test_the_golden_schemas_are_what_the_classes_say() -> None:
    ours = {name: schema for name, schema in golden.current().items() if not EVENTS[name].__module__.startswith("tests.")}
    assert golden.golden() == ours


@pytest.mark.parametrize("name", TYPES)
def test_an_event_stands_in_its_owner_s_file_and_on_its_owner_s_topic(name: str) -> None:
    cls = EVENTS[name]
    owner = cls.__module__.rpartition(".")[2]
    assert name.split(".")[2] == owner == cls.TOPIC.owner


def test_another_s_topic_cannot_be_declared_on() -> None:
    class Foreign(Event):
        pass

    Foreign.__module__ = "contracts.routing"
    with pytest.raises(ValueError, match="owned by intake"):
        event("dossier.stolen.v1", DOSSIERS)(Foreign)


@pytest.mark.parametrize("name", TYPES)
def test_every_event_has_samples_and_all_of_them_still_read(name: str) -> None:
    samples = sorted(SAMPLES.glob(f"{name}*.json"))
    assert samples, f"add tests/contracts/samples/{name}.json: old samples stay for ever"
    for sample in samples:
        EVENTS[name].model_validate_json(sample.read_bytes())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda s: s["properties"].pop("total"), "removed"),
        (lambda s: s["properties"]["total"].update(type="string"), "type changed"),
        (lambda s: (s["properties"].update(extra={"type": "string"}), s["required"].append("extra")), "new and required"),
        (lambda s: s["$defs"]["Part"]["properties"].pop("name"), "removed"),
        (lambda s: s["required"].remove("total"), "no longer required"),
    ],
)
def test_what_would_break_a_reader_is_found(change, why: str) -> None:
    old = {
        "properties": {"total": {"type": "integer"}, "parts": {"items": {"$ref": "#/$defs/Part"}, "type": "array"}},
        "required": ["total"],
        "$defs": {"Part": {"properties": {"name": {"type": "string"}}, "required": ["name"]}},
    }
    new = json.loads(json.dumps(old))
    assert golden.breaks(old, new) == []
    change(new)
    assert any(why in line for line in golden.breaks(old, new))


def test_an_optional_field_more_breaks_nobody() -> None:
    old = {"properties": {"total": {"type": "integer"}}, "required": ["total"]}
    assert golden.breaks(old, {"properties": {**old["properties"], "note": {"type": "string"}}, "required": ["total"]}) == []


def test_topics_are_declared_once_and_facts_are_never_compacted() -> None:
    names = [name for topic in (*TOPICS, *DEAD_LETTERS) for name in topic.names()]
    assert len(names) == len(set(names))
    assert all("compact" in topic.config()["cleanup.policy"] for topic in TOPICS if topic.kind is Kind.STATE)
    assert all(topic.config()["cleanup.policy"] == "delete" for topic in TOPICS if topic.kind is Kind.FACTS)
    assert all(len(topic.names()) == len(Lane) for topic in TOPICS if topic.laned)


@pytest.mark.parametrize(("kind", "value"), [(Text, "a\x00b"), (Text, ""), (Count, 2**63), (Count, -1), (Text, "x" * 501)])
def test_values_that_would_sink_a_batch_are_refused_here(kind: object, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


def test_an_envelope_survives_its_headers() -> None:
    given = Attributes(
        "1",
        "intake",
        "vn.motcua.x.y.z.v1",
        "d-1",
        TypeAdapter(golden_time()).validate_python("2026-02-22T08:00:00+07:00"),
        7,
        "c",
        "e",
    )
    assert read_attributes(given.headers()) == given
    assert dict(given.headers())["ce_sequence"] == b"00000000000000000007"


def golden_time() -> type:
    from datetime import datetime

    return datetime


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("ce_sequence", b"0"),
        ("ce_sequence", b"x"),
        ("ce_sequence", b"9223372036854775808"),
        ("ce_time", b"2026-01-01T00:00:00"),
        ("ce_id", b"\xff"),
        ("ce_subject", b"a\x00"),
    ],
)
def test_a_header_out_of_bounds_makes_the_record_unreadable_and_says_why(header: str, value: bytes) -> None:
    good = Attributes(
        "1", "intake", "t", "d-1", TypeAdapter(golden_time()).validate_python("2026-02-22T08:00:00+07:00"), 7
    ).headers()
    with pytest.raises(Unreadable) as refused:
        read_attributes([(name, value if name == header else found) for name, found in good])
    assert refused.value.reason


def test_data_that_cannot_be_read_keeps_its_number() -> None:
    attributes = Attributes(
        "1", "intake", DOSSIERS.base, "d-1", TypeAdapter(golden_time()).validate_python("2026-02-22T08:00:00+07:00"), 7
    )
    with pytest.raises(Unreadable) as refused:
        read_data(attributes, b"{}")
    assert refused.value.sequence == 7
