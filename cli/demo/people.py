"""Made-up applicants: Vietnamese names that could be anybody's, identity numbers and addresses that are nobody's."""

import random
import unicodedata
from typing import Final

_FAMILY: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
_MIDDLE: Final = ("Văn", "Thị", "Đức", "Minh", "Ngọc", "Quang", "Thu", "Hữu")
_GIVEN: Final = (
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Hà",
    "Hạnh",
    "Khang",
    "Lan",
    "Mai",
    "Nam",
    "Phúc",
    "Quyên",
    "Sơn",
    "Tâm",
    "Uyên",
    "Yến",
)
_VILLAGE: Final = ("Thôn Đông", "Thôn Đoài", "Xóm Mới", "Tổ 3", "Tổ 7", "Khu phố 2")
_WITH_MAIL: Final = 0.7


def applicant(chance: random.Random) -> dict[str, str]:
    """As the API takes it. Seven of ten have an e-mail address; nearly all a telephone."""
    name = f"{chance.choice(_FAMILY)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}"
    number = chance.randrange(10**9)
    person = {
        "name": name,
        "identity_number": f"099{number:09d}",
        "address": f"{chance.choice(_VILLAGE)}, xã Mẫu, tỉnh Thanh Hà",
        "telephone": f"09{chance.randrange(10**8):08d}",
    }
    if chance.random() < _WITH_MAIL:
        person["email"] = f"{_plain(name)}.{number}@example.vn"
    return person


def _plain(name: str) -> str:
    """Without accents and spaces: `Đỗ Thị Yến` -> `dothiyen`."""
    bare = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(letter for letter in bare if letter.isascii() and letter.isalpha())
