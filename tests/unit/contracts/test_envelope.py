"""What stands in a record's headers, to the byte, and what a record that cannot be read is said to lack."""

from datetime import UTC, datetime
from typing import Any

import pytest

import contracts.directory
import contracts.intake  # noqa: F401 -- both declare types that are read here
from contracts.envelope import MAX_SEQUENCE, Attributes, Headers, Unreadable, read_attributes, read_data
from contracts.registry import EVENTS

TYPE = "vn.motcua.intake.guidance.given.v1"
NOON = datetime(2026, 2, 22, 12, tzinfo=UTC)


def attributes(**changes: Any) -> Attributes:
    known = {"id": "e-1", "source": "intake", "type": TYPE, "subject": "g-1", "time": NOON, "sequence": 7}
    return Attributes(**(known | changes))


def with_header(name: str, value: bytes | None) -> Headers:
    others = [header for header in attributes(correlation="c", causation="e").headers() if header[0] != name]
    return others if value is None else [*others, (name, value)]


def test_headers_are_those_of_cloudevents_in_kafka() -> None:
    assert attributes(correlation="c-1", causation="e-0").headers() == [
        ("ce_specversion", b"1.0"),
        ("content-type", b"application/json"),
        ("ce_id", b"e-1"),
        ("ce_source", b"intake"),
        ("ce_type", TYPE.encode()),
        ("ce_subject", b"g-1"),
        ("ce_time", b"2026-02-22T12:00:00+00:00"),
        ("ce_sequence", b"00000000000000000007"),
        ("ce_correlationid", b"c-1"),
        ("ce_causationid", b"e-0"),
    ]


@pytest.mark.parametrize("known", [{}, {"correlation": "c"}, {"causation": "e"}, {"correlation": "c", "causation": "e"}])
def test_what_is_not_known_is_not_said(known: dict[str, str]) -> None:
    given = attributes(**known)
    assert {name for name, _ in given.headers()} & {"ce_correlationid", "ce_causationid"} == {f"ce_{name}id" for name in known}
    assert read_attributes(given.headers()) == given


@pytest.mark.parametrize("sequence", [1, MAX_SEQUENCE])
def test_the_first_and_the_last_number_are_read(sequence: int) -> None:
    assert read_attributes(attributes(sequence=sequence).headers()).sequence == sequence


@pytest.mark.parametrize("name", ["ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_sequence"])
def test_a_missing_header_is_named(name: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read_attributes(with_header(name, None))
    assert unreadable.value.reason == str(unreadable.value) == f"header '{name}' is missing"
    assert unreadable.value.sequence is None


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("ce_sequence", b"seven", "a header cannot be read: invalid literal for int() with base 10: 'seven'"),
        ("ce_time", b"noon", "a header cannot be read: Invalid isoformat string: 'noon'"),
        ("ce_time", b"2026-02-22T12:00:00", "a header cannot be read: ce_time has no zone"),
        *(
            (
                "ce_time",
                value,
                "a header cannot be read: thời điểm phải từ năm 1900 đến năm 2199 / a moment must lie in the years 1900 to 2199",
            )
            for value in (b"9999-12-31T23:59:59-12:00", b"0001-01-01T00:00:00+14:00", b"2200-01-01T00:00:00+00:00")
        ),
        *(
            (name, value, "a header is out of range: ce_sequence below 1 or beyond 64 bits, or a NUL")
            for name, value in (
                ("ce_sequence", b"0"),
                ("ce_sequence", b"9223372036854775808"),
                ("ce_id", b"a\x00"),
                ("ce_correlationid", b"\x00"),
                ("ce_causationid", b"a\x00b"),
            )
        ),
    ],
)
def test_a_header_that_cannot_be_read_is_explained(name: str, value: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read_attributes(with_header(name, value))
    assert unreadable.value.reason == reason


def test_a_tombstone_has_no_data() -> None:
    assert read_data(attributes(type="vn.motcua.nobody.knows.it.v1"), None) is None


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(Unreadable, match=r"^unknown type vn\.motcua\.intake\.guidance\.given\.v9$") as unreadable:
        read_data(attributes(type="vn.motcua.intake.guidance.given.v9"), b"{}")
    assert unreadable.value.sequence == 7


def test_every_fault_of_the_data_is_named_without_its_value() -> None:
    required = [name for name, field in EVENTS[TYPE].model_fields.items() if field.is_required()]
    with pytest.raises(Unreadable) as unreadable:
        read_data(attributes(), b"{}")
    assert unreadable.value.reason == f"{TYPE}: " + "; ".join(f"{name}: Field required" for name in required)
    with pytest.raises(Unreadable) as unreadable:
        read_data(attributes(), b'{"secret": ')
    assert "secret" not in unreadable.value.reason
    assert unreadable.value.sequence == 7


def test_a_long_list_of_faults_is_cut() -> None:
    items = ", ".join(["{}"] * 200)
    with pytest.raises(Unreadable) as unreadable:
        read_data(attributes(type="vn.motcua.directory.procedure.changed.v1"), f'{{"versions": [{items}]}}'.encode())
    assert len(unreadable.value.reason) == 2000
    assert "; versions.1.version: Field required; " in unreadable.value.reason
