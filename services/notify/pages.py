"""The ledger for people: who was written to when by which channel, or why not; and the templates as a citizen gets them."""

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess, Process
from contracts.refusal import Refusal
from services.notify import commands, queries
from services.notify.access import Reader, Retrier, TemplateReader, may_retry
from services.notify.domain.ledger import LedgerFilter
from services.notify.domain.message import Outcome
from services.notify.schemas import MessageId
from web.conditional import IfMatch
from web.forms import Form, blank
from web.idempotency import IdempotencyKey
from web.languages import chosen_language
from web.pages import CurrentPages, Pages
from web.paging import After
from web.principal import Principal

PAGE = 50
_LIST = "/notify/messages"

router = APIRouter(prefix="/notify", include_in_schema=False)


@router.get("/messages")
async def messages(
    request: Request,
    process: CurrentProcess,
    pages: CurrentPages,
    reader: Reader,
    code: Annotated[str, Query(max_length=80)] = "",
    outcome: Annotated[str, Query(max_length=20)] = "",
    after: After = None,
) -> Response:
    """Empty fields of the search form mean: not asked for."""
    wanted = LedgerFilter(reference=queries.normal_reference(code), outcome=Outcome(outcome) if outcome in set(Outcome) else None)
    async with process.reads.connect() as connection:
        page = await queries.message_page(connection, reader, wanted, after, PAGE)
        summary = await queries.summary(connection, reader)
    return pages.render(
        request,
        "messages.html",
        page=page,
        summary=summary,
        wanted=wanted,
        next_try=lambda line: queries.next_try(line, process.clock),
        older=_address(outcome, page.next) if page.next else None,
        newest=_address(outcome, None) if after else None,
    )


def _address(outcome: str, after: str | None) -> str:
    query = {name: value for name, value in {"outcome": outcome, "after": after}.items() if value}
    return f"{_LIST}?{urlencode(query)}"


@router.get("/messages/{message}")
async def message_with_attempts(
    request: Request, process: CurrentProcess, pages: CurrentPages, reader: Reader, message: MessageId
) -> Response:
    return await _message(request, process, pages, reader, message, blank())


@router.post("/messages/{message}/retry")
async def retry_message(
    request: Request,
    process: CurrentProcess,
    pages: CurrentPages,
    person: Retrier,
    message: MessageId,
    seen: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """Overtaken by somebody or by the sender, the page says so above the message and its attempts as they stand now."""
    try:
        await commands.retry(process.commands, key, person, message, seen)
    except Refusal as refusal:
        if refusal.status not in {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_ENTITY}:
            raise
        return await _message(request, process, pages, person, message, blank().refused(refusal), status=refusal.status)
    return RedirectResponse(f"{_LIST}/{message}", status_code=HTTPStatus.SEE_OTHER)


async def _message(
    request: Request,
    process: Process,
    pages: Pages,
    reader: Principal,
    message: str,
    form: Form[Any],
    *,
    status: int = HTTPStatus.OK,
) -> Response:
    async with process.reads.connect() as connection:
        line, attempts = await queries.message_record(connection, reader, message)
    return pages.render(
        request,
        "message.html",
        status=status,
        form=form,
        line=line,
        attempts=attempts,
        letter=queries.letter_of(line, chosen_language(request), process.settings.public_url),
        next_try=queries.next_try(line, process.clock),
        may_retry=may_retry(reader, line.message.unit),
    )


@router.get("/templates")
async def templates(request: Request, process: CurrentProcess, pages: CurrentPages, _: TemplateReader) -> Response:
    samples = queries.sample_letters(process.settings.public_url, process.clock())
    return pages.render(request, "mail_templates.html", samples=samples)
