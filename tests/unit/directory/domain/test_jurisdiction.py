"""Whom an administrator may administer."""

from services.directory.domain.jurisdiction import administers, with_descendants
from tests.support.directory_world import sample_entities
from tests.support.reference_data import CENTRE, COMMUNE, DEPARTMENT, DISTRICT, INSURANCE, POST_OFFICE, people


def test_an_administrator_reaches_the_units_below() -> None:
    units = sample_entities().units
    assert with_descendants(units, [CENTRE]) == {CENTRE, DEPARTMENT, DISTRICT, COMMUNE}
    assert with_descendants(units, [DISTRICT]) == {DISTRICT, COMMUNE}
    assert with_descendants(units, [INSURANCE, POST_OFFICE]) == {INSURANCE, POST_OFFICE}
    assert with_descendants(units, []) == frozenset()


def test_a_circle_of_units_ends() -> None:
    units = sample_entities().units
    circle = {**units, CENTRE: units[CENTRE].model_copy(update={"parent": COMMUNE})}
    assert with_descendants(circle, [DISTRICT]) == {CENTRE, DEPARTMENT, DISTRICT, COMMUNE}


def test_every_post_of_a_person_counts() -> None:
    bich = people()["bich"]
    assert administers({DISTRICT, INSURANCE}, bich)
    assert not administers({DISTRICT}, bich), "holds a post elsewhere"
    assert not administers({INSURANCE}, bich)
    assert not administers({DISTRICT, INSURANCE}, bich.model_copy(update={"posts": []})), "holds no post"
