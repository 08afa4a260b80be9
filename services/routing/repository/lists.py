"""Work lists: a page costs the same whether it is the first or the last, of a hundred cases or of a million.

Each unit's page is read in the order of one index, from a place on (keyset), and the few units of a reader are merged.
`late` and `today` are civil days; what counts as either is domain/due.py's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.refusal import Invalid
from services.routing.domain.due import Due, Today

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR: Final = re.compile(r"(-?[0-9]{1,16})\.([A-Za-z0-9][A-Za-z0-9._:-]{0,79})", re.ASCII)


class Listed(StrEnum):
    """Which cases: undecided ones, those of them that nobody has, or decided ones (newest first)."""

    OPEN = "open"
    UNASSIGNED = "unassigned"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last case of a page: the next one begins behind it. Written `<microseconds since 1970>.<case id>`."""

    at: datetime
    case: str

    @classmethod
    def read(cls, written: str) -> Self:
        match = _CURSOR.fullmatch(written)
        if match is None:
            raise Invalid(
                "bad-cursor",
                vi="Trang này không có. Hãy về trang đầu của danh sách.",
                en="There is no such page. Go back to the first page of the list.",
                field="after",
            )
        return cls(_EPOCH + timedelta(microseconds=int(match[1])), match[2])

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}.{self.case}"


@dataclass(frozen=True, slots=True)
class Listing:
    """What is asked for: cases of these units, of one officer if named, promised within a day's bounds if asked."""

    units: Sequence[str]
    listed: Listed = Listed.OPEN
    officer: str | None = None
    due: Due | None = None
    after: Cursor | None = None
    most: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is None on the last page."""

    rows: Sequence[Any]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Counts:
    open: int
    late: int
    today: int
    unassigned: int


# Which index serves: case_unit_open, case_unit_unassigned or case_unit_decided; with an officer, case_officer_open or _decided.
_STATE: Final = {
    Listed.OPEN: "c.decided_at IS NULL",
    Listed.UNASSIGNED: "c.decided_at IS NULL AND c.officer IS NULL",
    Listed.DECIDED: "c.decided_at IS NOT NULL",
}
_SHOWN: Final = (
    "c.id, c.code, c.version, c.competent_unit, c.competent_unit_name, c.receiving_unit, c.receiving_unit_name, c.procedure, "
    "c.accepted_at, c.promised_at, c.officer, c.officer_name, c.assigned_at, c.outcome, c.decided_at"
)
_NEWEST_FIRST: Final = ("decided_at", "<", "DESC", "infinity")
_MOST_URGENT_FIRST: Final = ("promised_at", ">", "ASC", "-infinity")


async def page(connection: AsyncConnection, wanted: Listing, now: datetime) -> Page:
    """One page, and where the next one begins."""
    column, beyond, direction, start = _NEWEST_FIRST if wanted.listed is Listed.DECIDED else _MOST_URGENT_FIRST
    since, before = Today.of(now).bounds(wanted.due)
    conditions = [
        "c.competent_unit = given.unit",
        _STATE[wanted.listed],
        f"(c.{column}, c.id) {beyond} (CAST(:at AS timestamptz), :case)",
        *(["c.officer = :officer"] if wanted.officer else []),
        *(["c.promised_at >= :since"] if since else []),
        *(["c.promised_at < :before"] if before else []),
    ]
    statement = text(f"""
        SELECT page.* FROM unnest(CAST(:units AS text[])) AS given (unit)
        CROSS JOIN LATERAL (
            SELECT {_SHOWN} FROM routing_case c WHERE {" AND ".join(conditions)}
            ORDER BY c.{column} {direction}, c.id {direction} LIMIT :most) AS page
        ORDER BY page.{column} {direction}, page.id {direction} LIMIT :most
    """)  # noqa: S608 -- fixed words only
    values = {
        "units": list(wanted.units),
        "officer": wanted.officer,
        "at": wanted.after.at.isoformat() if wanted.after else start,
        "case": wanted.after.case if wanted.after else "",
        "since": since,
        "before": before,
        "most": wanted.most + 1,
    }
    rows = (await connection.execute(statement, {name: values[name] for name in statement.compile().params})).all()
    if len(rows) <= wanted.most:
        return Page(rows, None)
    shown = rows[: wanted.most]
    return Page(shown, Cursor(getattr(shown[-1], column), shown[-1].id))


_COUNTED: Final = """
    count(*) AS open, count(*) FILTER (WHERE c.promised_at < :start) AS late,
    count(*) FILTER (WHERE c.promised_at >= :start AND c.promised_at < :end) AS today,
    count(*) FILTER (WHERE c.officer IS NULL) AS unassigned
"""
# Only open cases are counted, by indexes case_unit_open and case_officer_open: the million decided ones are not touched.
_COUNT = text(f"SELECT {_COUNTED} FROM routing_case c WHERE c.competent_unit = ANY(:units) AND c.decided_at IS NULL")  # noqa: S608
_COUNT_MINE = text(
    f"SELECT {_COUNTED} FROM routing_case c "  # noqa: S608 -- fixed words only
    "WHERE c.officer = :officer AND c.competent_unit = ANY(:units) AND c.decided_at IS NULL"
)
_BY_OFFICER = text(f"""
    SELECT c.officer, max(c.officer_name) AS name, {_COUNTED} FROM routing_case c
    WHERE c.competent_unit = ANY(:units) AND c.decided_at IS NULL AND c.officer IS NOT NULL
    GROUP BY c.officer ORDER BY count(*) DESC, c.officer
""")  # noqa: S608 -- fixed words only


async def counts(connection: AsyncConnection, units: Sequence[str], now: datetime, officer: str | None = None) -> Counts:
    """Open cases of the units, or of one officer in them."""
    given = _day(units, now) | ({"officer": officer} if officer else {})
    row = (await connection.execute(_COUNT_MINE if officer else _COUNT, given)).one()
    return Counts(row.open, row.late, row.today, row.unassigned)


async def by_officer(connection: AsyncConnection, units: Sequence[str], now: datetime) -> Sequence[Any]:
    """Who has how many open and late cases: officer, name, open, late, today."""
    return (await connection.execute(_BY_OFFICER, _day(units, now))).all()


def _day(units: Sequence[str], now: datetime) -> dict[str, object]:
    today = Today.of(now)
    return {"units": list(units), "start": today.start, "end": today.end}
