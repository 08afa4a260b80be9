"""A running directory for tests: the real application on a real database, with the sample in it where it is wanted."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.process import build
from messaging.connections import make_engine
from services.directory.importer.checks import Known, check
from services.directory.importer.csv_reader import read_files
from services.directory.importer.entities import Entities, build_entities
from services.directory.importer.faults import Fault
from services.directory.main import SERVICE
from services.directory.settings import DirectorySettings
from services.directory.tables import METADATA
from tests.support.made_tables import make_tables
from tests.support.reference_data import PASSWORD, PRIVATE_KEY, ROOT_KEYS, sample_files, signing_key_file
from web.csrf import csrf_token
from web.signin import COOKIE
from web.tokens import verify

CLOSED_PORT: Final = "127.0.0.1:9"
OPERATOR_PASSWORD: Final = "operator-of-the-tests"

FaultPlace = tuple[str, int, str]
"""File, line, column."""


@dataclass(frozen=True)
class Directory:
    """`http` sends no cookies of its own accord; `database` looks behind the scenes."""

    app: FastAPI
    http: httpx.AsyncClient
    database: AsyncEngine

    async def token(self, username: str, password: str | None = None) -> str:
        password = password or (OPERATOR_PASSWORD if username == "operator" else PASSWORD)
        answer = await self.http.post("/api/directory/sign-in", json={"username": username, "password": password})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    async def headers(self, username: str, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {await self.token(username)}", "Idempotency-Key": str(uuid4()), **more}

    async def import_files(self, files: Mapping[str, str], username: str = "operator") -> httpx.Response:
        return await self.http.post("/api/directory/import", json={"files": files}, headers=await self.headers(username))

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.database.connect() as connection:
            return list(await connection.execute(text(statement), values))

    async def published(self) -> list[tuple[str, str, int]]:
        """(topic, id, version) in the order in which they go out."""
        rows = await self.rows("SELECT aggregatetype, aggregateid, sequence FROM outbox ORDER BY position")
        return [tuple(row) for row in rows]

    def browser(self, token: str | None = None) -> httpx.AsyncClient:
        """A person's browser, signed in if there is a token."""
        client = client_of(self.app, Accept="text/html")
        if token is not None:
            client.cookies.set(COOKIE, token)
        return client


def hidden(token: str, version: int) -> dict[str, str]:
    """The hidden fields of a form on a page made for this token."""
    claims = verify(token, {name: value for name, value in PRIVATE_KEY.items() if name != "d"})
    return {"csrf_token": csrf_token(token, claims.sid), "idempotency_key": str(uuid4()), "if_match": str(version)}


def client_of(app: FastAPI, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://motcua.test", headers=headers)


def settings_in(folder: Path, kafka: str = CLOSED_PORT, **more: Any) -> DirectorySettings:
    key, password = folder / "signing.jwk", folder / "operator.password"
    key.write_text(signing_key_file())
    password.write_text(f"{OPERATOR_PASSWORD}\n")
    seal = folder / "directory.key"
    seal.write_text(urlsafe_b64encode(bytes(range(32))).decode())
    given = {
        "kafka": kafka,
        "directory_key_file": seal,
        "root_keys": ROOT_KEYS,
        "trusted_proxies": "127.0.0.1",
        "sample": True,
    } | more
    return DirectorySettings(signing_key_file=key, operator_password_file=password, **given)


@asynccontextmanager
async def running(url: str, settings: DirectorySettings, *, sample: bool = True) -> AsyncIterator[Directory]:
    """The tables are made if they are not there."""
    database = make_engine(url)
    try:
        await make_tables(database, METADATA)
        app = build(SERVICE, settings, url)
        async with app.router.lifespan_context(app), client_of(app) as http:
            directory = Directory(app, http, database)
            if sample:
                answer = await directory.import_files(sample_files())
                assert answer.status_code == 200, answer.text
            yield directory
    finally:
        await database.dispose()


def faults_in(files: Mapping[str, str]) -> list[Fault]:
    """Of an import into an empty directory, in the order of the files."""
    rows = read_files(files)
    entities = build_entities(rows)
    return sorted([*rows.faults, *entities.faults, *check(rows, entities, Known())])


def fault_places(files: Mapping[str, str]) -> list[FaultPlace]:
    return [(fault.file, fault.line, fault.column) for fault in faults_in(files)]


def changed_sample(file: str, old: str, new: str, times: int = 1) -> dict[str, str]:
    """The sample's files with one thing different."""
    files = sample_files()
    assert old in files[file]
    return files | {file: files[file].replace(old, new, times)}


def sample_entities() -> Entities:
    return build_entities(read_files(sample_files()))
