"""Every JSON route says in OpenAPI what it takes and answers; a command on a dossier takes the same from API and page."""

from collections.abc import Iterator
from http import HTTPMethod
from pathlib import Path
from typing import Any

import pytest
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel

from chassis.process import build
from services.intake import api, pages
from services.intake.commands.dossiers import dossier_command
from services.intake.domain.stages import Transition
from services.intake.main import SERVICE
from tests.support.intake_events import write_keys
from tests.support.intake_world import settings

NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:9/intake"
API = [route for router in api.ROUTERS for route in router.routes if isinstance(route, APIRoute)]
BY_EVENTS = {
    Transition.TAKE_UP,
    Transition.DECIDE,
    Transition.DELIVER,
    Transition.TRANSFER,
    Transition.REFUSE_WITHDRAWAL,
    Transition.STOP,
    Transition.EXTEND,
    # Asked for by `withdraw` too, where routing has to answer.
    Transition.REQUEST_WITHDRAWAL,
    Transition.OWE_PAPERS,
    Transition.OWE_MONEY,
    Transition.RESUME,
}
BY_A_CLERK = [transition for transition in Transition if transition not in BY_EVENTS]


@pytest.mark.parametrize("route", API, ids=lambda route: f"{min(route.methods)} {route.path}")
def test_a_json_route_has_a_frozen_response_model(route: APIRoute) -> None:
    if route.response_class is HTMLResponse:
        return
    model = route.response_model
    assert isinstance(model, type), route.path
    assert issubclass(model, BaseModel), route.path
    assert model.model_config.get("frozen"), route.path


def test_only_the_applicants_fragment_is_html() -> None:
    assert [route.path for route in API if route.response_class is HTMLResponse] == ["/api/intake/dossiers/{dossier}/applicant"]


def taken_by(routers: Any, path: str) -> APIRoute:
    (route,) = [
        route
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute) and route.path == path and HTTPMethod.POST in route.methods
    ]
    return route


@pytest.mark.parametrize("step", [str(transition).replace("_", "-") for transition in BY_A_CLERK])
@pytest.mark.parametrize(("routers", "prefix"), [(api.ROUTERS, "/api/intake"), (pages.ROUTERS, "/intake")], ids=["api", "page"])
def test_a_clerks_step_comes_as_one_command_from_api_and_page(routers: Any, prefix: str, step: str) -> None:
    route = taken_by(routers, f"{prefix}/dossiers/{{dossier}}/{step}")
    assert dossier_command in {dependency.call for dependency in route.dependant.dependencies}


def references(document: object) -> Iterator[str]:
    if isinstance(document, dict):
        yield from (value for name, value in document.items() if name == "$ref")
        for value in document.values():
            yield from references(value)
    elif isinstance(document, list):
        for value in document:
            yield from references(value)


def test_openapi_tells_bodies_answers_and_headers(tmp_path: Path) -> None:
    document = build(SERVICE, settings(write_keys(tmp_path)), NOWHERE).openapi()
    accept = document["paths"]["/api/intake/dossiers/{dossier}/accept"]["post"]
    assert {(parameter["in"], parameter["name"]) for parameter in accept["parameters"]} == {
        ("path", "dossier"),
        ("header", "If-Match"),
        ("header", "Idempotency-Key"),
    }
    answered = document["paths"]["/api/intake/dossiers"]["post"]["responses"]
    assert answered["201"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ReceivedDossier"}
    assert "application/problem+json" in answered["4XX"]["content"]
    names = {reference.rpartition("/")[2] for reference in references(document)}
    assert names <= document["components"]["schemas"].keys()
