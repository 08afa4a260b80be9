"""Every list of every service stands in the table whose filters are tried in pairs."""

from importlib import import_module
from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts

from contracts.services import SERVICES
from tests.support.list_filters import LISTS, PAGING


def query_names(dependant: Any) -> set[str]:
    """Of the route itself and of all that it depends on."""
    names = {field.alias for field in dependant.query_params}
    return names.union(*map(query_names, dependant.dependencies))


def lists_of(service: str) -> dict[str, set[str]]:
    """Address -> what it may be asked for, of every GET that goes on by a cursor."""
    lists: dict[str, set[str]] = {}
    for router in import_module(f"services.{service}.main").SERVICE.routers:
        for context in iter_route_contexts(router.routes):
            route = context.original_route
            if isinstance(route, APIRoute) and "GET" in (context.methods or ()):
                names = query_names(route.dependant)
                if "after" in names:
                    lists[str(context.path)] = names - PAGING
    return lists


def test_every_list_and_every_filter_stands_in_the_table() -> None:
    lists = {path: names for service in SERVICES for path, names in lists_of(service).items()}
    assert lists == LISTS
