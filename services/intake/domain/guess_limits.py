"""How often a secret may be guessed. Wrong attempts are counted by client and code together, by client and by code, so that
neither many secrets for one code nor one secret for many codes leads anywhere, and nobody can close a code for its owner.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from contracts.refusal import Refusal

WINDOW: Final = timedelta(minutes=15)
PER_CLIENT_AND_CODE: Final = 10
# An office or a mobile network stands behind one address.
PER_CLIENT: Final = 60
# Of 2^40 secrets: nowhere near a hit, and codes are sequential, so that anybody can try.
PER_CODE: Final = 1000


class TooManyGuesses(Refusal):
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        super().__init__(
            "too-many-tries",
            vi=f"Đã thử sai quá nhiều lần. Hãy đợi {minutes} phút rồi thử lại, hoặc hỏi tại quầy.",
            en=f"Too many wrong tries. Please wait {minutes} minutes and try again, or ask at the counter.",
        )
        self.retry_after = seconds


class NotRecognised(Refusal):
    """404 for a wrong code and for a wrong secret alike: nobody learns which codes exist."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(
            "not-recognised",
            vi="Mã hồ sơ hoặc mã tra cứu không đúng. Hãy xem lại cả hai trên giấy tiếp nhận.",
            en="The dossier's code or the secret is not right. Please check both on the receipt.",
        )
