"""What a person says of an event that holds its aggregate: try it again, let it go, wait no more for what comes before it.

The last two leave something out, so who said it and why is kept. Each locks in the order of the consumers: the inbox row first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.refusal import Invalid, NotFound, Refusal
from messaging.dead_letters import unknown
from messaging.outbox import CHANNEL, PARKING_LOT
from messaging.records import is_state_source
from messaging.statements import Statement

MAY_BE_SKIPPED: Final = ("dead", "waiting", "newer")
"""States of one whose turn it is, and that does not take effect."""

_STATES = Statement("SELECT id, state FROM parking_lot WHERE id = ANY(:ids) AND state IN ('dead', 'waiting', 'newer', 'early')")
_RETRY = Statement("UPDATE parking_lot SET state = 'ready' WHERE id = ANY(:ids) AND state = 'dead' RETURNING id")
_AGGREGATE = Statement("SELECT source, subject FROM parking_lot WHERE id = :id AND state = ANY(:states)")
_LOCK_INBOX = Statement("SELECT last FROM inbox WHERE source = :source AND subject = :subject FOR UPDATE")
_LOCK = Statement("SELECT * FROM parking_lot WHERE id = :id AND state = ANY(:states) FOR UPDATE")
# By index parking_lot_aggregate.
_NEXT = Statement("""
    SELECT sequence FROM parking_lot WHERE source = :source AND subject = :subject AND sequence > :last AND state <> 'skipped'
    ORDER BY sequence LIMIT 1
""")
_AUDIT_SKIP = Statement("""
    INSERT INTO skipped (id, source, subject, sequence, died_of, topic, partition, "offset", actor, why, at)
    VALUES (:id, :source, :subject, :sequence, :died_of, :topic, :partition, :offset, :actor, :why, :at)
""")
_AUDIT_SKIP_TO = Statement("""
    INSERT INTO passed_over (source, subject, last, through, actor, why, at)
    VALUES (:source, :subject, :last, :through, :actor, :why, :at)
""")
_LET_GO = Statement("DELETE FROM parking_lot WHERE id = :id")
_ADVANCE = Statement("""
    UPDATE inbox SET last = GREATEST(last, :sequence) WHERE source = :source AND subject = :subject
""")
# Whether it used up a number is shown by the next event that tells its own (folding). A state topic has no numbers.
_LEAVE_A_MARK = Statement("UPDATE parking_lot SET state = 'skipped' WHERE id = :id")
_FREE = Statement(
    "UPDATE parking_lot SET state = 'ready' WHERE source = :source AND subject = :subject AND state IN ('behind', 'early')"
)
_WAKE = Statement("SELECT pg_notify(:channel, :payload)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Whose word it is that something is left out, why, and when it was given."""

    actor: str
    why: str
    at: datetime


async def retry(connection: AsyncConnection, letters: Sequence[int]) -> int:
    """Let the dead among them be tried again: what was at fault has been mended. How many are."""
    retried = await _RETRY.rows(connection, {"ids": list(letters)})
    if retried:
        await _wake(connection)
    return len(retried)


async def skip(connection: AsyncConnection, letter: int, word: Word) -> None:
    """Let it go, and let through what it held."""
    row, aggregate, _ = await _locked(connection, letter, MAY_BE_SKIPPED, word)
    await _AUDIT_SKIP.send(
        connection,
        aggregate
        | {"id": row.id, "sequence": row.sequence, "died_of": row.reason, "topic": row.topic, "partition": row.partition}
        | {"offset": row.offset, "actor": word.actor, "why": word.why, "at": word.at},
    )
    if row.presumed and not is_state_source(row.source):
        await _LEAVE_A_MARK.send(connection, {"id": letter})
    else:
        await _LET_GO.send(connection, {"id": letter})
        await _ADVANCE.send(connection, aggregate | {"sequence": row.sequence})
    await _FREE.send(connection, aggregate)
    await _wake(connection)


async def skip_to(connection: AsyncConnection, letter: int, word: Word) -> None:
    """Wait no more for what should come before an early event: it is next. What comes of that all the same is taken for seen."""
    row, aggregate, last = await _locked(connection, letter, ("early",), word)
    (first,) = await _NEXT.rows(connection, aggregate | {"last": last})
    if first.sequence < row.sequence:
        raise Refusal(
            "not-the-first",
            vi=f"Sự kiện số {first.sequence} của cùng hồ sơ đến trước. Hãy cho chạy từ số đó.",
            en=f"Event number {first.sequence} of the same dossier comes before it. Skip to that one.",
        )
    through = row.sequence - 1
    audit = {"last": last, "through": through, "actor": word.actor, "why": word.why, "at": word.at}
    await _AUDIT_SKIP_TO.send(connection, aggregate | audit)
    await _ADVANCE.send(connection, aggregate | {"sequence": through})
    await _FREE.send(connection, aggregate)
    await _wake(connection)


async def _locked(connection: AsyncConnection, letter: int, states: Sequence[str], word: Word) -> tuple[Any, dict[str, str], int]:
    """Its row, its aggregate and the last number applied there, all locked. Raises NotFound, and Invalid without a reason."""
    if not word.why.strip():
        raise Invalid("why-missing", vi="Hãy ghi lý do bỏ qua.", en="Say why it is skipped.", field="why")
    sought = {"id": letter, "states": list(states)}
    keys = await _AGGREGATE.rows(connection, sought)
    if not keys:
        raise absent(letter, states)
    aggregate = {"source": keys[0].source, "subject": keys[0].subject}
    inbox = await _LOCK_INBOX.rows(connection, aggregate)
    rows = await _LOCK.rows(connection, sought)
    if not rows:
        raise absent(letter, states)
    return rows[0], aggregate, inbox[0].last if inbox else 0


def absent(letter: int, states: Sequence[str]) -> NotFound:
    """No event of that number in one of these states."""
    if "dead" in states:
        return unknown(letter)
    return NotFound(
        "no-early-event",
        vi=f"Không có sự kiện số {letter} nào đang chờ sự kiện trước nó.",
        en=f"No event {letter} waits for one before it.",
    )


async def _wake(connection: AsyncConnection) -> None:
    await _WAKE.send(connection, {"channel": CHANNEL, "payload": PARKING_LOT})


@dataclass(frozen=True, slots=True)
class Retry:
    """What was at fault has been mended."""


@dataclass(frozen=True, slots=True)
class Skip:
    word: Word


@dataclass(frozen=True, slots=True)
class SkipTo:
    word: Word


@dataclass(frozen=True, slots=True)
class Letter:
    """An event that holds its aggregate, its state, and what a person says of it."""

    id: int
    state: str
    verdict: Retry | Skip | SkipTo | None = None


class Letters:
    """The store of the operator's commands: all that are tried again together, each other verdict by itself."""

    async def load(self, connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Letter]:
        """Not locked here: a consumer locks the inbox row first, and so does each verdict."""
        return {row.id: Letter(row.id, row.state) for row in await _STATES.rows(connection, {"ids": list(keys)})}

    async def save(self, connection: AsyncConnection, states: Sequence[Letter]) -> None:
        """Raises NotFound for one that has gone meanwhile, unless it was to be tried again."""
        await retry(connection, [letter.id for letter in states if isinstance(letter.verdict, Retry)])
        for letter in states:
            match letter.verdict:
                case Skip(word):
                    await skip(connection, letter.id, word)
                case SkipTo(word):
                    await skip_to(connection, letter.id, word)


LETTERS = Letters()
