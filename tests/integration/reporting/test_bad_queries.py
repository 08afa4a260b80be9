"""What cannot be asked is refused at its field, in both languages; nothing is a 500."""

import pytest

from tests.support.reference_data import headers_for
from tests.support.reporting_world import NOW

PERIOD = "from=2025-12-15&to=2026-12-15"
BAD = [
    ("", "from"),
    ("from=2026-01-01", "to"),
    ("from=2026-01-01&to=2026-01-01", "to"),
    ("from=2026-02-01&to=2026-01-01", "to"),
    ("from=2026-02-30&to=2026-03-01", "from"),
    ("from=0001-01-01&to=2026-03-01", "from"),
    ("from=2026-01-01&to=9999-12-31", "to"),
    ("from=hom-nay&to=2026-03-01", "from"),
    (f"from=2026-01-01&to={'9' * 40}", "to"),
    (f"{PERIOD}&unit=x", "unit"),
    (f"{PERIOD}&unit=%00", "unit"),
    (f"{PERIOD}&field=%20", "field"),
    (f"{PERIOD}&channel=fax", "channel"),
    (f"{PERIOD}&competent='%20OR%201=1", "competent"),
    (f"{PERIOD}&as_of=2026-03-01", "as_of"),
    (f"{PERIOD}&as_of=2026-03-01T00:00:00", "as_of"),
    (f"{PERIOD}&as_of=2036-03-01T00:00:00Z", "as_of"),
    (f"{PERIOD}&as_of=0001-01-01T00:00:00%2B14:00", "as_of"),
    (f"{PERIOD}&as_of=9999-12-31T23:59:59-14:00", "as_of"),
]


@pytest.mark.parametrize(("query", "field"), BAD)
@pytest.mark.parametrize("path", ["figures", "dossiers", "guidance"])
async def test_what_cannot_be_asked_is_refused_at_its_field_in_both_languages(http, path, query, field):
    answer = await http.get(f"/api/reporting/{path}?{query}", headers=headers_for("operator", NOW))
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    (error, *_) = [error for error in problem["errors"] if error["field"] == field]
    assert error["vi"]
    assert error["en"] != error["vi"]


@pytest.mark.parametrize(
    "query",
    ["by=colour", "measure=most", "after=x", "after=2026-02-30.d-1", "after=2026-02-03.", "limit=0", "limit=501", "limit=x"],
)
async def test_what_a_list_cannot_show(http, query):
    answer = await http.get(
        f"/api/reporting/{'figures' if 'by=' in query else 'dossiers'}?{PERIOD}&{query}", headers=headers_for("operator", NOW)
    )
    assert answer.status_code == 422
