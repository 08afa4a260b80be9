"""The ledger over HTTP: who may see what, failed first, nothing of an address, and the one command."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from contracts.intake import DossierDecidedV1, DossierFact, UnitRef
from contracts.values import PortalStatus
from deploy.sandbox.mail_server.mailbox import Mailbox
from deploy.sandbox.mail_server.smtp import MailServer
from services.notify.reading import READERS
from tests.support.eventually import eventually
from tests.support.notify_world import (
    AT,
    CONTACT,
    Notify,
    Person,
    accepted,
    client,
    contact,
    contact_record,
    fact_record,
    notify_database,
    running,
    settings_for,
    somebody,
)
from tests.support.reference_data import COMMUNE, DISTRICT, headers_for, token_for
from tests.support.servers import PostgresServer

IN_COMMUNE = UnitRef(id=COMMUNE, name="Bộ phận Một cửa xã Minh Lạc")


@dataclass
class World:
    """Five messages: `sent`, `failed`, `skipped` and `waiting` in the district, `elsewhere` (sent) in the commune."""

    notify: Notify
    mail: MailServer
    http: httpx.AsyncClient
    sent: Person
    failed: Person
    skipped: Person
    waiting: Person
    elsewhere: Person

    async def get(self, username: str, path: str, **query: Any) -> Any:
        answer = await self.http.get(f"/api/notify/{path}", headers=headers_for(username), params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def dossiers(self, username: str, **query: Any) -> list[str]:
        return [one["dossier"] for one in (await self.get(username, "messages", **query))["messages"]]

    async def page(self, username: str, path: str, language: str = "vi") -> httpx.Response:
        cookies = {"Cookie": f"motcua_token={token_for(username)}; motcua_lang={language}", "Accept": "text/html"}
        return await self.http.get(f"/notify/{path}", headers=cookies)


@pytest.fixture(scope="module")
async def world(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    mail = MailServer(Mailbox(tmp_path_factory.mktemp("mail")))
    await mail.start()
    sent, failed, skipped, waiting, elsewhere = *(somebody() for _ in range(4)), somebody(COMMUNE)
    async with notify_database(await postgres.create_database("ledger")) as notify, running(notify, settings_for(mail)) as app:
        found = World(notify, mail, client(app), sent, failed, skipped, waiting, elsewhere)
        await _fill(found)
        yield found
        await found.http.aclose()
    await mail.stop()


async def _fill(world: World) -> None:
    world.mail.faults.refused = (world.failed.address,)
    await world.notify.tell(world.sent)
    await world.notify.tell(world.elsewhere, accepted(world.elsewhere, unit=IN_COMMUNE))
    await world.notify.tell(world.failed)
    await world.notify.tell(world.skipped, accepted(world.skipped, contact_version=None))
    for person, state in ((world.sent, "sent"), (world.elsewhere, "sent"), (world.failed, "failed"), (world.skipped, "skipped")):
        await world.notify.until(person, state)
    world.mail.faults.defer_every = 1
    await world.notify.tell(world.waiting)

    async def deferred() -> bool:
        return await world.notify.attempts(world.waiting) == ["deferred"]

    await eventually(deferred)
    async with world.notify.database.begin() as connection:
        await connection.execute(text("UPDATE message SET due_at = due_at + interval '1 day' WHERE state = 'queued'"))


# --- reading --------------------------------------------------------------------------------------------


async def test_a_clerk_sees_the_messages_of_the_own_units_failed_first_then_the_newest(world: World) -> None:
    expected = [world.failed, world.waiting, world.skipped, world.sent]
    assert await world.dossiers("hoa") == [person.dossier for person in expected]
    assert await world.dossiers("tam") == [world.elsewhere.dossier]
    everywhere = (*expected[:-1], world.elsewhere, world.sent)
    assert await world.dossiers("operator") == [person.dossier for person in everywhere]
    assert await world.dossiers("lan") == []


@pytest.mark.parametrize("outcome", ["sent", "failed", "skipped", "waiting"])
async def test_one_outcome_alone(world: World, outcome: str) -> None:
    assert await world.dossiers("son", outcome=outcome) == [getattr(world, outcome).dossier]


async def test_found_by_code_by_submission_number_and_by_dossier_but_only_in_the_own_units(world: World) -> None:
    for query in ({"code": world.sent.code}, {"dossier": world.sent.dossier}):
        assert await world.dossiers("hoa", **query) == [world.sent.dossier]
        assert await world.dossiers("tam", **query) == []
    assert len(await world.dossiers("operator", code="N-1")) == 5
    assert await world.dossiers("hoa", code=world.sent.code, outcome="failed") == []


async def test_a_line_says_all_but_the_address(world: World) -> None:
    (found,) = (await world.get("hoa", "messages", code=world.failed.code))["messages"]
    assert (found["outcome"], found["state"], found["attempts"], found["version"]) == ("failed", "failed", 1, 1)
    assert found["recipient"] == "s***@example.vn"
    assert found["reason"].startswith("550 5.1.1 <***@***>")
    assert (found["channel"], found["unit"], found["code"]) == ("mail", DISTRICT, world.failed.code)
    (skipped,) = (await world.get("hoa", "messages", code=world.skipped.code))["messages"]
    assert (skipped["outcome"], skipped["reason"], skipped["recipient"]) == ("skipped", "no contact", None)


async def test_one_message_with_its_attempts_and_its_version(world: World) -> None:
    answer = await world.http.get(f"/api/notify/messages/{world.failed.first}", headers=headers_for("hoa"))
    assert answer.headers["etag"] == '"1"'
    (attempt,) = answer.json()["tries"]
    assert (attempt["number"], attempt["outcome"]) == (1, "refused")
    assert attempt["ended_at"] >= attempt["started_at"]


async def test_pages_follow_one_another_without_gap_or_repetition(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notify.api.PAGE", 1)
    found, after = [], None
    while True:
        page = await world.get("operator", "messages", **({"after": after} if after else {}))
        found += [one["dossier"] for one in page["messages"]]
        if (after := page["next"]) is None:
            break
    expected = (world.failed, world.waiting, world.skipped, world.sent, world.elsewhere)
    assert found[0] == world.failed.dossier
    assert sorted(found) == sorted(person.dossier for person in expected)


async def test_the_summary_counts_each_message_once(world: World) -> None:
    summary = await world.get("hoa", "summary")
    assert summary["total"] == {"failed": 1, "waiting": 1, "sent": 1, "skipped": 1}
    assert summary["by_fact_type"]["vn.motcua.intake.dossier.accepted.v1"] == summary["total"]
    assert summary["oldest_waiting"] is not None
    everywhere = await world.get("operator", "summary")
    assert everywhere["total"]["sent"] == 2


async def test_an_address_changed_after_the_mail_went_out_is_not_shown_as_the_one_it_went_to(world: World) -> None:
    person = somebody(COMMUNE)
    world.mail.faults.defer_every = 0
    await world.notify.tell(person, accepted(person, unit=IN_COMMUNE))
    await world.notify.until(person, "sent")
    await world.notify.read(contact_record(person, contact(person, email="other@example.vn"), 2))
    (found,) = (await world.get("tam", "messages", code=person.code))["messages"]
    assert found["recipient"] is None
    assert "liên lạc đã sửa" in (await world.page("tam", f"messages?code={person.code}")).text
    await world.notify.read(contact_record(person, None, 3))
    assert "đã xóa" in (await world.page("tam", f"messages/{person.first}")).text
    async with world.notify.database.begin() as connection:
        await connection.execute(text("DELETE FROM attempt WHERE message = :id"), {"id": person.first})
        await connection.execute(text("DELETE FROM message WHERE id = :id"), {"id": person.first})


# --- who may --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["messages", "summary", "messages/m-" + 32 * "0", "reconcile/messages"])
async def test_nothing_is_shown_to_who_is_not_signed_in(world: World, path: str) -> None:
    assert (await world.http.get(f"/api/notify/{path}")).status_code == 401


@pytest.mark.parametrize("path", ["messages", "summary"])
@pytest.mark.parametrize("username", ["long", "quantri"])
async def test_officers_and_administrators_have_no_business_here(world: World, path: str, username: str) -> None:
    answer = await world.http.get(f"/api/notify/{path}", headers=headers_for(username))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await world.page(username, "messages")).status_code == 403


async def test_a_message_of_another_unit_is_refused(world: World) -> None:
    for username in ("tam", "quang"):
        answer = await world.http.get(f"/api/notify/messages/{world.sent.first}", headers=headers_for(username))
        assert answer.status_code == 403
    assert (await world.page("tam", f"messages/{world.sent.first}")).status_code == 403


async def test_navigation_offers_the_page_to_those_who_may_open_it() -> None:
    from web.navigation import STAFF

    (entry,) = [one for one in STAFF if one.href == "/notify/messages"]
    assert entry.roles == frozenset(READERS)


# --- the command ----------------------------------------------------------------------------------------


async def retry(world: World, person: Person, headers: dict[str, str]) -> httpx.Response:
    return await world.http.post(f"/api/notify/messages/{person.first}/retry", headers=headers)


async def test_a_failed_message_is_sent_again_to_the_address_of_now_once(world: World) -> None:
    person = somebody()
    world.mail.faults.defer_every, world.mail.faults.refused = 0, (person.address, world.failed.address)
    await world.notify.tell(person)
    await world.notify.until(person, "failed")
    await world.notify.read(contact_record(person, contact(person, email=f"right-{person.address}"), 2))
    headers = headers_for("son", version=1)
    answer = await retry(world, person, headers)
    assert (answer.status_code, answer.json()["outcome"], answer.headers["etag"]) == (200, "waiting", '"1"')
    row = await world.notify.until(person, "sent")
    assert (row.version, row.attempt) == (2, 2)
    again = await retry(world, person, headers)
    assert (again.status_code, again.json()) == (200, answer.json())
    assert await world.notify.told(person) == [(1, "failed"), (2, "sent")]
    (kept,) = world.mail.mailbox.mails_to(f"right-{person.address}")
    assert kept.message_id == f"<{person.first}@motcua.example>"
    async with world.notify.database.begin() as connection:
        await connection.execute(text("DELETE FROM attempt WHERE message = :id"), {"id": person.first})
        await connection.execute(text("DELETE FROM message WHERE id = :id"), {"id": person.first})


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
async def test_a_retry_without_its_proofs_changes_nothing(world: World, headers: dict[str, str], status: int, code: str) -> None:
    answer = await retry(world, world.failed, {"Authorization": f"Bearer {token_for('son')}"} | headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await world.notify.message(world.failed)).state == "failed"


@pytest.mark.parametrize("username", ["hoa", "nga", "quantri"])
async def test_only_the_unit_s_leader_or_an_operator_retries(world: World, username: str) -> None:
    answer = await retry(world, world.failed, headers_for(username, version=1))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await world.notify.message(world.failed)).state == "failed"


@pytest.mark.parametrize("which", ["sent", "skipped", "waiting"])
async def test_only_a_failed_message_is_retried(world: World, which: str) -> None:
    person = getattr(world, which)
    before = await world.notify.message(person)
    answer = await retry(world, person, headers_for("operator", version=before.version))
    assert (answer.status_code, answer.json()["code"]) == (409, "message-not-failed")
    assert await world.notify.message(person) == before


async def test_an_unknown_message_is_not_found(world: World) -> None:
    for answer in (
        await world.http.post(f"/api/notify/messages/m-{32 * '0'}/retry", headers=headers_for("operator", version=1)),
        await world.http.get(f"/api/notify/messages/m-{32 * '0'}", headers=headers_for("operator")),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "no-message")


@pytest.mark.parametrize(
    "query",
    [
        {"after": "nonsense"},
        {"after": "WzEsMiwzXQ"},
        {"after": "W3RydWUsICIyMDI2LTAxLTAxVDAwOjAwOjAwIiwgIm0tMSJd"},
        {"after": "é"},
        {"after": "x" * 501},
        {"after": "\0"},
        {"outcome": "lost"},
        {"code": "' OR 1=1 --"},
        {"code": "x" * 81},
        {"dossier": "a\0b"},
        {"fact_type": "9" * 30},
    ],
)
async def test_what_cannot_be_asked_is_refused_at_its_field(world: World, query: dict[str, str]) -> None:
    answer = await world.http.get("/api/notify/messages", headers=headers_for("hoa"), params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert next(iter(query)) in {error["field"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("ident", ["m-1", "d-1", "m-" + 32 * "Z", "%00", "..%2f..", "m-" + 300 * "0"])
async def test_an_impossible_id_is_refused(world: World, ident: str) -> None:
    for answer in (
        await world.http.get(f"/api/notify/messages/{ident}", headers=headers_for("operator")),
        await world.http.post(f"/api/notify/messages/{ident}/retry", headers=headers_for("operator", version=1)),
    ):
        assert answer.status_code in {404, 422}
        assert answer.json()["vi"]


# --- pages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_pages_show_the_ledger_in_both_languages_and_nobody_s_address(world: World, language: str) -> None:
    paths = [
        "messages",
        "messages?code=&outcome=",
        "messages?outcome=failed",
        "messages?outcome=nonsense",
        f"messages?code=+{world.sent.code.lower()}+",
        "messages?code=%3Cscript%3E",
        f"messages/{world.sent.first}",
        f"messages/{world.failed.first}",
        f"messages/{world.skipped.first}",
        f"messages/{world.waiting.first}",
        "templates",
    ]
    for path in paths:
        page = await world.page("son", path, language)
        assert page.status_code == 200, (path, page.text)
        assert f'<html lang="{language}"' in page.text
        assert "<script>" not in page.text
        assert CONTACT.name not in page.text
        assert not re.search(r"somebody\d+@", page.text)


async def test_the_list_opens_from_its_numbers_and_each_line_opens_its_message(world: World) -> None:
    page = (await world.page("son", "messages")).text
    for outcome in ("failed", "waiting", "sent", "skipped"):
        assert f'href="/notify/messages?outcome={outcome}"' in page
    assert page.index(world.failed.code) < page.index(world.sent.code)
    assert f'href="/notify/messages/{world.failed.first}"' in page


async def test_a_code_is_found_as_it_is_typed(world: World) -> None:
    typed = f" {world.sent.code.lower().replace('-', ' -', 1)} "
    page = await world.page("hoa", f"messages?code={quote(typed)}")
    assert f'href="/notify/messages/{world.sent.first}"' in page.text
    assert world.failed.first not in page.text
    nothing = await world.page("hoa", "messages?code=nowhere")
    assert "Không có tin nào của “NOWHERE”" in nothing.text


async def test_a_leader_retries_from_the_page_and_a_clerk_is_not_offered_it(world: World) -> None:
    assert "/retry" not in (await world.page("hoa", f"messages/{world.failed.first}")).text
    page = (await world.page("son", f"messages/{world.failed.first}")).text
    assert f'action="/notify/messages/{world.failed.first}/retry"' in page
    hidden = dict(re.findall(r'name="(idempotency_key|if_match)" value="([^"]+)"', page))
    assert hidden["if_match"] == "1"
    token = token_for("son")
    forged = {"Cookie": f"motcua_token={token}", "Sec-Fetch-Site": "cross-site"}
    refused = await world.http.post(f"/notify/messages/{world.failed.first}/retry", headers=forged, data=hidden)
    assert refused.status_code == 403
    answer = await world.http.post(
        f"/notify/messages/{world.failed.first}/retry",
        headers={"Authorization": f"Bearer {token}", "Accept": "text/html"},
        data={"if_match": "1", "idempotency_key": str(uuid4())},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/notify/messages/{world.failed.first}")
    await world.notify.until(world.failed, "failed")


# --- reconcile ------------------------------------------------------------------------------------------


async def test_reconcile_has_one_row_for_each_fact_that_asks_for_a_message(world: World) -> None:
    person = somebody(COMMUNE)
    decided: DossierFact = DossierDecidedV1(
        **accepted(person, unit=IN_COMMUNE, status=PortalStatus.DECIDED).model_dump(), outcome="granted", decided_at=AT
    )
    await world.notify.tell(person, accepted(person, unit=IN_COMMUNE))
    await world.notify.read(fact_record(person, decided, 2))
    rows: dict[str, str] = {}
    buckets = (await world.get("operator", "reconcile/messages"))["buckets"]
    for bucket in buckets:
        rows |= (await world.get("operator", f"reconcile/messages/{bucket}"))["rows"]
    assert {f"{person.dossier}/1": "1", f"{person.dossier}/2": "1", f"{world.skipped.dossier}/1": "1"}.items() <= rows.items()
    (position,) = await world.notify.rows("SELECT last FROM inbox WHERE subject = :id", id=person.dossier)
    assert position.last == 2
    assert (await world.get("operator", "reconcile"))["views"] == ["intake-positions", "messages"]


# --- the wire -------------------------------------------------------------------------------------------


async def test_a_list_is_answered_name_by_name(world: World) -> None:
    row = await world.notify.message(world.sent)
    page = await world.get("hoa", "messages", code=world.sent.code)
    assert page == {
        "messages": [
            {
                "id": world.sent.first,
                "version": 1,
                "dossier": world.sent.dossier,
                "sequence": 1,
                "code": world.sent.code,
                "submission_number": "N-1",
                "unit": DISTRICT,
                "fact": row.fact,
                "fact_type": "vn.motcua.intake.dossier.accepted.v1",
                "channel": "mail",
                "recipient": "s***@example.vn",
                "outcome": "sent",
                "state": "sent",
                "reason": None,
                "attempts": 1,
                "happened_at": "2026-02-16T08:00:00+00:00",
                "queued_at": row.queued_at.isoformat(),
                "next_try_at": None,
                "settled_at": row.settled_at.isoformat(),
            }
        ],
        "next": None,
    }


async def test_a_message_is_answered_name_by_name_with_its_tries(world: World) -> None:
    row = await world.notify.message(world.waiting)
    (attempt,) = await world.notify.rows("SELECT * FROM attempt WHERE message = :id", id=world.waiting.first)
    (line,) = (await world.get("hoa", "messages", code=world.waiting.code))["messages"]
    message = await world.get("hoa", f"messages/{world.waiting.first}")
    assert message.pop("tries") == [
        {
            "number": 1,
            "started_at": attempt.started_at.isoformat(),
            "ended_at": attempt.ended_at.isoformat(),
            "outcome": "deferred",
            "detail": "451 4.3.2 Try again later",
        }
    ]
    assert message.keys() == line.keys()
    assert (message["outcome"], message["state"], message["reason"]) == ("waiting", "queued", "451 4.3.2 Try again later")
    assert (message["settled_at"], message["version"]) == (None, row.version)
    due = datetime.fromisoformat(message["next_try_at"])
    assert due.isoformat() == message["next_try_at"]
    assert abs(due - row.due_at) < timedelta(hours=1)
    assert message | {"next_try_at": None} == line | {"next_try_at": None}


async def test_the_summary_is_answered_name_by_name(world: World) -> None:
    (oldest,) = await world.notify.rows(
        "SELECT min(queued_at) AS at FROM message WHERE state IN ('queued', 'sending') AND unit = :unit", unit=DISTRICT
    )
    summary = await world.get("hoa", "summary")
    assert list(summary) == ["by_fact_type", "total", "oldest_waiting"]
    assert list(summary["total"]) == ["failed", "waiting", "sent", "skipped"]
    assert summary["by_fact_type"] == {"vn.motcua.intake.dossier.accepted.v1": summary["total"]}
    assert summary["oldest_waiting"] == oldest.at.isoformat()
    assert await world.get("lan", "summary") == {
        "by_fact_type": {},
        "total": {"failed": 0, "waiting": 0, "sent": 0, "skipped": 0},
        "oldest_waiting": None,
    }


async def test_a_retry_is_answered_name_by_name_and_again_from_its_key(world: World) -> None:
    person = somebody()
    world.mail.faults.defer_every, world.mail.faults.refused = 0, (person.address, world.failed.address)
    await world.notify.tell(person)
    await world.notify.until(person, "failed")
    world.mail.faults.refused = (world.failed.address,)
    headers = headers_for("son", version=1)
    for _ in range(2):
        answer = await retry(world, person, headers)
        assert answer.json() == {"id": person.first, "version": 1, "outcome": "waiting"}
    await world.notify.until(person, "sent")
    async with world.notify.database.begin() as connection:
        await connection.execute(text("DELETE FROM attempt WHERE message = :id"), {"id": person.first})
        await connection.execute(text("DELETE FROM message WHERE id = :id"), {"id": person.first})
