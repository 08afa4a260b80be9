"""The ledger as JSON: who was written to when by which channel, or why not."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.process import CurrentProcess
from contracts.given import GivenReference
from contracts.values import Identifier
from services.notify import commands, queries
from services.notify.access import Reader, Retrier
from services.notify.domain.ledger import LedgerFilter
from services.notify.domain.message import Outcome
from services.notify.queries import next_try
from services.notify.schemas import MessageDetail, MessageId, MessageLine, MessagePage, RetriedMessage, Summary
from web.conditional import IfMatch, set_etag
from web.idempotency import IdempotencyKey
from web.paging import After

PAGE = 100

router = APIRouter(prefix="/api/notify", tags=["messages"])


@router.get("/messages")
async def messages(
    process: CurrentProcess,
    reader: Reader,
    dossier: Annotated[Identifier | None, Query()] = None,
    code: Annotated[GivenReference | None, Query(description="a dossier code or a submission number")] = None,
    outcome: Outcome | None = None,
    fact_type: Annotated[Identifier | None, Query()] = None,
    after: After = None,
) -> MessagePage:
    """Failed first, then the newest, a hundred at a time. All messages of one dossier, oldest first, when it is named."""
    wanted = LedgerFilter(reference=code, dossier=dossier, outcome=outcome, fact_type=fact_type)
    async with process.reads.connect() as connection:
        page = await queries.message_page(connection, reader, wanted, after, PAGE)
    lines = [MessageLine.of(line, next_try(line, process.clock)) for line in page.rows]
    return MessagePage(messages=lines, next=page.next)


@router.get("/messages/{message}")
async def message_with_attempts(process: CurrentProcess, reader: Reader, message: MessageId, response: Response) -> MessageDetail:
    async with process.reads.connect() as connection:
        line, attempts = await queries.message_record(connection, reader, message)
    set_etag(response, line.message.version)
    return MessageDetail.with_attempts(line, next_try(line, process.clock), attempts)


@router.get("/summary")
async def summary(process: CurrentProcess, reader: Reader) -> Summary:
    """How many messages had which outcome, by type of the fact that asked for them, and altogether."""
    async with process.reads.connect() as connection:
        return await queries.summary(connection, reader)


@router.post("/messages/{message}/retry")
async def retry_message(
    process: CurrentProcess, person: Retrier, message: MessageId, seen: IfMatch, key: IdempotencyKey, response: Response
) -> RetriedMessage:
    """Try a failed message again, to the address that the contact has now."""
    retried = await commands.retry(process.commands, key, person, message, seen)
    set_etag(response, retried.version)
    return retried
