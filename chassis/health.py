"""Does this process live, can it serve, does it make progress, and its metrics: for supervisors, operators and Prometheus.

Three answers, since each asks for another remedy: *live* no: start it anew; *ready* no: send no requests; *consuming* no: a
person looks. Kafka's absence makes only the last one no. Strangers learn yes or no. Why not is for who asks the process itself,
past the front door, and for operators.
"""

from ipaddress import ip_address
from typing import Final

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.requests import Request

from contracts.values import Role
from messaging.progress import Finding
from messaging.runtime import Messaging
from web.signin import SignInNeeded, signed_in

_FORWARDED: Final = ("x-forwarded-for", "forwarded", "via")


class Live(BaseModel):
    status: str = "live"


class Ready(BaseModel):
    """`problems`: a sentence each; for operators, and for who asks past the front door."""

    ready: bool
    problems: list[str]


class Consuming(BaseModel):
    """As `Ready`; `warnings` are for the same readers, and stop nothing."""

    consuming: bool
    problems: list[str]
    warnings: list[str]


def health_router(service: str) -> APIRouter:
    router = APIRouter(prefix=f"/api/{service}", tags=["operations"])
    router.add_api_route("/health/live", _live, methods=["GET"])
    router.add_api_route("/health/ready", _ready, methods=["GET"])
    router.add_api_route("/health/consuming", _consuming, methods=["GET"])
    router.add_api_route("/metrics", _metrics, methods=["GET"], include_in_schema=False)
    return router


async def _live(request: Request, response: Response) -> Live:
    """200, or 503 when only a restart would help; an outage of Kafka or the database is no such thing."""
    if _messaging(request).alive().good:
        return Live()
    response.status_code = 503
    return Live(status="lifeless")


async def _ready(request: Request, response: Response) -> Ready:
    """200 when the process can serve, 503 when its database does not answer; to operators with the reasons."""
    finding = await _messaging(request).readiness()
    known = await _known(request, response, finding)
    return Ready(ready=finding.good, problems=list(known.problems))


async def _consuming(request: Request, response: Response) -> Consuming:
    """200 when events come in and go out, 503 when they do not; to operators with the reasons."""
    finding = await _messaging(request).consuming()
    known = await _known(request, response, finding)
    return Consuming(consuming=finding.good, problems=list(known.problems), warnings=list(known.warnings))


def _messaging(request: Request) -> Messaging:
    messaging: Messaging = request.app.state.process.messaging
    return messaging


async def _known(request: Request, response: Response, finding: Finding) -> Finding:
    """What of it who asks may know."""
    if not finding.good:
        response.status_code = 503
    nothing_to_say = not (finding.problems or finding.warnings)
    return finding if nothing_to_say or await _may_know_why(request) else Finding()


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
