"""Notify running, alone or with five messages in its ledger; or just its database and a mail server."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.sandbox.mail_server.smtp import MailServer
from tests.support.notify_world import (
    LedgerWorld,
    Notify,
    NotifyWorld,
    filled_ledger,
    mail_server,
    notify_database,
    running_world,
)
from tests.support.servers import PostgresServer


@pytest.fixture(scope="module")
async def shared(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[NotifyWorld]:
    async with running_world(await postgres.create_database("notify"), tmp_path_factory.mktemp("mail")) as world:
        yield world


@pytest.fixture
def world(shared: NotifyWorld) -> NotifyWorld:
    """The mail server has no faults at the start of each test, and is there at its end."""
    return shared.without_faults()


@pytest.fixture(scope="module")
async def notify(postgres: PostgresServer) -> AsyncIterator[Notify]:
    """A database with no process on it but those that the test starts."""
    async with notify_database(await postgres.create_database("notify")) as database:
        yield database


@pytest.fixture
async def mail(tmp_path: Path) -> AsyncIterator[MailServer]:
    async with mail_server(tmp_path) as server:
        yield server


@pytest.fixture
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that was put off stays so until the test makes it due, however slow the machine."""
    monkeypatch.setattr("services.notify.domain.retry_policy.FIRST_WAIT", timedelta(hours=1))


@pytest.fixture(scope="module")
async def ledger(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LedgerWorld]:
    async with filled_ledger(await postgres.create_database("ledger"), tmp_path_factory.mktemp("mail")) as world:
        yield world
