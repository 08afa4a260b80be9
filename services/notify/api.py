"""The ledger as JSON: what was told when by which channel, or why not."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from chassis.process import CurrentProcess
from contracts.values import Identifier
from services.notify.domain.message import Outcome
from services.notify.reading import NoMessage, Reader, Retrier, as_json, attempt_as_json, require_reading, units_of
from services.notify.repository import ledger
from services.notify.repository.ledger import Search
from services.notify.retrying import retry
from web.conditional import IfMatch, set_etag
from web.idempotency import IdempotencyKey

PAGE = 100

ROUTER = APIRouter(prefix="/api/notify", tags=["messages"])
MessageId = Annotated[str, Path(pattern=r"^m-[0-9a-f]{32}$")]


@ROUTER.get("/messages")
async def messages(
    process: CurrentProcess,
    reader: Reader,
    dossier: Annotated[Identifier | None, Query()] = None,
    code: Annotated[Identifier | None, Query(description="a dossier code or a submission number")] = None,
    outcome: Outcome | None = None,
    fact_type: Annotated[Identifier | None, Query()] = None,
    after: Annotated[str | None, Query(max_length=500, description="the `next` of the page before")] = None,
) -> dict[str, Any]:
    """Failed first, then the newest, a hundred at a time. All messages of one dossier, oldest first, when it is named."""
    search = Search(code or dossier, outcome, fact_type, after)
    async with process.database.connect() as connection:
        page = await ledger.page(connection, units_of(reader), search, PAGE)
    return {"messages": [as_json(line, process.clock) for line in page.lines], "next": page.next}


@ROUTER.get("/messages/{message}")
async def message_with_attempts(
    process: CurrentProcess, reader: Reader, message: MessageId, response: Response
) -> dict[str, Any]:
    async with process.database.connect() as connection:
        found = await ledger.one(connection, message)
    if found is None:
        raise NoMessage
    line, attempts = found
    require_reading(reader, line.message.unit)
    set_etag(response, line.message.version)
    return as_json(line, process.clock) | {"tries": [attempt_as_json(attempt) for attempt in attempts]}


@ROUTER.get("/summary")
async def summary(process: CurrentProcess, reader: Reader) -> dict[str, Any]:
    """How many messages had which outcome, by type of the fact that they told, and altogether."""
    async with process.database.connect() as connection:
        by_type = await ledger.counts(connection, units_of(reader))
        oldest = await ledger.oldest_waiting(connection, units_of(reader))
    return {
        "by_fact_type": {kind: ledger.total([found]) for kind, found in sorted(by_type.items())},
        "total": ledger.total(by_type.values()),
        "oldest_waiting": oldest and oldest.isoformat(),
    }


@ROUTER.post("/messages/{message}/retry")
async def retry_message(
    process: CurrentProcess, person: Retrier, message: MessageId, seen: IfMatch, key: IdempotencyKey, response: Response
) -> dict[str, Any]:
    """Try a failed message again, to the address that the contact has now."""
    answer = await retry(process.commands, key, person, message, seen)
    set_etag(response, answer.body["version"])
    return answer.body
