"""An operator's way to publish again what a service has sent, when Kafka has lost it; harmless, since readers go by numbers."""

from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError
from starlette.requests import Request

from contracts.given import GivenLongText
from contracts.values import Role
from messaging import sent_rows
from web.principal import Principal
from web.signin import requires

Operator = Annotated[Principal, Depends(requires(Role.OPERATOR))]

log = structlog.get_logger(__name__)


def _written_out(value: object) -> object:
    """A number would be read as seconds since 1970, and 0 publish everything that is kept."""
    if isinstance(value, int | float):
        raise PydanticCustomError("datetime_type", "a moment is written out")
    return value


class Republish(BaseModel):
    """From when on, by when it was sent, and why; that goes into the log with who asked."""

    since: Annotated[AwareDatetime, BeforeValidator(_written_out)]
    why: GivenLongText


class Republished(BaseModel):
    """`kept_since`: nothing that was sent earlier is there any more."""

    rows: int
    kept_since: datetime | None


def republish_router(service: str) -> APIRouter:
    router = APIRouter(prefix=f"/api/{service}/republish", tags=["operations"])
    router.add_api_route("", _republish, methods=["POST"])
    return router


async def _republish(request: Request, operator: Operator, body: Republish) -> Republished:
    """Facts only. The newest state of each entity stands in the service's own tables and on the topic."""
    async with request.app.state.process.database.begin() as connection:
        rows = await sent_rows.republish(connection, body.since)
        kept_since = await sent_rows.kept_since(connection)
    log.warning("published again", rows=rows, since=body.since.isoformat(), by=operator.staff_id, why=body.why)
    return Republished(rows=rows, kept_since=kept_since)
