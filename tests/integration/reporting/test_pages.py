"""The pages: every number opens its list, lists go on to their end, mistakes come back at their field."""

import re
from html import unescape

import pytest

from tests.support.reference_data import DISTRICT, INSURANCE
from tests.support.reporting_world import World, get_page

SHOWN = "from=2025-12-15&through=2026-12-14"
PRESETS = {
    "today": "Hôm nay",
    "week": "Tuần này",
    "month": "Tháng báo cáo này",
    "quarter": "Quý báo cáo này",
    "year": "Năm báo cáo này",
}


async def page(http, path, username="quang", *, status=200):
    answer = await get_page(http, path, username)
    assert answer.status_code == status, answer.text[:2000]
    return answer.text


def links(html, to):
    return [(unescape(href), text) for href, text in re.findall(rf'<a[^>]*href="(/reporting/{to}[^"]*)"[^>]*>(.*?)</a>', html)]


@pytest.mark.parametrize("by", ["unit", "field", "channel", "competent"])
async def test_every_number_of_the_table_opens_its_list(http, by):
    html = await page(http, f"/reporting/figures?{SHOWN}&by={by}")
    table = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)[1]
    numbers = links(table, "dossiers")
    assert len(numbers) == 11 * table.count("<tr>")
    assert len(re.findall(r'<td class="number">', table)) == 12 * table.count("<tr>")
    for href, number in numbers[:24]:
        listed = await page(http, href)
        heading = re.search(r"<h1>(.*?)</h1>", listed)[1]
        assert heading.endswith(f": {number} hồ sơ"), href
        assert min(int(number.replace(".", "")), 50) == len(re.findall(r"<tr>\s*<td", listed))


async def test_cards_open_their_lists_and_turns_theirs(http):
    html = await page(http, f"/reporting/figures?{SHOWN}", "operator")
    cards = re.findall(r'<a class="figure[^"]*" href="([^"]*)"><strong>([\d.]+)</strong>', html)
    assert len(cards) == 6 + 4
    for href, number in cards:
        listed = await page(http, unescape(href), "operator")
        if "guidance" in href:
            assert listed.count("<tr>") - 1 == int(number)
        else:
            assert f": {number} hồ sơ</h1>" in listed


async def test_a_long_list_goes_on_until_its_number_is_reached(http):
    html = await page(http, f"/reporting/figures?{SHOWN}", "operator")
    href = next(unescape(href) for href, _ in re.findall(r'<a class="figure" href="([^"]*)">(.)', html))
    number = int(re.search(r"<h1>.*: ([\d.]+) hồ sơ</h1>", await page(http, href, "operator"))[1])
    assert number > 50
    codes = []
    while href:
        listed = await page(http, href, "operator")
        codes += re.findall(r"[HGP0-9.]+-\d{6}-\d{4}", listed)
        href = next((unescape(address) for address in re.findall(r'<a rel="next" href="([^"]*)"', listed)), None)
    assert len(codes) == len(set(codes)) == number


@pytest.mark.parametrize(("preset", "name"), PRESETS.items())
async def test_the_period_that_was_chosen_by_name_is_marked(http, preset, name):
    html = await page(http, f"/reporting/figures?preset={preset}")
    assert re.search(rf'<a [^>]*aria-current="page">{name}</a>', html)
    await page(http, f"/reporting/figures?preset={preset}&lang=en", "nga")


async def test_without_a_choice_it_is_this_report_month(http):
    assert "15/03/2026 đến 14/04/2026" in await page(http, "/reporting/figures")


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("from=2026-03-02&through=2026-03-01", "through", "ít nhất một ngày"),
        ("from=2026-03-02", "through", "Đến hết ngày"),
        ("through=2026-03-02", "from", "Từ ngày"),
        ("from=xyz&through=2026-03-01", "from", "ngày có thật"),
        ("from=2026-03-01&through=2100-01-01", "through", "Ngày phải từ"),
        ("as_of=2036-01-01T00:00", "as_of", "quá khứ"),
        ("unit=%3Cscript%3E", "unit", "mã đơn vị"),
    ],
)
async def test_a_mistake_in_the_form_comes_back_at_its_field(http, query, field, sentence):
    html = await page(http, f"/reporting/figures?{query}", status=422)
    assert "<script>" not in html
    (problem,) = re.findall(rf'<a href="#f-{field}">(.*?)</a>', html)
    assert sentence in problem


async def test_the_last_day_that_is_counted_can_be_asked_for(http):
    await page(http, "/reporting/figures?from=2026-03-01&through=2099-12-31")


@pytest.mark.parametrize("path", ["dossiers?from=xyz", "dossiers?after=xyz", "guidance?turn=xyz"])
async def test_a_list_that_cannot_be_made_leads_to_the_form(http, path):
    answer = await get_page(http, f"/reporting/{path}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/reporting/figures?{path.partition('?')[2]}")
    assert 'role="alert"' in await page(http, answer.headers["location"], status=422)


async def test_a_past_instant_is_asked_in_civil_time_and_stays_in_the_links(http):
    html = await page(http, f"/reporting/figures?{SHOWN}&as_of=2026-02-01T09:00")
    assert 'value="01/02/2026 09:00"' in html
    assert all("as_of=2026-02-01T09%3A00%3A00%2B07%3A00" in href for href, _ in links(html, "dossiers"))
    await page(http, links(html, "dossiers")[0][0])


async def test_the_late_ones_say_how_late_and_in_whose_hands(http):
    html = await page(http, f"/reporting/dossiers?{SHOWN}&measure=late&unit={DISTRICT}&field=bao-hiem&competent={INSURANCE}")
    row = next(part for part in html.split("<tr>") if "-0900" in part)
    assert "Quá hạn 4 ngày" in row
    assert "Nguyễn Lương Khải Minh, Bảo hiểm xã hội huyện Hà An" in row
    assert "01/03/2026 – 09/03/2026" in row


async def test_the_public_page_has_totals_and_no_lists(http):
    html = await page(http, "/reporting/public", None)
    assert "trước hạn và đúng hạn" in html
    assert not links(html, "dossiers")
    assert not re.search(r"-\d{6}-\d{4}", html)
    assert "early or on time" in await page(http, "/reporting/public?lang=en", None)


async def test_a_page_leads_to_signing_in(http):
    answer = await get_page(http, "/reporting/figures", None)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")


async def test_nothing_has_come_yet(postgres):
    async with World.empty(postgres) as world, world.serving() as http:
        assert "Chưa nhận được tin nào" in await page(http, "/reporting/figures")
        assert "Chưa nhận được tin nào" in await page(http, "/reporting/public", None)
        assert "Không có hồ sơ nào ở đây" in await page(http, f"/reporting/dossiers?{SHOWN}")
        assert "Không có lượt hướng dẫn nào" in await page(http, f"/reporting/guidance?{SHOWN}")
