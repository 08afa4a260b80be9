"""Forms 01, 02 and 03 and the slip on paper: two copies, each with what it needs, the same on every print."""

import html
import re

import pytest

from tests.support.intake_browser import Browser
from tests.support.intake_events import APPLICANT
from tests.support.intake_world import Intake
from tests.support.scanner import read_printed

REASON = "Không thuộc thẩm quyền của đơn vị"


async def copies(clerk: Browser, address: str) -> list[str]:
    """The citizen's and the office's."""
    page = await clerk.get(address)
    assert page.status_code == 200, page.text
    return re.findall(r"<article.*?</article>", page.text, re.DOTALL)


async def test_the_receipt_names_all_that_form_01_asks_for_twice_and_the_secret_once(clerk: Browser, intake: Intake) -> None:
    received = await intake.receive()
    mine, office = await copies(clerk, f"/intake/dossiers/{received['id']}/receipt")
    for copy in map(html.unescape, (mine, office)):
        for said in (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Ngày 24 tháng 02 năm 2026",
            "Bộ phận Một cửa huyện Hà An",
            received["code"],
            APPLICANT["name"],
            APPLICANT["address"],
            "0912000001",
            "10 ngày làm việc",
            "Bản gốc giấy chứng nhận quyền sử dụng đất",
            "17:00, thứ ba 10/03/2026",
            "Phí, lệ phí",
            "(Ký, ghi rõ họ tên)",
            "Trần Thị Quỳnh Hoa",
        ):
            assert said in copy
    assert received["secret"] in mine
    assert received["secret"] not in office


async def test_scanners_read_the_code_and_the_way_to_follow_it_and_never_the_secret(clerk: Browser, intake: Intake) -> None:
    received = await intake.receive()
    mine, office = await copies(clerk, f"/intake/dossiers/{received['id']}/receipt")
    bars, qr = [read_printed(svg) for svg in re.findall(r"<svg viewBox.*?</svg>", mine)]
    assert bars == ("Code128", received["code"])
    assert qr == ("QRCode", received["tracking_url"])
    assert received["secret"] not in qr[1]
    assert [read_printed(svg) for svg in re.findall(r"<svg viewBox.*?</svg>", office)] == [bars]


@pytest.mark.parametrize("paper", ["a5", "a4"])
async def test_a_reprint_is_the_same_to_the_byte(clerk: Browser, intake: Intake, paper: str) -> None:
    received = await intake.receive()
    address = f"/intake/dossiers/{received['id']}/receipt?paper={paper}"
    first = await copies(clerk, address)
    assert f'class="panel receipt {paper}"' in first[0]
    assert await copies(clerk, address) == first


async def test_a_dossier_with_no_code_yet_has_its_number_in_the_bars(clerk: Browser, intake: Intake) -> None:
    submitted = await intake.receive(accept=False)
    mine, _ = await copies(clerk, f"/intake/dossiers/{submitted['id']}/receipt")
    (bars, *_) = re.findall(r"<svg viewBox.*?</svg>", mine)
    assert read_printed(bars) == ("Code128", submitted["submission_number"])


async def test_form_03_says_why_and_what_is_given_back(clerk: Browser, intake: Intake) -> None:
    received = await intake.receive(accept=False)
    path = f"/intake/dossiers/{received['id']}"
    assert (await clerk.get(f"{path}/refusal")).headers["location"] == path
    await intake.post(f"/dossiers/{received['id']}/refuse", {"reason": REASON}, version=1)
    assert f'href="{path}/refusal"' in (await clerk.get(path)).text
    mine, office = map(html.unescape, await copies(clerk, f"{path}/refusal"))
    for said in ("Mẫu số 03", REASON, received["submission_number"], APPLICANT["name"], "Bản gốc giấy chứng nhận"):
        assert said in mine
        assert said in office
