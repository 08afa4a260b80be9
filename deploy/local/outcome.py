"""How a local command ends: one exit code per kind of ending, and one sentence in each language.

The codes are part of the documented surface. Scripts tell the endings apart by them, people by the sentence,
so a code is never given a second meaning.
"""

import enum
import os
from typing import Literal

Language = Literal["vi", "en", "both"]


class ExitCode(enum.IntEnum):
    """What the process leaves behind.

    Customary: 1 (a difference found, or a fault of ours), 2 (usage), 69 (a registry out of reach, as `make` has it),
    130 (interrupted before it was ready).
    """

    OK = 0
    DIFFERENCE = 1
    USAGE = 2
    NOT_RUNNING = 3
    ALREADY_RUNNING = 4
    PORT_TAKEN = 5
    PROCESS_KEEPS_DYING = 6
    NOT_READY_IN_TIME = 7
    UNKNOWN_PROCESS = 8
    MACHINE_UNFIT = 9
    REFUSED_BY_SERVICE = 10
    MIGRATION_FAILED = 11
    NO_NETWORK = 69
    INTERRUPTED = 130


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
