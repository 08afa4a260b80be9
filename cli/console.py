"""What a command says to people: Vietnamese and English, one of them with `MOTCUA_LANG=vi` or `en`.

Results go to standard output, everything about the way there to standard error: `--json` output stays clean.
"""

from rich.console import Console

from deploy.local.outcome import Stopped, language, worded

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def say(vi: str, en: str) -> None:
    err.print(worded(vi, en), markup=False, soft_wrap=True)


def inline(vi: str, en: str) -> str:
    """Both languages on one line, for labels."""
    return f"{vi} / {en}" if language() == "both" else worded(vi, en)


def report(stopped: Stopped) -> None:
    """Why a command could not go on; its detail, if any, last."""
    err.print(worded(stopped.vi, stopped.en), style="bold red", markup=False, soft_wrap=True)
    if stopped.detail:
        err.print(stopped.detail, markup=False, soft_wrap=True)
