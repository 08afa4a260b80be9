"""An operator has sent facts published again; who asked and why is in the log."""

from datetime import timedelta

import pytest
import structlog
from sqlalchemy import text

from messaging.clock import system_clock
from tests.support.intake_world import Intake

SENT = """
    INSERT INTO outbox_sent (slot, sent_at, position, id, aggregatetype, aggregateid, type, payload, lane, sequence, time)
    SELECT CAST(extract(epoch FROM now()) AS bigint) / 86400 % 16, now() - interval '2 hours', 1, 'event-1',
        'intake.dossiers.commune', :subject, 'vn.motcua.intake.dossier.accepted.v1', '{}', 'commune', 7, now()
"""


@pytest.fixture
async def sent(intake: Intake) -> str:
    async with intake.database.begin() as connection:
        await connection.execute(text("DELETE FROM outbox_sent"))
        await connection.execute(text("DELETE FROM outbox WHERE aggregateid = 'd-again'"))
        await connection.execute(text(SENT), {"subject": "d-again"})
    return "d-again"


async def test_what_was_sent_since_then_is_in_the_outbox_again(intake: Intake, sent: str) -> None:
    body = {"since": (system_clock() - timedelta(hours=3)).isoformat(), "why": "Kafka mất đĩa"}
    with structlog.testing.capture_logs() as lines:
        answer = await intake.post("/republish", body, clerk="operator")
    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"] == 1
    assert answer.json()["kept_since"] is not None
    assert await intake.published(sent, "intake.dossiers.%") == [(7, "accepted")]
    (line,) = [line for line in lines if line["event"] == "published again"]
    assert (line["why"], line["rows"]) == ("Kafka mất đĩa", 1)
    assert line["by"]


async def test_a_moment_without_its_zone_is_refused(intake: Intake, sent: str) -> None:
    """Seven hours too few would be published, and nobody would see it."""
    answer = await intake.post("/republish", {"since": "2026-11-26T08:00:00", "why": "Kafka mất đĩa"}, clerk="operator")
    assert answer.status_code == 422
    assert await intake.published(sent, "intake.dossiers.%") == []
