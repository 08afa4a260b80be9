"""No request is handed to a thread: what FastAPI would call there costs more than what it does."""

from importlib import import_module
from inspect import isasyncgenfunction, iscoroutinefunction, isroutine
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

import services
from chassis.process import build

SERVICES = sorted(file.parent.name for file in Path(services.__path__[0]).glob("*/main.py"))


def calls(dependant: Dependant) -> list[object]:
    return [dependant.call, *(call for child in dependant.dependencies for call in calls(child))]


def function_of(call: object) -> object:
    """An object that is called runs its `__call__`."""
    return call if isroutine(call) else getattr(type(call), "__call__", None)  # noqa: B004 -- its kind is asked, not whether it can


@pytest.mark.parametrize("name", SERVICES)
def test_every_route_and_what_it_depends_on_runs_on_the_loop(name: str) -> None:
    service = import_module(f"services.{name}.main").SERVICE
    app = build(service, service.settings(kafka="127.0.0.1:9"), "postgresql+psycopg://nobody@/nothing?host=/nonexistent")
    routes = [context.route for context in iter_route_contexts(app.routes) if isinstance(context.route, APIRoute)]
    assert len(routes) > 10
    in_threads = {
        getattr(call, "__qualname__", repr(call))
        for route in routes
        for call in calls(route.dependant)
        if not (iscoroutinefunction(function_of(call)) or isasyncgenfunction(function_of(call)))
    }
    assert in_threads == set()
