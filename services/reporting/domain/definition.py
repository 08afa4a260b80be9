"""What counts, as data with a name: reports say by which definition they were made, and a later one never changes an earlier.

Provinces differ in where a dossier that waits for papers, or was refused or withdrawn, is counted (domain.md). The definition
names the portal's statuses that count at all; what has no acceptance has no promise, and cannot be counted by any. `waiting`:
those in which the clock stands still, so that an unfinished dossier is within time however long ago its date was.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.values import PortalStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    id: str
    valid_from: date
    counted: frozenset[PortalStatus]
    waiting: frozenset[PortalStatus] = frozenset()
    vi: str
    en: str


_NEVER_ACCEPTED: Final = frozenset({PortalStatus.SUBMITTED, PortalStatus.REFUSED})

V1: Final = Definition(
    id="v1",
    valid_from=date(2026, 1, 1),
    counted=frozenset(PortalStatus) - _NEVER_ACCEPTED - {PortalStatus.WITHDRAWN, PortalStatus.STOPPED},
    vi=(
        "Tính mỗi hồ sơ một lần, từ ngày tiếp nhận có mã, ở đơn vị tiếp nhận. Hồ sơ trả lại để bổ sung trước khi tiếp nhận, "
        "không được tiếp nhận, đã được rút hoặc đã dừng xử lý thì không tính. Sớm, đúng hay quá hạn xét theo ngày xử lý xong "
        "so với ngày hẹn, không theo ngày công dân đến nhận. "
        "Chưa xong thì còn trong hạn cho đến hết ngày hẹn, kể cả khi đang chờ bổ sung."
    ),
    en=(
        "Every dossier counts once, from the day it was accepted with a code, at the unit that received it. One handed back "
        "before acceptance, refused, withdrawn or stopped is not counted. Early, on time or late is judged by the day processing "
        "ended against the promised date, never by the day the citizen came to fetch it. "
        "Unfinished ones are within time until the end "
        "of the promised day, also while papers are awaited."
    ),
)

V2: Final = Definition(
    id="v2",
    valid_from=date(2026, 11, 27),
    counted=V1.counted,
    waiting=frozenset({PortalStatus.SUPPLEMENT_OWED, PortalStatus.PAYMENT_OWED}),
    vi=(
        "Tính mỗi hồ sơ một lần, từ ngày tiếp nhận có mã, ở đơn vị tiếp nhận. Hồ sơ trả lại để bổ sung trước khi tiếp nhận, "
        "không được tiếp nhận, đã được rút hoặc đã dừng xử lý thì không tính. Sớm, đúng hay quá hạn xét theo ngày xử lý xong "
        "so với ngày hẹn, không theo ngày công dân đến nhận. Chưa xong thì còn trong hạn cho đến hết ngày hẹn; trong lúc "
        "chờ bổ sung giấy tờ hay nộp tiền thì thời hạn tạm dừng nên vẫn là trong hạn, sau đó xét theo ngày hẹn mới."
    ),
    en=(
        "Every dossier counts once, from the day it was accepted with a code, at the unit that received it. One handed back "
        "before acceptance, refused, withdrawn or stopped is not counted. Early, on time or late is judged by the day processing "
        "ended against the promised date, never by the day the citizen came to fetch it. Unfinished ones are within time until "
        "the end of the promised day; while papers or money are awaited the clock stands still, so that they are within "
        "time, and after that the new promised date counts."
    ),
)

DEFINITIONS: Final = (V1, V2)
"""Oldest first; the last one is in use."""
