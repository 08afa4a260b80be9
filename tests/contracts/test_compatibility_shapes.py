"""What the compatibility check does with shapes and keywords that no event has today."""

from typing import Annotated, Any

import pytest
from pydantic import Field

from contracts.compatibility import breaks, changes
from contracts.registry import Event
from contracts.values import Dong, Identifier, Text, Value
from tests.contracts.test_compatibility import Short, changed, schema


class Tree(Value):
    name: Text
    parts: list["Tree"] = Field(default_factory=list)


class ShortTree(Value):
    name: Short
    parts: list["ShortTree"] = Field(default_factory=list)


def test_a_definition_that_contains_itself_is_compared_once() -> None:
    assert changes(schema(Tree), schema(Tree)) == []
    assert breaks(schema(Tree), schema(ShortTree)) == [".name: maxLength narrowed from 500 to 5"]


@pytest.mark.parametrize("word", ["anyOf", "oneOf", "allOf"])
def test_members_of_unions_are_entered(word: str) -> None:
    old = {word: [{"type": "string"}, {"type": "object", "properties": {"id": {"type": "integer", "maximum": 9}}}]}
    new = {word: [{"type": "string"}, {"type": "object", "properties": {"id": {"type": "integer", "maximum": 8}}}]}
    assert changes(old, old) == []
    assert [reason.split(": ")[1] for reason in breaks(old, new)] == ["maximum narrowed from 9 to 8"]


def test_a_definition_that_refers_to_another_is_followed() -> None:
    old = {"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"type": "string"}}}
    new = {"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"type": "integer"}}}
    assert breaks(old, {"type": "string"}) == []
    assert breaks(old, new) == [': type changed from "string" to "integer"']


def test_a_definition_that_is_no_longer_followed_is_noticed() -> None:
    old = {"$ref": "#/$defs/A", "$defs": {"A": {"type": "object", "properties": {"part": {"$ref": "#/$defs/A"}}}}}
    assert breaks(old, {"type": "object", "properties": {"part": {}}}) != []


def test_a_reference_that_leads_nowhere_is_refused() -> None:
    assert breaks({"type": "string"}, {"$ref": "#/$defs/Nobody"}) != []


def test_a_reference_to_itself_ends() -> None:
    circle = {"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}}
    assert breaks({"type": "string"}, circle) != []


def test_true_and_one_are_two_values() -> None:
    assert breaks({"enum": [1]}, {"enum": [True]}) == [": enum lost 1", ": enum gained true"]
    assert breaks({"default": 0}, {"default": False}) == [": default changed from 0 to false"]


def test_the_order_of_keys_is_no_change() -> None:
    assert changes({"default": {"a": 1, "b": 2}}, {"default": {"b": 2, "a": 1}}) == []


@pytest.mark.parametrize("word", ["Length", "imum", "Items", "Properties"])
def test_every_bound_may_only_widen(word: str) -> None:
    for bound, wide, narrow in ((f"max{word}", 9, 8), (f"min{word}", 8, 9)):
        assert breaks({bound: narrow}, {bound: wide}) == breaks({bound: wide}, {}) == []
        assert breaks({bound: wide}, {bound: narrow}) == [f": {bound} narrowed from {wide} to {narrow}"]
        assert breaks({}, {bound: wide}) == [f": {bound} narrowed from nothing to {wide}"]


def test_what_is_open_means_the_same_said_or_unsaid() -> None:
    assert changes({"type": "object", "additionalProperties": True}, {"type": "object"}) == []


class Paid(Event):
    """Keys that are limited, and a number in steps: keywords that no contract has yet."""

    amounts: dict[Identifier, Dong]
    step: Annotated[int, Field(multiple_of=500)]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"step": (Annotated[int, Field(multiple_of=1000)], ...)}, "multipleOf changed from 500 to 1000"),
        ({"amounts": (dict[Identifier, Annotated[int, Field(ge=0, le=10**9)]], ...)}, "patternProperties changed"),
    ],
)
def test_a_keyword_without_a_rule_may_not_change(fields: dict[str, Any], why: str) -> None:
    assert [reason for reason in breaks(schema(Paid), schema(changed(Paid, **fields))) if why in reason]
