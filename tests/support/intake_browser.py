"""Intake's pages as a browser without scripts uses them: forms are sent with all that the page holds."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import httpx

from tests.support.draft_pages import is_draft
from tests.support.intake_events import APPLICANT, NOW
from tests.support.reference_data import LAND, token_for
from web.signin import COOKIE

TYPED = {name: APPLICANT[name] for name in ("name", "address", "identity_number", "telephone", "email")} | {
    "language": "vi",
    "hand_over": "counter",
}


class Forms(HTMLParser):
    """The forms of a page: action and the values that it would send."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._select: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append({"action": given.get("action"), "fields": {}})
        elif tag == "input" and self.forms and given.get("name"):
            if given.get("type") in {"radio", "checkbox"} and "checked" not in given:
                return
            fields = self.forms[-1]["fields"]
            if given.get("type") == "checkbox" or given["name"] == "others_shown":
                fields.setdefault(given["name"], []).append(given.get("value") or "")
            else:
                fields[given["name"]] = given.get("value") or ""
        elif tag == "select":
            self._select = given.get("name")
        elif tag == "option" and "selected" in given and self._select:
            self.forms[-1]["fields"][self._select] = given.get("value") or ""

    def to(self, action: str) -> dict[str, Any]:
        return dict(next(form["fields"] for form in self.forms if form["action"] == action))


@dataclass
class Browser:
    """Signed in by cookie; sends what the page's own forms hold."""

    http: httpx.AsyncClient
    person: str | None = "hoa"
    address: str = "127.0.0.1"

    def _headers(self) -> dict[str, str]:
        given = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "X-Forwarded-For": self.address}
        return given | ({"Cookie": f"{COOKIE}={token_for(self.person, NOW)}"} if self.person else {})

    async def get(self, path: str) -> httpx.Response:
        self.headers = self._headers()
        return await self.http.get(path, headers=self.headers)

    async def send(self, page: httpx.Response, action: str, **fields: Any) -> httpx.Response:
        """The form on `page`, with the cookie that it was made for; the page that shows the draft, if it comes to one."""
        form = Forms(page.text).to(action) | fields
        answer = await self.http.post(action, data=form, headers=self.headers)
        return await self.follow(answer) if is_draft(answer) else answer

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        assert answer.status_code == 303, answer.text
        return await self.http.get(answer.headers["location"].partition("#")[0], headers=self.headers)


async def opened(clerk: Browser, procedure: str = LAND, **fields: Any) -> httpx.Response:
    """The counter with the checklist of a procedure."""
    page = await clerk.get("/intake/counter")
    return await clerk.send(page, "/intake/counter", procedure=procedure, act="open", **fields)


def fields_of(page: httpx.Response) -> dict[str, Any]:
    """What the counter's form on the page would send."""
    return Forms(page.text).to("/intake/counter")
