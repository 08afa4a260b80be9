"""By what an entity is known."""

import pytest

from services.directory.domain.versioned import AnyVersioned, Versioned
from tests.support.directory_world import sample_entities
from tests.support.reference_data import BUSINESS, CENTRE

SAMPLE = sample_entities()


@pytest.mark.parametrize(
    ("versioned", "known_by"),
    [
        (Versioned(SAMPLE.units[CENTRE], 1), CENTRE),
        (Versioned(SAMPLE.calendars["mot-cua"], 1), "mot-cua"),
        (Versioned(SAMPLE.procedures[BUSINESS], 1), BUSINESS),
    ],
    ids=["unit", "calendar", "procedure"],
)
def test_an_entity_is_known_by_its_id_and_a_procedure_by_its_code(versioned: AnyVersioned, known_by: str) -> None:
    assert versioned.id == known_by
