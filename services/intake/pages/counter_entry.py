"""What was sent from the counter, as it is meant: words of a procedure as its code, a scanned card as its number."""

from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel
from starlette.datastructures import FormData

from contracts.identity_card import IdentityCard, scanned_card
from services.intake.pages.procedure_field import ProcedureField
from web.forms import Form, read_fields
from web.languages import Texts

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterEntry:
    """`card`: what a scanner typed into the field of the number, None for a number that a person typed."""

    fields: FormData
    procedure: ProcedureField
    card: IdentityCard | None

    @property
    def is_to_be_shown_first(self) -> bool:
        """Nobody has seen yet whom the card names, or which procedures have these words: nothing is received by it."""
        return self.card is not None or bool(self.procedure.words and not self.procedure.code)

    def form(self, model: type[M], texts: Texts) -> Form[M]:
        return read_fields(self.fields, model, texts)


def read_entry(sent: FormData, procedure: ProcedureField) -> CounterEntry:
    number = sent.get("identity_number")
    card = scanned_card(number) if isinstance(number, str) else None
    meant = {"procedure": procedure.code or procedure.words}
    if card is not None:
        meant |= {"identity_number": card.number, "identity_kind": ""}
    others = [(name, value) for name, value in sent.multi_items() if name not in meant]
    return CounterEntry(fields=FormData([*others, *meant.items()]), procedure=procedure, card=card)
