"""The application that every service adds its routes to. It promises no bare 500, no echo of input, every error in both
languages, every route behind the same checks of its input, HEAD wherever there is GET, and an honest 503 when there is
too much to do.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.refusal import Refusal
from web import errors
from web.clean_input import clean_input
from web.csrf import OldPage
from web.languages import Texts
from web.middleware import HeadAsGet, QueryLimit, RequestBoundary
from web.openapi import complete
from web.pages import Pages
from web.problems import RESPONSES, Unavailable
from web.settings import WebSettings
from web.signin import SignInCheck, SignInNeeded
from web.work import BoundedWork

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class ServiceApp(FastAPI):
    """FastAPI with the OpenAPI document of `web.openapi`. Making it takes a tenth of a second: it is made when it is
    first asked for, and beside the loop.
    """

    def setup(self) -> None:
        if self.openapi_url is not None:
            self.add_route(self.openapi_url, self._document, include_in_schema=False)

    async def _document(self, _: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(self.openapi))

    def openapi(self) -> dict[str, Any]:
        return complete(super().openapi(), self)


def create_app(
    *,
    service: str,
    title: str,
    lifespan: Lifespan,
    signin: SignInCheck,
    settings: WebSettings,
    now: Callable[[], datetime],
    folder: Path | None = None,
    unavailable: Sequence[type[Exception]] = (),
) -> FastAPI:
    """`folder`: the service's own, holding `templates/` and `texts/`. `unavailable`: infrastructure faults that pass (503)."""
    app = ServiceApp(
        title=title,
        lifespan=_with_templates(lifespan),
        openapi_url=f"/api/{service}/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=RESPONSES,
        dependencies=[Depends(clean_input)],
        middleware=_middleware(service, settings, unavailable),
    )
    app.state.signin = signin
    app.state.trusted_proxies = settings.trusted_proxies
    app.state.pages = _pages(service, folder, now, settings)
    handlers: dict[type[Exception], Any] = {
        Refusal: errors.on_refusal,
        SignInNeeded: errors.on_sign_in_needed,
        OldPage: errors.on_old_page,
        RequestValidationError: errors.on_validation,
        HTTPException: errors.on_http,
        errors.BeforeBody: errors.on_before_body,
        **dict.fromkeys((Unavailable, *unavailable), errors.on_unavailable),
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    return app


def _with_templates(lifespan: Lifespan) -> Lifespan:
    """Templates are compiled beside the loop once the process serves: a page that is asked for sooner compiles its own."""

    @asynccontextmanager
    async def compiling(app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(app):
            compiled = asyncio.create_task(asyncio.to_thread(app.state.pages.compile))
            try:
                yield
            finally:
                await compiled

    return compiling


def _middleware(service: str, settings: WebSettings, unavailable: Sequence[type[Exception]]) -> list[Middleware]:
    """Outermost first."""
    always = (f"/api/{service}/health/", f"/api/{service}/metrics")
    return [
        Middleware(HeadAsGet),
        Middleware(RequestBoundary),
        Middleware(QueryLimit, settings=settings),
        Middleware(BoundedWork, settings=settings, always=always, unavailable=(Unavailable, *unavailable)),
    ]


def _pages(service: str, folder: Path | None, now: Callable[[], datetime], settings: WebSettings) -> Pages:
    if folder is None:
        return Pages(service, [], Texts.load(), now=now, settings=settings)
    return Pages(service, [folder / "templates"], Texts.load([folder / "texts"]), now=now, settings=settings)
