"""Files as they are sent: alone or in a zip, each once, in UTF-8, and no more than the bounds say."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from services.directory.importer.faults import ImportRefused
from services.directory.importer.uploads import MOST_FILES, MOST_UNPACKED, read_uploads


def zipped(files: dict[str, bytes]) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def refused(*uploads: tuple[str, bytes]) -> list[str]:
    with pytest.raises(ImportRefused) as refusal:
        read_uploads(uploads)
    return [fault.file for fault in refusal.value.faults]


def test_a_zip_and_the_files_in_it_are_the_same() -> None:
    files = {"tỉnh/units.csv": "id,name\nĐ".encode(), "staff.csv": b"id"}
    alone = read_uploads([("units.csv", files["tỉnh/units.csv"]), ("staff.csv", b"id")])
    assert read_uploads([("all.ZIP", zipped(files))]) == alone == {"units.csv": "id,name\nĐ", "staff.csv": "id"}


def test_a_file_that_comes_twice_is_refused_also_in_a_zip() -> None:
    assert refused(("a.zip", zipped({"staff.csv": b"id"})), ("staff.csv", b"id")) == ["staff.csv"]


def test_what_is_not_in_utf_8_is_refused_by_name() -> None:
    assert refused(("a.zip", zipped({"staff.csv": b"\xff\xfe"}))) == ["staff.csv"]


def test_a_zip_that_unpacks_to_more_than_the_bound_is_refused() -> None:
    assert refused(("bomb.zip", zipped({"staff.csv": b"x" * (MOST_UNPACKED + 1)}))) == ["bomb.zip"]
    assert read_uploads([("full.zip", zipped({"staff.csv": b"x" * MOST_UNPACKED}))])


def test_a_zip_with_too_many_files_is_refused() -> None:
    assert refused(("many.zip", zipped({f"{number}.csv": b"" for number in range(MOST_FILES + 1)}))) == ["many.zip"]
    assert len(read_uploads([("many.zip", zipped({f"{number}.csv": b"" for number in range(MOST_FILES)}))])) == MOST_FILES


def test_what_only_says_that_it_is_a_zip_is_refused() -> None:
    whole = zipped({"staff.csv": b"id,name" * 50})
    assert refused(("a.zip", b"PK")) == ["a.zip"]
    assert refused(("a.zip", whole[:40] + b"\x00\x00\x00" + whole[43:])) == ["a.zip"]
