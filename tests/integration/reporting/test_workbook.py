"""The figures as a workbook: read back, it has the page's numbers, its links, and everything that is late."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from services.reporting.pages.workbook import HEAD, MEASURES
from tests.integration.reporting.test_pages import SHOWN
from tests.support.reference_data import COMMUNE, DISTRICT
from tests.support.reporting_world import get, get_page

YEAR = {"start": "2025-12-15", "end": "2026-12-15"}
FIRST = HEAD + 4


async def sheets(http, query, username="quang"):
    answer = await get_page(http, f"/reporting/figures.xlsx?{query}", username)
    assert answer.status_code == 200, answer.text[:500]
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    book = load_workbook(BytesIO(answer.content))
    return book.worksheets


def rows_of(form):
    rows = form.iter_rows(min_row=FIRST, max_col=len(MEASURES) + 2)
    return [[cell.value for cell in row] for row in rows if row[1].value is not None]


@pytest.mark.parametrize("by", ["unit", "field", "channel", "competent"])
async def test_it_has_the_figures_of_the_page(http, by):
    form, _ = await sheets(http, f"{SHOWN}&by={by}")
    report = await get(http, "figures", "quang", by=by, **YEAR)
    official = [
        [*(row[measure] for measure in MEASURES), "–" if row["on_time_rate"] is None else row["on_time_rate"]]
        for row in [*report["rows"], report["total"]]
    ]
    written = rows_of(form)
    assert [row[1:] for row in written] == official
    assert written[-1][0] == "Tổng cộng"
    assert [form.cell(FIRST - 1, column).value for column in range(1, 13)] == [f"({number})" for number in range(2, 14)]
    assert form.page_setup.orientation == "landscape"


async def test_every_number_leads_to_its_list(http):
    form, _ = await sheets(http, SHOWN)
    row = next(row for row in form.iter_rows(min_row=FIRST) if row[1].value)
    for cell in row[1:12]:
        path = cell.hyperlink.target.removeprefix("http://127.0.0.1:8080")
        assert f": {cell.value} hồ sơ</h1>" in (await get_page(http, path)).text


async def test_the_late_ones_stand_there_with_their_days_and_hands(http):
    form, late = await sheets(http, SHOWN, "dung")
    total = rows_of(form)[-1]
    lines = [[cell.value for cell in row] for row in late.iter_rows(min_row=4)]
    assert len(lines) == total[1 + MEASURES.index("late")] + total[1 + MEASURES.index("overdue")] > 0
    line = next(line for line in lines if line[1].endswith("-0900"))
    assert [day.date() for day in line[5:8]] == [date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 9)]
    assert line[8] == 4
    assert line[9].splitlines()[-1] == "01/03/2026 – 09/03/2026: Nguyễn Lương Khải Minh, Bảo hiểm xã hội huyện Hà An"
    row = next(row for row in late.iter_rows(min_row=4) if row[1].value.endswith("-0900"))
    assert "/routing/cases/" in row[1].hyperlink.target
    listed = [
        dossier["code"]
        for measure in ("overdue", "late")
        for dossier in (await get(http, "dossiers", "dung", measure=measure, limit=500, **YEAR))["dossiers"]
    ]
    assert [line[1] for line in lines] == listed


async def test_it_keeps_the_limits_of_the_address_and_names_them(http):
    form, _ = await sheets(http, f"{SHOWN}&unit={COMMUNE}&channel=online&as_of=01/02/2026+09:00")
    report = await get(http, "figures", "quang", unit=COMMUNE, channel="online", as_of="2026-02-01T09:00:00+07:00", **YEAR)
    assert rows_of(form)[-1][1] == report["total"]["total"]
    assert form.cell(2, 1).value == "15/12/2025 đến 14/12/2026"
    assert form.cell(3, 1).value == "Số liệu tính đến 09:00 01/02/2026"
    assert form.cell(4, 1).value.startswith("Đơn vị tiếp nhận: ")
    assert form.cell(4, 1).value.endswith("Trực tuyến")


async def test_what_cannot_be_counted_leads_to_the_form(http):
    answer = await get_page(http, "/reporting/figures.xlsx?from=xyz&through=2026-01-01")
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/reporting/figures")


async def test_it_speaks_the_readers_language(http):
    form, late = await sheets(http, f"{SHOWN}&lang=en&unit={DISTRICT}")
    assert rows_of(form)[-1][0] == "Total"
    assert late.title == "Late dossiers"
