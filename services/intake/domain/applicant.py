"""The applicant: who hands in, how they are reached, what the post must know to find them. It enters no dossier fact."""

from typing import Annotated

from pydantic import BeforeValidator

from contracts.intake import ContactV1, RecipientV1
from contracts.refusal import Refusal
from contracts.values import Email, Identifier, Language, Telephone, Text, Value


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
    language: Language = "vi"

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
