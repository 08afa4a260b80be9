"""What is taken in at a door: from a form, over an API, from a file.

It is stricter than what events carry and rows hold: kept data must stay readable for ever, and at a door there is somebody to
say it to.
"""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator

from contracts.references import read_reference
from contracts.text import visible_line, visible_lines
from contracts.values import Identifier, LongText, Telephone, Text

# Mobile numbers have ten digits, landlines eleven with their area; the subscriber's seven digits are never all zeros.
_DIALLED: Final = re.compile(r"\+84(?:[35789][0-9]{8}|2[0-9]{9})(?<!0{7})")


def _as_quoted(typed: object) -> object:
    return read_reference(typed) if isinstance(typed, str) else typed


def dialled_telephone(number: str) -> str:
    """One that can be called from here; raises ValueError."""
    if not _DIALLED.fullmatch(number):
        raise ValueError(
            "số di động có 10 chữ số như 0912345678, số cố định có 11 chữ số như 02438241234"
            " / a mobile number has 10 digits like 0912345678, a landline 11 like 02438241234"
        )
    return number


GivenText = Annotated[Text, AfterValidator(visible_line)]
"""A name, an address, a title: one line, all of it visible."""
GivenLongText = Annotated[LongText, AfterValidator(visible_lines)]
GivenReference = Annotated[Identifier, BeforeValidator(_as_quoted)]
"""A code or submission number in an address, as somebody copied it."""
GivenTelephone = Annotated[Telephone, AfterValidator(dialled_telephone)]
