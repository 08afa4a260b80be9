"""Everything that crosses a boundary is declared once and used: topics have readers, facts have their owner's handlers."""

from importlib import import_module

import pytest

from chassis.migration import metadata
from contracts import golden
from contracts.registry import EVENTS
from contracts.services import SERVICES
from contracts.topics import CASES, DOSSIERS, KEYS, POST_ORDERS, SHIPMENTS, STAFF, TOPICS, UNITS, Kind
from contracts.values import Lane
from deploy.local.topology import TOPOLOGY
from messaging.handler_table import Table
from messaging.tables import MESSAGING_TABLES

golden.load_events()


def table(service: str) -> Table:
    declared: Table = import_module(f"services.{service}.consumers").TABLE
    return declared


def test_every_topic_has_a_reader() -> None:
    read = {topic.base for service in SERVICES for topic in table(service).reads}
    assert {topic.base for topic in TOPICS} - read == {POST_ORDERS.base}, "intake.post-orders is read by the post alone"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_no_topic_of_its_own(service: str) -> None:
    assert [topic.base for topic in table(service).reads if topic.owner == service] == []


def test_every_fact_has_a_reader() -> None:
    wanted = {kind for service in SERVICES for kind in table(service).by_type}
    facts = {name for name, cls in EVENTS.items() if getattr(cls, "TOPIC", None) in TOPICS and cls.TOPIC.kind is Kind.FACTS}
    unread = {name for name in facts - wanted if not name.startswith("vn.motcua.intake.post-order.")}
    assert unread == set(), "nobody reads it: add an Entry to a consumers.py"


@pytest.mark.parametrize("service", [service for service in SERVICES if service != KEYS.owner])
def test_a_service_reads_what_its_sign_in_asks(service: str) -> None:
    assert {KEYS, STAFF, UNITS} <= set(table(service).reads), "without its copies of keys, staff and units nobody can sign in"


def test_every_service_has_its_processes() -> None:
    parts = {part.name for part in TOPOLOGY if part.database}
    assert parts == set(SERVICES), "add its line to TOPOLOGY in deploy/local/topology.py"


def test_reporting_keeps_every_fact_about_dossiers_and_cases() -> None:
    facts = {name for name, cls in EVENTS.items() if getattr(cls, "TOPIC", None) in (DOSSIERS, CASES)}
    assert facts - table("reporting").by_type.keys() == set(), "add an Entry to services/reporting/consumers.py"


def test_lanes_are_separate_groups() -> None:
    groups = table("routing").groups(tuple(Lane))
    assert {"routing.province", "routing.district", "routing.post", "routing.common"} == set(groups)
    assert all(name.endswith(".post") for name in groups["routing.post"])


@pytest.mark.parametrize("service", SERVICES)
def test_what_has_no_lane_is_state_or_facts_in_a_group_and_never_both(service: str) -> None:
    """A flood of messages must not delay that somebody is signed out."""
    kinds = {topic.base: topic.kind for topic in TOPICS if not topic.laned}
    for group, topics in table(service).groups(tuple(Lane)).items():
        assert len({kinds[topic] for topic in topics if topic in kinds}) <= 1, group
    assert not any(kinds[topic] is Kind.FACTS for topic in table(service).groups(()).get(f"{service}.common", ()))


def test_the_post_s_shipments_are_served_with_the_post_lane() -> None:
    groups = table("intake").groups(tuple(Lane))
    assert [group for group, topics in groups.items() if SHIPMENTS.base in topics] == ["intake.post"]


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_the_tables_of_messaging_and_shares_none(service: str) -> None:
    ours = metadata(service)
    assert set(MESSAGING_TABLES) <= set(ours.tables)
    assert all(ours is not metadata(other) for other in SERVICES if other != service)
