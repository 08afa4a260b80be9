"""Secrets come in files that settings point to, read once, at the start; an unfit one ends the process with a sentence."""

from pathlib import Path


class UnusableSecret(Exception):  # noqa: N818 -- a setting is wrong, said in both languages
    """A file that the process cannot start without; the text names its variable and says what to do."""

    def __init__(self, variable: str, file: Path | None, *, vi: str, en: str) -> None:
        super().__init__(f"{variable}={file or ''}: {vi} / {en}")


def read_secret(variable: str, file: Path | None) -> str:
    """The text in the file that `variable` names, without white space around it. Raises UnusableSecret."""
    if file is None:
        raise UnusableSecret(variable, None, vi="chưa đặt; hãy chỉ đến tệp.", en="is not set; point it to the file.")
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = type(error).__name__
        raise UnusableSecret(variable, file, vi=f"không đọc được tệp ({why}).", en=f"the file cannot be read ({why}).") from error
    if not secret:
        raise UnusableSecret(variable, file, vi="tệp trống.", en="the file is empty.")
    return secret
