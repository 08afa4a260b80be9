"""The pages as a browser without scripts uses them: forms with their hidden fields, what was typed kept, output escaped."""

import re

import pytest

from tests.support.draft_pages import shows_draft
from tests.support.intake_browser import TYPED, Browser, Forms, opened
from tests.support.intake_events import APPLICANT, MISSING, papers_of
from tests.support.intake_world import Intake
from tests.support.reference_data import COMMUNE, DISTRICT, INSURANCE_CARD, LAND
from web.languages import layout_texts

EVIL = "<script>alert('x')</script>"


def secret_in(html: str) -> str:
    secret = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}(?=</)", html)
    assert secret is not None
    return secret[0]


async def test_counter_from_empty_to_receipt(clerk: Browser) -> None:
    page = await opened(clerk)
    assert page.status_code == 200
    assert "Bản gốc giấy chứng nhận quyền sử dụng đất" in page.text
    chosen = Forms(page.text).to("/intake/counter")
    assert (chosen["hand_over"], chosen["language"], chosen["opened_procedure"]) == ("counter", "vi", LAND)
    answer = await clerk.send(page, "/intake/counter", act="accept", papers=papers_of(LAND), **TYPED)
    receipt = await clerk.follow(answer)
    assert "/receipt" in answer.headers["location"]
    for shown in (APPLICANT["name"], f"{DISTRICT}-260224-", "17:00, thứ ba 10/03/2026", "Mẫu số 01"):
        assert shown in receipt.text
    assert secret_in(receipt.text) not in answer.headers["location"]
    again = await clerk.http.get(answer.headers["location"], headers=clerk.headers)
    assert secret_in(again.text) == secret_in(receipt.text)
    style = await clerk.get("/intake/receipt.css")
    assert (style.status_code, style.headers["content-type"].partition(";")[0]) == (200, "text/css")


@pytest.mark.parametrize("accept", [True, False])
async def test_receipt_and_slip_carry_the_national_heading_above_their_title(
    clerk: Browser, intake: Intake, accept: bool
) -> None:
    received = await intake.receive(accept=accept, applicant=APPLICANT | {"identity_number": f"03409988888{accept:d}"})
    sheet = (await clerk.get(f"/intake/dossiers/{received['id']}/receipt")).text.partition("<article")[2]
    title = "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" if accept else "Phiếu đăng ký nộp hồ sơ"
    heading = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
    at = [sheet.find(text) for text in (*heading, title)]
    assert -1 not in at
    assert at == sorted(at)


async def test_f5_after_accepting_shows_the_same_receipt(clerk: Browser, intake: Intake) -> None:
    page = await opened(clerk)
    before = await intake.rows("SELECT count(*) AS n FROM dossier")
    typed = TYPED | {"identity_number": "034099777771"}
    sent = [await clerk.send(page, "/intake/counter", act="accept", papers=papers_of(LAND), **typed) for _ in range(2)]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    after = await intake.rows("SELECT count(*) AS n FROM dossier")
    assert after[0].n == before[0].n + 1


async def test_mistakes_are_named_and_what_was_typed_stays(clerk: Browser) -> None:
    page = await opened(clerk)
    answer = await clerk.send(
        page, "/intake/counter", act="accept", papers=papers_of(LAND), **TYPED | {"telephone": "12", "name": ""}
    )
    assert shows_draft(answer)
    assert "Số điện thoại phải như" in answer.text or "số điện thoại phải như" in answer.text
    assert "Họ và tên" in answer.text
    kept = Forms(answer.text).to("/intake/counter")
    assert (kept["address"], kept["telephone"], kept["papers"]) == (APPLICANT["address"], "12", papers_of(LAND))
    missing = await clerk.send(answer, "/intake/counter", act="accept", **TYPED | {"papers": []})
    assert shows_draft(missing)
    assert "Còn thiếu" in missing.text


async def test_known_citizen_is_filled_in(clerk: Browser, intake: Intake) -> None:
    person = APPLICANT | {"identity_number": "034099555555", "name": "Lê Quen Mặt"}
    await intake.receive(applicant=person)
    page = await opened(clerk, identity_number="034099555555")
    kept = Forms(page.text).to("/intake/counter")
    assert (kept["name"], kept["telephone"]) == ("Lê Quen Mặt", "0912000001")
    stranger = await opened(clerk, identity_number="034099555556")
    assert Forms(stranger.text).to("/intake/counter")["name"] == ""


async def test_a_doubtful_number_is_said_on_the_counter_and_refuses_nothing(clerk: Browser) -> None:
    page = await opened(clerk, identity_number="099.085.005.555")
    assert "bắt đầu bằng 099" in page.text
    answer = await clerk.send(
        page, "/intake/counter", act="accept", papers=papers_of(LAND), **TYPED | {"identity_number": "099085005555"}
    )
    assert (await clerk.follow(answer)).status_code == 200
    assert "bắt đầu bằng" not in (await opened(clerk, identity_number="034085005555")).text


