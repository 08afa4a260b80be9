"""The ledger for people: what was told when by which channel, or why not; and the templates as a citizen gets them."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess
from contracts.values import Role
from services.notify import samples
from services.notify.api import MessageId
from services.notify.domain.message import Outcome
from services.notify.letters import WRITE_FAULTS, Letter, write
from services.notify.reading import (
    READERS,
    NoMessage,
    Reader,
    Retrier,
    fact_name,
    may_retry,
    next_try,
    recipient,
    require_reading,
    sought,
    units_of,
)
from services.notify.repository import ledger
from services.notify.repository.ledger import Line, Search
from services.notify.retrying import retry
from web.conditional import IfMatch
from web.idempotency import IdempotencyKey
from web.languages import chosen_language
from web.pages import CurrentPages
from web.signin import requires

PAGE = 50

log = structlog.get_logger(__name__)

ROUTER = APIRouter(prefix="/notify", include_in_schema=False)


@ROUTER.get("/messages")
async def messages(
    request: Request,
    process: CurrentProcess,
    pages: CurrentPages,
    reader: Reader,
    code: Annotated[str, Query(max_length=80)] = "",
    outcome: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Empty fields of the search form mean: not asked for."""
    chosen = Outcome(outcome) if outcome in set(Outcome) else None
    wanted = sought(code)
    search = Search(wanted, chosen, None, after)
    async with process.database.connect() as connection:
        units = units_of(reader)
        page = await ledger.page(connection, units, search, PAGE)
        totals = ledger.total((await ledger.counts(connection, units)).values())
        oldest = await ledger.oldest_waiting(connection, units)
    following = {"outcome": outcome, "after": page.next} if page.next else None
    return pages.render(
        request,
        "messages.html",
        page=page,
        totals=totals,
        oldest=oldest,
        sought=wanted,
        chosen=chosen,
        fact_name=fact_name,
        recipient=recipient,
        next_try=lambda message: next_try(message, process.clock),
        older=following and f"/notify/messages?{urlencode({k: v for k, v in following.items() if v})}",
        newest=f"/notify/messages?{urlencode({'outcome': outcome} if outcome else {})}" if after else None,
    )


@ROUTER.get("/messages/{message}")
async def message_with_attempts(
    request: Request, process: CurrentProcess, pages: CurrentPages, reader: Reader, message: MessageId
) -> Response:
    async with process.database.connect() as connection:
        found = await ledger.one(connection, message)
    if found is None:
        raise NoMessage
    line, attempts = found
    require_reading(reader, line.message.unit)
    return pages.render(
        request,
        "message.html",
        line=line,
        attempts=attempts,
        letter=_letter(line, chosen_language(request), process.settings.public_url),
        fact_name=fact_name,
        recipient=recipient(line),
        next_try=next_try(line.message, process.clock),
        may_retry=may_retry(reader, line.message.unit),
    )


def _letter(line: Line, otherwise: str, public_url: str) -> Letter | None:
    """In the applicant's language as far as it is known; None if its template cannot be filled."""
    language = line.contact.contact.language if line.contact and line.contact.contact else otherwise
    try:
        return write(line.message.template, language, line.message.content, public_url)
    except WRITE_FAULTS:
        log.exception("a letter cannot be written", message=line.message.id, template=line.message.template)
        return None


@ROUTER.post("/messages/{message}/retry")
async def retry_message(
    process: CurrentProcess, person: Retrier, message: MessageId, seen: IfMatch, key: IdempotencyKey
) -> Response:
    await retry(process.commands, key, person, message, seen)
    return RedirectResponse(f"/notify/messages/{message}", status_code=HTTPStatus.SEE_OTHER)


@ROUTER.get("/templates", dependencies=[Depends(requires(*READERS, Role.ADMIN))])
async def templates(request: Request, process: CurrentProcess, pages: CurrentPages) -> Response:
    letters = samples.letters(process.settings.public_url, process.clock())
    return pages.render(request, "mail_templates.html", letters=letters)
