"""The list of staff, page by page: everybody once and in order, whatever happens between two pages."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from tests.support.directory_world import Directory
from tests.support.reference_data import ADMIN, CENTRE

NUMBER = 230
PEOPLE = [f"tt{number:03}" for number in range(NUMBER)]
"""In the order of the list: all have one name, so that the id decides."""


def files_of(people: dict[str, str]) -> dict[str, str]:
    """Staff id -> name, all of them clerks of the centre."""
    staff = "".join(f"{staff_id},{staff_id},{name}\n" for staff_id, name in people.items())
    posts = "".join(f"{staff_id},{CENTRE},clerk\n" for staff_id in people)
    return {"staff.csv": f"id,username,name\n{staff}", "posts.csv": f"staff,unit,role\n{posts}"}


@pytest.fixture(scope="module", autouse=True)
async def many_people(directory: Directory) -> None:
    answer = await directory.import_files(files_of(dict.fromkeys(PEOPLE, "Trần Văn Thử")))
    assert answer.json()["changed"]["staff"] == NUMBER


async def listed(directory: Directory, **query: Any) -> dict[str, Any]:
    answer = await directory.http.get("/api/directory/staff", params=query, headers=await directory.headers(ADMIN))
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def ids(page: dict[str, Any]) -> list[str]:
    return [person["id"] for person in page["staff"]]


async def test_following_next_leads_past_everybody_once(directory: Directory) -> None:
    first = await listed(directory, q="Văn Thử")
    second = await listed(directory, q="Văn Thử", after=first["next"])
    last = await listed(directory, q="Văn Thử", after=second["next"])
    assert [ids(first), ids(second), ids(last)] == [PEOPLE[:100], PEOPLE[100:200], PEOPLE[200:]]
    assert last["next"] is None


async def test_a_page_that_is_just_full_is_the_last_one(directory: Directory) -> None:
    hundred = await listed(directory, q="tt0")
    assert (ids(hundred), hundred["next"]) == (PEOPLE[:100], None)


async def test_page_numbers_lead_to_the_same_pages(directory: Directory) -> None:
    first = await listed(directory, q="Văn Thử")
    second = await listed(directory, q="Văn Thử", page=2)
    assert second == await listed(directory, q="Văn Thử", after=first["next"])
    assert ids(await listed(directory, q="Văn Thử", page=3)) == PEOPLE[200:]
    assert await listed(directory, q="Văn Thử", page=4) == {"staff": [], "next": None}
    assert await listed(directory, q="Văn Thử", page=10_000) == {"staff": [], "next": None}


async def test_the_list_is_in_the_order_of_given_names(directory: Directory) -> None:
    whole: list[str] = []
    after: str | None = ""
    while after is not None:
        page = await listed(directory, after=after)
        whole += [person["name"] for person in page["staff"]]
        after = page["next"]
    assert whole.count("Trần Văn Thử") == NUMBER
    assert [name.split()[-1] for name in whole if name not in {"Trần Văn Thử", "Đã Nghỉ"}] == [
        *("Hải", "Hiền", "Hoa", "Lan", "Long", "Minh", "Nga", "Quang", "Sơn", "Tâm"),
    ]


async def test_nobody_is_shown_twice_because_somebody_came_meanwhile(directory: Directory) -> None:
    first = await listed(directory, q="Văn Thử")
    await directory.import_files(files_of({"tt-new": "Trần Văn Thử", "zz-new": "Trần Văn Thử"}))
    try:
        second = await listed(directory, q="Văn Thử", after=first["next"])
        assert ids(second) == PEOPLE[100:200], "who came before the cursor moves nobody"
        third = await listed(directory, q="Văn Thử", after=second["next"])
        assert ids(third) == [*PEOPLE[200:], "zz-new"]
    finally:
        await directory.import_files(files_of({"tt-new": "Đã Nghỉ", "zz-new": "Đã Nghỉ"}))


@pytest.mark.parametrize("after", ["x", "WzEsInN0YWZmIl0", "%", "a" * 501])
async def test_what_is_no_cursor_is_refused(directory: Directory, after: str) -> None:
    headers = await directory.headers(ADMIN)
    answer = await directory.http.get("/api/directory/staff", params={"after": after}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "after")
    browser = directory.browser(await directory.token(ADMIN))
    assert (await browser.get("/directory/staff", params={"after": after})).status_code == 422


async def test_the_page_leads_to_the_next_one_and_keeps_the_search(directory: Directory) -> None:
    browser = directory.browser(await directory.token(ADMIN))
    shown: list[str] = []
    address: str | None = "/directory/staff?q=V%C4%83n+Th%E1%BB%AD"
    pages = 0
    while address is not None:
        page = await browser.get(address)
        shown += re.findall(r'<td id="(tt\d+)">', page.text)
        address = next_link(page)
        pages += 1
    assert shown == PEOPLE
    assert pages == 5


def next_link(page: httpx.Response) -> str | None:
    link = re.search(r'rel="next" href="([^"]+)"', page.text)
    return None if link is None else f"/directory/staff{unescape(link[1])}"