async def test_a_number_of_no_shape_asks_for_its_kind_and_is_taken_with_it(clerk: Browser) -> None:
    page = await opened(clerk)
    typed = TYPED | {"identity_number": "GKS-12/2020", "name": "Trần\u202e Thị Hiện"}
    refused = await clerk.send(page, "/intake/counter", act="accept", papers=papers_of(LAND), **typed)
    assert shows_draft(refused)
    assert "chọn loại giấy tờ" in refused.text
    assert "(U+202E)" in refused.text
    right = TYPED | {"identity_number": "GKS-12/2020", "identity_kind": "other"}
    detail = await clerk.follow(await clerk.send(refused, "/intake/counter", act="hold", papers=papers_of(LAND), **right))
    assert "GKS-12-2020 (Giấy tờ khác)" in detail.text
    known = await opened(clerk, identity_number="gks\u201112/2020")
    assert Forms(known.text).to("/intake/counter")["identity_kind"] == "other"


async def test_a_citizen_is_told_of_a_doubtful_number_with_the_submission_number(citizen: Browser) -> None:
    form = await citizen.get(f"/submit?unit={DISTRICT}&procedure={INSURANCE_CARD}")
    sent = await citizen.send(form, "/submit", **TYPED | {"identity_number": "034 227 005 555"})
    assert shows_draft(sent)
    assert "sinh năm 2027" in sent.text


async def test_a_clerk_sees_the_doubt_about_what_came_in_online(clerk: Browser, intake: Intake) -> None:
    sent = await intake.submit(procedure=INSURANCE_CARD, applicant=APPLICANT | {"identity_number": "034227005556"})
    assert "sinh năm 2027" in (await clerk.get(f"/intake/dossiers/{sent['id']}")).text


async def test_handed_back_and_complete_on_the_dossiers_page(clerk: Browser) -> None:
    page = await opened(clerk)
    held = await clerk.send(
        page,
        "/intake/counter",
        act="hold",
        papers=[code for code in papers_of(LAND) if code != MISSING],
        **TYPED | {"identity_number": "034099777772"},
    )
    detail = await clerk.follow(held)
    path = held.headers["location"].partition("#")[0]
    assert "Chưa có: cần ghi lý do." in detail.text
    nothing = await clerk.send(detail, f"{path}/return")
    assert shows_draft(nothing)
    answer = await clerk.send(nothing, f"{path}/return", **{f"reason-{MISSING}": "Để ở nhà"})
    returned = await clerk.follow(answer)
    assert "Đã trả để bổ sung" in returned.text
    assert "Để ở nhà" in returned.text
    form = Forms(returned.text).to(f"{path}/resubmit") | {"papers": [MISSING]}
    accepted = await clerk.http.post(f"{path}/accept", data=form, headers=clerk.headers)
    receipt = await clerk.follow(accepted)
    assert "Hẹn trả" in receipt.text


async def test_stale_form_says_so_and_shows_what_stands_now(clerk: Browser, intake: Intake) -> None:
    received = await intake.receive(accept=False)
    path = f"/intake/dossiers/{received['id']}"
    page = await clerk.get(path)
    await intake.post(f"/dossiers/{received['id']}/refuse", {"reason": "Sai nơi nộp"}, version=1)
    answer = await clerk.send(page, f"{path}/accept")
    assert shows_draft(answer)
    assert layout_texts().text("vi", "problem.stale-write") in answer.text
    assert "Sai nơi nộp" in answer.text


async def test_refuse_and_hand_over_by_form(clerk: Browser, intake: Intake) -> None:
    received = await intake.receive(accept=False)
    path = f"/intake/dossiers/{received['id']}"
    empty = await clerk.send(await clerk.get(path), f"{path}/refuse", reason="")
    assert shows_draft(empty)
    refused = await clerk.follow(await clerk.send(empty, f"{path}/refuse", reason=EVIL))
    assert EVIL not in refused.text
    assert "&lt;script&gt;" in refused.text
    decided = await intake.decided()
    path = f"/intake/dossiers/{decided['id']}"
    page = await clerk.get(f"{path}/hand-over")
    done = await clerk.follow(await clerk.send(page, f"{path}/hand-over"))
    assert done.url.path == f"{path}/slip"
    assert "Đã trả kết quả" in done.text


async def test_everything_a_citizen_typed_is_escaped_everywhere(clerk: Browser, intake: Intake) -> None:
    person = APPLICANT | {"name": EVIL, "address": EVIL, "identity_number": "034099666666"}
    received = await intake.receive(applicant=person)
    pages = ["", "/receipt"]
    for html in [(await clerk.get(f"/intake/dossiers/{received['id']}{page}")).text for page in pages]:
        assert EVIL not in html
        assert "&lt;script&gt;" in html
    listed = await clerk.follow(await clerk.get("/intake/dossiers?q=034099666666"))
    assert EVIL not in listed.text
    assert "&lt;script&gt;" in listed.text
    assert EVIL not in (await opened(clerk, identity_number="034099666666")).text
    fragment = await intake.get(f"/dossiers/{received['id']}/applicant")
    assert EVIL not in fragment.text


