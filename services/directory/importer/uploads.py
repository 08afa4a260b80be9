"""Files as they are sent, to the texts of an import: each in UTF-8 and once, several of them in a zip for who prefers that.

What a zip unpacks to is bounded before it is unpacked: a small file may say that it holds gigabytes.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile
from zlib import error

from services.directory.importer.faults import Fault, ImportRefused

MOST_FILES: Final = 20
MOST_BYTES: Final = 1024 * 1024
"""Of all that is sent at once."""
MOST_UNPACKED: Final = 8 * 1024 * 1024
"""Bytes of everything in a zip."""
Upload = tuple[str, bytes]


def read_uploads(uploads: Iterable[Upload]) -> dict[str, str]:
    """By file name. Raises ImportRefused."""
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    for name, content in _unpacked(uploads, faults):
        if name in texts:
            faults.append(Fault(file=name, vi="Tệp này được gửi hai lần.", en="This file was sent twice."))
        texts[name] = _decoded(name, content, faults)
    if faults:
        raise ImportRefused(faults)
    return texts


def _unpacked(uploads: Iterable[Upload], faults: list[Fault]) -> Iterator[Upload]:
    for name, content in uploads:
        if name.lower().endswith(".zip"):
            yield from _members(name, content, faults)
        else:
            yield name, content


def _members(name: str, content: bytes, faults: list[Fault]) -> Iterator[Upload]:
    try:
        unpacked = _read_members(content)
    except (BadZipFile, RuntimeError, ValueError, EOFError, error):
        unpacked = None
    if unpacked is not None:
        yield from unpacked
    else:
        vi = f"Không mở được tệp zip này: nhiều nhất {MOST_FILES} tệp, 8 MB khi giải nén, không có mật khẩu."
        en = f"This zip cannot be opened: at most {MOST_FILES} files, 8 MB when unpacked, and no password."
        faults.append(Fault(file=name, vi=vi, en=en))


def _read_members(content: bytes) -> list[Upload] | None:
    """None where there are too many, or too much of them. Raises what `zipfile` raises about what is no zip."""
    left, unpacked = MOST_UNPACKED, list[Upload]()
    with ZipFile(BytesIO(content)) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        for member in members[: MOST_FILES + 1]:
            with archive.open(member) as opened:
                read = opened.read(left + 1)
            left -= len(read)
            unpacked.append((member.filename.rsplit("/", 1)[-1][:100], read))
            if left < 0 or len(unpacked) > MOST_FILES:
                return None
    return unpacked


def _decoded(name: str, content: bytes, faults: list[Fault]) -> str:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        vi = "Tệp không ở bảng mã UTF-8. Hãy lưu lại dạng CSV UTF-8."
        faults.append(Fault(file=name, vi=vi, en="The file is not in UTF-8. Save it as CSV UTF-8."))
    return text
