"""Tracking by code and secret: what a stranger learns (nothing), how often one may guess, and no personal data in the answer."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import pytest

from chassis.guess_limiter import GuessLimit
from services.intake.commands import tracking
from services.intake.domain.guess_limits import PER_CLIENT, PER_CLIENT_AND_CODE, WINDOW
from tests.support.intake_events import APPLICANT, INCOMPLETE, MISSING, NOW
from tests.support.intake_world import Intake
from web.client_address import TrustedProxies

WRONG = "0000-0000"


def from_address(number: int) -> dict[str, str]:
    """As the front door passes it on; what the client wrote itself stands before it."""
    return {"X-Forwarded-For": f"203.0.113.9, 192.0.2.{number}"}


async def test_code_and_secret_show_status_steps_and_why(intake: Intake) -> None:
    received = await intake.decided()
    answer = await intake.track(received, **from_address(1))
    body = answer.json()
    assert (answer.status_code, body["status"], answer.headers["etag"]) == (200, 9, '"4"')
    assert [step["kind"] for step in body["steps"]] == ["submitted", "accepted", "taken-up", "decided"]
    assert body["promised_at"] == received["promised_at"]
    assert "10 ngày làm việc" in body["why_this_date"]["vi"][1]
    assert "10 working days" in body["why_this_date"]["en"][1]
    for private in (*(APPLICANT[name] for name in ("name", "identity_number", "address", "email")), received["secret"]):
        assert private not in answer.text


async def test_typed_carelessly_it_is_still_right(intake: Intake) -> None:
    received = await intake.receive()
    careless = received | {
        "code": f" {received['code'].lower()} ",
        "secret": received["secret"].lower().replace("-", " ").replace("0", "o"),
    }
    assert (await intake.track(careless, **from_address(2))).status_code == 200


COPIED = (
    lambda text: f"\ufeff{text}\u200b",
    lambda text: text.replace("-", "\u2010"),
    lambda text: text.replace("-", "\u2011"),
    lambda text: text.replace("-", " \u2013 "),
    str.lower,
)


@pytest.mark.parametrize("copied", COPIED)
async def test_references_copied_from_elsewhere_are_read_at_every_door(intake: Intake, copied: Callable[[str], str]) -> None:
    received, sent = await intake.receive(), await intake.submit()
    for given, code in ((received, received["code"]), (sent, sent["submission_number"])):
        answer = await intake.track({"code": copied(code), "secret": copied(given["secret"])}, **from_address(40))
        assert answer.status_code == 200, answer.text
        lines = (await intake.get(f"/dossiers?q={quote(copied(code))}")).json()["dossiers"]
        assert [line["id"] for line in lines] == [given["id"]]
    await intake.post(f"/dossiers/{sent['id']}/return", {"missing": [{"code": MISSING, "reason": "Mờ"}]}, version=1)
    path = f"/submissions/{quote(copied(sent['submission_number']))}/resubmit"
    body = {"papers": [MISSING], "secret": copied(sent["secret"])}
    again = await intake.online(path, body, **from_address(40), **{"If-Match": '"2"'})
    assert again.status_code == 200, again.text


async def test_a_slip_says_what_is_wrong_and_counts_as_no_guess(intake: Intake) -> None:
    received = await intake.receive()
    short, cut = received["code"][:-4], received["secret"][:-1]
    for code, secret, field in ((short, received["secret"], "code"), (received["code"], cut, "secret"), ("đơn", WRONG, "code")):
        for _ in range(PER_CLIENT_AND_CODE + 1):
            slip = await intake.track({"code": code, "secret": secret}, **from_address(41))
            assert (slip.status_code, slip.json()["errors"][0]["field"]) == (422, field)
    assert (await intake.track(received, **from_address(41))).status_code == 200
    guesses = await intake.rows("SELECT count(*) AS n FROM guess WHERE attempts > 0 AND since >= :since", since=NOW)
    assert [(await intake.track(received | {"secret": WRONG}, **from_address(41))).status_code] == [404]
    after = await intake.rows("SELECT count(*) AS n FROM guess WHERE attempts > 0 AND since >= :since", since=NOW)
    assert after[0].n == guesses[0].n + 3, "a guess is one that could be right"


async def test_submission_number_leads_there_before_and_after_acceptance(intake: Intake) -> None:
    sent = await intake.submit()
    assert (await intake.track(sent, **from_address(3))).json()["status"] == 1
    await intake.post(f"/dossiers/{sent['id']}/accept", {}, version=1)
    assert (await intake.track(sent, **from_address(3))).json()["status"] == 2


async def test_wrong_code_and_wrong_secret_get_one_answer(intake: Intake) -> None:
    received = await intake.receive()
    secret = await intake.track(received | {"secret": WRONG}, **from_address(4))
    code = await intake.track(received | {"code": "000.00.21.H99-260224-9999"}, **from_address(4))
    assert secret.status_code == code.status_code == 404
    assert secret.json() == code.json()


async def test_another_dossiers_secret_opens_nothing(intake: Intake) -> None:
    first, other = await intake.receive(), await intake.receive()
    assert (await intake.track(first | {"secret": other["secret"]}, **from_address(5))).status_code == 404


async def test_a_strangers_guesses_at_a_code_do_not_lock_its_owner_out(intake: Intake) -> None:
    received = await intake.receive()
    wrong = received | {"secret": WRONG}
    guesses = [await intake.track(wrong, **from_address(100)) for _ in range(PER_CLIENT_AND_CODE + 3)]
    assert [answer.status_code for answer in guesses] == [404] * PER_CLIENT_AND_CODE + [429] * 3
    stranger = await intake.track(received, **from_address(100))
    assert (stranger.status_code, stranger.json()["code"]) == (429, "too-many-tries")
    assert 1 <= int(stranger.headers["retry-after"]) <= 15 * 60
    assert (await intake.track(received, **from_address(101))).status_code == 200


async def test_a_code_guessed_at_from_everywhere_opens_to_its_owner_alone(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking, "LIMITS", replace(tracking.LIMITS, target=GuessLimit(4, WINDOW)))
    received = await intake.receive()
    wrong = received | {"secret": WRONG}
    for n in range(4):
        assert (await intake.track(wrong, **from_address(110 + n))).status_code == 404
    for n in range(4):
        assert (await intake.track(wrong, **from_address(110 + n))).status_code == 429, "this address has guessed wrong before"
    assert (await intake.track(wrong, **from_address(114))).status_code == 404, "a new address has one try"
    assert (await intake.track(wrong, **from_address(114))).status_code == 429
    for _ in range(3):
        assert (await intake.track(received, **from_address(115))).status_code == 200
    assert (await intake.track(wrong, **from_address(111))).status_code == 429, (
        "the owner's right secret opened it to nobody else"
    )


async def test_many_guesses_at_once_are_all_counted(intake: Intake) -> None:
    wrong = await intake.receive() | {"secret": WRONG}
    answers = await asyncio.gather(*(intake.track(wrong, **from_address(60)) for _ in range(PER_CLIENT_AND_CODE * 2)))
    assert sorted(answer.status_code for answer in answers) == [404] * PER_CLIENT_AND_CODE + [429] * PER_CLIENT_AND_CODE


async def test_an_address_that_the_client_writes_itself_hides_nobody(intake: Intake) -> None:
    wrong = await intake.receive() | {"secret": WRONG}
    answers = [
        await intake.track(wrong, **{"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.1"}) for n in range(PER_CLIENT_AND_CODE + 1)
    ]
    assert answers[-1].status_code == 429


async def test_without_a_trusted_front_door_its_word_counts_for_nothing(intake: Intake) -> None:
    wrong = await intake.receive() | {"secret": WRONG}
    trusted, intake.app.state.trusted_proxies = intake.app.state.trusted_proxies, TrustedProxies()
    try:
        answers = [await intake.track(wrong, **from_address(150 + n)) for n in range(PER_CLIENT_AND_CODE + 1)]
    finally:
        intake.app.state.trusted_proxies = trusted
    assert answers[-1].status_code == 429


async def test_one_place_cannot_guess_at_many_codes(intake: Intake) -> None:
    codes = [{"code": f"000.00.21.H99-260224-{9000 + n}", "secret": WRONG} for n in range(PER_CLIENT + 1)]
    answers = [await intake.track(code, **from_address(6)) for code in codes]
    assert [answer.status_code for answer in answers] == [404] * PER_CLIENT + [429]
    received = await intake.receive()
    assert (await intake.track(received, **from_address(6))).status_code == 429
    assert (await intake.track(received, **from_address(7))).status_code == 200


async def test_right_ones_are_not_counted(intake: Intake) -> None:
    received = await intake.receive()
    for _ in range(PER_CLIENT_AND_CODE * 2):
        assert (await intake.track(received, **from_address(8))).status_code == 200


async def test_attempts_are_forgotten_with_their_window(intake: Intake) -> None:
    received = await intake.receive()
    for _ in range(PER_CLIENT_AND_CODE + 1):
        await intake.track(received | {"secret": WRONG}, **from_address(30))
    assert (await intake.track(received, **from_address(30))).status_code == 429
    async with intake.database.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE guess SET since = since - interval '16 minutes', closed_until = closed_until - interval '16 minutes'"
        )
    assert (await intake.track(received, **from_address(30))).status_code == 200


async def test_guessing_limits_hold_for_handing_in_again_too(intake: Intake) -> None:
    sent = await intake.submit(papers=INCOMPLETE)
    form = {"missing": [{"code": MISSING, "reason": "Chưa có"}]}
    await intake.post(f"/dossiers/{sent['id']}/return", form, version=1)
    path = f"/submissions/{sent['submission_number']}/resubmit"
    body = {"papers": [MISSING], "secret": WRONG}
    for _ in range(PER_CLIENT_AND_CODE):
        assert (await intake.online(path, body, **from_address(40), **{"If-Match": '"2"'})).status_code == 404
    right = body | {"secret": sent["secret"]}
    assert (await intake.online(path, right, **from_address(40), **{"If-Match": '"2"'})).status_code == 429
    assert (await intake.online(path, right, **from_address(41), **{"If-Match": '"2"'})).status_code == 200


@pytest.mark.parametrize("code", ["", "x" * 101, "a\u0000b", "%00", "'; --", "🙂"])
async def test_hostile_codes_are_answered_with_4xx(intake: Intake, code: str) -> None:
    answer = await intake.track({"code": code, "submission_number": code, "secret": WRONG}, **from_address(9))
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
