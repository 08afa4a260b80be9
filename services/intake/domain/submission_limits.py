"""How much may be handed in without signing in within a day: business limits, so that nobody floods a unit's clerks, or a person
with messages about dossiers that are not theirs. Whoever is beyond them is received at the counter.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from contracts.refusal import Refusal

WITHIN: Final = timedelta(days=1)


class TooManySubmissions(Refusal):
    """One sentence for all limits: it does not say whose was reached."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, seconds: int) -> None:
        hours = -(-seconds // 3600)
        super().__init__(
            "too-many-submissions",
            vi="Mỗi ngày, từ một nơi, cho một người hay tới một đơn vị chỉ nộp trực tuyến được một số hồ sơ, và đã đủ số đó."
            f" Hãy nộp tại quầy, hoặc thử lại sau {hours} giờ.",
            en="In a day only so many dossiers can be handed in online from one place, for one person or to one unit, and that"
            f" many have been. Hand it in at the counter, or try again in {hours} hours.",
        )
        self.retry_after = seconds
