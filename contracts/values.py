"""Value types that cross a boundary. Each refuses what a database or a reader could not hold.

PostgreSQL refuses NUL in text and integers beyond 64 bits, and one such value would sink its whole batch:
so `Text` and `Count` refuse them here, where the sender still learns of it. Texts become NFC: `ễ` is spelt in one way.
What is taken in at a door has to be more than that: `contracts.given`.
"""

import re
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from typing import Annotated, Final, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from contracts.text import compact, normal_text

CIVIL_TIME: Final = ZoneInfo("Asia/Ho_Chi_Minh")

_PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, pattern=_PRINTABLE, strip_whitespace=True),
    BeforeValidator(normal_text),
]
LongText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4000, pattern=_PRINTABLE, strip_whitespace=True),
    BeforeValidator(normal_text),
]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$")]
Count = Annotated[int, Field(ge=0, lt=2**31)]
Dong = Annotated[int, Field(ge=0, le=10**15, description="Vietnamese đồng, whole")]
EARLIEST_MOMENT: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST_MOMENT: Final = datetime(2200, 1, 1, tzinfo=UTC)


def check_moment(moment: datetime) -> datetime:
    """What no zone and no database carries past the ends of its calendar; raises ValueError.

    PostgreSQL keeps `9999-12-31T23:59-12:00` and psycopg cannot read it back, so its row could not be loaded any more.
    """
    if not EARLIEST_MOMENT <= moment < LATEST_MOMENT:
        raise ValueError("thời điểm phải từ năm 1900 đến năm 2199 / a moment must lie in the years 1900 to 2199")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(check_moment)]


Language = Literal["vi", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
"""Vietnamese first; whatever a person reads exists in each."""


class Lane(StrEnum):
    """The tier of the unit at whose door a dossier came in. A dossier keeps its lane for life."""

    PROVINCE = "province"
    DISTRICT = "district"
    POST = "post"


class Tier(StrEnum):
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    POSTAL = "postal"

    @property
    def lane(self) -> Lane:
        return {Tier.PROVINCE: Lane.PROVINCE, Tier.POSTAL: Lane.POST}.get(self, Lane.DISTRICT)


class Channel(StrEnum):
    """By which door a dossier came in (form II.06a tells online from direct and postal)."""

    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"


class HandOver(StrEnum):
    """How the citizen wants the result."""

    COUNTER = "counter"
    POST = "post"


class Role(StrEnum):
    CLERK = "clerk"
    OFFICER = "officer"
    LEADER = "leader"
    ADMIN = "admin"
    OPERATOR = "operator"


class GuidanceKind(StrEnum):
    IN_PERSON = "in_person"
    CALL_IN = "call_in"
    CALL_OUT = "call_out"


class Outcome(StrEnum):
    """What the competent unit decided."""

    GRANTED = "granted"
    DECLINED = "declined"


class WithdrawalReason(StrEnum):
    """Why a dossier is taken back. No free words: who is meant stands in the dossier."""

    APPLICANT = "applicant"
    DUPLICATE = "duplicate"


class PortalStatus(IntEnum):
    """The national portal's published statuses; the numbers are its own."""

    SUBMITTED = 1
    ACCEPTED = 2
    REFUSED = 3
    IN_PROCESS = 4
    SUPPLEMENT_OWED = 5
    PAYMENT_OWED = 6
    WITHDRAWN = 7
    STOPPED = 8
    DECIDED = 9
    HANDED_OVER = 10


class Value(BaseModel):
    """A frozen value; unknown fields are ignored, so that a newer publisher may add optional ones."""

    model_config = ConfigDict(frozen=True, extra="ignore")


# --- unit ids and dossier codes -------------------------------------------------------------------------

_UNIT = re.compile(r"^[A-Z0-9]{2,3}(?:\.[A-Z0-9]{2,3}){1,4}$")
_ROOT = re.compile(r"^[A-Z][0-9]{2}$")


def check_unit_id(text: str) -> str:
    """Both living shapes: leaf first (`000.00.16.H26`) and root first (`H15.50.05.13`)."""
    parts = text.split(".")
    if not _UNIT.fullmatch(text) or not (_ROOT.fullmatch(parts[0]) or _ROOT.fullmatch(parts[-1])):
        raise ValueError(
            "mã đơn vị phải như 000.00.16.H26 hoặc H15.50.05.13 / a unit id reads like 000.00.16.H26 or H15.50.05.13"
        )
    return text


UnitId = Annotated[str, StringConstraints(max_length=24), AfterValidator(check_unit_id)]

_CODE = re.compile(r"^(?P<unit>[A-Z0-9.]{5,24})-(?P<day>[0-9]{6})-(?P<number>[0-9]{4,12})$")


def mint_code(unit: str, accepted_on: date, number: int, width: int = 4) -> str:
    """`<unit>-<yymmdd>-<sequence>`: provinces pad to four digits, ministries to six or seven; more than fit still mint."""
    return f"{unit}-{accepted_on:%y%m%d}-{number:0{width}d}"


def check_code(text: str) -> str:
    match = _CODE.fullmatch(text)
    if match is None:
        raise ValueError("mã hồ sơ phải như 000.00.16.H26-260218-0001 / a dossier code reads like 000.00.16.H26-260218-0001")
    check_unit_id(match["unit"])
    datetime.strptime(match["day"], "%y%m%d").replace(tzinfo=CIVIL_TIME)
    return text


class CodeParts(NamedTuple):
    """Of a dossier code: whose it is, of which civil day, and the number."""

    unit: str
    day: date
    number: int


def code_parts(code: str) -> CodeParts:
    """Raises ValueError where it is none."""
    match = _CODE.fullmatch(check_code(code))
    assert match is not None  # noqa: S101 -- it was checked
    day = datetime.strptime(match["day"], "%y%m%d").replace(tzinfo=CIVIL_TIME).date()
    return CodeParts(match["unit"], day, int(match["number"]))


DossierCode = Annotated[str, StringConstraints(max_length=48), AfterValidator(check_code)]
ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[0-9]\.[0-9]{6}(?:\.[A-Z0-9]{2,3}){0,4}$", max_length=30)]

# --- people ---------------------------------------------------------------------------------------------

_TELEPHONE = re.compile(r"^\+84[0-9]{8,10}$")


def normal_telephone(text: str) -> str:
    """`0912 345 678`, `84912345678`, `+84 0912 345 678` and `+84 912.345.678` are one number: `+84912345678`."""
    digits = re.sub(r"[.\-()/]", "", compact(text))
    if digits.startswith("0"):
        digits = "+84" + digits[1:]
    elif digits.startswith("84"):
        digits = "+" + digits
    # Who writes the country often leaves the zero that it stands for.
    digits = re.sub(r"^\+840+(?=[1-9][0-9]{7,9}$)", "+84", digits)
    if not _TELEPHONE.fullmatch(digits):
        raise ValueError("số điện thoại phải như 0912345678 / a telephone number reads like 0912345678")
    return digits


Telephone = Annotated[str, StringConstraints(max_length=20), AfterValidator(normal_telephone)]
Email = Annotated[
    str,
    StringConstraints(max_length=254, pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$"),
]


def masked_email(address: str) -> str:
    """`nguyen.van.a@example.vn` is shown as `n***@example.vn`: enough to recognise, too little to write to."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
