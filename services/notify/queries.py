"""What the API and the pages read: the ledger as its reader may see it, a message with its letter, the templates filled in."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.references import read_reference
from contracts.values import LANGUAGES
from messaging.clock import Clock
from services.notify.access import require_reading, units_of
from services.notify.adapters.letters import WRITE_FAULTS, Letter, write
from services.notify.domain.ledger import Attempt, LedgerFilter, LedgerKey, LedgerLine
from services.notify.domain.message import MessageUnknown, Outcome, State, fact_name
from services.notify.domain.notice import CONFIRMATION, TEMPLATES
from services.notify.repository import ledger
from services.notify.schemas import OutcomeCounts, Summary
from web.paging import Cursor, Page
from web.principal import Principal

SAMPLE_CODE: Final = "000.00.21.H99-260216-0007"
SAMPLE_NUMBER: Final = "S260216-4F7QX-0ZK2M"

_MESSAGES: Final = Cursor("messages", LedgerKey)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SampleLetters:
    """One template filled with made-up data, in each language."""

    fact: str
    template: str
    letters: tuple[Letter, ...]


async def message_page(
    connection: AsyncConnection, reader: Principal, wanted: LedgerFilter, after: str | None, limit: int
) -> Page[LedgerLine]:
    """What failed first, then the newest; all messages of one dossier, oldest first, when it is named. Raises BadCursor."""
    units, key = units_of(reader), _MESSAGES.decode(after)
    if wanted.names_dossier:
        return Page(await ledger.lines_of_dossier(connection, units, wanted), None)
    rows = await ledger.lines(connection, units, wanted, key, limit + 1)
    return _MESSAGES.page(rows, limit, lambda line: line.key)


async def message_record(connection: AsyncConnection, reader: Principal, message: str) -> tuple[LedgerLine, list[Attempt]]:
    """Raises MessageUnknown and Forbidden."""
    line = await ledger.line(connection, message)
    if line is None:
        raise MessageUnknown
    require_reading(reader, line.message)
    return line, await ledger.attempts(connection, message)


async def summary(connection: AsyncConnection, reader: Principal) -> Summary:
    units = units_of(reader)
    counts = await ledger.counts(connection, units)
    total: Counter[Outcome] = Counter()
    for numbers in counts.values():
        total.update(numbers)
    return Summary(
        by_fact_type={fact_type: _outcome_counts(numbers) for fact_type, numbers in sorted(counts.items())},
        total=_outcome_counts(total),
        oldest_waiting=await ledger.oldest_waiting(connection, units),
    )


def _outcome_counts(numbers: Mapping[Outcome, int]) -> OutcomeCounts:
    return OutcomeCounts(**{outcome.value: numbers.get(outcome, 0) for outcome in Outcome})


def next_try(line: LedgerLine, clock: Clock) -> datetime | None:
    """When it is due by the clock that people see; None for one that is being sent or is done with."""
    if line.message.state is not State.QUEUED or line.due_in is None:
        return None
    return clock() + max(line.due_in, timedelta())


def normal_reference(text: str) -> str | None:
    """A code or submission number as a person types or copies it; a dossier's id, which is written small, too."""
    reference = read_reference(text)
    return (reference.lower() if reference.startswith("D-") else reference) or None


def letter_of(line: LedgerLine, otherwise: str, public_url: str) -> Letter | None:
    """In the applicant's language as far as it is known; None if its template cannot be filled."""
    language = line.contact.contact.language if line.contact and line.contact.contact else otherwise
    try:
        return write(line.message.template, language, line.message.content, public_url)
    except WRITE_FAULTS:
        log.exception("a letter cannot be written", message=line.message.id, template=line.message.template)
        return None


def sample_letters(public_url: str, now: datetime) -> list[SampleLetters]:
    """Every template as a citizen gets it."""
    samples = []
    for fact, template in TEMPLATES.items():
        content = _sample_content(now) | {"reference": SAMPLE_CODE if fact.model_fields["code"].is_required() else SAMPLE_NUMBER}
        letters = tuple(write(template, language, content, public_url) for language in LANGUAGES)
        samples.append(SampleLetters(fact_name(fact.TYPE), template, letters))
    letters = tuple(
        write(CONFIRMATION, language, _sample_content(now) | {"reference": SAMPLE_NUMBER}, public_url) for language in LANGUAGES
    )
    return [*samples, SampleLetters(CONFIRMATION.partition(".")[0], CONFIRMATION, letters)]


def _sample_content(now: datetime) -> dict[str, Any]:
    return {
        "procedure": "Chuyển quyền sử dụng đất cho con",
        "unit": "Bộ phận Một cửa huyện Hà An",
        "telephone": "0299 3821 001",
        "channel": "online",
        "hand_over": "counter",
        "happened_at": now.isoformat(),
        "promised_at": (now + timedelta(days=14)).isoformat(),
        "previous_at": (now + timedelta(days=12)).isoformat(),
        "days_off": [{"day": f"{now + timedelta(days=9):%d/%m/%Y}", "vi": "Ngày nghỉ lễ", "en": "Public holiday"}],
        "decided_at": (now - timedelta(days=11)).isoformat(),
        "provisional": True,
        "known_until": f"{now + timedelta(days=10):%d/%m/%Y}",
        "owed": "papers",
        "amount": None,
        "paused_at": now.isoformat(),
        "missing": ["Giấy chứng nhận quyền sử dụng đất (bản gốc)", "Tờ khai lệ phí trước bạ"],
        "outcome": "granted",
        "transferred_from": "Bộ phận Một cửa xã Minh Lạc",
        "status": 4,
        "duplicate_of": "000.00.21.H99-260223-0002",
        "ground": "verification",
    }
