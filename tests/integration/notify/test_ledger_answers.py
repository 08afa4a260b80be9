"""What the API of notify answers, name by name: nulls and the spelling of moments too."""

from datetime import datetime

from tests.support.notify_world import LedgerWorld
from tests.support.reference_data import DISTRICT, headers_for


async def test_a_list_is_answered_name_by_name(ledger: LedgerWorld) -> None:
    row = await ledger.notify.message(ledger.sent)
    page = await ledger.get("hoa", "messages", code=ledger.sent.code)
    assert page == {
        "messages": [
            {
                "id": ledger.sent.first,
                "version": 1,
                "dossier": ledger.sent.dossier,
                "sequence": 1,
                "code": ledger.sent.code,
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


async def test_a_message_is_answered_name_by_name_with_its_tries(ledger: LedgerWorld) -> None:
    row = await ledger.notify.message(ledger.waiting)
    (attempt,) = await ledger.notify.rows("SELECT * FROM attempt WHERE message = :id", id=ledger.waiting.first)
    (line,) = (await ledger.get("hoa", "messages", code=ledger.waiting.code))["messages"]
    message = await ledger.get("hoa", f"messages/{ledger.waiting.first}")
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
    assert due > row.queued_at
    assert message | {"next_try_at": None} == line | {"next_try_at": None}


async def test_the_summary_is_answered_name_by_name(ledger: LedgerWorld) -> None:
    (oldest,) = await ledger.notify.rows(
        "SELECT min(queued_at) AS at FROM message WHERE state IN ('queued', 'sending') AND unit = :unit", unit=DISTRICT
    )
    summary = await ledger.get("hoa", "summary")
    assert list(summary) == ["by_fact_type", "total", "oldest_waiting"]
    assert list(summary["total"]) == ["failed", "waiting", "sent", "skipped"]
    assert summary["by_fact_type"] == {"vn.motcua.intake.dossier.accepted.v1": summary["total"]}
    assert summary["oldest_waiting"] == oldest.at.isoformat()
    assert await ledger.get("lan", "summary") == {
        "by_fact_type": {},
        "total": {"failed": 0, "waiting": 0, "sent": 0, "skipped": 0},
        "oldest_waiting": None,
    }


async def test_a_retry_is_answered_name_by_name_and_again_from_its_key(ledger: LedgerWorld) -> None:
    person = await ledger.failing()
    headers = headers_for("son", version=1)
    for _ in range(2):
        answer = await ledger.retry(person, headers)
        assert answer.json() == {"id": person.first, "version": 1, "outcome": "waiting"}
    await ledger.notify.until(person, "sent")
