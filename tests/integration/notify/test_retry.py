"""The one command: a failed message is sent again once, by whom its unit trusts with it, and no other is."""

import re
from uuid import uuid4

import pytest

from tests.support.notify_world import LedgerWorld, contact, contact_record
from tests.support.reference_data import headers_for, token_for


async def test_what_is_counted_as_it_changes_is_what_there_is(ledger: LedgerWorld) -> None:
    """Also where a failed message waits again, and is sent."""
    counted = "SELECT lane, unit, fact_type, state, number FROM message_count WHERE number <> 0 ORDER BY 1, 2, 3, 4"
    settled = "SELECT lane, unit, fact_type, state, count(*) FROM message WHERE settled_at IS NOT NULL"
    there = f"{settled} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    person = await ledger.failing()
    failed = await ledger.notify.rows(counted)
    assert failed == await ledger.notify.rows(there) != []
    await ledger.notify.read(contact_record(person, contact(person, email=f"right-{person.address}"), 2))
    await ledger.retry(person, headers_for("son", version=1))
    await ledger.notify.until(person, "sent")
    sent = await ledger.notify.rows(counted)
    assert sent == await ledger.notify.rows(there) != failed


async def test_a_failed_message_is_sent_again_to_the_address_of_now_once(ledger: LedgerWorld) -> None:
    person = await ledger.failing()
    await ledger.notify.read(contact_record(person, contact(person, email=f"right-{person.address}"), 2))
    headers = headers_for("son", version=1)
    answer = await ledger.retry(person, headers)
    assert (answer.status_code, answer.json()["outcome"], answer.headers["etag"]) == (200, "waiting", '"1"')
    row = await ledger.notify.until(person, "sent")
    assert (row.version, row.attempt) == (2, 2)
    again = await ledger.retry(person, headers)
    assert (again.status_code, again.json()) == (200, answer.json())
    assert await ledger.notify.published(person) == [(1, "failed"), (2, "sent")]
    (kept,) = ledger.mail.mailbox.mails_to(f"right-{person.address}")
    assert kept.message_id == f"<{person.first}@motcua.example>"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"If-Match": '"1"'}, 400, "idempotency-key-missing"),
        ({"If-Match": '"1"', "Idempotency-Key": "short"}, 400, "idempotency-key-malformed"),
        ({"Idempotency-Key": "a-key-of-enough"}, 428, "version-missing"),
        ({"If-Match": "7", "Idempotency-Key": "a-key-of-enough"}, 400, "version-malformed"),
        ({"If-Match": '"9"', "Idempotency-Key": "a-key-of-enough"}, 412, "stale-write"),
    ],
)
async def test_a_retry_without_its_proofs_changes_nothing(
    ledger: LedgerWorld, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await ledger.retry(ledger.failed, {"Authorization": f"Bearer {token_for('son')}"} | headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await ledger.notify.message(ledger.failed)).state == "failed"


@pytest.mark.parametrize(
    ("username", "status", "code"), [("hoa", 403, "forbidden"), ("nga", 404, "no-message"), ("quantri", 403, "forbidden")]
)
async def test_only_the_unit_s_leader_or_an_operator_retries(ledger: LedgerWorld, username: str, status: int, code: str) -> None:
    """A leader of another unit hears of no such message."""
    answer = await ledger.retry(ledger.failed, headers_for(username, version=1))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await ledger.notify.message(ledger.failed)).state == "failed"


@pytest.mark.parametrize("which", ["sent", "skipped", "waiting"])
async def test_only_a_failed_message_is_retried(ledger: LedgerWorld, which: str) -> None:
    person = getattr(ledger, which)
    before = await ledger.notify.message(person)
    answer = await ledger.retry(person, headers_for("operator", version=before.version))
    assert (answer.status_code, answer.json()["code"]) == (409, "message-not-failed")
    assert await ledger.notify.message(person) == before


async def test_a_leader_retries_from_the_page_and_a_clerk_is_not_offered_it(ledger: LedgerWorld) -> None:
    assert "/retry" not in (await ledger.page("hoa", f"messages/{ledger.failed.first}")).text
    person = await ledger.failing()
    page = (await ledger.page("son", f"messages/{person.first}")).text
    assert f'action="/notify/messages/{person.first}/retry"' in page
    hidden = dict(re.findall(r'name="(idempotency_key|if_match)" value="([^"]+)"', page))
    assert hidden["if_match"] == "1"
    token = token_for("son")
    forged = {"Cookie": f"motcua_token={token}", "Sec-Fetch-Site": "cross-site"}
    refused = await ledger.http.post(f"/notify/messages/{person.first}/retry", headers=forged, data=hidden)
    assert refused.status_code == 403
    assert (await ledger.notify.message(person)).state == "failed"
    answer = await ledger.http.post(
        f"/notify/messages/{person.first}/retry",
        headers={"Authorization": f"Bearer {token}", "Accept": "text/html"},
        data={"if_match": "1", "idempotency_key": str(uuid4())},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/notify/messages/{person.first}")
    await ledger.notify.until(person, "sent")
