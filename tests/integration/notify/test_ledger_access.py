"""Who may see which message, and who may not."""

import pytest

from services.notify.access import READERS
from tests.support.notify_world import LedgerWorld
from tests.support.reference_data import headers_for
from web.navigation import STAFF


@pytest.mark.parametrize("path", ["messages", "summary", "messages/m-" + 32 * "0", "reconcile/messages"])
async def test_nothing_is_shown_to_who_is_not_signed_in(ledger: LedgerWorld, path: str) -> None:
    assert (await ledger.http.get(f"/api/notify/{path}")).status_code == 401


@pytest.mark.parametrize("path", ["messages", "summary"])
@pytest.mark.parametrize("username", ["long", "quantri"])
async def test_officers_and_administrators_have_no_business_here(ledger: LedgerWorld, path: str, username: str) -> None:
    answer = await ledger.http.get(f"/api/notify/{path}", headers=headers_for(username))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await ledger.page(username, "messages")).status_code == 403


async def test_a_message_of_another_unit_is_answered_like_an_unknown_one(ledger: LedgerWorld) -> None:
    for username in ("tam", "quang"):
        answers = [
            await ledger.http.get(f"/api/notify/messages/{message}", headers=headers_for(username))
            for message in (ledger.sent.first, "m-" + 32 * "0")
        ]
        assert answers[0].status_code == 404
        assert answers[0].json() == answers[1].json()
    assert (await ledger.page("tam", f"messages/{ledger.sent.first}")).status_code == 404


async def test_navigation_offers_the_page_to_those_who_may_open_it() -> None:
    (entry,) = [entry for group in STAFF for entry in group if entry.href == "/notify/messages"]
    assert entry.roles == frozenset(READERS)


async def test_an_unknown_message_is_not_found(ledger: LedgerWorld) -> None:
    for answer in (
        await ledger.http.post(f"/api/notify/messages/m-{32 * '0'}/retry", headers=headers_for("operator", version=1)),
        await ledger.http.get(f"/api/notify/messages/m-{32 * '0'}", headers=headers_for("operator")),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "no-message")


@pytest.mark.parametrize("ident", ["m-1", "d-1", "m-" + 32 * "Z", "%00", "..%2f..", "m-" + 300 * "0"])
async def test_an_impossible_id_is_refused(ledger: LedgerWorld, ident: str) -> None:
    for answer in (
        await ledger.http.get(f"/api/notify/messages/{ident}", headers=headers_for("operator")),
        await ledger.http.post(f"/api/notify/messages/{ident}/retry", headers=headers_for("operator", version=1)),
    ):
        assert answer.status_code in {404, 422}
        assert answer.json()["vi"]
