"""Procedures with all their dated versions, the papers and the competences of each."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any, Final

from contracts.directory import CompetenceV1, LimitV1, PaperV1, ProcedureV1, ProcedureVersionV1
from services.directory.domain.faults import Fault
from services.directory.domain.reading import Reading, Row
from worktime import LimitError, limit_from_data

Version = tuple[str, int]
MOST: Final = {"papers.csv": 100, "competences.csv": 20_000}
MOST_VERSIONS: Final = 200


def build(reading: Reading, faults: list[Fault]) -> dict[str, ProcedureV1]:
    versions: dict[Version, Row] = {(row["code"], row["version"]): row for row in reading.of("procedures.csv")}
    papers_of = _by_version(versions, reading, "papers.csv", faults)
    competences_of = _by_version(versions, reading, "competences.csv", faults)
    found: dict[str, ProcedureV1] = {}
    for code, group in groupby(sorted(versions), key=lambda version: version[0]):
        numbered = [(versions[key], papers_of[key], competences_of[key]) for key in group]
        built = [_version(*each, faults) for each in numbered]
        wrong = [*_order([row for row, _, _ in numbered])]
        faults += wrong
        sound = [version for version in built if version is not None]
        if len(sound) == len(built) and not wrong:
            found[code] = ProcedureV1(code=code, versions=sound, sample=any(row["sample"] for row, _, _ in numbered))
    return found


def _by_version(versions: dict[Version, Row], reading: Reading, file: str, faults: list[Fault]) -> dict[Version, list[Row]]:
    """The rows that speak for each version; a row that names none speaks for all."""
    found: dict[Version, list[Row]] = {version: [] for version in versions}
    numbers: dict[str, list[int]] = {}
    for code, number in versions:
        numbers.setdefault(code, []).append(number)
    mentioned = reading.mentions("procedures.csv", "code"), reading.mentions("procedures.csv", "version")
    for row in reading.of(file):
        code = row["procedure"]
        for number in row["versions"] or numbers.get(code, ()):
            if (code, number) in found:
                found[code, number].append(row)
            elif code not in mentioned[0] or str(number) not in mentioned[1]:
                faults.append(
                    row.fault("versions", "Phiên bản này không có trong procedures.csv.", "No such version in procedures.csv.")
                )
        if code not in mentioned[0]:
            faults.append(
                row.fault("procedure", "Thủ tục này không có trong procedures.csv.", "No such procedure in procedures.csv.")
            )
    return found


def _version(row: Row, papers: list[Row], competences: list[Row], faults: list[Fault]) -> ProcedureVersionV1 | None:
    wrong = [*_limit_fault(row), *_competence_faults(row, competences)]
    for rows in (papers, competences):
        if rows and len(rows) > MOST[rows[0].file.name]:
            most = MOST[rows[0].file.name]
            wrong.append(
                rows[most].fault("procedure", f"Quá {most} dòng cho một phiên bản.", f"More than {most} rows for a version.")
            )
    faults += wrong
    if wrong:
        return None
    return ProcedureVersionV1.model_validate(
        {
            **row.values,
            "limit": LimitV1(kind=row["limit"], amount=row["amount"]),
            "papers": [PaperV1.model_validate(paper.values) for paper in papers],
            "competences": list(_competences(competences)),
        }
    )


def _competences(rows: Sequence[Row]) -> Iterator[CompetenceV1]:
    """Where no competent unit is named, each receiving unit decides by itself."""
    for row in rows:
        for unit in row["receiving"]:
            yield CompetenceV1(receiving=unit, competent=row["competent"] or unit)


def _limit_fault(row: Row) -> Iterator[Fault]:
    data: dict[str, Any] = {"kind": row["limit"]} | ({} if row["limit"] == "same_day" else {"amount": row["amount"]})
    try:
        limit_from_data(data)
    except LimitError as refused:
        yield row.fault("amount", refused.vi, refused.en)
        return
    if row["limit"] == "same_day" and row["amount"]:
        yield row.fault(
            "amount", "Thủ tục trong ngày thì để trống ô này.", "Leave this cell empty where the limit is the same day."
        )


def _competence_faults(row: Row, competences: list[Row]) -> Iterator[Fault]:
    if not competences:
        vi = "Phiên bản này chưa có nơi tiếp nhận nào trong competences.csv."
        yield row.fault("version", vi, "This version has no receiving unit in competences.csv.")


def _order(rows: Sequence[Row]) -> Iterator[Fault]:
    for earlier, later in pairwise(rows):
        if later["valid_from"] <= earlier["valid_from"]:
            vi = f"Phiên bản sau phải có hiệu lực sau phiên bản ở dòng {earlier.line}."
            yield later.fault("valid_from", vi, f"A later version must take effect after the one in line {earlier.line}.")
    if len(rows) > MOST_VERSIONS:
        vi, en = f"Quá {MOST_VERSIONS} phiên bản.", f"More than {MOST_VERSIONS} versions."
        yield rows[MOST_VERSIONS].fault("version", vi, en)
