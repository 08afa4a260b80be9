"""How events and topics are declared, what a refusal carries, and how an aggregate is numbered."""

from http import HTTPStatus

import pytest

from contracts.aggregate import Aggregate
from contracts.intake import GuidanceGivenV1
from contracts.refusal import Invalid, NotFound, Refusal
from contracts.registry import EVENTS, Event, event
from contracts.topics import (
    CASES,
    CONTACTS,
    DOSSIERS,
    FRONT_DESK,
    MESSAGES,
    POST_ORDERS,
    SHIPMENTS,
    UNITS,
    Kind,
    Topic,
    dead_letter_topic,
    usual_copies,
)
from contracts.values import Lane

DAY_MS = 24 * 3600 * 1000


def declared_in(module: str) -> type[Event]:
    return type("Sample", (Event,), {"__module__": module})


def test_an_event_is_registered_under_its_owner_s_name() -> None:
    cls = declared_in("contracts.intake")
    name = "vn.motcua.intake.ticket.torn-up.v12"
    try:
        assert event("ticket.torn-up.v12", FRONT_DESK)(cls) is cls
        assert EVENTS[name] is cls
        assert (name, FRONT_DESK) == (cls.TYPE, cls.TOPIC)
    finally:
        EVENTS.pop(name, None)


@pytest.mark.parametrize("kind", ["ticket.drawn", "ticket.drawn.v0", "Ticket.drawn.v1", "ticket.v1", "ticket.drawn.v1.x", ""])
def test_a_name_of_another_shape_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match=rf"^vn\.motcua\.intake\.{kind} is not vn\.motcua\.<service>"):
        event(kind, FRONT_DESK)(declared_in("contracts.intake"))


def test_a_topic_of_another_owner_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^Sample stands in routing but intake\.dossiers is owned by intake$"):
        event("dossier.taken.v1", DOSSIERS)(declared_in("contracts.routing"))
    assert "vn.motcua.routing.dossier.taken.v1" not in EVENTS


def test_the_owner_is_the_last_part_of_the_module_s_name() -> None:
    with pytest.raises(ValueError, match=r"^Sample stands in routing but intake\.dossiers is owned by intake$"):
        event("dossier.taken.v1", DOSSIERS)(declared_in("house.contracts.routing"))


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ValueError, match=r"^vn\.motcua\.intake\.guidance\.given\.v1 is declared twice$"):
        event("guidance.given.v1", FRONT_DESK)(declared_in("contracts.intake"))
    assert EVENTS["vn.motcua.intake.guidance.given.v1"] is GuidanceGivenV1


def test_a_laned_topic_has_a_name_per_lane_and_finds_the_lane_again() -> None:
    assert DOSSIERS.names() == ("intake.dossiers.province", "intake.dossiers.district", "intake.dossiers.post")
    assert [DOSSIERS.name(lane) for lane in Lane] == list(DOSSIERS.names())
    assert [DOSSIERS.lane_of(name) for name in DOSSIERS.names()] == list(Lane)
    with pytest.raises(ValueError, match=r"^intake\.dossiers exists per lane$"):
        DOSSIERS.name(None)


def test_a_topic_without_lanes_has_one_name_for_all() -> None:
    assert UNITS.names() == ("directory.units",)
    assert UNITS.name(None) == UNITS.name(Lane.POST) == "directory.units"
    assert UNITS.lane_of("directory.units") is None


@pytest.mark.parametrize("topic", [DOSSIERS, CASES, FRONT_DESK, MESSAGES], ids=lambda topic: topic.base)
def test_facts_are_kept_for_ever(topic: Topic) -> None:
    assert topic.config() == {"cleanup.policy": "delete", "retention.ms": "-1"}


@pytest.mark.parametrize("topic", [POST_ORDERS, SHIPMENTS], ids=lambda topic: topic.base)
def test_what_names_a_person_to_the_post_is_kept_for_two_weeks(topic: Topic) -> None:
    assert topic.config() == {"cleanup.policy": "delete", "retention.ms": str(14 * DAY_MS)}


def test_state_is_compacted_within_a_minute_and_a_tombstone_is_kept_for_a_month() -> None:
    assert CONTACTS.kind is Kind.STATE
    assert CONTACTS.config() == {
        "cleanup.policy": "compact",
        "segment.ms": "60000",
        "min.compaction.lag.ms": "0",
        "max.compaction.lag.ms": "60000",
        "delete.retention.ms": str(30 * DAY_MS),
        "min.cleanable.dirty.ratio": "0.1",
    }


def test_a_service_has_one_topic_of_dead_letters_and_owns_it() -> None:
    topic = dead_letter_topic("intake")
    assert (topic.base, topic.owner, topic.kind, topic.partitions) == ("intake.dead-letters", "intake", Kind.FACTS, 1)
    assert topic.names() == ("intake.dead-letters",)


@pytest.mark.parametrize(
    ("kind", "status"),
    [(Refusal, HTTPStatus.CONFLICT), (NotFound, HTTPStatus.NOT_FOUND), (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY)],
)
def test_a_refusal_carries_its_sentence_and_its_status(kind: type[Refusal], status: HTTPStatus) -> None:
    refusal = kind("late", vi="Đã quá hạn.", en="It is overdue.", field="day")
    assert (refusal.code, refusal.vi, refusal.en, refusal.field) == ("late", "Đã quá hạn.", "It is overdue.", "day")
    assert str(refusal) == "late: It is overdue."
    assert refusal.status == status
    assert kind("late", vi="a", en="b").field is None
    assert kind("late", vi="a", en="b", status=HTTPStatus.GONE).status == HTTPStatus.GONE
    assert kind("late", vi="a", en="b").status == status


def test_an_aggregate_counts_the_events_about_it() -> None:
    fact = GuidanceGivenV1.model_construct()
    before = Aggregate("d-1", Lane.POST, 3)
    assert before.recorded([]) == before
    assert before.recorded([fact, fact]) == Aggregate("d-1", Lane.POST, 5)
    assert before.version == 3


@pytest.mark.parametrize(("brokers", "copies"), [(1, 1), (2, 2), (3, 3), (9, 3)])
def test_three_copies_are_kept_where_three_brokers_are(brokers: int, copies: int) -> None:
    assert usual_copies(brokers) == copies


@pytest.mark.parametrize(("copies", "in_sync"), [(1, None), (2, None), (3, "2"), (5, "2")])
@pytest.mark.parametrize("topic", [CONTACTS, DOSSIERS], ids=str)
def test_what_is_acknowledged_is_on_two_brokers_where_one_more_may_be_away(
    topic: Topic, copies: int, in_sync: str | None
) -> None:
    """With two copies and two of them asked for, one broker's restart would stop all writing."""
    config = topic.config(copies)
    assert config.get("min.insync.replicas") == in_sync
    assert config.items() >= topic.config().items()
