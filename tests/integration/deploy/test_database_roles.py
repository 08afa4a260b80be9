"""A service's role works in its own database and can do nothing else; another role, that no process has, changes the tables."""

import uuid
from collections.abc import Callable
from functools import partial

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from deploy.local import database_roles
from tests.support.servers import PostgresServer

PASSWORD = "tests-only"


@pytest.fixture
def connect(postgres: PostgresServer) -> Callable[..., psycopg.Connection]:
    """As a superuser, or as whom one names."""

    def connected(database: str, user: str = postgres.user, password: str = postgres.password) -> psycopg.Connection:
        return psycopg.connect(
            host=postgres.host, port=postgres.port, dbname=database, user=user, password=password, autocommit=True
        )

    return connected


@pytest.fixture
def services() -> tuple[str, str]:
    """Names that no other test has: roles are the whole server's."""
    return f"roles_{uuid.uuid4().hex[:8]}", f"roles_{uuid.uuid4().hex[:8]}"


@pytest.fixture
def provide(connect, services) -> Callable[[], None]:
    passwords = dict.fromkeys(services, PASSWORD)
    return partial(database_roles.provide, connect, passwords, passwords)


def owner(connect, service: str) -> psycopg.Connection:
    return connect(service, database_roles.owner_of(service), PASSWORD)


def test_the_role_reads_and_writes_what_its_owner_makes_later(connect, services, provide) -> None:
    ours, _ = services
    provide()
    with owner(connect, ours) as migration:
        migration.execute("CREATE TABLE dossier (id bigint GENERATED ALWAYS AS IDENTITY, code text)")
        migration.execute("CREATE SEQUENCE code")
    with connect(ours, ours, PASSWORD) as service:
        service.execute("INSERT INTO dossier (code) VALUES (nextval('code')::text)")
        service.execute("UPDATE dossier SET code = '2'")
        assert service.execute("SELECT id, code FROM dossier").fetchall() == [(1, "2")]
        service.execute("DELETE FROM dossier")
        service.execute("TRUNCATE dossier")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine ()",
        "CREATE SCHEMA mine",
        "CREATE TEMPORARY TABLE mine ()",
        "ALTER TABLE dossier ADD COLUMN mine text",
        "ALTER TABLE dossier DISABLE TRIGGER ALL",
        "DROP TABLE dossier",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "COPY dossier TO PROGRAM 'cat'",
        "SET ROLE {owner}",
    ],
)
def test_the_role_changes_no_table_and_becomes_nobody_else(connect, services, provide, statement: str) -> None:
    ours, _ = services
    provide()
    with owner(connect, ours) as migration:
        migration.execute("CREATE TABLE dossier (code text)")
    with connect(ours, ours, PASSWORD) as service, pytest.raises(InsufficientPrivilege):
        service.execute(statement.format(owner=database_roles.owner_of(ours)))


@pytest.mark.parametrize("role", ["the service's", "its owner's"])
def test_nobody_of_one_service_comes_to_the_database_of_another(connect, services, provide, role: str) -> None:
    ours, theirs = services
    provide()
    user = ours if role == "the service's" else database_roles.owner_of(ours)
    for database in (theirs, "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            connect(database, user, PASSWORD)


def test_an_installation_from_before_is_taken_over_with_its_rows(connect, services, provide) -> None:
    """There the one role was everything: it owns database, tables, sequences and functions."""
    ours, _ = services
    with connect("postgres") as administrator:
        administrator.execute(f"CREATE ROLE {ours} LOGIN PASSWORD '{PASSWORD}'")
        administrator.execute(f"CREATE DATABASE {ours} OWNER {ours}")
    with connect(ours, ours, PASSWORD) as before:
        before.execute("CREATE TABLE dossier (id bigint GENERATED ALWAYS AS IDENTITY, code text)")
        before.execute("CREATE TABLE sent (slot int) PARTITION BY LIST (slot)")
        before.execute("CREATE TABLE sent_1 PARTITION OF sent FOR VALUES IN (1)")
        before.execute("INSERT INTO dossier (code) VALUES ('kept')")
    provide()
    with connect(ours, ours, PASSWORD) as service:
        service.execute("INSERT INTO dossier (code) VALUES ('new')")
        service.execute("TRUNCATE sent_1")
        assert service.execute("SELECT id, code FROM dossier ORDER BY id").fetchall() == [(1, "kept"), (2, "new")]
        with pytest.raises(InsufficientPrivilege):
            service.execute("DROP TABLE dossier")
        with pytest.raises(InsufficientPrivilege):
            service.execute("CREATE TABLE mine ()")
    with owner(connect, ours) as migration:
        migration.execute("ALTER TABLE dossier ADD COLUMN more text")


def test_again_it_changes_nothing_but_passwords(connect, services, provide) -> None:
    ours, theirs = services
    provide()
    with owner(connect, ours) as migration:
        migration.execute("CREATE TABLE dossier (code text)")
    passwords = {ours: "another", theirs: "another"}
    database_roles.provide(connect, passwords, passwords)
    with connect(ours, ours, "another") as service:
        service.execute("INSERT INTO dossier VALUES ('1')")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(ours, ours, PASSWORD)


def test_who_replays_makes_tables_and_the_next_start_gives_them_to_the_owner(connect, services, provide, monkeypatch) -> None:
    """As reporting does: tables in a schema of their own, which then take the place of those that served."""
    ours, _ = services
    monkeypatch.setattr(database_roles, "MAKES_TABLES", frozenset({ours}))
    provide()
    with owner(connect, ours) as migration:
        migration.execute("CREATE TABLE dossier (code text)")
    with connect(ours, ours, PASSWORD) as replay:
        replay.execute("CREATE SCHEMA shadow")
        replay.execute("CREATE TABLE shadow.dossier (code text)")
        replay.execute("DROP TABLE public.dossier")
        replay.execute("ALTER TABLE shadow.dossier SET SCHEMA public")
    provide()
    with owner(connect, ours) as migration:
        migration.execute("ALTER TABLE dossier ADD COLUMN more text")
    with connect(ours, ours, PASSWORD) as service:
        service.execute("INSERT INTO dossier VALUES ('1', '2')")
