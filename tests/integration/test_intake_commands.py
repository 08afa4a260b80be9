"""Commands on dossiers over HTTP: what each publishes, who may, once in effect, and nothing half-written when refused."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.intake_sample import Intake, intake_database, new_dossier, running, settings, write_keys
from tests.support.servers import PostgresServer


@pytest.fixture(scope="module")
async def intake(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Intake]:
    keys = write_keys(tmp_path_factory.mktemp("keys"))
    url = await postgres.create_database("intake")
    database = await intake_database(url)
    given = settings(keys)
    async with (
        running(url, given) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://motcua.test") as http,
    ):
        yield Intake(database, http, given, keys)
    await database.dispose()


async def test_taking_in_at_the_counter_submits_and_accepts(intake: Intake) -> None:
    answer = await intake.post("/dossiers", new_dossier())
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["version"], body["status"], answer.headers["etag"]) == (2, 2, '"2"')
    assert await intake.told(body["id"]) == [(1, "submitted"), (2, "accepted")]
