"""Server-rendered pages in the reader's language, escaped by default, with all that the layout needs already there.

Macros read language and session from the viewer of the page being rendered, so templates import them without passing anything on.
"""

import hashlib
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, quote, urlencode
from uuid import uuid4

from fastapi import Depends
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from contracts.values import LANGUAGES, PortalStatus
from web import correlation, formats, navigation, themes
from web.addresses import path_of, query_of
from web.csrf import csrf_token
from web.languages import COOKIE, Texts, chosen_language
from web.principal import Principal
from web.problems import FieldProblem, Problem
from web.settings import WebSettings
from web.signin import token_of

_HERE: Final = Path(__file__).parent
_A_YEAR: Final = 365 * 24 * 3600


STAGE_ICONS: Final = {
    PortalStatus.SUBMITTED: "submit",
    PortalStatus.ACCEPTED: "counter",
    PortalStatus.REFUSED: "refused",
    PortalStatus.IN_PROCESS: "process",
    PortalStatus.SUPPLEMENT_OWED: "citizen",
    PortalStatus.PAYMENT_OWED: "citizen",
    PortalStatus.WITHDRAWN: "refused",
    PortalStatus.STOPPED: "refused",
    PortalStatus.DECIDED: "decided",
    PortalStatus.HANDED_OVER: "handed-over",
}
"""A stage's icon repeats its word."""
_FILTERS: Final = {
    "short_moment": formats.short_moment,
    "clock_time": formats.clock_time,
    "day": formats.day,
    "dialled": formats.dialled,
}
"""Those that are the same in every language."""


@dataclass(frozen=True)
class Viewer:
    """Who is looking, in which language, when."""

    language: str
    person: Principal | None
    csrf_token: str
    now: datetime


_viewer: ContextVar[Viewer] = ContextVar("viewer")


class Pages:
    def __init__(
        self,
        service: str,
        folders: Sequence[Path],
        texts: Texts,
        *,
        now: Callable[[], datetime],
        settings: WebSettings | None = None,
    ) -> None:
        """`folders` of templates, the first one wins; the layout's `base.html` and `components.html` are always there."""
        self.texts, self._now, self._settings = texts, now, settings or WebSettings()
        self.secure_cookies = self._settings.secure_cookies
        loaders = [FileSystemLoader(folder) for folder in (*folders, _HERE / "templates")]
        self._templates = Environment(
            loader=ChoiceLoader(loaders), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.globals.update(
            service=service,
            sample=self._settings.sample,
            t=self._text,
            has_text=texts.has,
            lang=lambda: _viewer.get().language,
            csrf_token=lambda: _viewer.get().csrf_token,
            new_key=lambda: str(uuid4()),
            made_for=lambda: _made_for(_viewer.get().person),
            said=_said,
            asset=_asset,
            PortalStatus=PortalStatus,
            STAGE_ICONS=STAGE_ICONS,
        )
        self._templates.filters.update(
            _FILTERS,
            choice=_with_note,
            moment=_in_the_readers_language(formats.moment),
            weekday=_in_the_readers_language(formats.weekday),
            number=_in_the_readers_language(formats.number),
            dong=_in_the_readers_language(formats.dong),
        )

    def compile(self) -> None:
        """Every template. Otherwise its first reader waits for a tenth of a second, and with them everybody else."""
        for name in self._templates.list_templates(extensions=["html"]):
            self._templates.get_template(name)

    def render(self, request: Request, name: str, *, status: int = 200, **context: object) -> HTMLResponse:
        """The page; `?lang=` and `?theme=` are remembered for the next one."""
        viewer = self._viewer_of(request)
        token = _viewer.set(viewer)
        try:
            html = self._templates.get_template(name).render({**_layout(request, viewer), **context})
        finally:
            _viewer.reset(token)
        response = HTMLResponse(html, status_code=status, headers={"Content-Language": viewer.language})
        self._remember(response, request, "lang", COOKIE, viewer.language)
        self._remember(response, request, "theme", themes.COOKIE, themes.chosen_theme(request))
        return response

    def _remember(self, response: Response, request: Request, parameter: str, cookie: str, chosen: str) -> None:
        if request.query_params.get(parameter) == chosen:
            secure = self.secure_cookies
            response.set_cookie(cookie, chosen, max_age=_A_YEAR, httponly=True, samesite="lax", secure=secure)

    def _viewer_of(self, request: Request) -> Viewer:
        person: Principal | None = getattr(request.state, "principal", None)
        presented = token_of(request)
        proof = csrf_token(presented[0], person.session_id) if person and presented else ""
        return Viewer(language=chosen_language(request), person=person, csrf_token=proof, now=self._now())

    def _text(self, key: str, **values: object) -> str:
        return self.texts.text(_viewer.get().language, key, **values)


def _layout(request: Request, viewer: Viewer) -> dict[str, Any]:
    path = path_of(request)
    query = parse_qsl(query_of(request)) if request.method == "GET" else []
    menu = navigation.menu_for(viewer.person)
    other = next(language for language in LANGUAGES if language != viewer.language)
    theme = themes.chosen_theme(request)
    return {
        "principal": viewer.person,
        "language": viewer.language,
        "now": viewer.now,
        "path": path,
        "request_id": correlation.request_id.get(),
        "menu": menu,
        "current": navigation.current(menu, path, dict(query)),
        "other_language": other,
        "other_language_href": _same_page(path, query, "lang", other),
        "theme": theme,
        "themes": [(name, _same_page(path, query, "theme", name)) for name in themes.THEMES if name != theme],
    }


def _made_for(person: Principal | None) -> str:
    """Whose page this is, as its forms say when they are sent."""
    return "" if person is None else person.staff_id


def _same_page(path: str, query: Sequence[tuple[str, str]], parameter: str, value: str) -> str:
    """Its address, with another language or theme."""
    kept = [pair for pair in query if pair[0] != parameter]
    return f"{quote(path)}?{urlencode([*kept, (parameter, value)])}"


def _said(problem: Problem | FieldProblem) -> str:
    return problem.said_in(_viewer.get().language)


def _with_note(choice: Sequence[object]) -> tuple[object, object, object]:
    """(value, label) and (value, label, note) alike, as the macros unpack them."""
    value, label, *note = choice
    return value, label, note[0] if note else None


def _in_the_readers_language(written: Callable[..., str]) -> Callable[..., str]:
    """As a filter. Of one without a context Jinja works out what it makes of a constant when it compiles, for all readers."""

    @pass_context
    def filtered(_: Context, value: object, *arguments: object) -> str:
        return written(value, _viewer.get().language, *arguments)

    return filtered


@lru_cache(maxsize=64)
def _asset(name: str) -> str:
    """The address of one of our static files, changed with its content: a browser may keep it, and never keeps an old one."""
    digest = hashlib.sha256((_HERE / "static" / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


async def pages_of(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


CurrentPages = Annotated[Pages, Depends(pages_of)]
