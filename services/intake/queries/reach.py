"""How an applicant hears of a dossier: where messages go, or how to look, and whom to call. No page promises more than this."""

from dataclasses import dataclass

from chassis.process import Process
from contracts.intake import UnitRef
from contracts.values import masked_email
from services.intake.queries.choices import unit_copy
from services.intake.queries.dossiers import tracking_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """`address`: where messages go, masked; None if no e-mail address was left, for nothing else is written to.

    `confirmed` False: its owner has not given their word yet, and no message goes there.

    `reference` and the secret open the `page`. `telephone` and `office` are the unit's, None where the directory has none.
    """

    address: str | None
    confirmed: bool
    reference: str
    page: str
    unit: str
    telephone: str | None
    office: str | None


async def reach_of(process: Process, unit: UnitRef, reference: str, email: str | None, *, confirmed: bool = True) -> Reach:
    copy = await unit_copy(process, unit.id)
    return Reach(
        address=None if email is None else masked_email(email),
        confirmed=confirmed,
        reference=reference,
        page=tracking_url(process, reference).partition("?")[0],
        unit=unit.name if copy is None else copy.name,
        telephone=None if copy is None else copy.telephone,
        office=None if copy is None else copy.address,
    )
