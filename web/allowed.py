"""Which methods an address takes: all of them, as RFC 9110 wants of `Allow`. Starlette names those of the first route that it
tries.

HEAD is no method of our routes, but answered wherever GET is (web.middleware).
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path
from starlette.types import Scope

_STATE: Final = "allowed_methods"
Template = tuple[int, re.Pattern[str], frozenset[str]]
"""How many parameters it has, what it matches, and the methods of its routes."""


def allowed_methods(scope: Scope) -> list[str]:
    """Sorted; none where no route answers. Of two templates that match, the one that names more of the address is meant."""
    state = scope["app"].state
    if not hasattr(state, _STATE):
        setattr(state, _STATE, sorted(_templates(scope["app"]), key=lambda template: template[0]))
    templates: list[Template] = getattr(state, _STATE)
    methods = next((methods for _, pattern, methods in templates if pattern.match(scope["path"])), frozenset[str]())
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


def _templates(app: Any) -> Iterator[Template]:
    methods: dict[str, set[str]] = {}
    for route in iter_route_contexts(app.routes):
        if route.path is not None and route.methods:
            methods.setdefault(route.path, set()).update(route.methods)
    for path, taken in methods.items():
        pattern, _, parameters = compile_path(path)
        yield len(parameters), pattern, frozenset(taken)
