"""What the ledger says of messages whose contact or dossier has gone on since."""

from contracts.intake import DossierDecidedV1, DossierFact
from contracts.values import PortalStatus
from tests.support.notify_world import AT, IN_COMMUNE, LedgerWorld, accepted, contact, contact_record, fact_record, somebody
from tests.support.reference_data import COMMUNE


async def test_an_address_changed_after_the_mail_went_out_is_not_shown_as_the_one_it_went_to(ledger: LedgerWorld) -> None:
    person = somebody(COMMUNE)
    await ledger.notify.receive(person, accepted(person, unit=IN_COMMUNE))
    await ledger.notify.until(person, "sent")
    await ledger.notify.read(contact_record(person, contact(person, email="other@example.vn"), 2))
    (message,) = (await ledger.get("tam", "messages", code=person.code))["messages"]
    assert message["recipient"] is None
    assert "liên lạc đã sửa" in (await ledger.page("tam", f"messages?code={person.code}")).text
    await ledger.notify.read(contact_record(person, None, 3))
    assert "đã xóa" in (await ledger.page("tam", f"messages/{person.first}")).text


async def test_reconcile_has_one_row_for_each_fact_that_asks_for_a_message(ledger: LedgerWorld) -> None:
    person = somebody(COMMUNE)
    decided: DossierFact = DossierDecidedV1(
        **accepted(person, unit=IN_COMMUNE, status=PortalStatus.DECIDED).model_dump(), outcome="granted", decided_at=AT
    )
    await ledger.notify.receive(person, accepted(person, unit=IN_COMMUNE))
    await ledger.notify.read(fact_record(person, decided, 2))
    rows: dict[str, str] = {}
    buckets = (await ledger.get("operator", "reconcile/messages"))["buckets"]
    for bucket in buckets:
        rows |= (await ledger.get("operator", f"reconcile/messages/{bucket}"))["rows"]
    assert {f"{person.dossier}/1": "1", f"{person.dossier}/2": "1", f"{ledger.skipped.dossier}/1": "1"}.items() <= rows.items()
    (inbox,) = await ledger.notify.rows("SELECT last FROM inbox WHERE subject = :id", id=person.dossier)
    assert inbox.last == 2
    assert (await ledger.get("operator", "reconcile"))["views"] == ["intake-positions", "messages"]
