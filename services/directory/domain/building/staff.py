"""People with the posts they hold. What the file leaves open (whether an account is active) is for the account to say."""

from dataclasses import dataclass
from typing import Final

from contracts.directory import PostV1
from services.directory.domain.faults import Fault
from services.directory.domain.reading import Reading, Row

OPERATOR: Final = "operator"
"""The operator's account id and user name: made from the installation's own secret, never imported."""
MOST_POSTS: Final = 200
MOST_FIELDS: Final = 100


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A person as the files say. `active` None leaves it as it is; `initial_password` counts for an account that has none."""

    id: str
    username: str
    name: str
    posts: tuple[PostV1, ...]
    active: bool | None
    initial_password: str | None
    sample: bool
    line: int


def build(reading: Reading, faults: list[Fault]) -> dict[str, StaffRow]:
    rows = reading.of("staff.csv")
    posts_of: dict[str, list[PostV1]] = {row["id"]: [] for row in rows}
    faulty = reading.mentions("staff.csv", "id") - posts_of.keys()
    for post in reading.of("posts.csv"):
        problem = None if post["staff"] in faulty else _post_problem(post, posts_of)
        if problem:
            faults.append(post.fault(*problem))
        elif post["staff"] in posts_of:
            posts_of[post["staff"]].append(PostV1(unit=post["unit"], role=post["role"], fields=list(post["fields"])))
    faults += [fault for row in rows if (fault := _reserved(row))]
    return {
        row["id"]: StaffRow(
            row["id"],
            row["username"],
            row["name"],
            tuple(posts_of[row["id"]]),
            row["active"],
            row["initial_password"],
            row["sample"],
            row.line,
        )
        for row in rows
    }


def _post_problem(post: Row, posts_of: dict[str, list[PostV1]]) -> tuple[str, str, str] | None:
    if post["staff"] not in posts_of:
        return "staff", "Không có người này trong staff.csv.", "There is no such person in staff.csv."
    if len(posts_of[post["staff"]]) == MOST_POSTS:
        return "staff", f"Một người có quá {MOST_POSTS} vị trí.", f"A person holds more than {MOST_POSTS} posts."
    if len(post["fields"]) > MOST_FIELDS:
        return "fields", f"Quá {MOST_FIELDS} lĩnh vực.", f"More than {MOST_FIELDS} fields."
    return None


def _reserved(row: Row) -> Fault | None:
    for column in ("id", "username"):
        if row[column].lower() == OPERATOR:
            vi = "Tên này dành cho tài khoản vận hành của hệ thống."
            return row.fault(column, vi, "This name is kept for the installation's operator.")
    return None
