"""People with the posts they hold. What the file leaves open (whether an account is active) is for the account to say."""

from dataclasses import dataclass
from typing import Final

from contracts.directory import PostV1
from services.directory.domain.accounts import OPERATOR
from services.directory.importer.faults import Fault
from services.directory.importer.rows import Row, Rows

MOST_POSTS: Final = 200
MOST_FIELDS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPerson:
    """A person as the files say. `active` None leaves it as it is; `initial_password` counts for an account that has none."""

    id: str
    username: str
    name: str
    posts: tuple[PostV1, ...]
    active: bool | None
    initial_password: str | None
    sample: bool


def build_staff(rows: Rows, faults: list[Fault]) -> dict[str, ImportedPerson]:
    posts_of = _posts_by_person(rows, faults)
    faults += [fault for row in rows.of("staff.csv") if (fault := _reserved(row))]
    return {
        row["id"]: ImportedPerson(
            id=row["id"],
            username=row["username"],
            name=row["name"],
            posts=tuple(posts_of[row["id"]]),
            active=row["active"],
            initial_password=row["initial_password"],
            sample=row["sample"],
        )
        for row in rows.of("staff.csv")
    }


def _posts_by_person(rows: Rows, faults: list[Fault]) -> dict[str, list[PostV1]]:
    posts_of: dict[str, list[PostV1]] = {row["id"]: [] for row in rows.of("staff.csv")}
    faulty = rows.mentions("staff.csv", "id") - posts_of.keys()
    for row in rows.of("posts.csv"):
        fault = None if row["staff"] in faulty else _post_fault(row, posts_of)
        if fault:
            faults.append(fault)
        elif row["staff"] in posts_of:
            posts_of[row["staff"]].append(PostV1(unit=row["unit"], role=row["role"], fields=list(row["fields"])))
    return posts_of


def _post_fault(row: Row, posts_of: dict[str, list[PostV1]]) -> Fault | None:
    if row["staff"] not in posts_of:
        return row.fault("staff", vi="Không có người này trong staff.csv.", en="There is no such person in staff.csv.")
    if len(posts_of[row["staff"]]) == MOST_POSTS:
        vi, en = f"Một người có quá {MOST_POSTS} vị trí.", f"A person holds more than {MOST_POSTS} posts."
        return row.fault("staff", vi=vi, en=en)
    if len(row["fields"]) > MOST_FIELDS:
        return row.fault("fields", vi=f"Quá {MOST_FIELDS} lĩnh vực.", en=f"More than {MOST_FIELDS} fields.")
    return None


def _reserved(row: Row) -> Fault | None:
    for column in ("id", "username"):
        if row[column].lower() == OPERATOR:
            vi = "Tên này dành cho tài khoản vận hành của hệ thống."
            return row.fault(column, vi=vi, en="This name is kept for the installation's operator.")
    return None
