"""A change of an API that would break a client is refused; every route says what it takes and answers."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from contracts.services import SERVICES
from deploy import openapi

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/things/{id}": {
            "get": {
                "parameters": [
                    {"in": "path", "name": "id", "required": True, "schema": {"type": "string"}},
                    {"in": "query", "name": "q", "required": False, "schema": {"type": "string", "maxLength": 100}},
                ],
                "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}},
            },
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewThing"}}}},
                "responses": {"201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}},
            },
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "parts": {"$ref": "#/components/schemas/Parts"}},
            },
            "Parts": {"type": "array", "items": {"type": "integer"}},
            "NewThing": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 500}}, "required": ["name"]},
        }
    },
}
Document = dict[str, Any]
AS_LOOSE_AS_THE_EVENT = "CalendarV1.exceptions"
"""worktime reads them, and says what is wrong with one; the event's schema cannot be narrowed any more (decision 0007)."""


def breaking(change: Callable[[Document, Any, Any], object]) -> list[str]:
    """What is refused once `change` was made to (schemas, GET, POST)."""
    after = deepcopy(DOCUMENT)
    route = after["paths"]["/things/{id}"]
    change(after["components"]["schemas"], route.get("get"), route.get("post"))
    return [str(noticed) for noticed in openapi.compare(DOCUMENT, after, "sample") if noticed.breaks]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda schemas, _, __: schemas["Thing"]["properties"].pop("name"), "name: removed"),
        (lambda schemas, _, __: schemas["Parts"]["items"].update(type="string"), "parts[]: type changed"),
        (lambda schemas, _, __: schemas["NewThing"]["properties"]["name"].update(maxLength=5), "maxLength narrowed"),
        (lambda schemas, _, __: schemas["NewThing"]["required"].append("lane"), "new and required"),
        (lambda _, get, __: get["parameters"].pop(1), "query q: removed"),
        (lambda _, get, __: get["parameters"][1].update(required=True), "query q: newly required"),
        (lambda _, get, __: get["parameters"][1]["schema"].update(type="integer"), "query q: type changed"),
        (
            lambda _, get, __: get["parameters"].append({"in": "query", "name": "r", "required": True, "schema": {}}),
            "query r: new and required",
        ),
        (lambda _, get, __: get["responses"].pop("200"), "200 application/json: removed"),
        (lambda _, __, post: post.pop("requestBody"), "request application/json: removed"),
    ],
)
def test_what_would_break_a_client_is_refused(change: Callable[[Document, Any, Any], object], reason: str) -> None:
    refused = breaking(change)
    assert any(reason in line for line in refused), refused


def with_stages(*stages: str) -> Document:
    document = deepcopy(DOCUMENT)
    for name, field in (("Thing", "stage"), ("Thing", "kind"), ("NewThing", "stage")):
        document["components"]["schemas"][name]["properties"][field] = {"type": "string", "enum": list(stages)}
    return document


def test_a_step_more_of_a_life_breaks_no_client_and_one_less_or_a_kind_more_does() -> None:
    before, after = with_stages("accepted"), with_stages("accepted", "withdrawn")
    gained = {change.path.partition(" ")[2] for change in openapi.compare(before, after, "sample") if change.breaks}
    assert gained == {
        "GET /things/{id} 200 application/json.kind",
        "POST /things/{id} 201 application/json.kind",
        "POST /things/{id} request application/json.stage",
    }
    lost = {change.path.rpartition(".")[2] for change in openapi.compare(after, before, "sample") if change.breaks}
    assert lost == {"stage", "kind"}


def test_a_route_that_is_gone_is_refused() -> None:
    after = deepcopy(DOCUMENT)
    del after["paths"]["/things/{id}"]["post"]
    assert [str(change) for change in openapi.compare(DOCUMENT, after, "sample")] == ["sample POST /things/{id}: removed"]


@pytest.mark.parametrize(
    "change",
    [
        lambda schemas, _, __: schemas["Thing"]["properties"].update(more={"type": "string"}),
        lambda schemas, _, __: schemas["NewThing"]["properties"]["name"].update(maxLength=900),
        lambda _, get, __: get["parameters"].append({"in": "query", "name": "r", "required": False, "schema": {}}),
        lambda _, get, __: get["responses"].update({"202": {"content": {}}}),
    ],
)
def test_what_no_client_notices_is_allowed(change: Callable[[Document, Any, Any], object]) -> None:
    assert breaking(change) == []


def loose_objects(schema: Any, schemas: dict[str, Any], path: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Where an answer is an object of which nothing is said."""
    if isinstance(schema, list):
        for member in schema:
            yield from loose_objects(member, schemas, path, seen)
    if not isinstance(schema, dict):
        return
    if (reference := schema.get("$ref")) and reference not in seen:
        name = reference.rpartition("/")[2]
        yield from loose_objects(schemas[name], schemas, f"{path} {name}", seen | {reference})
    if schema.get("type") == "object" and not schema.get("properties") and schema.get("additionalProperties") in (True, None):
        yield path
    for keyword in ("properties", "$defs"):
        for name, inner in schema.get(keyword, {}).items():
            yield from loose_objects(inner, schemas, f"{path}.{name}", seen)
    for keyword in ("items", "additionalProperties", "anyOf", "oneOf", "allOf", "prefixItems"):
        yield from loose_objects(schema.get(keyword), schemas, path, seen)


def test_the_documents_are_what_the_routes_say() -> None:
    stale = [name for name, document in openapi.current().items() if openapi.golden().get(name) != document]
    assert stale == [], "run `make contracts` and read the difference"


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_says_its_whole_answer(service: str) -> None:
    document = openapi.golden()[service]
    schemas = document["components"]["schemas"]
    loose: list[str] = []
    for route, operation in openapi.routes(document).items():
        for status, answer in operation["responses"].items():
            for media, content in answer.get("content", {}).items():
                assert content.get("schema") != {}, f"{route} {status} has no response model"
                if media == "application/json":
                    loose += loose_objects(content["schema"], schemas, f"{route} {status}")
    assert [path for path in loose if not path.endswith(AS_LOOSE_AS_THE_EVENT)] == []
