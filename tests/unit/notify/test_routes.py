"""Every JSON route says in OpenAPI what it answers, and how it refuses."""

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from chassis.process import build
from services.notify import api
from services.notify.main import SERVICE
from tests.support.notify_world import settings_for

NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:9/notify"
ROUTES = [route for route in api.router.routes if isinstance(route, APIRoute)]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{min(route.methods)} {route.path}")
def test_a_json_route_has_a_frozen_response_model(route: APIRoute) -> None:
    model = route.response_model
    assert isinstance(model, type), route.path
    assert issubclass(model, BaseModel), route.path
    assert model.model_config.get("frozen"), route.path


def test_openapi_tells_answers_moments_and_headers() -> None:
    document = build(SERVICE, settings_for(None), NOWHERE).openapi()
    assert {path for path in document["paths"] if "/messages" in path or "/summary" in path} == {
        "/api/notify/messages",
        "/api/notify/messages/{message}",
        "/api/notify/messages/{message}/retry",
        "/api/notify/summary",
        "/api/notify/reconcile/messages",
        "/api/notify/reconcile/messages/{bucket}",
    }
    retry = document["paths"]["/api/notify/messages/{message}/retry"]["post"]
    assert {(parameter["in"], parameter["name"]) for parameter in retry["parameters"]} == {
        ("path", "message"),
        ("header", "If-Match"),
        ("header", "Idempotency-Key"),
    }
    assert retry["responses"]["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/RetriedMessage"}
    assert "application/problem+json" in retry["responses"]["4XX"]["content"]
    line = document["components"]["schemas"]["MessageLine"]
    assert sorted(line["required"]) == sorted(line["properties"])
    assert line["properties"]["queued_at"] == {"type": "string", "format": "date-time", "title": "Queued At"}
