"""What FastAPI leaves out of the OpenAPI document: what errors look like, who must be signed in, and the headers of commands as
they are checked. A client that does what the document says is not refused for its form.
"""

import re
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from web import conditional, idempotency
from web.body_rules import rules_of
from web.problems import Problem

Document = dict[str, Any]
SCHEME: Final = "token"
_SCHEMES: Final = {
    SCHEME: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "From `POST /api/directory/sign-in`."}
}
_CONVERTER: Final = re.compile(r":\w+\}")
_HEADERS: Final = {conditional.HEADER: conditional.PATTERN, idempotency.HEADER: idempotency.PATTERN}


def complete(document: Document, app: FastAPI) -> Document:
    """The document itself, with its additions."""
    components = document.setdefault("components", {})
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components.setdefault("schemas", {}).update({**schema.pop("$defs", {}), "Problem": schema})
    components["securitySchemes"] = _SCHEMES
    guarded = _guarded(app)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if (method.upper(), path) in guarded:
                operation["security"] = [{SCHEME: []}]
            for parameter in operation.get("parameters", ()):
                if pattern := _HEADERS.get(parameter["name"]):
                    parameter["required"] = True
                    parameter["schema"] = {"type": "string", "pattern": pattern}
    return document


def _guarded(app: FastAPI) -> set[tuple[str, str]]:
    """Method and path of each route that somebody must be signed in for."""
    rules = rules_of(app)
    routes = [route for route in iter_route_contexts(app.routes) if route.endpoint in rules and rules[route.endpoint].guards]
    return {(method, read_path(route.path or "")) for route in routes for method in route.methods or ()}


def read_path(path: str) -> str:
    """A route's path as its readers know it: `{letter:int}` is `{letter}`."""
    return _CONVERTER.sub("}", path)
