"""The post's counter over HTTP: dossiers collected from citizens go in, parcels can be looked up.

`/post/*` is open to anybody: it plays the outside world, and shows neither names nor addresses.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import FastAPI, Header, Response

from deploy.sandbox.post_office.office import Office
from deploy.sandbox.post_office.problems import HANDLERS, BadKey
from deploy.sandbox.post_office.schemas import Collection

SHOWN: Final = 200
_KEY: Final = re.compile(r"[\x21-\x7e]{8,128}")


def create_app(office: Office, problems: Mapping[str, str], lifespan: Any) -> FastAPI:
    """`problems`: what keeps the office from being ready, by task. `lifespan`: within which the office works."""
    app = FastAPI(
        title="Post office (sandbox)", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/post/openapi.json"
    )
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    _add_counter(app, office)
    _add_health(app, problems)
    return app


def _add_counter(app: FastAPI, office: Office) -> None:
    @app.post("/post/collections", status_code=HTTPStatus.CREATED)
    async def collect(
        collection: Collection, idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None
    ) -> dict[str, str]:
        """The dossier goes to its one-stop unit as an event; the same key is the same collection."""
        if idempotency_key is None or not _KEY.fullmatch(idempotency_key):
            raise BadKey
        return {"collection": office.collect(idempotency_key, collection)}

    @app.get("/post/orders")
    async def orders() -> dict[str, Any]:
        """The newest parcels, how many there are in which state, and orders that could not be read."""
        parcels = [parcel._asdict() for parcel in office.store.parcels(SHOWN)]
        return {"orders": parcels, "counts": office.store.counts(), "refused": office.store.refusals(SHOWN)}


def _add_health(app: FastAPI, problems: Mapping[str, str]) -> None:
    @app.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @app.get("/health/ready")
    async def ready(response: Response) -> dict[str, Any]:
        if problems:
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return {"ready": not problems, "problems": [f"{task}: {problem}" for task, problem in sorted(problems.items())]}
