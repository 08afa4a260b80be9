"""Every page of the product and who sees it. A test compares this list with the routes of the services: none is forgotten."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Page

from cli.directory_import import SAMPLE_PASSWORD
from tests.e2e.browser.chromium import CITIZEN, sign_in
from tests.e2e.browser.journeys import CARD, again_until, citizen, fill_in, open_counter

_DOSSIER = "table a[href^='/intake/dossiers/']"
_CASE = "table a[href^='/routing/cases/']"
Reach = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True)
class PageCase:
    """`reach` goes there from nowhere; `route` is the address in the service's own words; `status` what it answers."""

    name: str
    who: str
    route: str
    reach: Reach
    status: int = 200


def at(address: str) -> Reach:
    async def reach(page: Page) -> None:
        await page.goto(address)

    return reach


def first(address: str, link: str, rest: str = "") -> Reach:
    """The first link of a list, as a person would follow it; `rest` is added to its address."""

    async def reach(page: Page) -> None:
        await page.goto(address)
        href = await page.locator(link).first.get_attribute("href")
        await page.goto(f"{href}{rest}")

    return reach


async def difference_shown(page: Page) -> None:
    """Asked for, and not confirmed."""
    await page.goto("/directory/units/H99.21.05.13/edit")
    await page.get_by_label("Điện thoại").fill("0299 3999 123")
    await page.get_by_role("button", name="Xem khác biệt").click()
    await page.get_by_role("button", name="Xác nhận thay đổi").wait_for()


async def counter_opened(page: Page) -> None:
    await page.goto("/intake/counter")
    if await page.locator("select[name=unit]").count():
        await page.locator("select[name=unit]").select_option(index=1)
    await page.get_by_role("combobox", name="Thủ tục").fill(
        await page.locator("datalist option").first.get_attribute("value") or ""
    )
    await page.get_by_role("button", name="Mở").click()
    await page.get_by_role("button", name="Tiếp nhận và in").wait_for()


async def supplement_asked_for(page: Page) -> None:
    """As a clerk comes to it: papers that are not there, each with its reason."""
    who = citizen("Lê Thị Thiếu")
    await open_counter(page, CARD, who.number)
    await fill_in(page, who, papers=0)
    await page.get_by_role("button", name="Chưa đủ: lưu để trả lại").click()
    await page.wait_for_url("**#return")
    for field in await page.locator("#return input[type=text]").all():
        await field.fill("Chưa có bản gốc")
    await page.get_by_role("button", name="Trả lại để bổ sung").click()
    await page.get_by_role("link", name="In phiếu yêu cầu bổ sung").click()
    await page.wait_for_url("**/supplement")


async def refused(page: Page) -> None:
    """A dossier as a clerk refuses it."""
    who = citizen("Lê Thị Nhầm")
    await open_counter(page, CARD, who.number)
    await fill_in(page, who, papers=0)
    await page.get_by_role("button", name="Chưa đủ: lưu để trả lại").click()
    await page.wait_for_url("**#return")
    await page.locator("#refuse textarea").fill("Không thuộc thẩm quyền của đơn vị")
    await page.locator("#refuse").get_by_role("button", name="Từ chối tiếp nhận").click()
    await page.get_by_role("link", name="In phiếu từ chối").click()
    await page.wait_for_url("**/refusal")


async def handed_over(page: Page) -> None:
    """The slip of the first result that was given back at the counter; what the post brought has none."""
    await page.goto("/intake/dossiers?status=10")
    for link in await page.locator(_DOSSIER).all():
        address = f"{await link.get_attribute('href')}/slip"
        if (await page.request.get(address)).url.endswith(address):
            await page.goto(address)
            return
    raise LookupError("no result was given back at the counter")


async def counter_refused(page: Page) -> None:
    await counter_opened(page)
    await page.get_by_role("button", name="Tiếp nhận và in").click()
    await page.locator(".error-summary").wait_for()


async def guidance_recorded(page: Page) -> None:
    await page.goto("/intake/guidance")
    await page.get_by_role("button", name="Ghi").click()
    await page.locator(".confirmation").wait_for()


async def submission(page: Page) -> None:
    """Where, what, then the form with that procedure's papers."""
    await page.goto("/submit")
    await page.get_by_label("Nộp đến").select_option(index=1)
    await page.get_by_role("button", name="Tiếp tục").click()
    await page.get_by_label("Thủ tục").select_option(index=1)
    await page.get_by_role("button", name="Tiếp tục").click()
    await page.get_by_label("Họ và tên").wait_for()


