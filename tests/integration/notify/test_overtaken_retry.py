"""Trying again from a page that is no longer true: the page says so above what stands now, and nothing is sent twice."""

import re

from tests.support.notify_world import LedgerWorld
from tests.support.page_words import program_words_in, shown
from tests.support.reference_data import headers_for, token_for
from web.signin import COOKIE


async def test_a_retry_from_a_page_that_was_overtaken_shows_the_message_as_it_stands(ledger: LedgerWorld) -> None:
    person = await ledger.failing()
    cookie = {"Cookie": f"{COOKIE}={token_for('son')}", "Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    page = await ledger.http.get(f"/notify/messages/{person.first}", headers=cookie)
    (inside,) = re.findall(r'<form method="post" action="/notify/[^"]+/retry">(.*?)</form>', page.text, re.DOTALL)
    form = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', inside))
    retried = await ledger.retry(person, headers_for("son", version=int(form["if_match"])))
    assert retried.status_code == 200
    late = await ledger.http.post(f"/notify/messages/{person.first}/retry", data=form, headers=cookie)
    assert late.status_code == 409
    assert "Chỉ gửi lại được tin đã thất bại." in late.text
    assert person.code in late.text
    assert 'class="timeline"' in late.text
    assert program_words_in(shown(late.text)) == []
