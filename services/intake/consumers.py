"""Which event goes to which handler. `provision.py` adds how a batch is prepared: that takes intake's keys."""

from typing import Any, Final

from contracts.endings.routing import CaseExtendedV1, CaseStoppedV1
from contracts.envelope import Attributes
from contracts.post import DossierCollectedV1, ShipmentDeliveredV1, ShipmentDispatchedV1
from contracts.routing import CaseDecidedV1, CaseOpenedV1, CaseWithdrawalRefusedV1, CaseWithdrawnV1
from contracts.supplements.routing import CasePausedV1, CaseResumedV1
from contracts.topics import CALENDARS, CASES, KEYS, PROCEDURES, SHIPMENTS, STAFF, UNITS
from messaging.handler_table import Effect, Entry, Table
from services.intake.domain.dossier import dossier_of_collection
from services.intake.domain.orders import dossier_of, order_of
from services.intake.handlers import owed, post, routing, withdrawal
from services.intake.repository.dossiers import AnnouncedDossiers
from services.intake.repository.orders import ORDERS
from services.intake.repository.publication import PUBLICATION

DOSSIERS: Final = AnnouncedDossiers()


def _dossier_of_collection(attributes: Attributes, _: Any) -> str:
    return dossier_of_collection(attributes.subject)


def _order_of_dossier(attributes: Attributes, _: Any) -> str:
    return order_of(attributes.subject)


def _dossier_of_order(attributes: Attributes, _: Any) -> str:
    return dossier_of(attributes.subject)


TABLE: Final = Table(
    "intake",
    reads=(UNITS, CALENDARS, PROCEDURES, STAFF, KEYS, CASES, SHIPMENTS),
    entries=(
        Entry(DossierCollectedV1, post.collect, DOSSIERS, Effect.PROCESS, key=_dossier_of_collection),
        Entry(CaseOpenedV1, routing.take_up, DOSSIERS, Effect.PROCESS),
        Entry(CaseDecidedV1, routing.record_decision, DOSSIERS, Effect.PROCESS),
        Entry(CaseDecidedV1, post.place_order, ORDERS, Effect.PROCESS, key=_order_of_dossier),
        Entry(CaseWithdrawnV1, withdrawal.record_withdrawal, DOSSIERS, Effect.PROCESS),
        Entry(CaseWithdrawnV1, withdrawal.cancel_order, ORDERS, Effect.PROCESS, key=_order_of_dossier),
        Entry(CaseWithdrawalRefusedV1, withdrawal.refuse_withdrawal, DOSSIERS, Effect.PROCESS),
        Entry(CasePausedV1, owed.pause, DOSSIERS, Effect.PROCESS),
        Entry(CaseResumedV1, owed.resume, DOSSIERS, Effect.PROCESS),
        Entry(CaseExtendedV1, routing.record_extension, DOSSIERS, Effect.PROCESS),
        Entry(CaseStoppedV1, routing.record_stop, DOSSIERS, Effect.PROCESS),
        Entry(CaseStoppedV1, withdrawal.cancel_order, ORDERS, Effect.PROCESS, key=_order_of_dossier),
        Entry(ShipmentDispatchedV1, post.record_dispatch, ORDERS, Effect.PROCESS),
        Entry(ShipmentDeliveredV1, post.record_delivery, ORDERS, Effect.PROCESS),
        Entry(ShipmentDeliveredV1, post.hand_over_by_post, DOSSIERS, Effect.PROCESS, key=_dossier_of_order),
    ),
    publishes=PUBLICATION,
    selective=(SHIPMENTS,),  # the post is no part of this house: what it may tell besides is for no release of ours
)
