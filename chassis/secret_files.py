"""Secrets come in files that settings point to, read once, at the start; an unfit one ends the process with a sentence."""

from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from pathlib import Path
from typing import Final

KEY_BYTES: Final = 32


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


def read_key(variable: str, file: Path | None) -> bytes:
    """The 32 bytes in the file, in base64url. Raises UnusableSecret."""
    text = read_secret(variable, file)
    try:
        key = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise UnusableSecret(
            variable,
            file,
            vi="tệp phải chứa khóa 256 bit viết bằng base64url.",
            en="the file must hold a key of 256 bits in base64url.",
        )
    return key