async def test_list_finds_filters_and_counts_what_waits(clerk: Browser, intake: Intake) -> None:
    before = (await clerk.get("/intake/counts.json")).json()["waiting"]
    sent = await intake.submit()
    waiting = await clerk.get("/intake/dossiers?status=1")
    assert sent["submission_number"] in waiting.text
    assert (await clerk.get("/intake/counts.json")).json()["waiting"] == before + 1
    none = await clerk.follow(await clerk.get("/intake/dossiers?q=9-khong-co"))
    assert "không có hồ sơ của người có số định danh hoặc điện thoại 9-khong-co." in none.text
    assert (await clerk.get(f"/intake/dossiers?unit={COMMUNE}")).status_code == 403
    assert (await clerk.get("/intake/dossiers?after=hỏng")).status_code == 422
    assert (await clerk.get("/intake/dossiers?status=x")).status_code == 200


async def test_guidance_by_form(clerk: Browser, intake: Intake) -> None:
    page = await clerk.get("/intake/guidance")
    done = await clerk.follow(await clerk.send(page, "/intake/guidance", kind="call_in", procedure=LAND))
    assert "Đã ghi một lượt hướng dẫn" in done.text
    (row,) = await intake.rows("SELECT count(*) AS n FROM guidance WHERE kind = 'call_in'")
    assert row.n == 1
    wrong = await clerk.send(page, "/intake/guidance", kind="shout")
    assert shows_draft(wrong)


async def test_citizen_hands_in_online_is_asked_for_more_and_hands_in_again(citizen: Browser, intake: Intake) -> None:
    form = await citizen.get(f"/submit?unit={DISTRICT}&procedure={INSURANCE_CARD}")
    sent = await citizen.send(form, "/submit", **TYPED)
    assert shows_draft(sent)
    number = re.search(r"S260224-[0-9A-Z]{5}-[0-9A-Z]{5}", sent.text)
    assert number is not None
    who = {"code": number[0], "secret": secret_in(sent.text)}
    (row,) = await intake.rows("SELECT id FROM dossier WHERE submission_number = :n", n=number[0])
    missing = {"missing": [{"code": "to-khai-tk1", "reason": "Chưa có tờ khai"}]}
    await intake.post(f"/dossiers/{row.id}/return", missing, version=1)
    tracked = await citizen.send(await citizen.get("/track"), "/track", **who)
    assert "<h1>Cần bổ sung giấy tờ</h1>" in tracked.text
    assert "Chưa có tờ khai" in tracked.text
    assert APPLICANT["name"] not in tracked.text
    lacking = await citizen.send(tracked, "/track/resubmit")
    assert shows_draft(lacking)
    again = await citizen.send(lacking, "/track/resubmit", papers=["to-khai-tk1"])
    assert "Đã nộp lại" in again.text
    assert (await intake.get(f"/dossiers/{row.id}")).json()["stage"] == "submitted"


async def test_what_is_not_offered_online_is_not_in_the_citizens_list(citizen: Browser) -> None:
    page = await citizen.get(f"/submit?unit={COMMUNE}")
    assert "Đăng ký khai sinh" in page.text
    assert "Đăng ký kết hôn" not in page.text
    assert (await citizen.get("/submit")).status_code == 200


async def test_tracking_page_takes_the_code_from_the_qr_and_never_the_secret(citizen: Browser, intake: Intake) -> None:
    received = await intake.receive()
    page = await citizen.get(f"/track?code={received['code']}&secret={received['secret']}")
    assert Forms(page.text).to("/track")["code"] == received["code"]
    assert Forms(page.text).to("/track")["secret"] == ""
    wrong = await citizen.send(page, "/track", secret="0000-0000")
    assert shows_draft(wrong)
    assert "không đúng" in wrong.text
    right = await citizen.send(page, "/track", secret=received["secret"])
    assert "<h1>Đã tiếp nhận</h1>" in right.text
    assert "Cách tính ngày hẹn trả" in right.text
    english = await citizen.get("/track?lang=en")
    assert "Track a dossier" in english.text


async def test_pages_ask_for_sign_in_and_for_the_role(intake: Intake) -> None:
    for path in (
        "/intake/counter",
        "/intake/dossiers",
        "/intake/guidance",
        "/intake/dossiers/d-x",
        "/intake/dossiers/d-x/receipt",
    ):
        stranger = await Browser(intake.http, None).get(path)
        assert (stranger.status_code, stranger.headers["location"].startswith("/sign-in?next=")) == (303, True)
        assert (await Browser(intake.http, "long").get(path)).status_code == 403
    assert (await Browser(intake.http).get("/intake/dossiers/d-x")).status_code == 404


async def test_form_from_another_site_is_refused(clerk: Browser) -> None:
    page = await opened(clerk)
    form = Forms(page.text).to("/intake/counter") | TYPED | {"act": "accept", "papers": papers_of(LAND)}
    foreign = await clerk.http.post("/intake/counter", data=form, headers=clerk.headers | {"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    without = {name: value for name, value in form.items() if name != "csrf_token"}
    assert (await clerk.http.post("/intake/counter", data=without, headers=clerk.headers)).status_code == 403
