"""The ledger over HTTP: what failed first, then the newest, found by whatever names a dossier, and nothing of an address."""

import pytest

from tests.support.notify_world import LedgerWorld
from tests.support.reference_data import DISTRICT, headers_for


async def test_a_clerk_sees_the_messages_of_the_own_units_failed_first_then_the_newest(ledger: LedgerWorld) -> None:
    expected = [ledger.failed, ledger.waiting, ledger.skipped, ledger.sent]
    assert await ledger.dossiers("hoa") == [person.dossier for person in expected]
    assert await ledger.dossiers("tam") == [ledger.elsewhere.dossier]
    everywhere = (*expected[:-1], ledger.elsewhere, ledger.sent)
    assert await ledger.dossiers("operator") == [person.dossier for person in everywhere]
    assert await ledger.dossiers("lan") == []


@pytest.mark.parametrize("outcome", ["sent", "failed", "skipped", "waiting"])
async def test_one_outcome_alone(ledger: LedgerWorld, outcome: str) -> None:
    assert await ledger.dossiers("son", outcome=outcome) == [getattr(ledger, outcome).dossier]


async def test_found_by_code_by_submission_number_and_by_dossier_but_only_in_the_own_units(ledger: LedgerWorld) -> None:
    for query in ({"code": ledger.sent.code}, {"dossier": ledger.sent.dossier}):
        assert await ledger.dossiers("hoa", **query) == [ledger.sent.dossier]
        assert await ledger.dossiers("tam", **query) == []
    assert len(await ledger.dossiers("operator", code="N-1")) == 5
    assert await ledger.dossiers("hoa", code=ledger.sent.code, outcome="failed") == []


async def test_a_line_says_all_but_the_address(ledger: LedgerWorld) -> None:
    (failed,) = (await ledger.get("hoa", "messages", code=ledger.failed.code))["messages"]
    assert (failed["outcome"], failed["state"], failed["attempts"], failed["version"]) == ("failed", "failed", 1, 1)
    assert failed["recipient"] == "s***@example.vn"
    assert failed["reason"].startswith("550 5.1.1 <***@***>")
    assert (failed["channel"], failed["unit"], failed["code"]) == ("mail", DISTRICT, ledger.failed.code)
    (skipped,) = (await ledger.get("hoa", "messages", code=ledger.skipped.code))["messages"]
    assert (skipped["outcome"], skipped["reason"], skipped["recipient"]) == ("skipped", "no contact", None)


async def test_one_message_with_its_attempts_and_its_version(ledger: LedgerWorld) -> None:
    answer = await ledger.http.get(f"/api/notify/messages/{ledger.failed.first}", headers=headers_for("hoa"))
    assert answer.headers["etag"] == '"1"'
    (attempt,) = answer.json()["tries"]
    assert (attempt["number"], attempt["outcome"]) == (1, "refused")
    assert attempt["ended_at"] >= attempt["started_at"]


async def test_pages_follow_one_another_without_gap_or_repetition(ledger: LedgerWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notify.api.PAGE", 1)
    dossiers, after = [], None
    while True:
        page = await ledger.get("operator", "messages", **({"after": after} if after else {}))
        dossiers += [message["dossier"] for message in page["messages"]]
        if (after := page["next"]) is None:
            break
    monkeypatch.undo()
    assert len(dossiers) == 5
    assert dossiers == await ledger.dossiers("operator")


async def test_the_summary_counts_each_message_once(ledger: LedgerWorld) -> None:
    summary = await ledger.get("hoa", "summary")
    assert summary["total"] == {"failed": 1, "waiting": 1, "sent": 1, "skipped": 1}
    assert summary["by_fact_type"]["vn.motcua.intake.dossier.accepted.v1"] == summary["total"]
    assert summary["oldest_waiting"] is not None
    everywhere = await ledger.get("operator", "summary")
    assert everywhere["total"]["sent"] == 2


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
async def test_what_cannot_be_asked_is_refused_at_its_field(ledger: LedgerWorld, query: dict[str, str]) -> None:
    answer = await ledger.http.get("/api/notify/messages", headers=headers_for("hoa"), params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert next(iter(query)) in {error["field"] for error in answer.json()["errors"]}
