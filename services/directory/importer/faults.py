"""What is wrong with the files of an import: each place in them, in words for the person who mends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from contracts.refusal import Refusal

MOST_NAMED: Final = 50


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Fault:
    """`line` counts from 1 as an editor does, the heading is line 1; 0 means the file as a whole, as does an empty `column`."""

    file: str
    line: int = 0
    column: str = ""
    vi: str
    en: str


class ImportRefused(Refusal):
    """Nothing was imported; `faults` in the order of the files, the first fifty of them."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            "import-refused",
            vi=f"Có {len(faults)} chỗ chưa đúng nên chưa nhập gì. Hãy sửa từng chỗ được nêu rồi nhập lại.",
            en=f"{len(faults)} places are not right, so nothing was imported. Mend each one that is named and import again.",
        )
        self.faults = sorted(faults)[:MOST_NAMED]
