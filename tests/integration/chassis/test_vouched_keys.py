"""Nobody becomes anybody by writing to `directory.keys`: what is not vouched for there opens no door, in none of the services."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.sign_in import SignInLookUp
from contracts.directory import KeyV1
from contracts.services import SERVICES
from messaging.clock import system_clock
from tests.support.copies_world import processes, publish
from tests.support.reference_data import (
    KEY_ID,
    LONG_AGO,
    OPERATOR,
    ROOTS,
    key,
    seed_copies,
    token_for,
    vouched,
    voucher,
)
from tests.support.rights_table import askers
from tests.support.rights_world import STARTS
from tests.support.servers import PostgresServer
from web.signin import SignInCheck, SignInNeeded
from web.tokens import claims_of, new_signing_key, sign
from web.vouchers import vouch

STRANGER, STRANGERS_PUBLIC = new_signing_key("stranger")
NAIVE = KeyV1(kid="stranger", jwk=STRANGERS_PUBLIC, valid_from=LONG_AGO)
FORGERIES = {
    "none": NAIVE,
    "of its own": NAIVE.model_copy(update={"voucher": vouch(voucher(STRANGERS_PUBLIC), STRANGER)}),
    "of another key": NAIVE.model_copy(update={"voucher": vouched()}),
    "of the key whose name it takes": key().model_copy(update={"jwk": STRANGERS_PUBLIC | {"kid": KEY_ID}}),
}
"""A stranger's key, by the voucher that it comes with."""


@pytest.fixture
async def copies(postgres: PostgresServer) -> AsyncIterator[AsyncEngine]:
    """Of a service that has heard everything that directory said."""
    async with processes(postgres, 1) as (database,):
        await seed_copies(database)
        yield database


async def why(database: AsyncEngine, token: str) -> str:
    """Why it is refused; empty if it is good. Asked anew each time."""
    try:
        await SignInCheck(SignInLookUp(database, ROOTS), system_clock).check(token)
    except SignInNeeded as needed:
        return needed.code
    return ""


def forged(kid: str = "stranger") -> str:
    """The operator's token, by a stranger's key."""
    return sign(claims_of(token_for(OPERATOR)), STRANGER | {"kid": kid})


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
async def test_a_key_that_a_stranger_publishes_opens_nothing(copies: AsyncEngine, forgery: KeyV1) -> None:
    await publish(copies, 1 if forgery.kid == "stranger" else 2, forgery)
    assert await why(copies, forged(forgery.kid)) == "sign-in-invalid"


async def test_what_was_said_before_brings_a_revoked_key_not_back(copies: AsyncEngine) -> None:
    assert await why(copies, token_for("hoa")) == ""
    revoked = key().model_copy(update={"voucher": vouched(version=2, revoked=True)})
    await publish(copies, 2, revoked)
    assert await why(copies, token_for("hoa")) == "sign-in-invalid"
    await publish(copies, 3, key())
    assert await why(copies, token_for("hoa")) == "sign-in-invalid", "the old voucher speaks for version 1"
    await publish(copies, 4, key().model_copy(update={"voucher": vouched(version=4)}))
    assert await why(copies, token_for("hoa")) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"since": system_clock() + timedelta(days=1)}, "sign-in-invalid"),
        ({"until": system_clock() - timedelta(seconds=1)}, "sign-in-invalid"),
        ({"since": system_clock() - timedelta(days=1), "until": system_clock() + timedelta(days=1)}, ""),
    ],
    ids=["before", "after", "in its time"],
)
async def test_a_key_counts_in_its_time_only(copies: AsyncEngine, changes: dict[str, Any], said: str) -> None:
    await publish(copies, 2, key().model_copy(update={"voucher": vouched(version=2, **changes)}))
    assert await why(copies, token_for("hoa")) == said


@pytest.mark.parametrize("service", SERVICES)
async def test_every_service_refuses_a_strangers_key(postgres: PostgresServer, tmp_path: Path, service: str) -> None:
    async with STARTS[service](postgres, tmp_path) as served:
        process = served.app.state.process
        async with process.database.begin() as connection:
            await connection.execute(_PUBLISHED[service == "directory"], {"value": NAIVE.model_dump_json()})
            if service != "directory":
                await connection.execute(_REVISED)
        headers = next(asker for asker in askers() if asker.name == OPERATOR).headers(process.clock())
        claims = claims_of(headers["Authorization"].removeprefix("Bearer "))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(served.app), base_url="http://motcua.test") as http:
            path = f"/api/{service}/dead-letters"
            assert (await http.get(path, headers=headers)).status_code == 200
            by_stranger = await http.get(path, headers={"Authorization": f"Bearer {sign(claims, STRANGER)}"})
        assert (by_stranger.status_code, by_stranger.json()["code"]) == (401, "sign-in-invalid")


_PUBLISHED = {
    False: text(
        "INSERT INTO state_copy (topic, id, version, value) VALUES ('directory.keys', 'stranger', 1, CAST(:value AS jsonb))"
    ),
    True: text("INSERT INTO signing_key (id, version, value) VALUES ('stranger', 1, CAST(:value AS jsonb))"),
}
_REVISED = text("UPDATE state_revision SET revision = gen_random_uuid() WHERE topic = 'directory.keys'")
