"""The HTTP side: what was kept, as JSON for tests and as pages for a person. Everything a mail says is escaped."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from deploy.sandbox.mail_server.mailbox import Mailbox

SHOWN: Final = 500
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def create_pages(mailbox: Mailbox) -> Starlette:
    view = _View(mailbox)
    return Starlette(
        routes=[
            Route("/mail", view.summary),
            Route("/mail/", view.page),
            Route("/mail/messages", view.messages),
            Route("/mail/messages/{name}", view.message),
            Route("/health/ready", view.ready),
        ]
    )


@dataclass(frozen=True)
class _View:
    mailbox: Mailbox

    async def ready(self, _: Request) -> Response:
        return JSONResponse({"ready": True})

    async def summary(self, _: Request) -> Response:
        return JSONResponse(self.mailbox.summary())

    async def messages(self, request: Request) -> Response:
        """`?to=` names a recipient; newest first."""
        mails = self.mailbox.mails_to(request.query_params.get("to"))
        return JSONResponse({"messages": [mail.as_json() for mail in mails]})

    async def page(self, request: Request) -> Response:
        recipient = request.query_params.get("to", "").strip() or None
        mails = self.mailbox.mails_to(recipient)
        return _page(
            "mailbox.html",
            recipient=recipient,
            mails=mails[:SHOWN],
            more=max(0, len(mails) - SHOWN),
            summary=self.mailbox.summary(),
        )

    async def message(self, request: Request) -> Response:
        mail = self.mailbox.find(request.path_params["name"])
        if mail is None:
            return _page("missing.html", status=404)
        body = mail.get_body(("plain", "html"))
        text = body.get_content() if body is not None else ""
        return _page("message.html", headers=[(name, str(value)) for name, value in mail.items()], text=text)


def _page(name: str, status: int = 200, **values: object) -> Response:
    return HTMLResponse(_TEMPLATES.get_template(name).render(values), status_code=status, headers=_HEADERS)
