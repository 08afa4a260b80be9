"""A dossier with all that belongs to it, a unit's list of them, a citizen who is known already."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from chassis.process import Process
from contracts.civil import civil_day
from contracts.identity import Identity
from contracts.values import HandOver, PortalStatus
from services.intake.adapters.keys import Keys, keys_of
from services.intake.adapters.seal import identity_index, open_applicant, open_representative, open_secret
from services.intake.domain.applicant import Applicant
from services.intake.domain.dossier import Dossier
from services.intake.domain.history import HistoryLine
from services.intake.domain.results import Representative
from services.intake.queries.search import read_search
from services.intake.repository import dossiers, lists, people, reference, results, status_counts
from services.intake.repository.lists import DossierKey, Search
from web.paging import Cursor, Page

PAGE: Final = 50
NEWEST_FIRST: Final = Cursor("dossiers-newest-first", DossierKey)


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierDetail:
    """`applicant` and `secret` are None once forgotten. `representative`: who fetched the result, where the applicant did not."""

    dossier: Dossier
    history: Sequence[HistoryLine]
    applicant: Applicant | None
    secret: str | None
    representative: Representative | None = None


async def dossier_detail(process: Process, dossier: str) -> DossierDetail:
    """Raises NoSuchDossier. Who may see it is for the caller to check."""
    async with process.reads.connect() as connection:
        state = await dossiers.get(connection, dossier)
        history = await dossiers.history(connection, dossier)
        person = await people.find(connection, dossier)
        at_counter = state.handed_over_by is HandOver.COUNTER
        sealed = await results.representative(connection, dossier) if at_counter else None
    if person is None:
        return DossierDetail(dossier=state, history=history, applicant=None, secret=None)
    keys = keys_of(process.settings)
    return DossierDetail(
        dossier=state,
        history=history,
        applicant=open_applicant(keys, dossier, person.sealed),
        secret=open_secret(keys, dossier, person.secret_sealed),
        representative=None if sealed is None else open_representative(keys, dossier, sealed),
    )


async def secret_of(process: Process, dossier: str) -> str | None:
    """None once the applicant is forgotten."""
    async with process.reads.connect() as connection:
        person = await people.find(connection, dossier)
    return None if person is None else open_secret(keys_of(process.settings), dossier, person.secret_sealed)


def tracking_url(process: Process, quoted: str) -> str:
    """The address behind the receipt's QR; it names the dossier and never the secret."""
    return f"{process.settings.public_url.rstrip('/')}/track?code={quote(quoted)}"


async def known_applicant(process: Process, identity: Identity, units: Collection[str]) -> Applicant | None:
    """As they were in their newest dossier at one of these units."""
    keys = keys_of(process.settings)
    async with process.reads.connect() as connection:
        person = await people.find_known(connection, identity_index(keys, identity), units)
    return None if person is None else open_applicant(keys, person.dossier, person.sealed)


@dataclass(frozen=True, slots=True)
class ListedDossier:
    """The row, and the name that only its key opens; None once forgotten."""

    row: Mapping[Any, Any]
    applicant_name: str | None


@dataclass(frozen=True, slots=True)
class FoundDossiers:
    """A page of what was asked for, and as what the text was searched (None: nothing was typed)."""

    page: Page[ListedDossier]
    search: Search | None


async def list_dossiers(process: Process, unit: str, status: PortalStatus | None, q: str, after: str | None) -> FoundDossiers:
    """A page of the unit's dossiers, newest first. Raises NotCopied for an unknown unit, BadCursor."""
    keys = keys_of(process.settings)
    key = NEWEST_FIRST.decode(after)
    async with process.reads.connect() as connection:
        width = (await reference.unit(connection, unit)).code_width
        search = read_search(keys, q, unit, civil_day(process.clock()), width)
        rows = await lists.rows_behind(connection, unit, status, search, key, PAGE + 1)
    page = NEWEST_FIRST.page(rows, PAGE, lambda row: DossierKey(row["submitted_at"], row["id"]))
    return FoundDossiers(Page([ListedDossier(row, _name(keys, row)) for row in page.rows], page.next), search)


def _name(keys: Keys, row: Mapping[Any, Any]) -> str | None:
    return None if row["sealed"] is None else open_applicant(keys, row["id"], row["sealed"]).name


async def count_by_status(process: Process) -> dict[int, int]:
    """Of all units: the portal's status -> how many dossiers have it."""
    async with process.reads.connect() as connection:
        return await status_counts.by_status(connection)
