"""Is this process alive, is it making progress, and its metrics: for supervisors, operators and Prometheus."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.requests import Request


class Live(BaseModel):
    status: str = "live"


class Ready(BaseModel):
    """`problems`: a sentence for an operator each; empty when the process is ready."""

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
    """200 when the process makes progress, 503 with the reasons when it does not."""
    readiness = await request.app.state.process.messaging.readiness()
    if not readiness.ready:
        response.status_code = 503
    return Ready(ready=readiness.ready, problems=list(readiness.problems))


async def _metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
