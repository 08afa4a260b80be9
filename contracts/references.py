"""What citizens quote to find a dossier, read as people give it: its code, its submission number, the secret of its receipt.

From paper, over the telephone, or copied from a message: with blanks or characters that nobody sees, with any hyphen or none,
in lower case, O for 0. What has not the shape at all can be said to be a slip, before it is compared with anything.
"""

import re
from typing import Final

from contracts.refusal import Invalid
from contracts.text import compact, is_hyphen
from contracts.values import check_code

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that what is read aloud or typed from paper comes out right."""
SECRET_LENGTH: Final = 8
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_SUBMISSION: Final = re.compile(rf"S([0-9]{{6}})([{ALPHABET}]{{5}})([{ALPHABET}]{{5}})")
_CODE_TAIL: Final = re.compile(r"-?([0-9OIL]{6})-([0-9OIL]{4,12})")
_SECRET: Final = re.compile(rf"[{ALPHABET}]{{{SECRET_LENGTH}}}")


class MalformedReference(Invalid):
    """Nothing can have such a code: a slip, and no guess."""

    def __init__(self, field: str = "code") -> None:
        super().__init__(
            "malformed-reference",
            vi="Mã hồ sơ như 000.00.16.H26-260218-0001, số nộp như S260218-4F7QX-0ZK2M. Hãy xem lại trên giấy và gõ lại.",
            en="A dossier code reads like 000.00.16.H26-260218-0001, a submission number like S260218-4F7QX-0ZK2M. "
            "Please look at the paper and type it again.",
            field=field,
        )


class MalformedSecret(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "malformed-secret",
            vi="Mã bí mật có 8 chữ và số, như 7K3Q-9XAB. Hãy xem lại trên giấy và gõ lại.",
            en="A secret has 8 letters and digits, like 7K3Q-9XAB. Please look at the paper and type it again.",
            field="secret",
        )


def read_reference(typed: str) -> str:
    """A code or submission number in the form in which it is kept; what is neither comes back without blanks, in capitals."""
    text = compact(typed)
    return _submission_number(text) or _code(text) or _code(_blanks_as_hyphens(typed)) or text


def parse_reference(typed: str, field: str = "code") -> str:
    """The same, for what can be nothing else. Raises MalformedReference."""
    text = compact(typed)
    reference = _submission_number(text) or _code(text) or _code(_blanks_as_hyphens(typed))
    if reference is None:
        raise MalformedReference(field)
    return reference


def read_secret(typed: str) -> str:
    """In the one form that is hashed: letters and digits only, O and I read as 0 and 1."""
    return "".join(letter for letter in compact(typed) if letter.isalnum()).translate(_READ_AS)


def parse_secret(typed: str) -> str:
    """The same, of the right length. Raises MalformedSecret."""
    secret = read_secret(typed)
    if not _SECRET.fullmatch(secret):
        raise MalformedSecret
    return secret


def _submission_number(text: str) -> str | None:
    match = _SUBMISSION.fullmatch(text[:1] + text[1:].replace("-", "").translate(_READ_AS))
    return match and f"S{match[1]}-{match[2]}-{match[3]}"


def _code(text: str) -> str | None:
    """The digits of day and number read generously, the unit's id as it is: that may hold letters."""
    match = re.fullmatch(rf"([A-Z0-9.]+){_CODE_TAIL.pattern}", text)
    if match is None:
        return None
    try:
        return check_code(f"{match[1]}-{match[2].translate(_READ_AS)}-{match[3].translate(_READ_AS)}")
    except ValueError:
        return None


def _blanks_as_hyphens(typed: str) -> str:
    """`000.00.16.H26 260218 0001`, for who reads the hyphens as gaps."""
    spaced = "".join(" " if is_hyphen(letter) else letter for letter in typed)
    return compact("-".join(spaced.split()))
