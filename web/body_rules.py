"""What each route says about bodies by what it declares: whether it reads one, within which bounds, and who must be signed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.types import Scope

from web.addresses import is_form
from web.body_bounds import BodyBounds
from web.csrf import SAFE_METHODS
from web.signin import SignInGuard


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRule:
    """`declared`: the route says what its body is. `forms`: its method is unsafe, so that a form may bring the hidden fields."""

    declared: bool
    forms: bool
    bounds: BodyBounds
    guards: tuple[SignInGuard, ...]

    def reads(self, request: Request) -> bool:
        return self.declared or (self.forms and is_form(request))


NOTHING: Final = BodyRule(declared=False, forms=False, bounds=BodyBounds(), guards=())
"""Where no route answers."""


def rule_of(scope: Scope) -> BodyRule:
    """That of the route which was chosen for this request."""
    state = scope["app"].state
    if not hasattr(state, "body_rules"):
        state.body_rules = rules_of(scope["app"])
    rules: dict[Callable[..., Any], BodyRule] = state.body_rules
    return rules.get(scope.get("endpoint", rule_of), NOTHING)


def rules_of(app: FastAPI) -> dict[Callable[..., Any], BodyRule]:
    """By the function that answers."""
    contexts = iter_route_contexts(app.routes)
    return {route.endpoint: _rule(route) for route in contexts if route.endpoint is not None and hasattr(route, "dependant")}


def _rule(route: Any) -> BodyRule:
    calls = [*_calls(route.dependant)]
    unsafe = not SAFE_METHODS.issuperset(route.methods)
    return BodyRule(
        declared=unsafe and (route.body_field is not None or "requestBody" in (route.openapi_extra or {})),
        forms=unsafe,
        bounds=next((call for call in calls if isinstance(call, BodyBounds)), BodyBounds()),
        guards=tuple(call for call in calls if isinstance(call, SignInGuard)),
    )


def _calls(dependant: Dependant) -> Iterator[Any]:
    for needed in dependant.dependencies:
        yield needed.call
        yield from _calls(needed)
