"""The sign-in check: what a good token is, what none is, and that what a service does not know fails closed."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from contracts.values import Role
from tests.support.web_world import NOW, OTHER_UNIT, UNIT, VOUCHER, State, browse, claims, sample_app, token
from web.signin import SignInCheck, SignInNeeded
from web.tokens import BadToken, names_of, new_signing_key, sign, verify

ME = "/api/sample/me"


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def why(presented: str, state: State | None = None) -> str:
    with pytest.raises(SignInNeeded) as needed:
        await SignInCheck(state or State(), lambda: NOW).check(presented)
    return needed.value.code


async def test_a_good_token_names_person_roles_and_session() -> None:
    state = State()
    person = await SignInCheck(state, lambda: NOW).check(token())
    assert (person.staff_id, person.username, person.session_id) == ("s1", "hoa", "session-1")
    assert person.roles == {UNIT: frozenset({Role.CLERK}), OTHER_UNIT: frozenset({Role.OFFICER})}
    assert person.unit_name(UNIT) == "Đông Hưng"
    assert person.unit_name(OTHER_UNIT) == OTHER_UNIT
    assert state.asked == [("k1", "s1")], "one query"


async def test_a_session_that_was_ended_by_itself_opens_nothing_and_another_does() -> None:
    state = State()
    state.staff["s1"] = replace(state.staff["s1"], ended_sessions=frozenset({"session-1"}))
    assert await why(token(), state) == "sign-in-ended"
    state.staff["s1"] = replace(state.staff["s1"], ended_sessions=frozenset({"session-2"}))
    assert (await SignInCheck(state, lambda: NOW).check(token())).session_id == "session-1"


async def test_both_sides_agree_on_the_claims() -> None:
    private, public = new_signing_key("k9")
    said = claims()
    assert verify(sign(said, private), public) == said
    assert names_of(sign(said, private)) == ("k9", "s1")
    assert "d" not in public


@pytest.mark.parametrize("at", [0, 1, 2])
async def test_a_tampered_token_is_refused_whichever_part_was_changed(at: int) -> None:
    parts = token().split(".")
    middle = len(parts[at]) // 2
    parts[at] = parts[at][:middle] + ("A" if parts[at][middle] != "A" else "B") + parts[at][middle + 1 :]
    assert await why(".".join(parts)) == "sign-in-invalid"


async def test_claims_of_another_token_do_not_fit_its_signature() -> None:
    header, _, signature = token().split(".")
    more = token(roles={UNIT: [Role.ADMIN]}).split(".")[1]
    assert await why(f"{header}.{more}.{signature}") == "sign-in-invalid"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "EdDSA", "RS256"])
async def test_no_other_algorithm_is_tried(algorithm: str) -> None:
    _, payload, signature = token().split(".")
    header = part({"alg": algorithm, "kid": "k1", "typ": "JWT"})
    state = State()
    assert await why(f"{header}.{payload}.{signature}", state) == "sign-in-invalid"
    assert await why(f"{header}.{payload}.", state) == "sign-in-invalid"
    assert state.asked == []


async def test_a_key_signs_only_under_its_own_id() -> None:
    stranger, _ = new_signing_key("k1")
    assert await why(token(stranger)) == "sign-in-invalid"


async def test_an_unknown_key_and_an_unknown_person_fail_closed() -> None:
    stranger, _ = new_signing_key("k2")
    assert await why(token(stranger)) == "sign-in-invalid"
    assert await why(token(staff_id="s2")) == "sign-in-invalid"


async def test_a_token_ends_on_the_second() -> None:
    good = token(at=NOW - timedelta(hours=8) + timedelta(seconds=1))
    assert (await SignInCheck(State(), lambda: NOW).check(good)).username == "hoa"
    assert await why(token(at=NOW - timedelta(hours=8))) == "sign-in-expired"


async def test_signing_out_ends_earlier_tokens_and_no_later_one_even_within_a_second() -> None:
    state = State()
    state.change(tokens_valid_from=NOW - timedelta(milliseconds=500))
    assert await why(token(at=NOW - timedelta(milliseconds=501)), state) == "sign-in-ended"
    assert (await SignInCheck(state, lambda: NOW).check(token(at=NOW - timedelta(milliseconds=500)))).username == "hoa"


async def test_a_disabled_person_is_out_whatever_the_token_says() -> None:
    state = State()
    state.change(active=False)
    assert await why(token(), state) == "sign-in-ended"


async def test_only_roles_in_both_the_token_and_the_record_count() -> None:
    """Taken away during the sign-in, which made a token that is newer than the change; or given since."""
    state = State()
    state.change(roles={UNIT: frozenset({Role.CLERK, Role.LEADER}), "000.02.16.H26": frozenset({Role.ADMIN})})
    person = await SignInCheck(state, lambda: NOW).check(token())
    assert person.roles == {UNIT: frozenset({Role.CLERK})}
    state.change(roles={UNIT: frozenset({Role.LEADER})})
    assert (await SignInCheck(state, lambda: NOW).check(token())).roles == {}


async def test_a_token_that_was_good_is_judged_anew_each_time() -> None:
    state, moments = State(), [NOW, NOW, NOW + timedelta(hours=7), NOW]
    check = SignInCheck(state, lambda: moments.pop(0))
    good = token()
    for _ in range(2):
        assert (await check.check(good)).username == "hoa"
    with pytest.raises(SignInNeeded, match="sign-in-expired"):
        await check.check(good)
    state.change(active=False)
    with pytest.raises(SignInNeeded, match="sign-in-ended"):
        await check.check(good)
    state.keys.clear()
    with pytest.raises(SignInNeeded, match="sign-in-invalid"):
        await check.check(good)
    assert state.asked == [("k1", "s1")] * 5


async def test_a_token_from_the_future_is_not_believed() -> None:
    assert await why(token(at=NOW + timedelta(minutes=5))) == "sign-in-invalid"


@pytest.mark.parametrize(
    "rubbish", ["", "x", "a.b.c", "a.b", "....", "ệ.ệ.ệ", "A" * 9000, f"{part({})}.{part({})}.x", f"{part([])}.{part([])}.x"]
)
async def test_rubbish_is_refused_before_anything_is_looked_up(rubbish: str) -> None:
    state = State()
    assert await why(rubbish, state) == "sign-in-invalid"
    assert state.asked == []


@pytest.mark.parametrize("kid", ["k\0", "", None, 7, "k" * 200, "ệ"])
async def test_a_key_id_that_no_database_could_hold_is_never_looked_up(kid: Any) -> None:
    _, payload, signature = token().split(".")
    with pytest.raises(BadToken):
        names_of(f"{part({'alg': 'Ed25519', 'kid': kid})}.{payload}.{signature}")


def test_claims_that_are_not_of_the_agreed_shape_are_refused() -> None:
    private, public = new_signing_key("k1")
    for odd in ({"roles": {UNIT: ["king"]}}, {"roles": {"nowhere": ["clerk"]}}, {"sub": "a\0"}, {"exp": 1e300}, {"iat": "soon"}):
        said = {**json.loads(claims().model_dump_json()), **odd}
        signed = jwt.encode({"alg": "Ed25519", "kid": "k1"}, said, OKPKey.import_key(dict(private)), algorithms=["Ed25519"])
        with pytest.raises(BadToken):
            verify(signed, public)


async def test_a_token_that_claims_more_than_a_shift_was_never_issued() -> None:
    shift = timedelta(hours=8)
    check = SignInCheck(State(), lambda: NOW, shift)
    assert (await check.check(token(at=NOW, lifetime=shift))).username == "hoa"
    for lifetime in (shift + timedelta(minutes=1), timedelta(days=3650)):
        with pytest.raises(SignInNeeded, match="sign-in-invalid"):
            await check.check(token(at=NOW, lifetime=lifetime))
        assert await check.former(token(at=NOW - timedelta(days=3650), lifetime=lifetime)) is None
    assert await why(token(at=NOW, lifetime=timedelta(hours=24, minutes=1))) == "sign-in-invalid", "without a setting too"


async def test_a_key_outside_its_time_signs_nothing() -> None:
    state = State()
    for changes in ({"since": NOW - timedelta(minutes=10)}, {"until": NOW - timedelta(hours=2)}):
        state.keys["k1"] = VOUCHER.model_copy(update=changes)
        assert await why(token(), state) == "sign-in-invalid", "it was issued an hour ago"
    state.keys["k1"] = VOUCHER.model_copy(update={"until": NOW})
    assert await why(token(), state) == "sign-in-expired"
    assert (await SignInCheck(state, lambda: NOW).former(token())) == claims(), "a form that was being typed is not lost"
    state.keys["k1"] = VOUCHER.model_copy(update={"until": NOW + timedelta(microseconds=1)})
    assert (await SignInCheck(state, lambda: NOW).check(token())).username == "hoa"


async def test_a_form_typed_under_a_key_that_has_ended_since_is_its_owner_s() -> None:
    state = State()
    state.keys["k1"] = VOUCHER.model_copy(update={"until": NOW - timedelta(hours=1)})
    over = token(at=NOW - timedelta(hours=9), lifetime=timedelta(hours=8))
    former = await SignInCheck(state, lambda: NOW).former(over)
    assert former is not None
    assert former.sub == "s1"


async def test_a_program_gets_401_with_the_reason_in_both_languages() -> None:
    async with browse(sample_app()) as client:
        answer = await client.get(ME)
        assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-missing")
        assert answer.json()["vi"].startswith("Hãy đăng nhập")
        assert answer.json()["en"].startswith("Please sign in")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        expired = await client.get(ME, headers={"Authorization": f"Bearer {token(lifetime=timedelta(minutes=1))}"})
        assert expired.json()["code"] == "sign-in-expired"


async def test_header_and_cookie_both_carry_the_token() -> None:
    app = sample_app()
    async with browse(app) as client:
        answer = await client.get(ME, headers={"Authorization": f"Bearer {token()}"})
        assert answer.json()["units"] == [UNIT, OTHER_UNIT]
    async with browse(app, cookie=token()) as client:
        assert (await client.get(ME)).status_code == 200


async def test_a_browser_is_led_to_the_sign_in_page_and_back() -> None:
    async with browse(sample_app(), accept="text/html") as client:
        answer = await client.get("/sample/me?page=2&q=a%20b")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/sign-in?next=%2Fsample%2Fme%3Fpage%3D2%26q%3Da%2520b&why=sign-in-missing"
        sent = await client.post("/sample/me?x=1")
        assert sent.headers["location"] == "/sign-in?next=%2Fsample%2Fme&why=sign-in-missing"
        below = await client.post("/sample/me/name")
        assert below.headers["location"] == "/sign-in?next=%2Fsample%2Fme&why=sign-in-missing"


async def test_a_fragment_asked_for_by_a_script_is_told_where_to_go() -> None:
    async with browse(sample_app(), accept="text/html") as client:
        answer = await client.get("/sample/me", headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


async def test_a_missing_role_is_named_with_its_unit() -> None:
    async with browse(sample_app(), authorization=f"Bearer {token()}") as client:
        assert (await client.get("/api/sample/clerks", params={"unit": UNIT})).status_code == 200
        elsewhere = await client.get("/api/sample/clerks", params={"unit": OTHER_UNIT})
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "forbidden")
        assert "cán bộ Một cửa" in elsewhere.json()["vi"]
        assert OTHER_UNIT in elsewhere.json()["vi"]
        assert OTHER_UNIT in elsewhere.json()["en"]
        nowhere = await client.get("/api/sample/admins")
        assert nowhere.status_code == 403
        assert "administrator or operator" in nowhere.json()["en"]


async def test_a_public_page_is_shown_to_whoever_comes_with_an_ended_token() -> None:
    state = State()
    state.change(active=False)
    async with browse(sample_app(state), cookie=token(), accept="text/html") as client:
        answer = await client.get("/sample/page")
        assert answer.status_code == 200
        assert "Đăng nhập" in answer.text
