"""Home, catalogue, units and staff as people see them, in both languages; and that bad addresses never make a 500."""

import pytest

from tests.support.directory_world import Directory, hidden
from tests.support.reference_data import ADMIN, BUSINESS, MARRIAGE, sample_files


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/directory/procedures", f"/directory/procedures/{BUSINESS}", "/directory/units"]
)
async def test_public_pages_need_no_sign_in(directory: Directory, path: str, language: str) -> None:
    answer = await directory.browser().get(f"{path}?lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert "style=" not in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    ("username", "seen", "unseen"),
    [
        ("lan", ["/intake/counter", "/notify/messages"], ["/routing/cases", "/directory/staff"]),
        ("bich", ["/intake/counter", "/routing/cases", "Bảo hiểm xã hội huyện Hà An"], ["/reporting/figures"]),
        ("son", ["/routing/cases", "/reporting/figures"], ["/intake/counter"]),
        ("quantri", ["/directory/staff", "/reporting/figures"], ["/intake/counter"]),
        ("operator", ["/directory/staff", "Hệ thống này"], ["/intake/counter", "000.00.00.Z00"]),
    ],
)
async def test_home_shows_each_role_its_doors(directory: Directory, username: str, seen: list[str], unseen: list[str]) -> None:
    page = (await directory.browser(await directory.token(username)).get("/")).text
    assert [text for text in seen if text not in page] == []
    assert [text for text in unseen if text in page] == []


async def test_the_catalogue_is_found_by_field_and_word(directory: Directory) -> None:
    browser = directory.browser()
    everything = (await browser.get("/directory/procedures")).text
    assert everything.count('<td><a href="/directory/procedures/') == 8
    assert (
        everything.index("Bảo hiểm xã hội</caption>")
        < everything.index("Đất đai</caption>")
        < everything.index("hộ tịch</caption>")
    )
    assert (await browser.get("/directory/procedures?field=tu-phap")).text.count("<td><a ") == 3
    assert (await browser.get("/directory/procedures?q=KẾT HÔN")).text.count("<td><a ") == 1
    assert "Không có thủ tục nào" in (await browser.get("/directory/procedures?q=<script>")).text


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("dat dai", "cha mẹ chuyển cho con"),
        ("đất  đai", "cha mẹ chuyển cho con"),
        ("so do", "cha mẹ chuyển cho con"),
        ("sổ đỏ thừa kế", "cha mẹ chuyển cho con"),
        ("giay phep lai xe", "Đổi giấy phép lái xe"),
        ("bằng lái", "Đổi giấy phép lái xe"),
        ("LA\u0301I XE", "Đổi giấy phép lái xe"),
        ("\u200b1.900041", "Đổi giấy phép lái xe"),
        ("ho tich ket hon", "Đăng ký kết hôn"),
        ("bảo  hie\u0302\u0309m đổi the", None),
        ("chinh the", "Điều chỉnh thông tin trên thẻ bảo hiểm y tế"),
    ],
)
async def test_procedures_are_found_as_people_type(directory: Directory, typed: str, title: str | None) -> None:
    page = (await directory.browser().get("/directory/procedures", params={"q": typed})).text
    assert page.count('<td><a href="/directory/procedures/') == (0 if title is None else 1)
    assert (title or "Không có thủ tục nào") in page


async def test_units_are_found_by_words_and_code(directory: Directory) -> None:
    browser = directory.browser()
    for typed in ("mot cua ha an", "HUYE\u0323N Hà  An, bo phan", "000.00.21", "000.00.21.h99\u200b"):
        page = (await browser.get("/directory/units", params={"q": typed})).text
        assert (page.count("<section id="), 'id="000.00.21.H99"' in page) == (1, True), typed
    nothing = (await browser.get("/directory/units", params={"q": "%"})).text
    assert "Không tìm thấy đơn vị nào" in nothing
    assert "motcua import" not in nothing


@pytest.mark.parametrize("typed", ["đặng thị bích", "DANG  BICH", "bi\u0301ch đặ", "BICH", "thi dang"])
async def test_staff_are_found_as_people_type(directory: Directory, typed: str) -> None:
    headers = await directory.headers("operator")
    staff = (await directory.http.get("/api/directory/staff", params={"q": typed}, headers=headers)).json()["staff"]
    assert [person["name"] for person in staff if person["username"] == "bich"] == ["Đặng Thị Bích"]
    assert len(staff) < 14


async def test_a_procedure_says_what_to_bring_and_shows_its_old_version_as_old(directory: Directory) -> None:
    browser = directory.browser()
    now = (await browser.get(f"/directory/procedures/{BUSINESS}")).text
    assert "3 ngày làm việc" in now
    assert "Bưu điện huyện Hà An" in now
    assert "không phải phiên bản đang áp dụng" not in now
    old = (await browser.get(f"/directory/procedures/{BUSINESS}?version=1")).text
    assert "5 ngày làm việc" in old
    assert "Bưu điện huyện Hà An" not in old
    assert "không phải phiên bản đang áp dụng" in old
    marriage = (await browser.get(f"/directory/procedures/{MARRIAGE}")).text
    assert "Không thu" in marriage


