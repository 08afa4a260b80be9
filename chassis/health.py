"""Is this process alive, is it making progress, and its metrics: for supervisors, operators and Prometheus.

Strangers learn yes or no. Why not is for who asks the process itself, past the front door, and for operators.
"""

from ipaddress import ip_address
from typing import Final

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.requests import Request

from contracts.values import Role
from web.signin import SignInNeeded, signed_in

_FORWARDED: Final = ("x-forwarded-for", "forwarded", "via")


class Live(BaseModel):
    status: str = "live"


class Ready(BaseModel):
    """`problems`: a sentence each; for operators, and for who asks past the front door."""

    ready: bool
    problems: list[str]


def health_router(service: str) -> APIRouter:
    router = APIRouter(prefix=f"/api/{service}", tags=["operations"])
    router.add_api_route("/health/live", _live, methods=["GET"])
    router.add_api_route("/health/ready", _ready, methods=["GET"])
    router.add_api_route("/metrics", _metrics, methods=["GET"], include_in_schema=False)
    return router


async def _live() -> Live:
    return Live()


async def _ready(request: Request, response: Response) -> Ready:
    """200 when the process makes progress, 503 when it does not; to operators with the reasons."""
    readiness = await request.app.state.process.messaging.readiness()
    if not readiness.ready:
        response.status_code = 503
    problems = list(readiness.problems) if readiness.problems and await _may_know_why(request) else []
    return Ready(ready=readiness.ready, problems=problems)


async def _may_know_why(request: Request) -> bool:
    if _past_the_front_door(request):
        return True
    try:
        return (await signed_in(request)).person.has(Role.OPERATOR)
    except SignInNeeded:
        return False


def _past_the_front_door(request: Request) -> bool:
    """Over our socket or from this machine, and nobody says that it was handed on."""
    if any(header in request.headers for header in _FORWARDED):
        return False
    return request.client is None or ip_address(request.client.host).is_loopback


async def _metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
