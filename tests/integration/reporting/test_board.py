"""The leader's board: its numbers are the official ones, every number opens its list, and a wall shows nobody's dossier."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from services.reporting.domain.period import Preset, preset
from tests.support.reference_data import COMMUNE, DEPARTMENT
from tests.support.reporting_events import NOW
from tests.support.reporting_world import World, get, get_page

TODAY = NOW.date()
CODE = re.compile(r"[HGP0-9.]+-\d{6}-\d{4}")
LEADERS = ("quang", "son", "dung")


async def page(http, path, username="quang"):
    answer = await get_page(http, path, username)
    assert answer.status_code == 200, answer.text[:2000]
    return answer.text


def cards(html):
    shown = re.findall(r'<a class="figure[^"]*" href="([^"]*)"><strong>([\d.]+)</strong>', html)
    return [(unescape(href), int(number.replace(".", ""))) for href, number in shown]


async def official(http, username, period, **more):
    return await get(http, "figures", username, start=period.start, end=period.end, **more)


@pytest.mark.parametrize("username", LEADERS)
@pytest.mark.parametrize("name", [Preset.TODAY, Preset.MONTH, Preset.YEAR])
async def test_the_boards_numbers_are_the_official_ones(http, username, name):
    period = preset(name, TODAY)
    report = await official(http, username, period)
    html = await page(http, f"/reporting/board?preset={name}", username)
    total = report["total"]
    assert [number for _, number in cards(html)][:3] == [total["received"], total["resolved"], total["overdue"]]
    rows = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)[1].split("</tr>")[:-1]
    shown = {re.search(r"unit=([^&\"]+)[^\"]*measure=|measure=\w+&amp;unit=([^\"&]+)", row) for row in rows}
    assert None not in shown
    numbers = sorted(tuple(int(n) for n in re.findall(r'aria-label="[^"]*: (\d+)"', row)) for row in rows)
    assert numbers == sorted((row["received"], row["resolved"], row["overdue"]) for row in report["rows"] if row["total"])


async def test_every_number_opens_the_list_that_has_so_many(http):
    html = await page(http, "/reporting/board?preset=year")
    numbers = cards(html)
    assert len(numbers) == 5
    waiting = re.findall(r'<li><a href="([^"]*)">[^<]*<strong>([\d.]+)</strong>', html)
    assert len(waiting) == 2
    for href, number in [*numbers, *((unescape(href), int(number)) for href, number in waiting)]:
        listed = await page(http, href)
        assert re.search(r"<h1>.*: ([\d.]+) hồ sơ</h1>", listed)[1] == str(number), href
        assert len(re.findall(r"<tr>\s*<td", listed)) == min(number, 50), href


async def test_soon_and_unassigned_are_those_of_the_official_list_in_progress(http):
    year = preset(Preset.YEAR, TODAY)
    listed = (await get(http, "dossiers", "quang", start=year.start, end=year.end, measure="in_progress", limit=500))["dossiers"]
    soon = {line["code"] for line in listed if TODAY <= date.fromisoformat(line["promised_on"]) <= date(2026, 3, 24)}
    html = await page(http, "/reporting/board/dossiers?waiting=due_soon")
    assert set(CODE.findall(html)) == soon
    html = await page(http, "/reporting/board/dossiers?waiting=unassigned")
    assert set(CODE.findall(html)) == {line["code"] for line in listed if line["competent_unit"] and not line["officer"]}


async def test_each_of_the_14_days_says_what_its_own_period_says(http):
    html = await page(http, "/reporting/board?preset=today")
    table = re.search(r'<details class="screen-only">.*?<tbody>(.*?)</tbody>', html, re.DOTALL)[1]
    numbers = re.findall(r'aria-label="(\d\d)/(\d\d)/(\d{4}), [^"]*: (\d+)"', table)
    assert len(numbers) == 28
    for (day, month, year, received), (*_, resolved) in zip(numbers[::2], numbers[1::2], strict=True):
        start = date(int(year), int(month), int(day))
        total = (await get(http, "figures", "quang", start=start, end=start + timedelta(days=1)))["total"]
        assert (int(received), int(resolved)) == (total["received"], total["resolved"]), start
    assert any(int(number) for *_, number in numbers)


async def test_one_unit_alone_has_its_own_numbers(http):
    everything, commune = (
        await page(http, "/reporting/board?preset=year"),
        await page(http, f"/reporting/board?preset=year&unit={COMMUNE}"),
    )
    total = (await official(http, "quang", preset(Preset.YEAR, TODAY), unit=COMMUNE))["total"]
    assert [number for _, number in cards(commune)][:3] == [total["received"], total["resolved"], total["overdue"]]
    assert all(few <= many for (_, few), (_, many) in zip(cards(commune), cards(everything), strict=True))
    assert cards(commune) != cards(everything)


async def test_the_most_urgent_stand_first_with_who_holds_them_and_what_to_do(http):
    html = await page(http, "/reporting/board", "son")
    urgent = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)[-1].split("</tr>")[:-1]
    late = [int(days) for days in re.findall(r"Quá hạn (\d+) ngày", "".join(urgent))]
    assert late == sorted(late, reverse=True)
    assert late
    assert f"lâu nhất {late[0]} ngày" in html
    assert [row for row in urgent if "/routing/cases/" in row and "#assign" in row]


async def test_the_wall_shows_numbers_and_no_dossier_and_comes_again(http):
    answer = await get_page(http, "/reporting/board/wall?preset=year")
    assert answer.headers["refresh"] == "60"
    assert [number for _, number in cards(answer.text)] == [
        number for _, number in cards(await page(http, "/reporting/board?preset=year"))
    ]
    assert not CODE.search(answer.text)
    assert "code-text" in (await get_page(http, "/reporting/board")).text
    assert "code-text" not in answer.text
    assert "Nguyễn Lương Khải Minh" not in answer.text
    assert "refresh" not in (await get_page(http, "/reporting/board")).headers


@pytest.mark.parametrize("path", ["", "/wall", "/dossiers?waiting=to_fetch"])
async def test_it_is_for_leaders(http, path):
    for username in ("hoa", "operator", "minh"):
        assert (await get_page(http, f"/reporting/board{path}", username)).status_code == 403
    assert (await get_page(http, f"/reporting/board{path}", None)).status_code == 303


async def test_a_unit_beside_is_refused_and_not_shown_as_nothing(http):
    for path in ("", "/wall", "/dossiers"):
        answer = await get_page(http, f"/reporting/board{path}?waiting=due_soon&unit={DEPARTMENT}", "nga")
        assert answer.status_code == 403, path


async def test_a_list_without_its_name_leads_to_the_board(http):
    answer = await get_page(http, "/reporting/board/dossiers")
    assert (answer.status_code, answer.headers["location"]) == (303, "/reporting/board?preset=month&by=unit")


async def test_nothing_has_come_yet(postgres):
    async with World.empty(postgres) as world, world.serving() as http:
        html = await page(http, "/reporting/board")
        assert "Chưa nhận được tin nào" in html
        assert "Không có hồ sơ nào quá hạn" in html
        await page(http, "/reporting/board/wall?lang=en")
