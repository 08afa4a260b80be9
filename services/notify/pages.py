"""The ledger for people: who was written to when by which channel, or why not; and the templates as a citizen gets them."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess
from services.notify import commands, queries
from services.notify.access import Reader, Retrier, TemplateReader, may_retry
from services.notify.domain.ledger import LedgerFilter
from services.notify.domain.message import Outcome
from services.notify.schemas import MessageId
from web.conditional import IfMatch
from web.idempotency import IdempotencyKey
from web.languages import chosen_language
from web.pages import CurrentPages
from web.paging import After

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
        next_try=lambda message: queries.next_try(message, process.clock),
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
    async with process.reads.connect() as connection:
        line, attempts = await queries.message_record(connection, reader, message)
    return pages.render(
        request,
        "message.html",
        line=line,
        attempts=attempts,
        letter=queries.letter_of(line, chosen_language(request), process.settings.public_url),
        next_try=queries.next_try(line.message, process.clock),
        may_retry=may_retry(reader, line.message.unit),
    )


@router.post("/messages/{message}/retry")
async def retry_message(
    process: CurrentProcess, person: Retrier, message: MessageId, seen: IfMatch, key: IdempotencyKey
) -> Response:
    await commands.retry(process.commands, key, person, message, seen)
    return RedirectResponse(f"{_LIST}/{message}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/templates")
async def templates(request: Request, process: CurrentProcess, pages: CurrentPages, _: TemplateReader) -> Response:
    samples = queries.sample_letters(process.settings.public_url, process.clock())
    return pages.render(request, "mail_templates.html", samples=samples)
