"""What comes to intake from outside, for its tests: requests, key files, and the events of routing and the post."""

import json
from base64 import urlsafe_b64encode
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from joserfc import jwe
from joserfc.jwk import ECKey

from contracts.directory import ProcedureV1
from contracts.intake import PaperRef, ProcedureRef, UnitRef
from contracts.post import DossierCollectedV1, ShipmentDeliveredV1, ShipmentDispatchedV1
from contracts.routing import CaseDecidedV1, CaseOpenedV1
from contracts.values import CIVIL_TIME, Outcome
from tests.support.reference_data import DISTRICT, INSURANCE_CARD, LAND, POST_OFFICE, entities

NOW: Final = datetime(2026, 2, 24, 9, 0, tzinfo=CIVIL_TIME)
"""A Tuesday morning; the running application's clock starts here and goes on."""
MISSING: Final = "giay-chung-nhan"
"""The paper of LAND that lies at home."""
APPLICANT: Final[dict[str, Any]] = {
    "name": "Nguyễn Văn Thử",
    "identity_number": "034099000001",
    "address": "Thôn Mẫu, xã Minh Lạc",
    "telephone": "0912000001",
    "email": "thu@vidu.test",
}


def write_keys(folder: Path) -> dict[str, Path]:
    """Files as an installation has them, by the settings' names; the post's private key beside them."""
    own, post = (ECKey.generate_key("P-256", private=True) for _ in range(2))
    symmetric = [urlsafe_b64encode(bytes([number]) * 32).decode() for number in (1, 2)]
    contents = {
        "field_key_file": symmetric[0],
        "hmac_key_file": symmetric[1],
        "intake_key_file": json.dumps(own.as_dict(private=True)),
        "post_public_key_file": json.dumps(post.as_dict(private=False)),
        "post_private": json.dumps(post.as_dict(private=True)),
    }
    for name, content in contents.items():
        (folder / name).write_text(content)
    return {name: folder / name for name in contents}


def new_dossier(**changes: Any) -> dict[str, Any]:
    """Land at the district, all papers there, unless changed."""
    given: dict[str, Any] = {
        "unit": DISTRICT,
        "procedure": LAND,
        "applicant": APPLICANT,
        "hand_over": "counter",
        "accept": True,
    } | changes
    return {"papers": papers_of(given["procedure"])} | given


@cache
def _papers() -> dict[str, list[str]]:
    procedures = [entity for entity in entities() if isinstance(entity, ProcedureV1)]
    return {procedure.code: [paper.code for paper in procedure.versions[-1].papers] for procedure in procedures}


def papers_of(procedure: str) -> list[str]:
    """The codes of all papers that its newest version asks for; none of an unknown one."""
    return list(_papers().get(procedure, []))


INCOMPLETE: Final = [code for code in papers_of(LAND) if code != MISSING]


def _case(received: dict[str, Any]) -> dict[str, Any]:
    here = UnitRef(id=DISTRICT, name="Bộ phận Một cửa huyện Hà An")
    procedure = ProcedureRef(code=LAND, version=1, title="Chuyển quyền", field="dat-dai", field_title="Đất đai")
    common = {"code": received["code"], "receiving_unit": here, "competent_unit": here, "procedure": procedure}
    return common | {"promised_at": received["promised_at"], "at": NOW}


def opened_case(received: dict[str, Any]) -> CaseOpenedV1:
    return CaseOpenedV1(**_case(received))


def decided_case(received: dict[str, Any], outcome: Outcome = Outcome.GRANTED) -> CaseDecidedV1:
    return CaseDecidedV1(**_case(received), outcome=outcome, result_number="12/QĐ-UBND", by="cb006")


def collected(keys: dict[str, Path], person: dict[str, Any] = APPLICANT, **changes: Any) -> DossierCollectedV1:
    """What the post publishes of a sealed parcel, its applicant encrypted for intake."""
    public = ECKey.import_key(json.loads(keys["intake_key_file"].read_text()))
    applicant = jwe.encrypt_compact(
        {"alg": "ECDH-ES", "enc": "A256GCM"}, json.dumps(person).encode(), public, algorithms=["ECDH-ES", "A256GCM"]
    )
    given: dict[str, Any] = {
        "unit": DISTRICT,
        "postal_unit": POST_OFFICE,
        "procedure": INSURANCE_CARD,
        "papers": [PaperRef(code=code, title=code) for code in papers_of(INSURANCE_CARD)],
        "applicant": applicant,
        "collected_at": NOW,
    }
    return DossierCollectedV1(**given | changes)


def dispatched() -> ShipmentDispatchedV1:
    return ShipmentDispatchedV1(tracking="VN123", at=NOW)


def delivered() -> ShipmentDeliveredV1:
    return ShipmentDeliveredV1(tracking="VN123", delivered_at=NOW)


def read_by_post(keys: dict[str, Path], token: str) -> dict[str, Any]:
    """What the post reads of an order's recipient."""
    private = ECKey.import_key(json.loads(keys["post_private"].read_text()))
    text_read = jwe.decrypt_compact(token, private, algorithms=["ECDH-ES", "A256GCM"]).plaintext
    assert text_read is not None
    return dict(json.loads(text_read))