async def test_staff_are_disabled_and_enabled_from_the_page(directory: Directory) -> None:
    token = await directory.token(ADMIN)
    browser = directory.browser(token)
    page = (await browser.get("/directory/staff?q=duong")).text
    assert "Không tìm thấy ai" in page, "the post office is not below the centre"
    page = (await browser.get("/directory/staff?q=quang")).text
    assert "Phạm Đan Quang" in page
    assert "Đang dùng" in page
    own = {"Sec-Fetch-Site": "same-origin"}
    done = await browser.post("/directory/staff/cb002/disable", data=hidden(token, 1), headers=own)
    assert (done.status_code, done.headers["location"]) == (303, "/directory/staff#cb002")
    assert "Đã khóa" in (await browser.get("/directory/staff?q=quang")).text
    stale = await browser.post("/directory/staff/cb002/enable", data=hidden(token, 1), headers=own)
    assert stale.status_code == 412
    forged = await browser.post("/directory/staff/cb002/enable", data=hidden(token, 2) | {"csrf_token": "0"}, headers=own)
    assert forged.status_code == 403
    await browser.post("/directory/staff/cb002/enable", data=hidden(token, 2), headers=own)
    assert "Đang dùng" in (await browser.get("/directory/staff?q=quang")).text


async def test_who_is_no_administrator_is_sent_away(directory: Directory) -> None:
    led = await directory.browser().get("/directory/staff")
    assert led.headers["location"].startswith("/sign-in?next=%2Fdirectory%2Fstaff")
    assert (await directory.browser(await directory.token("hoa")).get("/directory/staff")).status_code == 403


@pytest.mark.parametrize("wanted", ["%", "_", "\\", "'", '"', "%25", "a" * 100])
async def test_what_is_typed_is_looked_for_as_it_stands(directory: Directory, wanted: str) -> None:
    answer = await directory.browser(await directory.token(ADMIN)).get("/directory/staff", params={"q": wanted})
    assert answer.status_code == 200
    assert "Không tìm thấy ai" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/directory/procedures/9.999999", 404),
        ("/directory/procedures/nonsense", 422),
        (f"/directory/procedures/{BUSINESS}?version=77", 404),
        (f"/directory/procedures/{BUSINESS}?version=0", 422),
        (f"/directory/procedures/{BUSINESS}?version=99999999999999999999", 422),
        ("/directory/procedures?q=%00", 422),
        ("/directory/procedures?field=" + "x" * 81, 422),
        ("/api/directory/procedures/%00", 422),
        ("/api/directory/me", 401),
        ("/directory/nothing", 404),
    ],
)
async def test_bad_addresses_get_a_clear_answer(directory: Directory, path: str, status: int) -> None:
    assert (await directory.browser().get(path)).status_code == status


async def test_programs_read_the_reference_data(directory: Directory) -> None:
    http = directory.http
    assert len((await http.get("/api/directory/units")).json()["units"]) == 6
    assert len((await http.get("/api/directory/calendars")).json()["calendars"]) == 3
    listed = (await http.get("/api/directory/procedures")).json()["procedures"]
    assert {procedure["code"]: procedure["version"] for procedure in listed}[BUSINESS] == 2
    assert all(procedure["papers"] for procedure in listed)
    whole = (await http.get(f"/api/directory/procedures/{BUSINESS}")).json()
    assert [version["valid_from"] for version in whole["versions"]] == ["2017-01-01", "2021-07-01"]
    me = (await http.get("/api/directory/me", headers=await directory.headers("bich"))).json()
    assert [(post["unit"], post["role"]) for post in me["posts"]] == [("000.00.21.H99", "clerk"), ("G99.21.03", "officer")]
    assert "password" not in str(me)


async def test_a_unit_that_has_ended_says_so_and_names_its_successor(directory: Directory) -> None:
    files = sample_files()
    ended = files["units.csv"].replace("000.00.01.H99,2017-01-01,,,yes", "000.00.01.H99,2017-01-01,2025-06-30,H99.21.05.13,yes")
    assert (await directory.import_files({"units.csv": ended})).json()["changed"]["units"] == 1
    page = (await directory.browser().get("/directory/units")).text
    assert "Đã kết thúc" in page
    assert "Đơn vị kế tiếp" in page


async def test_the_front_page_tracks_a_dossier_and_finds_a_procedure_before_anything_else(directory: Directory) -> None:
    page = (await directory.browser().get("/")).text
    assert page.index('action="/track"') < page.index('action="/directory/procedures"') < page.index('href="/submit"')
    assert 'name="code"' in page
    assert 'name="secret"' in page
    assert "secret=" not in page
    assert 'href="/directory/privacy"' in page


async def test_the_front_page_says_whom_to_call_and_when_somebody_is_there(directory: Directory) -> None:
    page = (await directory.browser().get("/")).text
    assert 'href="tel:02993800001"' in page
    assert "07:30–11:30" in page
    assert "Số 1 đường Hòa Bình" in page


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_what_is_kept_of_people_is_said_without_signing_in(directory: Directory, language: str) -> None:
    answer = await directory.browser().get(f"/directory/privacy?lang={language}")
    assert answer.status_code == 200
    assert "cookie" in answer.text
    assert 'href="tel:02993800001"' in answer.text
