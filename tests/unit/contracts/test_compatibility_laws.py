"""What the comparison of two schemas says, word for word, and that it ends where definitions contain one another."""

import pytest

from contracts.compatibility import Schema, breaks


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param({}, {"enum": ["a"]}, ['x: enum changed from nothing to ["a"]'], id="members that were free"),
        pytest.param({"enum": ["a"]}, {}, ['x: enum changed from ["a"] to nothing'], id="members that are free"),
        pytest.param({"enum": ["a", "đ"]}, {"enum": ["a"]}, ['x: enum lost "đ"'], id="a member less"),
        pytest.param({}, {"required": ["a"]}, ["x.a: new and required"], id="required where nothing was said"),
        pytest.param({"required": ["a"]}, {}, ["x.a: no longer required"], id="required no more"),
    ],
)
def test_a_change_is_said_with_what_it_was_and_became(old: Schema, new: Schema, said: list[str]) -> None:
    assert breaks(old, new, "x") == said


def test_definitions_that_contain_one_another_are_entered_once() -> None:
    mutual: Schema = {
        "$ref": "#/$defs/Unit",
        "$defs": {
            "Unit": {"properties": {"person": {"$ref": "#/$defs/Person"}}},
            "Person": {"properties": {"unit": {"$ref": "#/$defs/Unit"}}},
        },
    }
    assert breaks(mutual, mutual) == []


def test_what_was_written_out_may_become_a_definition_that_contains_itself() -> None:
    written_out: Schema = {"properties": {"parent": {"properties": {"parent": {"properties": {"parent": {}}}}}}}
    definition: Schema = {"properties": {"parent": {"$ref": "#/$defs/Unit"}}}
    assert breaks(written_out, definition | {"$defs": {"Unit": definition}}) == []
