"""Two roles for each service: `<service>_owner` has its database and changes its tables; `<service>`, as which its processes
sign in, reads and writes rows there, and can do nothing else and go nowhere else.

An installation from before, where the one role was both, is brought to this when it is started. Reporting's role alone may act as
its owner: a replay makes its tables anew beside those that serve.
"""

from collections.abc import Callable, Mapping
from typing import Final

import psycopg
from psycopg import sql

Connect = Callable[[str], psycopg.Connection[tuple[object, ...]]]
MAKES_TABLES: Final = frozenset({"reporting"})
_SHARED: Final = ("postgres", "template1")
_ROWS: Final = sql.SQL("SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
"""TRUNCATE, because sent facts are dropped a day at a time. Who may delete every row may as well empty the table."""
_NUMBERS: Final = sql.SQL("USAGE, SELECT, UPDATE")


def owner_of(service: str) -> str:
    return f"{service}_owner"


def provide(connect: Connect, passwords: Mapping[str, str], owner_passwords: Mapping[str, str]) -> None:
    """`connect` opens a database as a superuser. What exists is kept, passwords are brought up to date."""
    with connect("postgres") as connection:
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        for service, password in passwords.items():
            for role, secret in ((owner_of(service), owner_passwords[service]), (service, password)):
                verb = sql.SQL("ALTER" if role in roles else "CREATE")
                _run(connection, "{} ROLE {} LOGIN PASSWORD {}", verb, sql.Identifier(role), sql.Literal(secret))
            _provide_database(connection, service, exists=service in databases)
        for database in _SHARED:
            _run(connection, "REVOKE CONNECT ON DATABASE {} FROM PUBLIC", sql.Identifier(database))
    for service in passwords:
        with connect(service) as connection:
            _provide_rights(connection, service)


def _provide_database(connection: psycopg.Connection[tuple[object, ...]], service: str, *, exists: bool) -> None:
    database, owner = sql.Identifier(service), sql.Identifier(owner_of(service))
    _run(connection, "ALTER DATABASE {} OWNER TO {}" if exists else "CREATE DATABASE {} OWNER {}", database, owner)
    _run(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    _run(connection, "GRANT CONNECT ON DATABASE {} TO {}", database, database)


def _provide_rights(connection: psycopg.Connection[tuple[object, ...]], service: str) -> None:
    """In the service's own database: on what is there, and on what the owner makes later."""
    role, owner = sql.Identifier(service), sql.Identifier(owner_of(service))
    _run(connection, "REASSIGN OWNED BY {} TO {}", role, owner)
    _run(connection, "GRANT USAGE ON SCHEMA public TO {}", role)
    for rights, kind in ((_ROWS, sql.SQL("TABLES")), (_NUMBERS, sql.SQL("SEQUENCES"))):
        _run(connection, "GRANT {} ON ALL {} IN SCHEMA public TO {}", rights, kind, role)
        _run(connection, "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT {} ON {} TO {}", owner, rights, kind, role)
    if service in MAKES_TABLES:
        _run(connection, "GRANT {} TO {}", owner, role)


def _run(connection: psycopg.Connection[tuple[object, ...]], statement: str, *parts: sql.Composable) -> None:
    connection.execute(sql.SQL(statement).format(*parts))
