"""How a local command ends: one exit code per kind of ending, and one sentence in each language.

The codes are part of the documented surface. Scripts tell the endings apart by them, people by the sentence,
so a code is never given a second meaning.
"""

import enum
import os
from typing import Literal

Language = Literal["vi", "en", "both"]


class ExitCode(enum.IntEnum):
    """What the process leaves behind; 1 (a difference found, or an uncaught error) and 2 (usage) are the customary ones."""

    OK = 0
    DIFFERENCE = 1
    USAGE = 2
    NOT_RUNNING = 3
    ALREADY_RUNNING = 4
    PORT_TAKEN = 5
    NO_NETWORK = 6
    PROCESS_KEEPS_DYING = 7
    NOT_READY_IN_TIME = 8
    UNKNOWN_PROCESS = 9
    MACHINE_UNFIT = 10
    REFUSED_BY_SERVICE = 11
    MIGRATION_FAILED = 12


class Stopped(Exception):  # noqa: N818 - an ending with a reason, not a fault of the program
    """The command cannot go on, and can say why to a person."""

    def __init__(self, code: ExitCode, *, vi: str, en: str, detail: str = "") -> None:
        super().__init__(en)
        self.code = code
        self.vi = vi
        self.en = en
        self.detail = detail


def language() -> Language:
    """`MOTCUA_LANG=vi` or `en` chooses one language; both are shown otherwise, Vietnamese first."""
    match os.environ.get("MOTCUA_LANG", "").lower()[:2]:
        case "vi":
            return "vi"
        case "en":
            return "en"
        case _:
            return "both"


def worded(vi: str, en: str) -> str:
    """The sentence in the languages chosen; Vietnamese stands above English."""
    match language():
        case "vi":
            return vi
        case "en":
            return en
        case _:
            return f"{vi}\n{en}"
