"""The same error: problem+json for a program, a page in their language for a person. Never a stack trace, never an echo."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from contracts.refusal import Refusal
from web.addresses import here, nearest_page, wants_html, with_query
from web.allowed import allowed_methods
from web.csrf import SAFE_METHODS, OldPage
from web.languages import chosen_language, for_people, layout_texts
from web.late_forms import keep_late, keep_of_old_page
from web.problems import MEDIA_TYPE, Problem, Unavailable
from web.signin import SignInNeeded
from web.validation import field_problems


def answer(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a designed page where a person reads, as problem+json where a program does."""
    if wants_html(request):
        problem = problem.model_copy(update={**for_people(problem.code, vi=problem.vi, en=problem.en)})
        page: Response = request.app.state.pages.render(request, "error.html", status=problem.status, problem=problem)
        page.headers.update(headers or {})
        return page
    body = problem.model_copy(update={"detail": problem.said_in(chosen_language(request))})
    return JSONResponse(body.model_dump(), status_code=problem.status, headers=headers, media_type=MEDIA_TYPE)


def _problem(status: int, code: str, **values: object) -> Problem:
    return Problem.of(status, code, **layout_texts().in_each(f"problem.{code}", **values))


def overloaded(request: Request, retry_after: int) -> Response:
    return answer(request, _problem(503, "unavailable", seconds=retry_after), {"Retry-After": str(retry_after)})


def unforeseen(request: Request) -> Response:
    """The 500: nothing of the exception is shown; the request id on the answer finds it in the log."""
    problem = _problem(500, "unforeseen")
    try:
        return answer(request, problem)
    except Exception:  # noqa: BLE001 -- the page itself may be what failed; then the plain answer is still owed
        return JSONResponse(problem.model_dump(), status_code=500, media_type=MEDIA_TYPE)


def refused(request: Request, refusal: Refusal) -> Response:
    return answer(request, Problem.of_refusal(refusal), retry_header(refusal))


async def on_refusal(request: Request, refusal: Refusal) -> Response:
    return refused(request, refusal)


def retry_header(refusal: Refusal) -> dict[str, str]:
    """Also for a page that shows the refusal at its form."""
    return {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}


async def on_sign_in_needed(request: Request, needed: SignInNeeded) -> Response:
    """A person is led to the sign-in page and back to what they typed; a program gets 401."""
    if wants_html(request):
        after = await keep_late(request) or here(request)
        return RedirectResponse(f"/sign-in?next={quote(after, safe='')}&why={needed.code}", status_code=HTTPStatus.SEE_OTHER)
    headers = {"WWW-Authenticate": 'Bearer realm="motcua"'}
    if "hx-request" in request.headers and request.method in SAFE_METHODS:
        headers["HX-Redirect"] = "/sign-in"
    return answer(request, Problem.of_refusal(needed), headers)


async def on_old_page(request: Request, old: OldPage) -> Response:
    """A person who signed in anew gets today's page with what they typed; anybody else is refused."""
    return await keep_of_old_page(request) or refused(request, old)


async def on_unavailable(request: Request, fault: Exception) -> Response:
    retry_after = fault.retry_after if isinstance(fault, Unavailable) else 5
    return overloaded(request, retry_after)


async def on_validation(request: Request, error: RequestValidationError) -> Response:
    mistakes: list[dict[str, Any]] = list(error.errors())
    if any(mistake["type"] == "json_invalid" for mistake in mistakes):
        return answer(request, _problem(422, "not-json"))
    problem = _problem(422, "invalid", count=len(mistakes))
    return answer(
        request,
        problem.model_copy(
            update={"errors": field_problems(mistakes, request.app.state.pages.texts, on_page=wants_html(request))}
        ),
    )


class BeforeBody(HTTPException):
    """What kept a body from being read. FastAPI turns every other exception into "cannot parse the body"."""

    def __init__(self, fault: Exception) -> None:
        super().__init__(400)
        self.fault = fault


async def on_before_body(request: Request, before: BeforeBody) -> Response:
    """Answered as if a route had raised it."""
    handlers = request.app.exception_handlers
    kind = next((kind for kind in type(before.fault).__mro__ if kind in handlers), None)
    if kind is None:
        raise before.fault
    response: Response = await handlers[kind](request, before.fault)
    return response


_BY_STATUS = {400: "bad-request", 404: "not-found", 405: "method", 415: "media-type"}


async def on_http(request: Request, error: HTTPException) -> Response:
    """Starlette's and FastAPI's own: unknown route, wrong method, unreadable body."""
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method in {"GET", "HEAD"} and wants_html(request):
        # Reloaded, gone back to, or read in the other language: what answered a form has no page at its address.
        return RedirectResponse(with_query(request, nearest_page(request)), HTTPStatus.SEE_OTHER)
    other = "bad-request" if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else "unforeseen"
    code = _BY_STATUS.get(error.status_code, other)
    return answer(request, _problem(error.status_code, code), _headers(request, error))


def _headers(request: Request, error: HTTPException) -> Mapping[str, str]:
    if error.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return error.headers or {}
    return {**(error.headers or {}), "Allow": ", ".join(allowed_methods(request.scope))}
