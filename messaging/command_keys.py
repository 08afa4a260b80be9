"""Idempotency-Keys: claimed before a command's effect, kept with its answer, in the transaction of both."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.command_folding import Given
from messaging.command_table import Answer, CommandKey, Owner
from messaging.statements import Statement

# All by primary key, in key order. A key that an open transaction has claimed is not waited for.
_CLAIM = Statement("""
    INSERT INTO command (key, actor, fingerprint, at)
    SELECT key, actor, fingerprint, :at
    FROM unnest(CAST(:keys AS text[]), CAST(:actors AS text[]), CAST(:fingerprints AS text[])) AS given (key, actor, fingerprint)
    WHERE pg_try_advisory_xact_lock(hashtextextended(key || ' ' || actor, 0))
    ORDER BY key, actor ON CONFLICT (key, actor) DO NOTHING RETURNING key, actor
""")
_ANSWERED = Statement("""
    SELECT c.key, c.actor, c.fingerprint, c.status, c.answer
    FROM command c JOIN unnest(CAST(:keys AS text[]), CAST(:actors AS text[])) AS given (key, actor)
         ON c.key = given.key AND c.actor = given.actor
""")
_ANSWER = Statement("""
    UPDATE command c SET fingerprint = given.fingerprint, status = given.status, answer = CAST(given.answer AS jsonb)
    FROM unnest(CAST(:keys AS text[]), CAST(:actors AS text[]), CAST(:fingerprints AS text[]), CAST(:statuses AS integer[]),
                CAST(:answers AS text[])) AS given (key, actor, fingerprint, status, answer)
    WHERE c.key = given.key AND c.actor = given.actor
""")
_RELEASE = Statement("""
    DELETE FROM command c USING unnest(CAST(:keys AS text[]), CAST(:actors AS text[])) AS given (key, actor)
    WHERE c.key = given.key AND c.actor = given.actor
""")


async def claim(connection: AsyncConnection, keys: Collection[CommandKey], at: datetime) -> dict[Owner, Given | None]:
    """Claim these keys until the transaction ends; those that were used before, with the answer then given, or None while another
    transaction has it in hand.
    """
    if not keys:
        return {}
    fingerprints = {key.owner: key.fingerprint for key in keys}
    values = _columns(fingerprints) | {"fingerprints": list(fingerprints.values()), "at": at}
    claimed = {(row.key, row.actor) for row in await _CLAIM.rows(connection, values)}
    used: dict[Owner, Given | None] = {owner: None for owner in fingerprints if owner not in claimed}
    if used:
        rows = await _ANSWERED.rows(connection, _columns(used))
        used |= {(row.key, row.actor): Given(row.fingerprint, Answer(row.answer, row.status)) for row in rows}
    return used


async def keep(connection: AsyncConnection, answered: Mapping[Owner, Given]) -> None:
    """The answers to what has been claimed."""
    if answered:
        values = {
            "fingerprints": [given.fingerprint for given in answered.values()],
            "statuses": [int(given.answer.status) for given in answered.values()],
            "answers": [json.dumps(given.answer.body, ensure_ascii=False) for given in answered.values()],
        }
        await _ANSWER.send(connection, _columns(answered) | values)


async def release(connection: AsyncConnection, keys: Collection[Owner]) -> None:
    """Keys of commands that were refused are free again."""
    if keys:
        await _RELEASE.send(connection, _columns(keys))


def _columns(keys: Collection[Owner]) -> dict[str, Any]:
    return {"keys": [key for key, _ in keys], "actors": [actor for _, actor in keys]}
