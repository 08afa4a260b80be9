"""The counter's field for the procedure: its code, its title, or words of it as people type them. One match is chosen; of several
the clerk chooses; nothing else ever is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from contracts.refusal import Invalid
from contracts.search_words import folded, is_match
from services.intake.queries.choices import Named, ProcedureChoices

MOST: Final = 8
"""Offered at a time: what is on the screen without scrolling."""
_CODE: Final = re.compile(r"[0-9]\.[0-9]{6}(?:\.[A-Z0-9]{2,3})*")


class NoSuchWords(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "no-procedure-of-these-words",
            vi="Không có thủ tục nào tại đây mang các chữ này. Hãy gõ chữ khác trong tên thủ tục.",
            en="No procedure here has these words. Type other words of its title.",
            field="procedure",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureField:
    """`words`: as typed; `code`: the one that is meant, empty while none is; `offered`: to choose from; `unmatched`: nothing has
    these words.
    """

    words: str = ""
    code: str = ""
    offered: Sequence[Named] = ()
    unmatched: bool = False


def read_procedure(typed: str, opened: str, choices: ProcedureChoices) -> ProcedureField:
    """`opened`: the code that the page was opened for, which its own title stands for."""
    if not typed:
        return ProcedureField(offered=_lately(choices))
    if _CODE.fullmatch(typed):
        return ProcedureField(words=typed, code=typed)
    same = [code for code, title in choices.received if folded(title) == folded(typed)]
    if opened in same:
        return ProcedureField(words=typed, code=opened)
    matches = [(code, title) for code, title in choices.received if code in same or is_match(typed, title)]
    if len(same) == 1 or len(matches) == 1:
        return ProcedureField(words=typed, code=(same or [matches[0][0]])[0])
    lately_first = sorted(matches, key=lambda named: _rank(named[0], choices.lately))
    return ProcedureField(words=typed, offered=lately_first[:MOST], unmatched=not matches)


def _lately(choices: ProcedureChoices) -> list[Named]:
    titles = dict(choices.received)
    return [(code, titles[code]) for code in choices.lately if code in titles][:MOST]


def _rank(code: str, lately: Sequence[str]) -> int:
    return lately.index(code) if code in lately else len(lately)
