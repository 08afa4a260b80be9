"""The applicant: sealed on the way into the database, opened for those who may see, described to notify and to the post.

Nothing of this enters a dossier fact.
"""

import hmac
from typing import Annotated, Literal

from pydantic import BeforeValidator

from contracts.intake import ContactV1, RecipientV1
from contracts.refusal import Refusal
from contracts.values import Email, Identifier, Telephone, Text, Value
from services.intake.domain.codes import new_secret, read_secret
from services.intake.domain.dossier import SealedPerson
from services.intake.keys import Keys


def _without_blanks(value: object) -> object:
    return "".join(value.split()).upper() if isinstance(value, str) else value


IdentityNumber = Annotated[Identifier, BeforeValidator(_without_blanks)]


class Forgotten(Refusal):
    """The person asked to be forgotten, or their row is gone: what needs them cannot be done any more."""

    def __init__(self) -> None:
        super().__init__(
            "applicant-forgotten",
            vi="Thông tin người nộp của hồ sơ này đã được xóa.",
            en="The applicant of this dossier has been forgotten.",
        )


class Applicant(Value):
    name: Text
    identity_number: IdentityNumber
    address: Text
    telephone: Telephone | None = None
    email: Email | None = None
    language: Literal["vi", "en"] = "vi"

    @property
    def dialled(self) -> str | None:
        """The telephone number as it is dialled here: `0912345678`."""
        return self.telephone and self.telephone.replace("+84", "0", 1)

    def contact(self) -> ContactV1 | None:
        """How to reach them; None when there is no way to write or call."""
        if self.email is None and self.telephone is None:
            return None
        return ContactV1(name=self.name, email=self.email, telephone=self.telephone, language=self.language)

    def recipient(self) -> RecipientV1:
        return RecipientV1(name=self.name, address=self.address, telephone=self.telephone)


def seal(keys: Keys, dossier: str, applicant: Applicant) -> SealedPerson:
    """For a new dossier, with a new secret."""
    secret = new_secret()
    telephone = applicant.telephone
    return SealedPerson(
        sealed=keys.seal(dossier, applicant.model_dump_json(exclude_none=True).encode()),
        identity_index=identity_index(keys, applicant.identity_number),
        telephone_index=None if telephone is None else telephone_index(keys, telephone),
        secret_sealed=keys.seal(_secret_of(dossier), secret.encode()),
        secret_index=secret_index(keys, dossier, secret),
        contact=applicant.contact(),
    )


def open_applicant(keys: Keys, dossier: str, sealed: bytes) -> Applicant:
    return Applicant.model_validate_json(keys.open(dossier, sealed))


def open_secret(keys: Keys, dossier: str, sealed: bytes) -> str:
    return keys.open(_secret_of(dossier), sealed).decode()


def is_secret(keys: Keys, dossier: str, typed: str, kept: bytes) -> bool:
    return hmac.compare_digest(secret_index(keys, dossier, typed), kept)


def secret_index(keys: Keys, dossier: str, typed: str) -> bytes:
    return keys.index("secret", f"{dossier}:{read_secret(typed)}")


def identity_index(keys: Keys, number: str) -> bytes:
    return keys.index("identity", number)


def telephone_index(keys: Keys, telephone: str) -> bytes:
    return keys.index("telephone", telephone)


def recipient_for_post(keys: Keys, applicant: Applicant) -> str:
    return keys.for_post(applicant.recipient().model_dump_json(exclude_none=True).encode())


def _secret_of(dossier: str) -> str:
    return f"{dossier}/secret"
