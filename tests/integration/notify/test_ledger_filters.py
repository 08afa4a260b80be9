"""The ledger: everything that is asked for holds together, and an empty list says of what it is empty."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from tests.support.list_filters import hold_together
from tests.support.notify_world import LedgerWorld


async def test_api_filters_hold_together(ledger: LedgerWorld) -> None:
    """A code and another dossier's id find nothing: neither of the two is left out."""

    async def ask(query: Mapping[str, str]) -> Iterable[str]:
        return await ledger.dossiers("operator", **query)

    people = (ledger.sent, ledger.failed)
    filters = {
        "code": [person.code for person in people],
        "dossier": [person.dossier for person in people],
        "outcome": ["sent", "failed"],
    }
    await hold_together(ask, filters)
    kinds = {message["fact_type"] for message in (await ledger.get("operator", "messages"))["messages"]}
    assert await ledger.dossiers("operator", fact_type=f"{min(kinds)}x", code=ledger.sent.code) == []


async def test_page_filters_hold_together(ledger: LedgerWorld) -> None:
    async def ask(query: Mapping[str, str]) -> Iterable[str]:
        page = await ledger.page("operator", f"messages?{urlencode(query)}")
        return re.findall(r'<td><a href="/notify/messages/([^"]+)"', page.text)

    await hold_together(ask, {"code": [ledger.sent.code, ledger.failed.code], "outcome": ["sent", "failed"]})


async def test_nothing_found_of_a_code_in_one_outcome_is_not_said_of_all(ledger: LedgerWorld) -> None:
    page = await ledger.page("hoa", f"messages?{urlencode({'code': ledger.sent.code, 'outcome': 'failed'})}")
    nothing = page.text.partition('<div class="empty">')[2].partition("</div>")[0]
    assert f"Không có tin nào của “{ledger.sent.code}”" in nothing
    assert "Chỉ tìm trong những tin “" in nothing
    everything = await ledger.page("hoa", "messages?code=nowhere")
    assert "Chỉ tìm trong" not in everything.text
