"""How commands answer: status, ETag, and what must not be kept with an Idempotency-Key, read afresh each time."""

from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Depends, Request, Response

from chassis.process import Process
from contracts.values import Role
from messaging.commands import Answer
from services.intake import looking
from web.conditional import set_etag
from web.principal import Principal
from web.signin import requires

_LONGEST_ADDRESS: Final = 64

Clerk = Annotated[Principal, Depends(requires(Role.CLERK))]


def reply(response: Response, answer: Answer) -> dict[str, Any]:
    response.status_code = answer.status
    if "version" in answer.body:
        set_etag(response, answer.body["version"])
    return answer.body


async def reply_created(process: Process, response: Response, answer: Answer) -> dict[str, Any]:
    """With the secret, opened for this answer only."""
    body = reply(response, answer)
    return body | {
        "secret": await looking.secret_of(process, body["id"]),
        "receipt_url": f"/intake/dossiers/{body['id']}/receipt",
        "tracking_url": tracking_url(process, body["code"] or body["submission_number"]),
    }


def tracking_url(process: Process, quoted: str) -> str:
    """The address behind the receipt's QR; it names the dossier and never the secret."""
    return f"{process.settings.public_url.rstrip('/')}/track?code={quote(quoted)}"


def client_of(request: Request) -> str:
    """The address that the front door saw; what a client writes into the header itself stands before it."""
    seen = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    direct = request.client.host if request.client else ""
    return (seen or direct or "unknown")[:_LONGEST_ADDRESS]
