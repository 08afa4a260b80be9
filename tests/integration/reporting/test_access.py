"""Who sees which figures, what cannot be asked, and the pages: every number opens its list, nothing is a 500."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from html import unescape

import httpx
import pytest

from contracts.values import CIVIL_TIME, GuidanceKind
from tests.support.reference_data import CENTRE, COMMUNE, DEPARTMENT, DISTRICT, INSURANCE, POST_OFFICE, headers_for, token_for
from tests.support.reporting_world import NOW, Life, ask, client, guided, lives, read, reporting_database, running
from tests.support.servers import PostgresServer

YEAR = {"start": date(2025, 12, 15), "end": date(2026, 12, 15)}
PERIOD = "from=2025-12-15&to=2026-12-15"
SHOWN = "from=2025-12-15&through=2026-12-14"


@pytest.fixture(scope="module")
async def http(postgres: PostgresServer) -> AsyncIterator[httpx.AsyncClient]:
    url = await postgres.create_database("reporting")
    database = await reporting_database(url)
    dossiers = [
        *lives(150),
        Life(900, date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 9), field="bao-hiem", competent=INSURANCE),
    ]
    await read(database, [one for life in dossiers for one in life.told()])
    at = datetime(2026, 3, 20, 8, tzinfo=CIVIL_TIME)
    await read(database, [guided(n, kind, at, COMMUNE) for n, kind in enumerate([*GuidanceKind, GuidanceKind.IN_PERSON])])
    async with running(url) as app, client(app) as http:
        yield http
    await database.dispose()


async def units_seen(http: httpx.AsyncClient, username: str, by: str) -> set[str]:
    found = await ask(http, "figures", username, by=by, **YEAR)
    return {row["key"] for row in found["rows"]}


async def test_a_leader_sees_their_unit_and_all_beneath(http):
    everything = await ask(http, "figures", **YEAR)
    province = await ask(http, "figures", "quang", **YEAR)
    assert {CENTRE, DEPARTMENT, DISTRICT, COMMUNE} <= {row["key"] for row in province["rows"]}
    assert INSURANCE not in {row["key"] for row in province["rows"]}
    assert 0 < province["total"]["total"] < everything["total"]["total"]
    assert await units_seen(http, "son", "unit") >= {DISTRICT, COMMUNE}


async def test_a_department_sees_what_it_decides_wherever_it_was_received(http):
    found = await ask(http, "figures", "dung", by="unit", **YEAR)
    by_decider = await ask(http, "figures", by="competent", **YEAR)
    own = next(row for row in by_decider["rows"] if row["key"] == INSURANCE)
    assert found["total"]["total"] == own["total"] > 0
    assert await units_seen(http, "dung", "competent") == {INSURANCE}


async def test_a_clerk_sees_their_own_unit(http):
    found = await ask(http, "figures", "duong", **YEAR)
    everything = await ask(http, "figures", **YEAR)
    assert [row for row in found["rows"] if row["key"] == POST_OFFICE] == [
        row for row in everything["rows"] if row["key"] == POST_OFFICE
    ]
    assert {row["key"] for row in found["rows"] if row["total"]} == {POST_OFFICE}


async def test_the_list_shows_nothing_that_the_figure_does_not_count(http):
    found = await ask(http, "dossiers", "nga", limit=500, **YEAR)
    assert all(COMMUNE in (one["unit"], one["competent_unit"]) for one in found["dossiers"])
    assert len(found["dossiers"]) == (await ask(http, "figures", "nga", **YEAR))["total"]["total"]


@pytest.mark.parametrize("path", ["figures", "dossiers", "guidance"])
async def test_another_units_figures_are_refused_and_not_shown_as_nothing(http, path):
    answer = await http.get(
        f"/api/reporting/{path}?from=2018-01-01&to=2018-02-01&unit={CENTRE}", headers=headers_for("duong", NOW)
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("path", ["figures", "dossiers", "guidance", "replay"])
async def test_nobody_sees_anything_without_signing_in(http, path):
    assert (await http.get(f"/api/reporting/{path}?{PERIOD}")).status_code == 401


@pytest.mark.parametrize("username", ["quang", "quantri", "hoa"])
async def test_only_operators_rebuild(http, username):
    for answer in (
        await http.post("/api/reporting/replay", headers=headers_for(username, NOW)),
        await http.get("/api/reporting/replay", headers=headers_for(username, NOW)),
    ):
        assert answer.status_code == 403


async def test_a_replay_needs_its_key(http):
    headers = headers_for("operator", NOW)
    del headers["Idempotency-Key"]
    answer = await http.post("/api/reporting/replay", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    assert (await ask(http, "replay"))["state"] == "none"


BAD = [
    ("", "from"),
    ("from=2026-01-01", "to"),
    ("from=2026-01-01&to=2026-01-01", "to"),
    ("from=2026-02-01&to=2026-01-01", "to"),
    ("from=2026-02-30&to=2026-03-01", "from"),
    ("from=0001-01-01&to=2026-03-01", "from"),
    ("from=2026-01-01&to=9999-12-31", "to"),
    ("from=hom-nay&to=2026-03-01", "from"),
    (f"from=2026-01-01&to={'9' * 40}", "to"),
    (f"{PERIOD}&unit=x", "unit"),
    (f"{PERIOD}&unit=%00", "unit"),
    (f"{PERIOD}&field=%20", "field"),
    (f"{PERIOD}&channel=fax", "channel"),
    (f"{PERIOD}&competent='%20OR%201=1", "competent"),
    (f"{PERIOD}&as_of=2026-03-01", "as_of"),
    (f"{PERIOD}&as_of=2026-03-01T00:00:00", "as_of"),
    (f"{PERIOD}&as_of=2036-03-01T00:00:00Z", "as_of"),
    (f"{PERIOD}&as_of=0001-01-01T00:00:00%2B14:00", "as_of"),
    (f"{PERIOD}&as_of=9999-12-31T23:59:59-14:00", "as_of"),
]


@pytest.mark.parametrize(("query", "field"), BAD)
@pytest.mark.parametrize("path", ["figures", "dossiers", "guidance"])
async def test_what_cannot_be_asked_is_refused_at_its_field_in_both_languages(http, path, query, field):
    answer = await http.get(f"/api/reporting/{path}?{query}", headers=headers_for("operator", NOW))
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    (error, *_) = [one for one in problem["errors"] if one["field"] == field]
    assert error["vi"]
    assert error["en"] != error["vi"]


@pytest.mark.parametrize(
    "query",
    ["by=colour", "measure=most", "after=x", "after=2026-02-30.d-1", "after=2026-02-03.", "limit=0", "limit=501", "limit=x"],
)
async def test_what_a_list_cannot_show(http, query):
    answer = await http.get(
        f"/api/reporting/{'figures' if 'by=' in query else 'dossiers'}?{PERIOD}&{query}", headers=headers_for("operator", NOW)
    )
    assert answer.status_code == 422


# --- pages ------------------------------------------------------------------------------------------------


async def page(http, path, username="quang", *, status=200):
    headers = (
        {"Cookie": f"motcua_token={token_for(username, NOW)}", "Accept": "text/html"} if username else {"Accept": "text/html"}
    )
    http.cookies.clear()  # a language once chosen would stay
    answer = await http.get(path, headers=headers)
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
        href = next((unescape(found) for found in re.findall(r'<a rel="next" href="([^"]*)"', listed)), None)
    assert len(codes) == len(set(codes)) == number


@pytest.mark.parametrize("preset", ["today", "week", "month", "quarter", "year"])
async def test_periods_by_name(http, preset):
    html = await page(http, f"/reporting/figures?preset={preset}")
    assert html.count('aria-current="page"') >= 2
    await page(http, f"/reporting/figures?preset={preset}&lang=en", "nga")


async def test_without_a_choice_it_is_this_report_month(http):
    assert "15/03/2026 đến 14/04/2026" in await page(http, "/reporting/figures")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-03-02&through=2026-03-01", "ít nhất một ngày"),
        ("from=2026-03-02", "Đến hết ngày"),
        ("through=2026-03-02", "Từ ngày"),
        ("from=xyz&through=2026-03-01", "ngày có thật"),
        ("from=2026-03-01&through=2099-12-31", None),
        ("from=2026-03-01&through=2100-01-01", "Ngày phải từ"),
        ("as_of=2036-01-01T00:00", "quá khứ"),
        ("unit=%3Cscript%3E", "mã đơn vị"),
    ],
)
async def test_a_mistake_in_the_form_comes_back_at_its_field(http, query, said):
    html = await page(http, f"/reporting/figures?{query}", status=422 if said else 200)
    assert "<script>" not in html
    if said:
        assert said in html
        assert 'role="alert"' in html


async def test_a_list_that_cannot_be_made_leads_to_the_form(http):
    answer = await http.get(
        "/reporting/dossiers?from=xyz", headers={"Cookie": f"motcua_token={token_for('quang', NOW)}", "Accept": "text/html"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/reporting/figures?from=xyz")


async def test_a_past_instant_is_asked_in_civil_time_and_stays_in_the_links(http):
    html = await page(http, f"/reporting/figures?{SHOWN}&as_of=2026-02-01T09:00")
    assert 'value="2026-02-01T09:00"' in html
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
    answer = await http.get("/reporting/figures", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")


async def test_nothing_has_come_yet(postgres):
    url = await postgres.create_database("reporting")
    database = await reporting_database(url)
    async with running(url) as app, client(app) as http:
        html = await page(http, "/reporting/figures")
        assert "Chưa nhận được tin nào" in html
        assert "Chưa nhận được tin nào" in await page(http, "/reporting/public", None)
        assert "Không có hồ sơ nào ở đây" in await page(http, f"/reporting/dossiers?{SHOWN}")
        assert "Không có lượt hướng dẫn nào" in await page(http, f"/reporting/guidance?{SHOWN}")
    await database.dispose()
