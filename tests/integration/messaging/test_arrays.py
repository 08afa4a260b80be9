"""A list reaches PostgreSQL as psycopg itself would have sent it, whatever stands in it."""

from collections.abc import AsyncIterator

import psycopg
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from messaging.arrays import use_plain_lists
from tests.support.servers import PostgresServer

# What PostgreSQL cannot keep is refused by either way, and not by this module's.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
AWKWARD = st.sampled_from(["", "NULL", "null", '"', "\\", "\\n", "\n", "{", "}", ",", " a ", "hồ sơ", "'", "\x1f", "\u2028"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def connection(postgres: PostgresServer) -> AsyncIterator[psycopg.AsyncConnection]:
    url = (await postgres.create_database("arrays")).replace("+psycopg", "")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as opened:
        use_plain_lists(opened)
        yield opened


@given(texts=st.lists(st.lists(TEXT | AWKWARD | st.none(), max_size=6), max_size=12))
async def test_texts_arrive_as_they_are(connection: psycopg.AsyncConnection, texts: list[list[str | None]]) -> None:
    for sent in texts:
        cursor = await connection.execute("SELECT CAST(%s AS text[])", [sent])
        assert await cursor.fetchone() == (sent,)


@given(numbers=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20))
async def test_numbers_arrive_as_they_are(connection: psycopg.AsyncConnection, numbers: list[int]) -> None:
    cursor = await connection.execute("SELECT CAST(%s AS bigint[])", [numbers])
    assert await cursor.fetchone() == (numbers,)


@pytest.mark.parametrize("sent", [[True, False, None], [1.5, float("inf")], [b"\x00\xff"]], ids=repr)
async def test_all_other_lists_are_psycopg_s(connection: psycopg.AsyncConnection, sent: list[object]) -> None:
    cursor = await connection.execute("SELECT %s", [sent])
    assert await cursor.fetchone() == (sent,)


async def test_lists_of_lists_are_psycopg_s(connection: psycopg.AsyncConnection) -> None:
    cursor = await connection.execute("SELECT CAST(%s AS text[])", [[["a", "["], ["b", "]"]]])
    assert await cursor.fetchone() == ([["a", "["], ["b", "]"]],)


@pytest.mark.parametrize(("sent", "refused"), [(["a\0b"], psycopg.DataError), (["\ud800"], UnicodeEncodeError)], ids=repr)
async def test_what_cannot_be_kept_is_refused(
    connection: psycopg.AsyncConnection, sent: list[str], refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        await connection.execute("SELECT CAST(%s AS text[])", [sent])
