"""One dossier seen by everybody it passes: clerk, officer, leader, citizen. And what nobody learns by guessing."""

import pytest
from playwright.async_api import expect

from tests.e2e.browser.chromium import PHONE, Visits
from tests.e2e.browser.journeys import CARD, appears, ask, received, tells

pytestmark = pytest.mark.timeout(300)


async def test_decided_by_the_officer_told_to_the_citizen_handed_over_by_the_clerk(visits: Visits) -> None:
    receipt = await received(visits, "Bùi Thị Hạnh Phúc")
    phone = await visits.by(width=PHONE)
    await tells(phone, receipt, "Đang giải quyết")

    desk = await visits.by("minh")
    await appears(desk, "/routing/cases", receipt.code)
    await desk.get_by_role("link", name=receipt.code).click()
    await expect(desk.get_by_text("Bùi Thị Hạnh Phúc")).to_be_visible()
    await desk.get_by_label("Số, ký hiệu văn bản").fill("12/CT")
    await desk.get_by_label("Số, ký hiệu văn bản").press("Enter")
    await expect(desk.get_by_role("heading", name="Chấp thuận hồ sơ này, có kết quả?")).to_be_visible()
    await desk.keyboard.press("Enter")
    await expect(desk.get_by_role("heading", name="Chấp thuận hồ sơ này, có kết quả?")).to_be_visible()
    await desk.keyboard.press("Alt+n")
    await expect(desk.get_by_role("heading", name="Đã quyết định")).to_be_visible()
    await tells(phone, receipt, "Đã có kết quả")

    counter = await visits.by("hoa")
    await counter.goto(receipt.page)
    await counter.locator("p.actions").get_by_role("link", name="Trả kết quả").click()
    await counter.get_by_role("button", name="Trả kết quả và in phiếu").click()
    await expect(counter.locator("h1")).to_contain_text("Đã trả kết quả")
    await expect(counter.locator(".receipt").first).to_contain_text("Bùi Thị Hạnh Phúc")
    await tells(phone, receipt, "Đã trả kết quả")
    assert await phone.evaluate("document.documentElement.scrollWidth") <= PHONE


async def test_a_leader_gives_a_case_to_another_and_an_old_form_is_not_obeyed(visits: Visits) -> None:
    receipt = await received(visits, "Đoàn Văn Giao", CARD)
    leader = await visits.by("dung")
    await appears(leader, "/routing/cases?officer=all", receipt.code)
    await leader.get_by_role("link", name=receipt.code).click()
    reason = leader.get_by_label("Lý do từ chối giải quyết")
    await reason.fill("Thiếu căn cứ hưởng mức cao hơn")

    other = await leader.context.new_page()
    await other.goto(leader.url)
    await other.locator("#f-officer").select_option(index=1)
    await other.get_by_role("button", name="Giao", exact=True).click()
    await expect(other.get_by_text("Đã giao người xử lý")).to_be_visible()

    await leader.get_by_role("button", name="Từ chối giải quyết").click()
    await expect(leader.get_by_role("alert")).to_contain_text("Vừa có người khác sửa ở đây")
    await expect(reason).to_have_value("Thiếu căn cứ hưởng mức cao hơn")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
async def test_code_and_secret_open_the_dossier_on_a_cheap_phone(visits: Visits, scripts: bool) -> None:
    receipt = await received(visits, "Trịnh Thị Thoan")
    phone = await visits.by(width=PHONE, scripts=scripts)
    await ask(phone, receipt.code, receipt.secret)
    await expect(phone.get_by_role("main").get_by_text(receipt.code, exact=True).first).to_be_visible()
    await phone.get_by_text("Cách tính ngày hẹn trả").click()
    await expect(phone.locator("details li").first).to_be_visible()


async def test_a_wrong_secret_and_a_wrong_code_are_answered_alike(visits: Visits) -> None:
    receipt = await received(visits, "Hà Văn Kín")
    phone = await visits.by(width=PHONE, scripts=False)
    answers = []
    for code, secret in ((receipt.code, "7K3Q-9XAB"), (f"{receipt.code}9", receipt.secret)):
        await ask(phone, code, secret)
        answers.append(await phone.locator(".error-summary").inner_text())
        await expect(phone.get_by_label("Mã hồ sơ hoặc số đăng ký")).to_have_value(code)
    assert answers[0] == answers[1]