async def submitted(page: Page) -> None:
    await submission(page)
    await page.get_by_label("Họ và tên").fill("Phạm Thị Hồng")
    await page.get_by_label("Số định danh").fill("034188012345")
    await page.get_by_label("Địa chỉ", exact=True).fill("Thôn Tân Hòa, xã Vũ Thư")
    await page.get_by_label("Thư điện tử").fill("hong@example.com")
    await page.get_by_role("button", name="Nộp hồ sơ").click()
    await page.locator(".confirmation").wait_for()


async def tracked_submission(page: Page) -> None:
    await submitted(page)
    code, secret = await page.locator(".keep").all_inner_texts()
    await _track(page, code, secret)


async def tracked(page: Page) -> None:
    """With what a receipt says, as somebody who has not signed in."""
    await first("/intake/dossiers?status=4", _DOSSIER, "/receipt")(page)
    code, secret = (await page.locator(".receipt dd").all_inner_texts())[:2]
    await page.context.clear_cookies()
    await _track(page, code, secret)


async def _track(page: Page, code: str, secret: str) -> None:
    await page.goto("/track")
    await page.locator("[name=code]").fill(code)
    await page.locator("[name=secret]").fill(secret)
    await page.get_by_role("button", name="Xem").click()
    await page.locator(".timeline").wait_for()


async def track_refused(page: Page) -> None:
    await page.goto("/track")
    await page.locator("[name=code]").fill("H42.12-261104-0001")
    await page.locator("[name=secret]").fill("0000-0000")
    await page.get_by_role("button", name="Xem").click()
    await page.locator(".error-summary").wait_for()


async def sign_in_refused(page: Page) -> None:
    await page.goto("/sign-in")
    await page.get_by_label("Tên đăng nhập").fill("khong-co-ai")
    await page.get_by_label("Mật khẩu").fill("khong-dung")
    await page.get_by_role("button", name="Đăng nhập").click()
    await page.locator(".error-summary").wait_for()


async def password_refused(page: Page) -> None:
    """Easily guessed, and said before anything is changed."""
    await page.goto("/password")
    await page.get_by_label("Mật khẩu đang dùng").fill(SAMPLE_PASSWORD)
    await page.get_by_label("Mật khẩu mới", exact=True).fill("Matkhau@2026!")
    await page.get_by_label("Gõ lại mật khẩu mới").fill("Matkhau@2026!")
    await page.get_by_role("button", name="Dùng mật khẩu này").click()
    await page.locator(".error-summary").wait_for()


async def second_factor_begun(page: Page) -> None:
    """As far as the picture; nothing has changed."""
    await page.goto("/second-factor")
    await page.get_by_label("Mật khẩu").fill(SAMPLE_PASSWORD)
    await page.get_by_role("button", name="Tiếp tục").click()
    await page.get_by_role("button", name="Bật đăng nhập hai bước").wait_for()


async def password_reset(page: Page) -> None:
    """Of somebody with whom no other test signs in."""
    await page.goto("/directory/staff?q=long")
    await page.get_by_role("button", name="Đặt lại mật khẩu của").click()
    await page.locator(".keep").wait_for()


async def decision_asked(page: Page) -> None:
    await first("/routing/cases", _CASE)(page)
    await page.get_by_role("button", name="Chấp thuận, có kết quả").click()
    await page.get_by_role("heading", name="Chấp thuận hồ sơ này, có kết quả?").wait_for()


async def stop_asked(page: Page) -> None:
    await page.goto("/routing/cases?officer=all")
    await page.goto((await page.locator(_CASE).first.get_attribute("href") or "") + "/stop")
    await page.get_by_role("button", name="Dừng xử lý").wait_for()


async def _ended(page: Page, form: str, *acts: tuple[str | None, str, dict[str, str]]) -> None:
    """A leader does something to cases of their own, in a window of theirs; the clerk opens the form that follows from it.

    `acts`: on which page of the case (None: where the last one led), which button, and what is filled in before.
    """
    browser = page.context.browser
    assert browser is not None
    await page.goto("/intake/dossiers?status=4")
    dossier = (await page.locator(_DOSSIER).last.get_attribute("href") or "").rpartition("/")[2]
    window = await browser.new_context(base_url=page.url.partition("/intake")[0], locale="vi-VN", java_script_enabled=False)
    leader = await window.new_page()
    await sign_in(leader, "son")
    for path, button, chosen in acts:
        if path is not None:
            await leader.goto(f"/routing/cases/{dossier}{path}")
        for name, value in chosen.items():
            if name == "ground":
                await leader.locator(f"[name=ground][value={value}]").check()
            else:
                await leader.locator(f"[name={name}]").fill(value)
        await leader.get_by_role("button", name=button).first.click()
        await leader.wait_for_load_state("load")
    await window.close()
    address = f"/intake/dossiers/{dossier}/{form}"

    async def opened() -> None:
        await page.goto(address)
        assert page.url.endswith(address)

    await again_until(opened)


