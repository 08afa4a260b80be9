"""A life's rows and messages, as large as the product's. What the product looks up or works out is here as it came out once."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from contracts.topics import CASES, CONTACTS, DOSSIERS

LANE: Final = "district"
TOPICS: Final = (DOSSIERS, CONTACTS, CASES)
ACCEPTED: Final = "vn.motcua.intake.dossier.accepted.v1"
UNIT_NAME: Final = "Bộ phận Một cửa huyện Hà An"
COMPETENT: Final = {"id": "000.00.21.H99", "name": UNIT_NAME}
OFFICER, OFFICER_NAME = "cb006", "Nguyễn Lương Khải Minh"
OUTBOX: Final = ("id", "aggregatetype", "aggregateid", "type", "payload", "lane", "sequence", "time", "correlation", "causation")
_DAYS: Final = (("2026-11-26", 27000), ("2026-11-27", 27000), ("2026-11-28", 14400), ("2026-11-30", 27000), ("2026-12-01", 27000))
EXPLANATION: Final = json.dumps(
    {
        "start": "2026-11-26T07:30:00+07:00",
        "end": "2026-12-02T17:00:00+07:00",
        "limit": {"kind": "working_days", "amount": 5},
        "pauses": [],
        "entries": [
            {
                "en": "working day",
                "vi": "ngày làm việc",
                "code": "working_day",
                "from": day,
                "to": day,
                "number": 1,
                "seconds": seconds,
            }
            for day, seconds in _DAYS
        ],
        "calendar": "mot-cua",
        "calendar_version": 1,
        "accepted_at": "2026-11-26T07:30:00+07:00",
    },
    ensure_ascii=False,
)


def dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def procedure_of(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "version": 1,
        "title": "Đổi giấy phép lái xe",
        "field": "giao-thong",
        "field_title": "Giao thông vận tải",
    }


def papers_of(codes: list[str]) -> list[dict[str, str]]:
    return [{"code": code, "title": "Đơn đề nghị đổi giấy phép lái xe"} for code in codes]


def message(topic: str, dossier: str, kind: str, sequence: int, body: Mapping[str, Any], now: datetime) -> tuple[Any, ...]:
    """A row of the outbox."""
    return (str(uuid4()), topic, dossier, kind, dumps(body), LANE, sequence, now, str(uuid4()), None)


def dossier_fact(asked: Mapping[str, Any], number: str, now: datetime) -> dict[str, Any]:
    return {
        "status": 1,
        "submission_number": number,
        "unit": {"id": asked["unit"], "name": UNIT_NAME},
        "procedure": procedure_of(asked["procedure"]),
        "channel": "counter",
        "hand_over": "counter",
        "contact_version": 1,
        "at": now.isoformat(),
        "by": "cb005",
        "papers": papers_of(asked["papers"]),
    }


def acceptance(code: str, promised: datetime, now: datetime) -> dict[str, Any]:
    return {
        "status": 2,
        "code": code,
        "promised_at": promised.isoformat(),
        "accepted_at": now.isoformat(),
        "competent_unit": COMPETENT,
        "fee": 135000,
    }


def case_fact(accepted: Mapping[str, Any], at: str) -> dict[str, Any]:
    return {
        "code": accepted["code"],
        "receiving_unit": accepted["unit"],
        "competent_unit": accepted["competent_unit"],
        "procedure": accepted["procedure"],
        "promised_at": accepted["promised_at"],
        "at": at,
    }
