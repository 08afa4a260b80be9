"""What the counter's page was opened for: unit, procedure and person. What was filled in or typed for one person never serves
another, and papers ticked for one procedure never serve another.

The page carries it in hidden fields. Opened for another person, it keeps nothing of the one before; accepted for another, it
is refused with both numbers shown.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, Field

from contracts.identity import Identity, IdentityKind, identity_as_kept
from contracts.identity_card import IdentityCard
from contracts.refusal import Invalid
from services.intake.domain.applicant import Applicant

Values = Mapping[str, str | list[str]]
# All other fields were filled in, typed or ticked for the person on the page.
_WHOEVER_IT_IS: Final = ("unit", "procedure", "identity_number", "identity_kind")


class OpenedForAnother(Invalid):
    """`key` is that of the number in the form now, `opened_key` that of the number whose fields they are."""

    def __init__(self, key: str, opened_key: str) -> None:
        number, opened = (text.rpartition(":")[2] for text in (key, opened_key))
        super().__init__(
            "opened-for-another",
            vi=f"Các ô dưới đây đã mở cho số {opened}, nhưng số đang ghi là {number}. "
            f"Hãy bấm “Mở lại” để lấy thông tin của {number}, hoặc ghi lại {opened}.",
            en=f"The fields below were opened for {opened}, but the number is now {number}. "
            f"Press “Show again” for the details of {number}, or enter {opened} again.",
            field="identity_number",
        )


class OtherPapers(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "opened-for-another-procedure",
            vi="Thủ tục hoặc nơi tiếp nhận vừa được đổi. Dưới đây là giấy tờ của lựa chọn mới: hãy đánh dấu rồi tiếp nhận.",
            en="The procedure or the receiving unit was changed. Below are the papers of the new choice: tick them, then accept.",
            field="papers",
        )


class Opened(BaseModel):
    """As the page sends it back. `opened_number`: the key of an identity. `others_shown`: the ids of this person's other dossiers
    that it showed.
    """

    opened_unit: str = ""
    opened_procedure: str = ""
    opened_number: str = ""
    others_shown: list[str] = Field(default_factory=list)

    def is_another(self, number: str) -> bool:
        """Another person than the page was opened for, if it was for anybody."""
        return self.opened_number not in ("", number)

    def kept(self, values: Values, number: str) -> dict[str, str | list[str]]:
        """What stays of the form when it is opened for this person and what is chosen now."""
        if self.is_another(number):
            return {name: values[name] for name in _WHOEVER_IT_IS if name in values}
        return self.without_other_papers(values)

    def without_other_papers(self, values: Values) -> dict[str, str | list[str]]:
        same = values.get("procedure", "") == self.opened_procedure
        return {name: value for name, value in values.items() if same or name != "papers"}

    def require(self, values: Values, number: str) -> None:
        """Raises OpenedForAnother and OtherPapers, where the page was opened for something else than is sent now."""
        if number and self.is_another(number):
            raise OpenedForAnother(number, self.opened_number)
        if (self.opened_unit, self.opened_procedure) != (values.get("unit", ""), values.get("procedure", "")):
            raise OtherPapers


def typed_identity(values: Values) -> Identity | None:
    """Of what was typed so far, right or not; None for nothing."""
    number, kind = values.get("identity_number"), values.get("identity_kind")
    if not isinstance(number, str) or not number.strip():
        return None
    return identity_as_kept(number, IdentityKind(kind) if kind in set(IdentityKind) else None)


def filled_in(values: Values, known: Applicant) -> dict[str, str | list[str]]:
    """The form with what is known of the person, under what was typed. Somebody of another name gets nothing of it."""
    if not is_their_name(values, known):
        return dict(values)
    own = known.model_dump(exclude_none=True, exclude={"identity_number"}) | (
        {"telephone": known.dialled} if known.dialled else {}
    )
    return own | {name: value for name, value in values.items() if value and name != "language"}


def with_card(values: Values, card: IdentityCard) -> dict[str, str | list[str]]:
    """The form with what a scanned card says, under what was typed. Somebody of another name gets nothing of it."""
    if not is_their_name(values, card):
        return dict(values)
    return {"name": card.name, "address": card.address} | {name: value for name, value in values.items() if value}


def is_their_name(values: Values, person: Applicant | IdentityCard) -> bool:
    typed = values.get("name") or person.name
    return isinstance(typed, str) and _folded(typed) == _folded(person.name)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
