"""The post's counter as a small HTTP side: dossiers collected from citizens go in, parcels can be looked up.

`/post/*` is open to anybody: it plays the outside world, and shows neither names nor addresses.
"""

import hashlib
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import FastAPI, Header, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from contracts.intake import PaperRef
from contracts.post import ApplicantV1, DossierCollectedV1
from contracts.values import HandOver, Identifier, ProcedureCode, Text, UnitId
from deploy.sandbox.post_office_book import KeyReused
from deploy.sandbox.post_office_wire import Office

SHOWN: Final = 200
_KEY: Final = re.compile(r"[\x21-\x7e]{8,128}")


class CheckedPaper(BaseModel):
    code: Identifier
    title: Text


class Collection(BaseModel):
    """What postal staff take in: papers checked against the published list, parcel sealed."""

    unit: UnitId
    postal_unit: UnitId
    procedure: ProcedureCode
    papers: list[CheckedPaper] = Field(default_factory=list, max_length=200)
    hand_over: HandOver = HandOver.POST
    applicant: ApplicantV1


class BadKey(Exception):  # noqa: N818 -- a mistake of the caller
    pass


def create_counter(office: Office, working: Any) -> FastAPI:
    """`working`: an async context manager within which the office works."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with working():
            yield

    app = FastAPI(
        title="Post office (sandbox)", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/post/openapi.json"
    )
    for kind, answer in _PROBLEMS.items():
        app.add_exception_handler(kind, answer)
    _add_routes(app, office)
    return app


def _add_routes(app: FastAPI, office: Office) -> None:
    @app.post("/post/collections", status_code=HTTPStatus.CREATED)
    async def collect(
        collection: Collection, idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None
    ) -> dict[str, str]:
        """The dossier goes to its one-stop unit as an event; the same key is the same collection."""
        if idempotency_key is None or not _KEY.fullmatch(idempotency_key):
            raise BadKey
        return {"collection": _collect(office, idempotency_key, collection)}

    @app.get("/post/orders")
    async def orders() -> dict[str, Any]:
        """The newest parcels, how many there are in which state, and orders that could not be read."""
        parcels = [parcel._asdict() for parcel in office.book.parcels(SHOWN)]
        return {"orders": parcels, "counts": office.book.counts(), "refused": office.book.refusals(SHOWN)}

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @app.get("/health/ready")
    async def ready(response: Response) -> dict[str, Any]:
        problems = [f"{part}: {trouble}" for part, trouble in sorted(office.troubles.items())]
        if problems:
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return {"ready": not problems, "problems": problems}


def _collect(office: Office, key: str, given: Collection) -> str:
    fingerprint = hashlib.sha256(given.model_dump_json().encode()).hexdigest()
    now = office.clock()
    event = DossierCollectedV1(
        unit=given.unit,
        postal_unit=given.postal_unit,
        procedure=given.procedure,
        papers=[PaperRef(code=paper.code, title=paper.title) for paper in given.papers],
        hand_over=given.hand_over,
        applicant=office.seal.close(given.applicant),
        collected_at=now,
    )
    collection = office.book.collect(key, fingerprint, event, now)
    office.bell.set()
    return collection


# --- what goes wrong, in the shape that all of Một Cửa uses, never with what was typed ----------------------


def _problem(status: int, code: str, vi: str, en: str, fields: list[str] | None = None) -> Response:
    errors = [{"field": field, "vi": vi, "en": en} for field in fields or []]
    body = {
        "type": f"urn:motcua:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": vi,
        "vi": vi,
        "en": en,
        "errors": errors,
    }
    return JSONResponse(body, status, media_type="application/problem+json")


async def _on_invalid(_: Request, error: Any) -> Response:
    fields = [".".join(c for c in map(str, one["loc"][1:]) if c.isprintable())[:200] for one in error.errors()[:50]]
    return _problem(422, "invalid", "Có chỗ chưa đúng.", "Some values are not right.", fields)


async def _on_http(_: Request, error: Any) -> Response:
    return _problem(error.status_code, "bad-request", "Không nhận được yêu cầu này.", "This request cannot be taken.")


async def _on_bad_key(_: Request, __: Any) -> Response:
    vi, en = "Cần Idempotency-Key, 8 đến 128 ký tự ASCII.", "An Idempotency-Key of 8 to 128 ASCII characters is needed."
    return _problem(400, "idempotency-key-missing", vi, en, ["Idempotency-Key"])


async def _on_key_reused(_: Request, __: Any) -> Response:
    vi, en = "Idempotency-Key này đã dùng cho lần gom khác.", "This Idempotency-Key was used for another collection."
    return _problem(422, "key-reused", vi, en, ["Idempotency-Key"])


async def _on_busy(_: Request, __: Any) -> Response:
    answer = _problem(503, "unavailable", "Bưu cục đang bận.", "The post office is busy.")
    answer.headers["Retry-After"] = "2"
    return answer


_PROBLEMS: Final[dict[type[Exception], Any]] = {
    RequestValidationError: _on_invalid,
    HTTPException: _on_http,
    BadKey: _on_bad_key,
    KeyReused: _on_key_reused,
    sqlite3.OperationalError: _on_busy,
}
