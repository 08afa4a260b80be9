"""Accounts: what is published of a person, and the hash of their password beside it."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import StaffV1
from services.directory.domain.accounts import Account
from services.directory.domain.alphabet import name_key

# By primary key or account_username; locks in id order.
_LOCK_ALL = text("SELECT value, version, password_hash FROM account ORDER BY id FOR UPDATE")
_LOCK_ONE = text("SELECT value, version, password_hash FROM account WHERE id = :id FOR UPDATE")
_BY_USERNAME = text("SELECT value, version, password_hash FROM account WHERE username = :username")
_WITH_PASSWORD = text("SELECT id FROM account WHERE id = ANY(:ids) AND password_hash IS NOT NULL")
# Names free up before they are taken: an import may pass one on from one person to another.
_FREE_NAMES = text("UPDATE account SET username = '~' || id WHERE id = ANY(:ids)")
_SAVE = text("""
    INSERT INTO account (id, version, value, username, name_key, password_hash)
    SELECT id, version, CAST(value AS jsonb), username, name_key, password_hash
    FROM unnest(CAST(:ids AS text[]), CAST(:versions AS bigint[]), CAST(:values AS text[]), CAST(:usernames AS text[]),
                CAST(:name_keys AS text[]), CAST(:hashes AS text[]))
         AS given (id, version, value, username, name_key, password_hash)
    ORDER BY id
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, value = excluded.value, username = excluded.username,
        name_key = excluded.name_key, password_hash = excluded.password_hash
""")


async def lock_all(connection: AsyncConnection) -> dict[str, Account]:
    accounts = [_account(row) for row in await connection.execute(_LOCK_ALL)]
    return {account.id: account for account in accounts}


async def lock_one(connection: AsyncConnection, ident: str) -> Account | None:
    row = (await connection.execute(_LOCK_ONE, {"id": ident})).first()
    return None if row is None else _account(row)


async def by_username(connection: AsyncConnection, username: str) -> Account | None:
    row = (await connection.execute(_BY_USERNAME, {"username": username})).first()
    return None if row is None else _account(row)


async def with_password(connection: AsyncConnection, ids: Collection[str]) -> set[str]:
    return {row.id for row in await connection.execute(_WITH_PASSWORD, {"ids": list(ids)})}


async def save(connection: AsyncConnection, accounts: Sequence[Account]) -> None:
    if not accounts:
        return
    ids = [account.id for account in accounts]
    await connection.execute(_FREE_NAMES, {"ids": ids})
    await connection.execute(
        _SAVE,
        {
            "ids": ids,
            "versions": [account.version for account in accounts],
            "values": [account.staff.model_dump_json() for account in accounts],
            "usernames": [account.staff.username for account in accounts],
            "name_keys": [name_key(account.staff.name) for account in accounts],
            "hashes": [account.password_hash for account in accounts],
        },
    )


def _account(row: Any) -> Account:
    return Account(StaffV1.model_validate(row.value), row.version, row.password_hash)
