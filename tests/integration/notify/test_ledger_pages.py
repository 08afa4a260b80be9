"""The ledger as pages, in both languages."""

import re
from html import unescape
from urllib.parse import quote

import pytest

from tests.support.notify_world import CONTACT, LedgerWorld


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_pages_show_the_ledger_in_both_languages_and_nobody_s_address(ledger: LedgerWorld, language: str) -> None:
    paths = [
        "messages",
        "messages?code=&outcome=",
        "messages?outcome=failed",
        "messages?outcome=nonsense",
        f"messages?code=+{ledger.sent.code.lower()}+",
        "messages?code=%3Cscript%3E",
        f"messages/{ledger.sent.first}",
        f"messages/{ledger.failed.first}",
        f"messages/{ledger.skipped.first}",
        f"messages/{ledger.waiting.first}",
        "templates",
    ]
    for path in paths:
        page = await ledger.page("son", path, language)
        assert page.status_code == 200, (path, page.text)
        assert f'<html lang="{language}"' in page.text
        assert "<script>" not in page.text
        assert CONTACT.name not in page.text
        assert not re.search(r"somebody\d+@", page.text)


async def test_the_list_opens_from_its_numbers_and_each_line_opens_its_message(ledger: LedgerWorld) -> None:
    page = (await ledger.page("son", "messages")).text
    for outcome in ("failed", "waiting", "sent", "skipped"):
        assert f'href="/notify/messages?outcome={outcome}"' in page
    assert page.index(ledger.failed.code) < page.index(ledger.sent.code)
    assert f'href="/notify/messages/{ledger.failed.first}"' in page


async def test_a_code_is_found_as_it_is_typed(ledger: LedgerWorld) -> None:
    typed = f" {ledger.sent.code.lower().replace('-', ' -', 1)} "
    page = await ledger.page("hoa", f"messages?code={quote(typed)}")
    assert f'href="/notify/messages/{ledger.sent.first}"' in page.text
    assert ledger.failed.first not in page.text
    nothing = await ledger.page("hoa", "messages?code=nowhere")
    assert "Không có tin nào của “NOWHERE”" in nothing.text


async def test_a_long_list_goes_on_behind_a_link_and_back_to_the_newest(
    ledger: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notify.pages.PAGE", 3)
    first = (await ledger.page("hoa", "messages?outcome=")).text
    assert 'rel="prev"' not in first
    (older,) = re.findall(r'rel="next" href="/notify/([^"]+)"', first)
    second = (await ledger.page("hoa", unescape(older))).text
    assert (ledger.failed.code in first, ledger.sent.code in first) == (True, False)
    assert (ledger.failed.code in second, ledger.sent.code in second) == (False, True)
    assert 'rel="prev" href="/notify/messages?"' in second
    assert 'rel="next"' not in second
