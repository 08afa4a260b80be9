"""Intake's tables. What may not be written down is refused by CHECKs: a code without acceptance, a return of what is accepted."""

from services.intake.tables.calendars import CalendarPassRow
from services.intake.tables.dossiers import CounterRow, DossierRow, HistoryRow, StatusCountRow
from services.intake.tables.front_desk import GuidanceRow, OrderRow, RatingRow
from services.intake.tables.metadata import DRAFT, GUESS, MESSAGING, METADATA
from services.intake.tables.people import MailAddressRow, PersonRow, RepresentativeRow

__all__ = [
    "DRAFT",
    "GUESS",
    "MESSAGING",
    "METADATA",
    "CalendarPassRow",
    "CounterRow",
    "DossierRow",
    "GuidanceRow",
    "HistoryRow",
    "MailAddressRow",
    "OrderRow",
    "PersonRow",
    "RatingRow",
    "RepresentativeRow",
    "StatusCountRow",
]
