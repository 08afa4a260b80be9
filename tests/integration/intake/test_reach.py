"""Who left an address reads where messages go; who left none reads how to look and whom to call."""

import html
from typing import Any

import pytest

from tests.integration.intake.test_pages import TYPED, Browser, opened, secret_in
from tests.support.draft_pages import shows_draft
from tests.support.intake_events import APPLICANT, papers_of
from tests.support.intake_world import Intake
from tests.support.reference_data import DISTRICT, INSURANCE_CARD, LAND

WRITTEN_TO = "thư báo được gửi tới t***@vidu.test"
NOT_CONFIRMED = "Địa chỉ t***@vidu.test chưa được xác nhận nên chưa có thư báo nào gửi tới đó"
NOT_WRITTEN_TO = "Không có địa chỉ thư nào được ghi nên không có thư báo"
TELEPHONE = "0299 3821 001"
UNREACHABLE = {name: value for name, value in APPLICANT.items() if name != "email"}


@pytest.fixture
def citizen(intake: Intake) -> Browser:
    return Browser(intake.http, None)


@pytest.fixture
def clerk(intake: Intake) -> Browser:
    return Browser(intake.http)


async def tracked(citizen: Browser, received: dict[str, Any]) -> str:
    who = {"code": received["code"] or received["submission_number"], "secret": received["secret"]}
    return html.unescape((await citizen.send(await citizen.get("/track"), "/track", **who)).text)


@pytest.mark.parametrize(("email", "line"), [("thu@vidu.test", NOT_CONFIRMED), ("", NOT_WRITTEN_TO)])
async def test_who_hands_in_online_reads_where_a_message_will_go_or_that_none_will(
    citizen: Browser, email: str, line: str
) -> None:
    form = await citizen.get(f"/submit?unit={DISTRICT}&procedure={INSURANCE_CARD}")
    sent = await citizen.send(form, "/submit", **TYPED | {"email": email})
    shown = html.unescape(sent.text)
    assert shows_draft(sent), shown
    assert line in shown
    assert f"hãy gọi Bộ phận Một cửa huyện Hà An: {TELEPHONE}" in shown
    assert "thu@vidu.test" not in shown
    assert "/track, bằng số S" in shown


async def test_the_tracking_page_tells_who_left_no_address_how_to_look_and_whom_to_call(citizen: Browser, intake: Intake) -> None:
    shown = await tracked(citizen, await intake.receive(applicant=UNREACHABLE))
    assert NOT_WRITTEN_TO in shown
    assert TELEPHONE in shown
    shown = await tracked(citizen, await intake.receive())
    assert WRITTEN_TO in shown
    assert NOT_WRITTEN_TO not in shown


async def test_where_nothing_more_is_to_come_no_message_is_spoken_of(citizen: Browser, intake: Intake) -> None:
    received = await intake.decided()
    answer = await intake.post(f"/dossiers/{received['id']}/hand-over", {}, version=4)
    assert answer.status_code == 200, answer.text
    shown = await tracked(citizen, received)
    assert "thư báo" not in shown
    assert TELEPHONE in shown


async def test_who_fetches_a_result_reads_what_to_bring_where_and_when(citizen: Browser, intake: Intake) -> None:
    shown = await tracked(citizen, await intake.decided())
    assert "Khi đến nhận kết quả, mang theo" in shown
    assert "Căn cước" in shown
    assert "Khu 2, thị trấn Hà An" in shown
    assert "07:30–11:30" in shown
    assert 'href="tel:02993821001"' in shown
    assert "Còn lại:" in shown


async def test_who_waits_reads_how_long_and_what_is_still_to_come_and_brings_nothing(citizen: Browser, intake: Intake) -> None:
    shown = await tracked(citizen, await intake.receive())
    assert "Còn 10 ngày làm việc." in shown
    assert shown.index("Còn lại:") < shown.index("Giải quyết, ra kết quả") < shown.index("<li>Trả kết quả")
    assert "mang theo" not in shown


@pytest.mark.parametrize(("email", "line"), [("thu@vidu.test", WRITTEN_TO), ("", NOT_WRITTEN_TO)])
async def test_the_receipt_says_the_same_on_paper(clerk: Browser, email: str, line: str) -> None:
    typed = TYPED | {"email": email, "identity_number": f"03409900{len(email):04}"}
    answer = await clerk.send(await opened(clerk), "/intake/counter", act="accept", papers=papers_of(LAND), **typed)
    shown = html.unescape((await clerk.follow(answer)).text)
    assert line in shown
    assert secret_in(shown)
    assert "thu@vidu.test" not in shown


async def test_the_clerk_sees_that_only_a_call_reaches_them(clerk: Browser, intake: Intake) -> None:
    received = await intake.receive(applicant=UNREACHABLE, accept=False)
    path = f"/intake/dossiers/{received['id']}"
    assert "hãy gọi 0912000001" in (await clerk.get(path)).text
    nobody = await intake.receive(applicant={**UNREACHABLE, "telephone": None}, accept=False)
    assert "không để lại địa chỉ thư và điện thoại" in (await clerk.get(f"/intake/dossiers/{nobody['id']}")).text
    reached = await intake.receive(accept=False)
    assert "không để lại địa chỉ thư" not in (await clerk.get(f"/intake/dossiers/{reached['id']}")).text
