"""Accounts: what is published of a person, and beside it the hash of their password and until when it is good once."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.rows import upsert, write
from contracts.directory import StaffV1
from messaging.statements import Statement
from services.directory.domain.accounts import Account
from services.directory.domain.alphabet import name_key, search_key
from services.directory.domain.second_factor import SecondFactor
from services.directory.tables import AccountRow

# By primary key or account_username; locks in id order.
_LOCK_ALL = text("SELECT value, version, password_hash, one_time_until, second_factor FROM account ORDER BY id FOR UPDATE")
_READ_ALL = text("SELECT value, version, password_hash, one_time_until, second_factor FROM account ORDER BY id")
_LOCK = text(
    "SELECT value, version, password_hash, one_time_until, second_factor FROM account WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"
)
_FIND = text("SELECT value, version, password_hash, one_time_until, second_factor FROM account WHERE id = :id")
_FIND_BY_USERNAME = text(
    "SELECT value, version, password_hash, one_time_until, second_factor FROM account WHERE username = :username"
)
_WITH_PASSWORD = text("SELECT id FROM account WHERE id = ANY(:ids) AND password_hash IS NOT NULL")
# Names free up before they are taken: an import may pass one on from one person to another.
_FREE_NAMES = Statement("UPDATE account SET username = '~' || id WHERE id = ANY(:ids)")
_UPSERT = upsert(AccountRow)


async def lock_all(connection: AsyncConnection) -> dict[str, Account]:
    """By id."""
    accounts = [_account(row) for row in await connection.execute(_LOCK_ALL)]
    return {account.id: account for account in accounts}


async def read_all(connection: AsyncConnection) -> dict[str, Account]:
    """As `lock_all`, without locking them."""
    accounts = [_account(row) for row in await connection.execute(_READ_ALL)]
    return {account.id: account for account in accounts}


async def find(connection: AsyncConnection, staff_id: str) -> Account | None:
    row = (await connection.execute(_FIND, {"id": staff_id})).first()
    return None if row is None else _account(row)


async def find_by_username(connection: AsyncConnection, username: str) -> Account | None:
    row = (await connection.execute(_FIND_BY_USERNAME, {"username": username})).first()
    return None if row is None else _account(row)


async def ids_with_password(connection: AsyncConnection, ids: Collection[str]) -> set[str]:
    return {row.id for row in await connection.execute(_WITH_PASSWORD, {"ids": list(ids)})}


async def save(connection: AsyncConnection, accounts: Sequence[Account]) -> None:
    if not accounts:
        return
    await _FREE_NAMES.send(connection, {"ids": [account.id for account in accounts]})
    rows = [
        {
            "id": account.id,
            "version": account.version,
            "value": account.staff.model_dump(mode="json"),
            "username": account.staff.username,
            "name_key": name_key(account.staff.name),
            "search_key": search_key(account.staff.name, account.staff.username),
            "password_hash": account.password_hash,
            "one_time_until": account.one_time_until,
            "second_factor": _kept(account.second_factor),
        }
        for account in accounts
    ]
    await write(connection, _UPSERT, rows)


class Accounts:
    """The store of the commands."""

    async def load(self, connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Account]:
        locked = [_account(row) for row in await connection.execute(_LOCK, {"ids": list(keys)})]
        return {account.id: account for account in locked}

    async def save(self, connection: AsyncConnection, states: Sequence[Account]) -> None:
        await save(connection, states)


ACCOUNTS: Final = Accounts()


def _account(row: Any) -> Account:
    factor = None if row.second_factor is None else _second_factor(row.second_factor)
    return Account(
        staff=StaffV1.model_validate(row.value),
        version=row.version,
        password_hash=row.password_hash,
        one_time_until=row.one_time_until,
        second_factor=factor,
    )


def _kept(factor: SecondFactor | None) -> dict[str, Any] | None:
    return None if factor is None else {"sealed": factor.sealed, "last_step": factor.last_step, "codes": sorted(factor.codes)}


def _second_factor(kept: dict[str, Any]) -> SecondFactor:
    return SecondFactor(kept["sealed"], kept["last_step"], frozenset(kept["codes"]))
