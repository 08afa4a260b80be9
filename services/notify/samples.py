"""The templates filled with made-up data, for the page that shows them: each as a citizen gets it, in both languages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.notify.domain.notice import TEMPLATES
from services.notify.letters import LANGUAGES, Letter, write

CODE: Final = "000.00.21.H99-260216-0007"
NUMBER: Final = "S260216-4F7QX-0ZK2M"


@dataclass(frozen=True, slots=True)
class Sample:
    fact: str
    template: str
    letters: tuple[Letter, ...]


def letters(public_url: str, now: datetime) -> list[Sample]:
    found = []
    for fact, template in TEMPLATES.items():
        content = _content(now) | {"reference": CODE if fact.model_fields["code"].is_required() else NUMBER}
        letters_of = tuple(write(template, language, content, public_url) for language in LANGUAGES)
        found.append(Sample(fact.TYPE.split(".")[-2], template, letters_of))
    return found


def _content(now: datetime) -> dict[str, Any]:
    return {
        "procedure": "Chuyển quyền sử dụng đất cho con",
        "unit": "Bộ phận Một cửa huyện Hà An",
        "channel": "online",
        "hand_over": "counter",
        "happened_at": now.isoformat(),
        "promised_at": (now + timedelta(days=14)).isoformat(),
        "missing": ["Giấy chứng nhận quyền sử dụng đất (bản gốc)", "Tờ khai lệ phí trước bạ"],
        "outcome": "granted",
    }
