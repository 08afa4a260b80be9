"""The number that a person is known by: its kind, the shape of that kind, and one way to write it.

A citizen's card has 12 digits (three for where the birth was registered, one for century and sex, two for the year of birth,
six by chance), the card before it 9; a tax code has 10 digits, 13 with its branch; passports have letters and digits. The kind
follows from the shape, unless it is said. What the digits of a card say may only raise a doubt: cards with odd numbers exist.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from contracts.text import compact


class IdentityKind(StrEnum):
    CITIZEN_CARD = "citizen_card"
    OLD_CARD = "old_card"
    PASSPORT = "passport"
    TAX_CODE = "tax_code"
    OTHER = "other"


# Any digit but zeros alone: what is typed to get past a field is no number.
_NUMBER: Final = "(?=[0-9]*[1-9])"
_SHAPES: Final = {
    IdentityKind.CITIZEN_CARD: re.compile(_NUMBER + r"[0-9]{12}"),
    IdentityKind.OLD_CARD: re.compile(_NUMBER + r"[0-9]{9}"),
    IdentityKind.TAX_CODE: re.compile(_NUMBER + r"[0-9]{10}(?:[0-9]{3})?"),
    IdentityKind.PASSPORT: re.compile(r"(?=[A-Z]*[0-9])(?=[0-9A-Z]*[1-9])[A-Z]{1,2}[0-9]{6,8}"),
}
# Of other countries: some have digits only, which no shape tells from a card.
_FOREIGN_PASSPORT: Final = re.compile(r"(?=.*[1-9])[A-Z0-9]{5,15}")
_OTHER: Final = re.compile(r"(?=.*[A-Z1-9])[A-Z0-9][A-Z0-9._:-]{3,39}")
_NOT_IN_NUMBERS: Final = re.compile(r"[^A-Z0-9._:-]")
_PUNCTUATION: Final = re.compile(r"[.,'/_:-]")

_HOW_IT_READS: Final = {
    IdentityKind.CITIZEN_CARD: ("số căn cước có 12 chữ số", "a citizen's card has 12 digits"),
    IdentityKind.OLD_CARD: ("số chứng minh nhân dân cũ có 9 chữ số", "an old identity card has 9 digits"),
    IdentityKind.TAX_CODE: ("mã số thuế có 10 hoặc 13 chữ số", "a tax code has 10 or 13 digits"),
    IdentityKind.PASSPORT: ("số hộ chiếu có 5 đến 15 chữ và số", "a passport has 5 to 15 letters and digits"),
    IdentityKind.OTHER: ("số giấy tờ khác có 4 đến 40 chữ và số", "another paper's number has 4 to 40 letters and digits"),
}
_ANY_KIND: Final = (
    "số căn cước có 12 chữ số, chứng minh nhân dân cũ 9, mã số thuế 10 hoặc 13, hộ chiếu như C1234567. Hãy xem lại, hoặc chọn"
    " loại giấy tờ / a citizen's card has 12 digits, an old identity card 9, a tax code 10 or 13, a passport reads like C1234567."
    " Check the number, or say what kind of paper it is"
)

# Below 100 stands the province of birth, as provinces were before they were joined; from 100 on another country.
_COUNTRIES_FROM: Final = 100
_NO_PROVINCE: Final = frozenset(
    {
        0,
        3,
        5,
        7,
        9,
        13,
        16,
        18,
        21,
        23,
        28,
        29,
        32,
        39,
        41,
        43,
        47,
        50,
        53,
        55,
        57,
        59,
        61,
        63,
        65,
        69,
        71,
        73,
        76,
        78,
        81,
        85,
        88,
    }
    | {90, *range(97, _COUNTRIES_FROM)}
)


@dataclass(frozen=True, slots=True)
class Identity:
    """`number` in its one form: capitals and digits."""

    kind: IdentityKind
    number: str

    @property
    def key(self) -> str:
        """What two people with the same digits on different papers do not share."""
        return self.number if self.kind is kind_of(self.number) else f"{self.kind}:{self.number}"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to look at again; nobody is refused for it."""

    vi: str
    en: str


def kind_of(number: str) -> IdentityKind:
    """By its shape; OTHER for what has none."""
    return next((kind for kind, shape in _SHAPES.items() if shape.fullmatch(number)), IdentityKind.OTHER)


def parse_identity(typed: str, kind: IdentityKind | None = None) -> Identity:
    """As a person gives it. Raises ValueError with what to do when it has not the shape of its kind, or of any."""
    if kind is IdentityKind.OTHER:
        number = _other_number(typed)
        right = _OTHER.fullmatch(number) is not None
    else:
        number = normal_number(typed)
        right = _has_shape(number, kind)
    if not right:
        raise ValueError(_ANY_KIND if kind is None else " / ".join(_HOW_IT_READS[kind]))
    return Identity(kind or kind_of(number), number)


def identity_as_kept(number: str, kind: IdentityKind | None = None) -> Identity:
    """Of a number that was taken in by other rules, or by somebody else's: nothing is refused, what has no shape is OTHER."""
    if kind is None or kind is IdentityKind.OTHER:
        plain = normal_number(number)
        if kind is None and kind_of(plain) is not IdentityKind.OTHER:
            return Identity(kind_of(plain), plain)
        return Identity(IdentityKind.OTHER, _other_number(number))
    plain = normal_number(number)
    return Identity(kind, plain) if _has_shape(plain, kind) else Identity(IdentityKind.OTHER, _other_number(number))


def possible_identities(typed: str) -> list[Identity]:
    """What a number that is searched for may be."""
    candidates = [Identity(kind, normal_number(typed)) for kind in _SHAPES if _has_shape(normal_number(typed), kind)]
    return [*candidates, Identity(IdentityKind.OTHER, _other_number(typed))]


def normal_number(typed: str) -> str:
    """`034.085.005.555`, `034 085 005 555` and digits in full width are one number."""
    return _PUNCTUATION.sub("", compact(typed))


def doubts(identity: Identity, today: date) -> list[Doubt]:
    """What the digits of a citizen's card say that can hardly be."""
    if identity.kind is not IdentityKind.CITIZEN_CARD:
        return []
    number, unlikely = identity.number, []
    if int(number[:3]) in _NO_PROVINCE:
        vi = f"Số căn cước bắt đầu bằng {number[:3]}, không phải mã của tỉnh nào. Hãy so lại với thẻ."
        unlikely.append(
            Doubt(vi, f"The card's number begins with {number[:3]}, which is no province's. Compare it with the card.")
        )
    year = 1900 + int(number[3]) // 2 * 100 + int(number[4:6])
    if year > today.year:
        vi = f"Theo số căn cước, người này sinh năm {year}. Hãy so lại với thẻ."
        unlikely.append(Doubt(vi, f"By the card's number this person is born in {year}. Compare it with the card."))
    return unlikely


def _other_number(typed: str) -> str:
    """Its punctuation may tell numbers apart; what no number has becomes a hyphen."""
    return _NOT_IN_NUMBERS.sub("-", compact(typed)).lstrip("-._:")


def _has_shape(number: str, kind: IdentityKind | None) -> bool:
    if kind is None:
        return kind_of(number) is not IdentityKind.OTHER
    if kind is IdentityKind.PASSPORT:
        return _FOREIGN_PASSPORT.fullmatch(number) is not None
    return _SHAPES[kind].fullmatch(number) is not None
