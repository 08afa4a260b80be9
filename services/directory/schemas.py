"""What the API takes and answers. Reference data goes out as it is published: the events of contracts are its schemas."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from contracts.directory import CalendarV1, CompetenceV1, ProcedureVersionV1, StaffV1, UnitV1
from contracts.given import GivenLongText
from contracts.text import compact, normal_text
from contracts.values import ProcedureCode, Value
from services.directory.domain.passwords import LONGEST, SHORTEST
from web.problems import FieldProblem, Problem

MOST_FILES: Final = 20


def _as_user_name(typed: object) -> object:
    return compact(typed).lower() if isinstance(typed, str) else typed


class SignIn(Value):
    """A user name in full-width letters, or a password with `ễ` spelt in parts, is what another keyboard makes of the same."""

    username: Annotated[str, Field(min_length=1, max_length=80), BeforeValidator(_as_user_name)]
    password: Annotated[str, Field(min_length=1, max_length=200), BeforeValidator(normal_text)]
    code: Annotated[str, Field(max_length=60)] = Field(
        default="", description="six digits of the second factor, or a code on paper"
    )


class FactorOffer(Value):
    """A secret to be put into an app; `address` is what its picture says, `sealed` comes back with the first digits."""

    sealed: str
    secret: str
    address: str


class EnrolmentConfirmed(SignIn):
    """`code`: what the app makes of the secret that was offered."""

    sealed: Annotated[str, Field(min_length=1, max_length=1000)]
    code: Annotated[str, Field(min_length=1, max_length=60)]


class FactorEnrolled(Value):
    """`codes`: to be kept on paper, each good once; they are kept nowhere else. `token` as of a sign-in."""

    codes: list[str]
    token: str
    expires_at: datetime


class FactorRemoved(Value):
    """Why it is removed; that goes into the log with who did it."""

    why: GivenLongText


class NewPassword(SignIn):
    """The old password proves who it is; a one-time password does as well."""

    new_password: Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST), BeforeValidator(normal_text)]


class ChosenPassword(NewPassword):
    """As the page asks: twice, since nobody sees what they type."""

    new_password_again: Annotated[str, Field(min_length=1, max_length=LONGEST), BeforeValidator(normal_text)]

    @field_validator("new_password_again")
    @classmethod
    def _alike(cls, again: str, others: ValidationInfo) -> str:
        if again != others.data.get("new_password", again):
            raise ValueError(
                "Hai lần gõ mật khẩu mới không giống nhau. Hãy gõ lại / The new password was typed in two ways. Type it again"
            )
        return again


class OneTimePassword(Value):
    """To be handed to the person; shown once and kept nowhere. `until`: it opens nothing later."""

    id: str
    version: int
    password: str
    until: datetime


class Token(Value):
    """To be sent as `Authorization: Bearer`; good for one shift."""

    token: str
    expires_at: datetime


class ImportFiles(Value):
    """File name -> content. The files and their columns are described in deploy/sample/README.md."""

    files: Annotated[dict[str, str], Field(min_length=1, max_length=MOST_FILES)]


class Imported(Value):
    """How many entities of each kind were new or different, and how many were as they stood."""

    changed: dict[str, int]
    unchanged: dict[str, int]


class FaultProblem(FieldProblem):
    """A fault with its place: `line` counts from 1, 0 is the file as a whole; `field` is `file:line:column`."""

    file: str
    line: int
    column: str


class ImportProblem(Problem):
    """The problem with every fault of the files, the first fifty of them."""

    errors: list[FaultProblem]  # type: ignore[assignment]  # a list that nobody adds to


class Units(Value):
    units: list[UnitV1]


class Calendars(Value):
    calendars: list[CalendarV1]


class ProcedureInForce(ProcedureVersionV1):
    """The version in force, without its competences: those stand in the procedure itself."""

    code: ProcedureCode
    competences: list[CompetenceV1] = Field(default_factory=list, exclude=True)


class Procedures(Value):
    procedures: list[ProcedureInForce]


class ListedPerson(StaffV1):
    """`version` is what If-Match takes."""

    version: int


class StaffList(Value):
    """`next` is the cursor of the page behind this one, null on the last."""

    staff: list[ListedPerson]
    next: str | None


class AccountState(Value):
    id: str
    active: bool
    version: int


class OpenSession(Value):
    """`here`: the one that asks. Nothing else is kept of a sign-in."""

    id: str
    by_program: bool
    since: datetime
    until: datetime
    here: bool


class OpenSessions(Value):
    """The newest first."""

    sessions: list[OpenSession]


class VoucherGiven(Value):
    """What a root key of the installation has signed about a key (JWS, see `web/vouchers.py`)."""

    voucher: Annotated[str, Field(min_length=1, max_length=2048)]


class KeyState(Value):
    kid: str
    version: int


class ListedKey(KeyState):
    """`signs`: new tokens are signed with it. Without `vouched` no service takes it for anything."""

    voucher: str | None
    signs: bool
    vouched: bool = False
    since: datetime | None = None
    until: datetime | None = None
    revoked: bool = False


class SigningKeys(Value):
    """The newest first."""

    keys: list[ListedKey]


class Confirmed(Value):
    """How many entities of each kind a confirmed change has changed."""

    changed: dict[str, int]


class DifferenceLine(Value):
    """A part of a value is `{"text": ...}` as typed, or `{"word": ...}`, the key of a word. null: nothing stands there."""

    path: list[str]
    before: list[dict[str, str]] | None
    after: list[dict[str, str]] | None


class EntityDifference(Value):
    kind: str
    id: str
    name: str
    is_new: bool
    lines: list[DifferenceLine]


class ProposedDifference(Value):
    """What the files would change; `id` is confirmed within the hour, by the same person."""

    id: str
    changes: list[EntityDifference]


class PastDifference(EntityDifference):
    """`by`: a person's id; `left_out`: how many lines more there were."""

    at: datetime
    by: str
    by_name: str | None
    left_out: int


class History(Value):
    """The newest first; `next` is the cursor of the page behind this one."""

    changes: list[PastDifference]
    next: str | None