async def stopped(page: Page) -> None:
    await _ended(page, "stop", ("/stop", "Dừng xử lý", {"ground": "asked-by-agency"}))


async def declined(page: Page) -> None:
    await _ended(page, "decline", ("", "Từ chối giải quyết", {"reason": "Đất đang tranh chấp"}), (None, "Quyết định", {}))


async def extended(page: Page) -> None:
    asked = {"ground": "workload", "until": "2027-03-15"}
    await _ended(page, "extension", ("/extend", "Trình lãnh đạo", asked), ("/extend", "Xác nhận gia hạn", {}))


async def beside(page: Page) -> None:
    """The first case beside its list, at any width."""
    await page.goto("/routing/cases?officer=all")
    await page.goto(await page.locator("a[data-beside]").first.get_attribute("data-beside") or "")
    await page.locator("aside").wait_for()


PAGES = (
    PageCase("home", CITIZEN, "/", at("/")),
    PageCase("home-clerk", "hoa", "/", at("/")),
    PageCase("sign-in", CITIZEN, "/sign-in", at("/sign-in")),
    PageCase("sign-in-refused", CITIZEN, "/sign-in", sign_in_refused, 401),
    PageCase("sign-out", "hoa", "/sign-out", at("/sign-out")),
    PageCase("password", CITIZEN, "/password", at("/password")),
    PageCase("password-refused", "hoa", "/password", password_refused, 422),
    PageCase("password-changed", "hoa", "/password", at("/password?why=changed")),
    PageCase("password-reset", "quantri", "/directory/staff", password_reset),
    PageCase("second-factor", CITIZEN, "/second-factor", at("/second-factor")),
    PageCase("second-factor-enrol", "hoa", "/second-factor", second_factor_begun),
    PageCase(
        "second-factor-of", "quantri", "/directory/staff/{staff_id}/second-factor", at("/directory/staff/cb003/second-factor")
    ),
    PageCase("procedures", CITIZEN, "/directory/procedures", at("/directory/procedures")),
    PageCase("procedures-none", CITIZEN, "/directory/procedures", at("/directory/procedures?q=zzz")),
    PageCase(
        "procedure",
        CITIZEN,
        "/directory/procedures/{code}",
        first("/directory/procedures", "table a[href^='/directory/procedures/']"),
    ),
    PageCase(
        "poster",
        CITIZEN,
        "/directory/procedures/{code}/poster",
        first("/directory/procedures", "table a[href^='/directory/procedures/']", "/poster"),
    ),
    PageCase("privacy", CITIZEN, "/directory/privacy", at("/directory/privacy")),
    PageCase("units", CITIZEN, "/directory/units", at("/directory/units")),
    PageCase("calendars", "quantri", "/directory/calendars", at("/directory/calendars")),
    PageCase("staff", "quantri", "/directory/staff", at("/directory/staff")),
    PageCase("person-new", "quantri", "/directory/staff/new", at("/directory/staff/new")),
    PageCase("person", "quantri", "/directory/staff/{staff_id}/edit", at("/directory/staff/cb006/edit")),
    PageCase("unit-new", "quantri", "/directory/units/new", at("/directory/units/new")),
    PageCase("unit", "quantri", "/directory/units/{unit}/edit", at("/directory/units/H99.21.05.13/edit")),
    PageCase("calendar", "quantri", "/directory/calendars/{calendar}", at("/directory/calendars/mot-cua?year=2027")),
    PageCase("import", "quantri", "/directory/import", at("/directory/import")),
    PageCase("difference", "quantri", "/directory/changes/{change}", difference_shown),
    PageCase("sessions", "hoa", "/directory/sessions", at("/directory/sessions")),
    PageCase("history", "quantri", "/directory/history", at("/directory/history")),
    PageCase("counter", "hoa", "/intake/counter", at("/intake/counter")),
    PageCase("counter-opened", "tam", "/intake/counter", counter_opened),
    PageCase("counter-refused", "tam", "/intake/counter", counter_refused),
    PageCase("dossiers", "hoa", "/intake/dossiers", at("/intake/dossiers")),
    PageCase("dossiers-none", "hoa", "/intake/dossiers", at("/intake/dossiers?status=3")),
    PageCase("dossier", "hoa", "/intake/dossiers/{dossier}", first("/intake/dossiers?status=9", _DOSSIER)),
    PageCase("supplement", "hoa", "/intake/dossiers/{dossier}/supplement", supplement_asked_for),
    PageCase("refusal", "hoa", "/intake/dossiers/{dossier}/refusal", refused),
    PageCase("stopped", "hoa", "/intake/dossiers/{dossier}/stop", stopped),
    PageCase("declined", "hoa", "/intake/dossiers/{dossier}/decline", declined),
    PageCase("extended", "hoa", "/intake/dossiers/{dossier}/extension", extended),
    PageCase("receipt", "hoa", "/intake/dossiers/{dossier}/receipt", first("/intake/dossiers?status=4", _DOSSIER, "/receipt")),
    PageCase("dispatch", "hoa", "/intake/dispatch", at("/intake/dispatch")),
    PageCase("results", "hoa", "/intake/results", at("/intake/results")),
    PageCase("results-none", "tam", "/intake/results", at("/intake/results?waits=long")),
    PageCase("hand-over", "hoa", "/intake/dossiers/{dossier}/hand-over", first("/intake/results", _DOSSIER)),
    PageCase("slip", "hoa", "/intake/dossiers/{dossier}/slip", handed_over),
    PageCase("withdraw", "hoa", "/intake/dossiers/{dossier}/withdraw", first("/intake/dossiers?status=4", _DOSSIER, "/withdraw")),
    PageCase("hand-in", "hoa", "/intake/dossiers/{dossier}/hand-in", first("/intake/dossiers?status=4", _DOSSIER, "/hand-in")),
    PageCase("guidance", "hoa", "/intake/guidance", at("/intake/guidance")),
    PageCase("guidance-done", "hoa", "/intake/guidance", guidance_recorded),
    PageCase("submit-where", CITIZEN, "/submit", at("/submit")),
    PageCase("submit", CITIZEN, "/submit", submission),
    PageCase("submitted", CITIZEN, "/submit/done", submitted),
    PageCase("confirm", CITIZEN, "/submit/confirm", at("/submit/confirm")),
    PageCase("track-ask", CITIZEN, "/track", at("/track")),
    PageCase("track-refused", CITIZEN, "/track", track_refused),
    PageCase("track", "hoa", "/track/dossier", tracked),
    PageCase("track-submission", CITIZEN, "/track/dossier", tracked_submission),
    PageCase("cases", "son", "/routing/cases", at("/routing/cases")),
    PageCase("cases-mine", "minh", "/routing/cases", at("/routing/cases")),
    PageCase("cases-decided", "son", "/routing/cases", at("/routing/cases?officer=all&state=decided")),
    PageCase("cases-late", "minh", "/routing/cases", at("/routing/cases?officer=me&state=open&due=late")),
    PageCase("cases-beside", "son", "/routing/cases", beside),
    PageCase("case", "son", "/routing/cases/{case}", first("/routing/cases", _CASE)),
    PageCase("case-decided", "son", "/routing/cases/{case}", first("/routing/cases?officer=all&state=decided", _CASE)),
    PageCase("cases-waiting", "son", "/routing/cases", at("/routing/cases?officer=all&state=waiting")),
    PageCase("ask-for-papers", "son", "/routing/cases/{case}/supplement", first("/routing/cases", _CASE, "/supplement")),
    PageCase("absences", "son", "/routing/absences", at("/routing/absences")),
    PageCase("drafts", "son", "/routing/signing", at("/routing/signing")),
    PageCase("decide", "son", "/routing/cases/{case}/decide", decision_asked),
    PageCase("extend", "son", "/routing/cases/{case}/extend", first("/routing/cases?officer=all", _CASE, "/extend")),
    PageCase("stop", "son", "/routing/cases/{case}/stop", stop_asked),
    PageCase("messages", "hoa", "/notify/messages", at("/notify/messages")),
    PageCase("messages-none", "hoa", "/notify/messages", at("/notify/messages?code=khong-co")),
    PageCase("message", "hoa", "/notify/messages/{message}", first("/notify/messages", "table a[href^='/notify/messages/']")),
    PageCase("templates", "hoa", "/notify/templates", at("/notify/templates")),
    PageCase("figures", "quang", "/reporting/figures", at("/reporting/figures?preset=year")),
    PageCase("figures-wrong", "quang", "/reporting/figures", at("/reporting/figures?from=2026-12-14&through=2026-01-01"), 422),
    PageCase("figures-dossiers", "quang", "/reporting/dossiers", at("/reporting/dossiers?preset=year&measure=total")),
    PageCase("figures-guidance", "quang", "/reporting/guidance", at("/reporting/guidance?preset=year")),
    PageCase("board", "quang", "/reporting/board", at("/reporting/board?preset=year")),
    PageCase("board-unit", "son", "/reporting/board", at("/reporting/board?by=competent")),
    PageCase("board-wall", "quang", "/reporting/board/wall", at("/reporting/board/wall?preset=year")),
    PageCase("board-dossiers", "quang", "/reporting/board/dossiers", at("/reporting/board/dossiers?waiting=to_fetch")),
    PageCase("public", CITIZEN, "/reporting/public", at("/reporting/public")),
    PageCase("not-found", CITIZEN, "", at("/khong-co-trang-nay"), 404),
    PageCase("forbidden", "hoa", "/reporting/figures", at("/directory/staff"), 403),
)
