"""A small service built on web: keys, people and routes that the tests of web ask."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import anyio
import httpx
from fastapi import APIRouter, Depends, FastAPI, Form, Request, Response
from pydantic import BaseModel, Field
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from contracts.refusal import Refusal
from contracts.values import Role
from web.app import create_app
from web.conditional import IfMatch, require_current, set_etag
from web.csrf import own_site
from web.forms import read_form
from web.idempotency import IdempotencyKey
from web.pages import CurrentPages
from web.problems import Unavailable
from web.settings import WebSettings
from web.signin import COOKIE, SignedIn, SignInCheck, StaffState, Visitor, requires
from web.tokens import TokenClaims, new_signing_key, sign
from web.vouchers import Voucher

NOW = datetime(2026, 2, 16, 7, 30, tzinfo=UTC)
UNIT, OTHER_UNIT = "000.00.16.H26", "000.01.16.H26"
PRIVATE, PUBLIC = new_signing_key("k1")
VOUCHER = Voucher(kid="k1", x=PUBLIC["x"], version=1, since=NOW - timedelta(days=30), until=NOW + timedelta(days=30))


class State:
    """The service's own copy of keys and staff."""

    def __init__(self) -> None:
        self.keys = {"k1": VOUCHER}
        self.staff = {
            "s1": StaffState(
                active=True,
                tokens_valid_from=NOW - timedelta(days=1),
                roles={UNIT: frozenset({Role.CLERK}), OTHER_UNIT: frozenset({Role.OFFICER})},
                unit_names={UNIT: "Đông Hưng"},
            )
        }
        self.asked: list[tuple[str, str]] = []

    async def look_up(self, kid: str, staff_id: str) -> tuple[Voucher | None, StaffState | None]:
        self.asked.append((kid, staff_id))
        return self.keys.get(kid), self.staff.get(staff_id)

    def change(self, **changes: Any) -> None:
        self.staff["s1"] = replace(self.staff["s1"], **changes)


def claims(**changes: Any) -> TokenClaims:
    given: dict[str, Any] = {
        "staff_id": "s1",
        "username": "hoa",
        "name": "Trần Thị <Hòa>",
        "roles": {UNIT: [Role.CLERK], OTHER_UNIT: [Role.OFFICER]},
        "sid": "session-1",
        "at": NOW - timedelta(hours=1),
        "lifetime": timedelta(hours=8),
    }
    return TokenClaims.issue(**{**given, **changes})


def token(private: dict[str, str] = PRIVATE, **changes: Any) -> str:
    return sign(claims(**changes), private)


class Paper(BaseModel):
    code: Annotated[str, Field(max_length=10)]
    copies: int = 1


class Submission(BaseModel):
    name: Annotated[str, Field(min_length=2)]
    fee: int = 0
    weight: float = 0.0
    papers: list[Paper] = []
    extra: dict[str, Any] = {}


class Asked(BaseModel):
    name: str
    copies: Annotated[int, Field(ge=1)]
    kinds: list[str] = []


class DriverError(Exception):
    pass


@asynccontextmanager
async def nothing_to_open(_: FastAPI) -> AsyncIterator[None]:
    yield


_SHARED: list[BaseRoute] = []
"""The routes below, made once: each takes FastAPI a millisecond."""


def sample_app(state: State | None = None, *, folder: Path | None = None, **settings: Any) -> FastAPI:
    app = create_app(
        service="sample",
        title="Sample",
        lifespan=nothing_to_open,
        signin=SignInCheck(state or State(), lambda: NOW),
        settings=WebSettings(**settings),
        now=lambda: NOW,
        folder=folder,
        unavailable=(DriverError,),
    )
    app.state.gate = anyio.Event()
    if not _SHARED:
        own = len(app.routes)
        _routes(app)
        _guarded_routes(app)
        _SHARED.extend(app.routes[own:])
    else:
        app.router.routes.extend(_SHARED)
    return app


def _routes(app: FastAPI) -> None:
    @app.post("/api/sample/submissions")
    async def submit(submission: Submission, key: IdempotencyKey) -> dict[str, str]:
        return {"name": submission.name, "key": key}

    @app.get("/api/sample/things/{thing}")
    async def thing(thing: str, page: int = 1) -> dict[str, Any]:
        return {"thing": thing, "page": page}

    @app.put("/api/sample/things/{thing}")
    async def change(thing: str, seen: IfMatch, response: Response) -> dict[str, str]:
        require_current(seen, 7)
        set_etag(response, 8)
        return {"thing": thing}

    @app.get("/api/sample/fails/{how}")
    @app.get("/sample/fails/{how}")
    async def fails(how: str) -> None:
        raise {
            "refusal": Refusal("not-yet", vi="Chưa làm được <việc> này.", en="Not <yet>.", field="code"),
            "unavailable": Unavailable(retry_after=9),
            "driver": DriverError("password=hunter2"),
        }.get(how) or RuntimeError("secret hunter2")

    @app.get("/api/sample/slow")
    async def slow(request: Request) -> dict[str, str]:
        await request.app.state.gate.wait()
        return {"slow": "done"}

    @app.get("/api/sample/health/live")
    async def live() -> dict[str, str]:
        return {"live": "yes"}

    @app.post("/sample/forms")
    async def form(request: Request, pages: CurrentPages) -> dict[str, Any]:
        read = await read_form(request, Asked, pages.texts)
        problems = {problem.field: problem.vi for problem in read.problems}
        return {"values": read.values, "data": read.data and read.data.model_dump(), "problems": problems}

    router = APIRouter()

    @router.post("/sample/declared-form")
    async def declared(name: Annotated[str, Form()]) -> dict[str, str]:
        return {"name": name}

    app.include_router(router)


def _guarded_routes(app: FastAPI) -> None:
    @app.get("/api/sample/me")
    @app.get("/sample/me")
    async def me(person: SignedIn) -> dict[str, Any]:
        return {"name": person.name, "units": sorted(person.roles)}

    @app.post("/sample/me/name")
    @app.post("/sample/me")
    @app.post("/api/sample/me")
    async def change_me(person: SignedIn) -> dict[str, str]:
        return {"name": person.name}

    @app.get("/api/sample/clerks")
    async def clerks(person: Annotated[Any, Depends(requires(Role.CLERK, Role.LEADER))], unit: str) -> dict[str, str]:
        person.require(Role.CLERK, unit)
        return {"unit": unit}

    @app.get("/api/sample/admins", dependencies=[Depends(requires(Role.ADMIN, Role.OPERATOR))])
    async def admins() -> dict[str, str]:
        return {"admin": "yes"}

    @app.get("/sample/page")
    async def page(request: Request, pages: CurrentPages, person: Visitor) -> Response:
        return pages.render(request, "error.html", problem=_a_problem())

    @app.post("/sign-in", dependencies=[Depends(own_site)])
    async def sign_in() -> dict[str, str]:
        return {"signed": "in"}


def _a_problem() -> Any:
    from web.problems import Problem

    return Problem.of(409, "sample", vi="Chữ <đậm>", en="Some <bold>")


def browse(app: ASGIApp, *, cookie: str | None = None, **headers: str) -> httpx.AsyncClient:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://motcua.test", headers=headers)
    if cookie is not None:
        client.cookies.set(COOKIE, cookie)
    return client
