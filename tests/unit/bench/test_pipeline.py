"""Lives a second beside those of the floor; a postal dossier can be opened by intake alone and lands on a desk that takes it."""

import random

import pytest
from joserfc import jwe
from joserfc.jwk import ECKey

from bench import postal
from bench.lifecycle.cast import Desk
from bench.outcome import Rate
from bench.pipeline.outcome import Pipeline
from bench.pipeline.written import Written
from contracts.envelope import read_attributes, read_data
from contracts.post import ApplicantV1, DossierCollectedV1
from contracts.topics import SHIPMENTS
from contracts.values import HandOver
from deploy.sandbox.post_office.crypto import Cipher
from messaging.producer import Outgoing
from services.intake.domain.dossier import dossier_of_collection

DESK = Desk(unit="000.00.21.H99", procedure="1.900011", papers=("to-khai", "anh"), clerk="cb005", leader="cb007")


def pipeline(*, agrees: bool = True) -> Pipeline:
    records = [Outgoing(topic, b"d", b"{}", []) for topic in ("b", "a", "b")]
    wrote = Written(tables={}, rows=25, records=records)
    ours, decided, bare = Rate("ours", 10, 5.0), Rate("decided", 10, 2.5), Rate("bare", 10, 1.0)
    return Pipeline(ours=ours, decided=decided, bare=bare, wrote=wrote, lives=10, agrees=agrees)


def test_the_ratio_is_ours_to_the_floors() -> None:
    shown = pipeline().as_json()
    assert (shown["ratio"], shown["floor"], shown["ours"]["per_second"], shown["peer"]["per_second"]) == (0.2, 0.2, 2, 10)
    assert (shown["rows_per_life"], shown["records_per_life"], shown["records"]) == (2.5, 0.3, {"a": 1, "b": 2})
    assert shown["decided"]["per_second"] == 4
    assert pipeline().table().row_count == 3


def test_a_run_counts_only_in_agreement() -> None:
    assert pipeline().sound
    assert not pipeline(agrees=False).sound


def test_a_collection_is_read_by_intake_and_becomes_the_dossier_that_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    post, intake = (ECKey.generate_key("P-256", {"kid": kid, "use": "enc"}, private=True) for kid in ("post", "intake"))
    monkeypatch.setattr(postal, "MOST_PEOPLE", 2)
    made = postal.collections(Cipher(post, intake), [DESK], 3, random.Random(1))
    people, collections = set(), set()
    for dossier, (desk, record) in made.items():
        attributes = read_attributes(record.headers)
        event = read_data(attributes, record.value)
        assert isinstance(event, DossierCollectedV1)
        assert (desk, record.topic, record.key.decode()) == (DESK, SHIPMENTS.base, attributes.subject)
        assert dossier == dossier_of_collection(attributes.subject)
        assert (attributes.source, attributes.sequence) == ("post", 1)
        assert (event.unit, event.procedure, event.hand_over) == (DESK.unit, DESK.procedure, HandOver.COUNTER)
        assert [paper.code for paper in event.papers] == ["to-khai", "anh"]
        sealed = jwe.decrypt_compact(event.applicant, intake, algorithms=["ECDH-ES", "A256GCM"]).plaintext
        people.add(ApplicantV1.model_validate_json(sealed or b"").identity_number)
        collections.add(attributes.subject)
    assert (len(people), len(collections)) == (2, 3)
