"""A form sent with the cookie must prove twice that one of our pages made it."""

import pytest

from tests.support.web_world import browse, sample_app, token
from web.csrf import csrf_token

TOKEN = token()
PROOF = csrf_token(TOKEN, "session-1")
OWN = {"sec-fetch-site": "same-origin"}


async def send(headers: dict[str, str], proof: str | None = PROOF, path: str = "/sample/me", cookie: str = TOKEN) -> int:
    async with browse(sample_app(), cookie=cookie) as client:
        answer = await client.post(path, data={"csrf_token": proof} if proof else {}, headers=headers)
        assert answer.status_code in {200, 403}
        if answer.status_code == 403:
            assert answer.json()["code"] in {"forged-form", "old-page"}
        return answer.status_code


@pytest.mark.parametrize(
    "headers",
    [
        OWN,
        {"sec-fetch-site": "none"},
        {"origin": "http://motcua.test"},
        {"referer": "http://motcua.test/intake/counter?x=1"},
        {"origin": "https://cong.vn", "x-forwarded-host": "cong.vn"},
    ],
)
async def test_our_own_page_is_believed(headers: dict[str, str]) -> None:
    assert await send(headers) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://motcua.test"},
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"origin": "http://motcua.test.evil.test"},
        {"origin": "http://motcua.test@evil.test"},
        {"origin": "http://["},
        {"referer": "http://evil.test/motcua.test"},
    ],
)
async def test_another_site_is_not_even_with_the_field(headers: dict[str, str]) -> None:
    assert await send(headers) == 403


@pytest.mark.parametrize(
    "proof",
    [None, "x", PROOF[:-1], PROOF.upper(), csrf_token(TOKEN, "session-2"), csrf_token(token(sid="session-2"), "session-1"), "ệ"],
    ids=range(7),
)
async def test_the_right_origin_without_this_sessions_field_is_not_enough(proof: str | None) -> None:
    assert await send(OWN, proof) == 403


async def test_scripts_send_the_proof_as_a_header() -> None:
    assert await send({**OWN, "x-csrf-token": PROOF}, None, "/api/sample/me") == 200
    assert await send({**OWN, "x-csrf-token": "x"}, PROOF, "/api/sample/me") == 403


async def test_a_bearer_token_needs_no_proof_because_no_site_can_make_a_browser_send_one() -> None:
    async with browse(sample_app(), cookie=TOKEN, authorization=f"Bearer {TOKEN}") as client:
        assert (await client.post("/api/sample/me")).status_code == 200


async def test_reading_needs_no_proof() -> None:
    async with browse(sample_app(), cookie=TOKEN) as client:
        assert (await client.get("/api/sample/me", headers={"sec-fetch-site": "cross-site"})).status_code == 200


async def test_signing_in_is_taken_from_our_own_page_only() -> None:
    async with browse(sample_app()) as client:
        assert (await client.post("/sign-in", headers=OWN)).status_code == 200
        assert (await client.post("/sign-in", headers={"origin": "http://evil.test"})).status_code == 403


async def test_a_page_of_an_earlier_sign_in_says_so() -> None:
    """Reloading would lose what was typed: so it does not ask for that."""
    async with browse(sample_app(), cookie=TOKEN) as client:
        earlier = csrf_token(token(sid="session-0"), "session-0")
        answer = await client.post("/sample/me", data={"csrf_token": earlier}, headers=OWN)
    assert (answer.status_code, answer.json()["code"]) == (403, "old-page")
    assert "quay lại để chép điều đã gõ" in answer.json()["vi"]
