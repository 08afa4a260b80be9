"""Procedures with all their dated versions, the papers and the competences of each."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any, Final

from contracts.directory import CompetenceV1, LimitV1, PaperV1, ProcedureV1, ProcedureVersionV1, SigningV1
from services.directory.importer.faults import Fault
from services.directory.importer.rows import Row, Rows
from worktime import LimitError, limit_from_data

Version = tuple[str, int]
MOST: Final = {"papers.csv": 100, "competences.csv": 20_000}
MOST_VERSIONS: Final = 200


def build_procedures(rows: Rows, faults: list[Fault]) -> dict[str, ProcedureV1]:
    version_rows: dict[Version, Row] = {(row["code"], row["version"]): row for row in rows.of("procedures.csv")}
    papers_of = _by_version([*version_rows], rows, "papers.csv", faults)
    competences_of = _by_version([*version_rows], rows, "competences.csv", faults)
    procedures: dict[str, ProcedureV1] = {}
    for code, group in groupby(sorted(version_rows), key=lambda version: version[0]):
        keys = [*group]
        of_code = [version_rows[key] for key in keys]
        wrong = [*_order_faults(of_code)]
        faults += wrong
        built = [_build_version(version_rows[key], papers_of[key], competences_of[key], faults) for key in keys]
        versions = [version for version in built if version is not None]
        if len(versions) == len(built) and not wrong:
            procedures[code] = ProcedureV1(code=code, versions=versions, sample=any(row["sample"] for row in of_code))
    return procedures


def _by_version(versions: Sequence[Version], rows: Rows, file: str, faults: list[Fault]) -> dict[Version, list[Row]]:
    """The rows that speak for each version; a row that names none speaks for all."""
    by_version: dict[Version, list[Row]] = {version: [] for version in versions}
    numbers: dict[str, list[int]] = {}
    for code, number in versions:
        numbers.setdefault(code, []).append(number)
    codes, mentioned_numbers = rows.mentions("procedures.csv", "code"), rows.mentions("procedures.csv", "version")
    for row in rows.of(file):
        code = row["procedure"]
        for number in row["versions"] or numbers.get(code, ()):
            if (code, number) in by_version:
                by_version[code, number].append(row)
            elif code not in codes or str(number) not in mentioned_numbers:
                vi, en = "Phiên bản này không có trong procedures.csv.", "No such version in procedures.csv."
                faults.append(row.fault("versions", vi=vi, en=en))
        if code not in codes:
            vi, en = "Thủ tục này không có trong procedures.csv.", "No such procedure in procedures.csv."
            faults.append(row.fault("procedure", vi=vi, en=en))
    return by_version


def _build_version(row: Row, papers: list[Row], competences: list[Row], faults: list[Fault]) -> ProcedureVersionV1 | None:
    wrong = [
        *_limit_faults(row),
        *_signing_faults(row),
        *_competence_faults(row, competences),
        *_number_faults(papers),
        *_number_faults(competences),
    ]
    faults += wrong
    if wrong:
        return None
    return ProcedureVersionV1.model_validate(
        {
            **row.values,
            "limit": LimitV1.of(_limit(row)),
            "signing": _signing(row),
            "papers": [PaperV1.model_validate(paper.values) for paper in papers],
            "competences": list(_competences(competences)),
        }
    )


def _competences(rows: Sequence[Row]) -> Iterator[CompetenceV1]:
    """Where no competent unit is named, each receiving unit decides by itself."""
    for row in rows:
        for unit in row["receiving"]:
            yield CompetenceV1(receiving=unit, competent=row["competent"] or unit, out_of_area=row["out_of_area"])


def _limit(row: Row) -> dict[str, Any]:
    if row["limit"] == "same_day":
        return {"kind": "same_day", "cutoff": row["cutoff"]}
    return {"kind": row["limit"], "amount": row["amount"]}


def _signing(row: Row) -> SigningV1 | None:
    """None where the officer decides alone."""
    return SigningV1(kind=row["document_kind"], number_format=row["number_format"]) if row["signing"] == "leader" else None


def _signing_faults(row: Row) -> Iterator[Fault]:
    by_leader = row["signing"] == "leader"
    for column in ("document_kind", "number_format"):
        if by_leader and not row[column]:
            vi = "Lãnh đạo ký thì phải ghi ô này, để kết quả lấy số từ sổ."
            yield row.fault(
                column, vi=vi, en="Where a leader signs, fill this cell: the result takes its number from a register."
            )
        if not by_leader and row[column]:
            vi, en = "Chỉ ghi ô này khi signing là leader.", "Fill this cell only where signing is leader."
            yield row.fault(column, vi=vi, en=en)


def _limit_faults(row: Row) -> Iterator[Fault]:
    try:
        limit_from_data(_limit(row))
    except LimitError as refusal:
        yield row.fault("amount", vi=refusal.vi, en=refusal.en)
        return
    if row["limit"] == "same_day" and row["amount"]:
        vi = "Thủ tục trong ngày thì để trống ô này."
        yield row.fault("amount", vi=vi, en="Leave this cell empty where the limit is the same day.")
    if row["limit"] != "same_day" and row["cutoff"]:
        vi, en = "Chỉ thủ tục trong ngày mới có giờ chốt riêng.", "Only a limit of the same day has a cut-off of its own."
        yield row.fault("cutoff", vi=vi, en=en)


def _competence_faults(row: Row, competences: list[Row]) -> Iterator[Fault]:
    if not competences:
        vi = "Phiên bản này chưa có nơi tiếp nhận nào trong competences.csv."
        yield row.fault("version", vi=vi, en="This version has no receiving unit in competences.csv.")


def _number_faults(rows: list[Row]) -> Iterator[Fault]:
    most = MOST[rows[0].file.name] if rows else 0
    if len(rows) > most:
        vi, en = f"Quá {most} dòng cho một phiên bản.", f"More than {most} rows for a version."
        yield rows[most].fault("procedure", vi=vi, en=en)


def _order_faults(rows: Sequence[Row]) -> Iterator[Fault]:
    for earlier, later in pairwise(rows):
        if later["valid_from"] <= earlier["valid_from"]:
            vi = f"Phiên bản sau phải có hiệu lực sau phiên bản ở dòng {earlier.line}."
            en = f"A later version must take effect after the one in line {earlier.line}."
            yield later.fault("valid_from", vi=vi, en=en)
    if len(rows) > MOST_VERSIONS:
        vi, en = f"Quá {MOST_VERSIONS} phiên bản.", f"More than {MOST_VERSIONS} versions."
        yield rows[MOST_VERSIONS].fault("version", vi=vi, en=en)
