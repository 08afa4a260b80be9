"""Every topic that a service owns can be compared with its tables."""

from importlib import import_module

import pytest

from contracts.services import SERVICES
from contracts.topics import TOPICS


@pytest.mark.parametrize("service", SERVICES)
def test_the_numbers_of_all_that_a_service_publishes_stand_somewhere(service: str) -> None:
    publishes = import_module(f"services.{service}.consumers").TABLE.publishes
    assert set(publishes.topics) == {topic for topic in TOPICS if topic.owner == service}
    tables = import_module(f"services.{service}.tables").METADATA.tables
    for numbered in publishes.numbered:
        assert tables[numbered.table].primary_key.columns.keys() == ["id"]
        assert numbered.number in tables[numbered.table].columns
