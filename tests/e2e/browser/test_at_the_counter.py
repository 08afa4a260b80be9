"""The clerk with a queue: keyboard only, incomplete papers, impatient clicks, forms grown stale."""

import re

import pytest
from playwright.async_api import Page, expect

from cli.directory_import import SAMPLE_PASSWORD
from tests.e2e.browser.chromium import Visits
from tests.e2e.browser.journeys import CARD, COPY, accept, citizen, fact, fill_in, open_counter, receipt_on
from tests.support.installation import Installation
from tests.support.scanner import read_printed

pytestmark = pytest.mark.timeout(300)
SENT_WITHOUT_WAITING_FOR_THE_PAGE = """async () => {
  const form = new FormData(document.querySelector('form[action="/intake/counter"]'));
  form.set('act', 'accept');
  return (await fetch('/intake/counter', {method: 'POST', body: new URLSearchParams(form)})).url }"""


class Keyboard:
    """Counts what is pressed besides the text: a clerk's keys, and the Enter that ends what a scanner types."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)
            self.pressed += 1

    async def send(self, text: str) -> None:
        """Types where the cursor stands; what the Enter behind it leads to is shown."""
        await self.page.keyboard.type(text)
        async with self.page.expect_navigation():
            await self.press("Enter")


async def signed_in_by_keyboard(visits: Visits) -> Page:
    page = await visits.by()
    await page.goto("/sign-in")
    await expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    await page.keyboard.type("hoa")
    await page.keyboard.press("Tab")
    await page.keyboard.type(SAMPLE_PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/$"))
    return page


async def at_the_counter(page: Page) -> tuple[Page, Keyboard]:
    await page.goto("/")
    keyboard = Keyboard(page)
    await keyboard.press("Alt+1")
    await page.wait_for_url("**/intake/counter")
    await expect(page.locator("#f-procedure")).to_be_focused()
    return page, keyboard


async def test_a_known_citizen_is_received_in_ten_keys_on_one_page(visits: Visits) -> None:
    who = citizen("Vũ Thị Ngọc Ánh")
    before = await visits.by("hoa")
    await open_counter(before, COPY, who.number)
    await fill_in(before, who)
    await accept(before)

    page, keyboard = await at_the_counter(await signed_in_by_keyboard(visits))
    await keyboard.send("ban sao tu ban chinh")
    await expect(page.locator("#f-identity_number")).to_be_focused()
    await keyboard.send(who.number)
    await expect(page.get_by_label("Họ và tên")).to_have_value(who.name)
    await expect(page.get_by_text("đã điền sẵn")).to_be_visible()
    promised = await fact(page, "Hẹn trả")
    await expect(page.locator("#f-papers")).to_be_focused()
    await keyboard.press("Space", "Alt+n")
    receipt = await receipt_on(page)
    assert re.fullmatch(r"000\.00\.21\.H99-\d{6}-\d{4,}", receipt.code)
    assert await fact(page, "Hẹn trả") == promised
    assert keyboard.pressed <= 10
    await keyboard.press("Alt+n")
    await page.wait_for_url(re.compile("/intake/counter"))


async def test_a_new_citizens_card_is_scanned_and_received_in_ten_keys(visits: Visits) -> None:
    who = citizen("Lê Thị Thẻ")
    page, keyboard = await at_the_counter(await visits.by("hoa"))
    await keyboard.send("ban sao tu ban chinh")
    await expect(page.locator("#f-identity_number")).to_be_focused()
    await keyboard.send(f"{who.number}||{who.name}|01021985|Nữ|{who.address}|10052021")
    await expect(page.get_by_label("Số định danh")).to_have_value(who.number)
    await expect(page.get_by_label("Địa chỉ")).to_have_value(who.address)
    await expect(page.locator("#f-papers")).to_be_focused()
    await keyboard.press("Space", "Alt+n")
    assert (await receipt_on(page)).code
    assert keyboard.pressed <= 10


async def test_a_new_citizen_without_a_card_is_received_in_35_keys(visits: Visits) -> None:
    who = citizen("Hồ Văn Mới")
    page, keyboard = await at_the_counter(await visits.by("hoa"))
    await keyboard.send("ban sao tu ban chinh")
    await expect(page.locator("#f-identity_number")).to_be_focused()
    await keyboard.send(who.number)
    await expect(page.locator("#f-papers")).to_be_focused()
    await keyboard.press("Space")
    for selector, text in (("#f-name", who.name), ("#f-address", who.address)):
        while not await page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            await keyboard.press("Tab")
            assert keyboard.pressed <= 35
        await page.keyboard.type(text)
    await keyboard.press("Alt+n")
    assert (await receipt_on(page)).code
    assert keyboard.pressed <= 35


async def test_of_several_procedures_the_next_enter_takes_the_first(visits: Visits) -> None:
    page, keyboard = await at_the_counter(await visits.by("hoa"))
    await keyboard.send("the bao hiem")
    first = page.locator(".choices-listed button").first
    await expect(first).to_be_focused()
    title = await first.inner_text()
    await keyboard.press("Enter")
    await expect(page.locator("#f-procedure")).to_have_value(title)
    await expect(page.get_by_role("button", name="Tiếp nhận và in")).to_be_visible()


async def test_the_receipt_names_code_date_and_way_to_follow_and_prints_each_copy_on_one_sheet(
    visits: Visits, installation: Installation
) -> None:
    page, who = await visits.by("hoa"), citizen("Phạm Quốc Cường")
    await open_counter(page, COPY, who.number)
    await fill_in(page, who)
    receipt = await accept(page)
    assert re.search(r"\d{2}:\d{2}, .+ \d{2}/\d{2}/\d{4}", await fact(page, "Hẹn trả"))
    qr = await page.get_by_role("img", name="Mã QR").inner_html()
    assert read_printed(qr) == ("QRCode", f"{installation.address}/track?code={receipt.code}")
    await page.emulate_media(media="print")
    for nothing in (".top", ".bottom", ".actions"):
        await expect(page.locator(nothing).first).to_be_hidden()
    for word in (receipt.secret, who.name, "Cách tính ngày hẹn trả"):
        await expect(page.get_by_text(word, exact=False).first).to_be_visible()
    await expect(page.locator(".answers").get_by_text(receipt.code).first).to_be_visible()
    for paper, width in (("a5", 420), ("a4", 595)):
        await page.goto(f"{receipt.page}/receipt?paper={paper}")
        printed = await page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2, "a copy for each, on one sheet each"
        sizes = {round(float(size)) for size in re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+)", printed)}
        assert sizes == {width}


async def test_incomplete_papers_go_back_with_everything_named_once_and_come_in_complete(visits: Visits) -> None:
    page, who = await visits.by("hoa"), citizen("Lê Bá Tùng")
    await open_counter(page, CARD, who.number)
    await fill_in(page, who, papers=0)
    await page.get_by_role("button", name="Chưa đủ: lưu để trả lại").click()
    await page.wait_for_url(re.compile("#return$"))
    reasons = page.locator("#return input[type=text]")
    for field in await reasons.all():
        await field.fill("Chưa có bản gốc")
    named = await reasons.count()
    await page.get_by_role("button", name="Trả lại để bổ sung").click()
    await expect(page.get_by_text("Đã trả để bổ sung").first).to_be_visible()
    await expect(page.get_by_text("Chưa có bản gốc")).to_have_count(named)
    for box in await page.locator("#resubmit input[name=papers]").all():
        await box.check()
    await page.get_by_role("button", name="Đủ: tiếp nhận").click()
    assert (await receipt_on(page)).code


async def test_a_double_click_makes_one_dossier(visits: Visits) -> None:
    page, who = await visits.by("hoa"), citizen("Đinh Thị Đúp")
    await open_counter(page, COPY, who.number)
    await fill_in(page, who)
    await page.get_by_role("button", name="Tiếp nhận và in").dblclick()
    await receipt_on(page)
    await page.goto(f"/intake/dossiers?q={who.number}")
    await expect(page.locator("tbody tr")).to_have_count(1)


async def test_a_form_whose_answer_was_lost_and_that_is_sent_again_makes_one_dossier(visits: Visits) -> None:
    """As F5, or a second try on a broken line: the form carries the same key."""
    page, who = await visits.by("hoa"), citizen("Đinh Văn Lặp")
    await open_counter(page, COPY, who.number)
    await fill_in(page, who)
    lost = await page.evaluate(SENT_WITHOUT_WAITING_FOR_THE_PAGE)
    assert lost.endswith("/receipt")
    assert (await accept(page)).page == lost.removesuffix("/receipt")
    await page.goto(f"/intake/dossiers?q={who.number}")
    await expect(page.locator("tbody tr")).to_have_count(1)


async def test_a_stale_form_says_so_and_keeps_what_was_typed(visits: Visits) -> None:
    page, who, reason = await visits.by("hoa"), citizen("Ngô Thị Muộn"), "Giấy chứng minh đã hết hạn"
    await open_counter(page, CARD, who.number)
    await fill_in(page, who)
    await page.get_by_role("button", name="Chưa đủ: lưu để trả lại").click()
    await page.wait_for_url(re.compile("#return$"))
    paper = page.locator("#return input[type=text]").first
    await paper.fill(reason)

    other = await page.context.new_page()
    await other.goto(page.url)
    await other.locator("#return input[type=text]").first.fill("Thiếu chữ ký")
    await other.get_by_role("button", name="Trả lại để bổ sung").click()
    await expect(other.get_by_text("Thiếu chữ ký")).to_be_visible()
    for box in await other.locator("#resubmit input[name=papers]").all():
        await box.check()
    await other.get_by_role("button", name="Chỉ ghi là đã nộp lại").click()
    await expect(other.locator("#return")).to_be_visible()

    await page.get_by_role("button", name="Trả lại để bổ sung").click()
    await expect(page.get_by_role("alert")).to_contain_text("Vừa có người khác sửa ở đây")
    await expect(paper).to_have_value(reason)


async def test_the_next_citizens_number_takes_nothing_of_the_one_before(visits: Visits) -> None:
    before, first, second = await visits.by("hoa"), citizen("Trần Văn Trước"), citizen("Lý Thị Sau")
    await open_counter(before, CARD, first.number)
    await fill_in(before, first)
    await accept(before)

    page = await visits.by("hoa")
    await open_counter(page, COPY, first.number)
    name, number = page.get_by_label("Họ và tên"), page.get_by_label("Số định danh")
    await expect(name).to_have_value(first.name)
    await number.fill(second.number)
    await page.get_by_role("button", name="Tiếp nhận và in").click()
    await expect(page.get_by_role("alert")).to_contain_text(first.number)
    await expect(page.get_by_role("alert")).to_contain_text(second.number)
    await number.press("Enter")
    await expect(name).to_have_value("")
    await expect(page.get_by_label("Địa chỉ")).to_have_value("")


async def test_enter_in_a_reason_hands_nothing_back(visits: Visits) -> None:
    page, who = await visits.by("hoa"), citizen("Cao Thị Nhầm")
    await open_counter(page, CARD, who.number)
    await fill_in(page, who)
    await page.get_by_role("button", name="Chưa đủ: lưu để trả lại").click()
    await page.wait_for_url(re.compile("#return$"))
    paper = page.locator("#return input[type=text]").first
    await paper.fill("Bản chụp bị mờ")
    await paper.press("Enter")
    await page.locator("#accept input[type=datetime-local]").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("phím Enter không gửi ở đây")
    await expect(page.locator("#return")).to_be_visible()
    await expect(page.locator(".timeline li")).to_have_count(1)


async def test_a_result_is_handed_over_in_four_keys_from_the_scan_on(visits: Visits) -> None:
    page = await visits.by("hoa")
    await page.goto("/intake/results")
    await expect(page.locator("#f-q")).to_be_focused()
    code = await page.locator("td.code a").last.get_attribute("aria-label")
    assert code
    keyboard = Keyboard(page)
    await keyboard.send(code)
    await expect(page.locator("h1")).to_contain_text(code)
    await page.keyboard.type(code)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/hand-over$"))
    await keyboard.press("Alt+n")
    await page.wait_for_url("**/slip")
    await expect(page.locator(".confirmation")).to_contain_text(code)
    assert keyboard.pressed <= 4
    await page.keyboard.press("Alt+n")
    await expect(page.locator("#f-q")).to_be_focused()
    await expect(page.locator("td.code a", has_text=code)).to_have_count(0)
