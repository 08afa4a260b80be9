"""What the address of a leader's board asks for: a period by its name, a table by units, all of them or one."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, Query

from contracts.values import UnitId
from services.reporting.domain.period import Preset, preset
from services.reporting.domain.question import GroupBy, Question
from services.reporting.pages.choice import Address, Choice

TABLES: Final = (GroupBy.UNIT, GroupBy.COMPETENT)


@dataclass(frozen=True, slots=True)
class BoardAddress:
    """What a board is asked for; `href` is the address of one that differs in some way."""

    period: Preset
    by: GroupBy
    unit: str | None

    def choice(self, today: date) -> Choice:
        """The same in the words of the figures' pages, which list what a number counts."""
        question = Question(period=preset(self.period, today), unit=self.unit)
        return Choice(question, Address(preset=self.period, by=self.by, unit=self.unit), None, None)

    def href(self, page: str = "", **changes: object) -> str:
        query = {"preset": self.period, "by": self.by, "unit": self.unit} | changes
        return f"/reporting/board{page}?{urlencode({name: str(value) for name, value in query.items() if value is not None})}"


async def board_address(
    period: Annotated[Preset, Query(alias="preset")] = Preset.MONTH, by: GroupBy = GroupBy.UNIT, unit: UnitId | None = None
) -> BoardAddress:
    """A table that the board does not have is the one by receiving unit."""
    return BoardAddress(period, by if by in TABLES else GroupBy.UNIT, unit)


CurrentAddress = Annotated[BoardAddress, Depends(board_address)]
