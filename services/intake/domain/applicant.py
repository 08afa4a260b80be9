"""The applicant: who hands in, how they are reached, what the post must know to find them. It enters no dossier fact."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from contracts.given import GivenTelephone, GivenText
from contracts.identity import Identity, IdentityKind, identity_as_kept, parse_identity
from contracts.intake import ContactV1
from contracts.post import RecipientV1
from contracts.refusal import Refusal
from contracts.values import Email, Identifier, Language, Telephone, Text, Value


def _as_searched(typed: object) -> object:
    return identity_as_kept(typed).number if isinstance(typed, str) else typed


SearchedNumber = Annotated[Identifier, BeforeValidator(_as_searched)]
"""Whatever may be kept; nothing is refused for having no shape."""


def _of_its_kind(typed: object, info: ValidationInfo) -> object:
    """A kind that is none is named at its own field."""
    if isinstance(typed, str) and "identity_kind" in info.data:
        return parse_identity(typed, info.data["identity_kind"]).number
    return typed


GivenNumber = Annotated[Identifier, BeforeValidator(_of_its_kind)]
"""In a model that has `identity_kind` before it."""
_KIND: Final = Field(default=None, description="by the shape of the number, if not given")


class Forgotten(Refusal):
    """The person asked to be forgotten, or their row is gone: what needs them cannot be done any more."""

    def __init__(self) -> None:
        super().__init__(
            "applicant-forgotten",
            vi="Thông tin người nộp của hồ sơ này đã được xóa.",
            en="The applicant of this dossier has been forgotten.",
        )


class Applicant(Value):
    """As kept: what was taken in by other rules stays readable, and its number and telephone are read in today's form."""

    name: Text
    identity_kind: IdentityKind | None = _KIND
    identity_number: Identifier
    address: Text
    telephone: Telephone | None = None
    email: Email | None = None
    language: Language = "vi"

    @model_validator(mode="before")
    @classmethod
    def _read_identity(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and isinstance(given.get("identity_number"), str):
            kind = given.get("identity_kind")
            known = IdentityKind(kind) if isinstance(kind, str) and kind in set(IdentityKind) else None
            identity = cls._identity_of(given["identity_number"], known)
            if identity is not None and (kind is None or known is not None):
                return {**given, "identity_number": identity.number, "identity_kind": identity.kind}
        return given

    @classmethod
    def _identity_of(cls, number: str, kind: IdentityKind | None) -> Identity | None:
        return identity_as_kept(number, kind)

    @property
    def identity(self) -> Identity:
        return Identity(self.identity_kind or IdentityKind.OTHER, self.identity_number)

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


class GivenApplicant(Applicant):
    """As somebody gives it at a door: what cannot be right is refused while they are there."""

    name: GivenText
    identity_number: GivenNumber
    address: GivenText
    telephone: GivenTelephone | None = None

    @classmethod
    def _identity_of(cls, number: str, kind: IdentityKind | None) -> Identity | None:
        """None where the field itself says what is wrong."""
        try:
            return parse_identity(number, kind)
        except ValueError:
            return None
