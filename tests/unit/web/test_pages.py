"""Pages: both languages say the same, everything is escaped, nothing is inline, and the whole stays light."""

import gzip
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import BaseModel
from starlette.requests import Request

import web
from contracts.values import PortalStatus, Role
from tests.support.web_world import NOW, browse, sample_app, token
from web import formats, navigation
from web.addresses import safe_next
from web.forms import Form, blank
from web.languages import Texts
from web.pages import Pages
from web.problems import FieldProblem
from web.themes import THEMES

WEB = Path(web.__file__).parent


async def test_no_reader_waits_until_a_page_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one who asked for a page held the loop for a tenth of a second, for everybody."""
    app = sample_app()
    async with app.router.lifespan_context(app):
        pass
    monkeypatch.setattr("jinja2.Environment.compile", None)
    async with browse(app, Accept="text/html") as client:
        assert (await client.get("/sample/page")).status_code == 200


GALLERY = """{% extends "base.html" %}{% import "components.html" as c %}{% block title %}{{ evil }}{% endblock %}
{% block content %}
{{ c.error_summary(form) }}<form method="post">{{ c.hidden(version=7) }}
{{ c.field(form, "name", label=evil, hint=evil, shortcut="Alt+N") }}{{ c.field(form, "secret", label="x", type="password") }}
{{ c.textarea(form, "name", label=evil) }}{{ c.select(form, "kind", [("a", evil), ("b", "B")], label="x") }}
{{ c.radios(form, "kind", [("a", evil), ("b", "B", evil)], label="x") }}
{{ c.checkboxes(form, "kinds", [("a", evil)], label="x") }}
{{ c.checkbox(form, "yes", label=evil) }}{{ c.button(evil, kind="danger", shortcut="Alt+S") }}</form>
{{ c.link_button(evil, "/x") }}{{ c.print_button() }}{{ c.notice(evil) }}{{ c.freshness(now) }}{{ c.freshness(now, behind=true) }}
{{ c.tabs(evil, [("/x", evil, true, 3, true), ("/y", evil, false, none, false)]) }}{{ c.code("A-1-" ~ evil) }}
{{ c.doors([("track", "/x", evil, evil)]) }}{{ c.icon("search") }}
{{ c.figure(3, evil, "/x", late=true) }}{{ c.overdue_tag(2) }}
{% for status in PortalStatus %}{{ c.status_tag(status) }}{% endfor %}
{% call(row) c.table(evil, [(evil, "code")], [evil]) %}<td>{{ row }}</td>{% endcall %}
{% call(row) c.table("none", [("x", "")], [], empty=evil) %}{% endcall %}{{ c.pagination("?p=1", "?p=3") }}
{% call c.confirmation(evil, "code", evil) %}<p>{{ evil }}</p>{% endcall %}{{ c.answers([(evil, evil, "/x"), ("a", "b")]) }}
{{ c.timeline([(now, evil, evil), (now, "b")]) }}{{ c.empty(evil, evil, evil, "/x") }}{{ t("nav.track") }} {{ 1234 | number }}
{% endblock %}"""
EVIL = "<script>alert(1)</script>\"'&"


def request(query: str = "", cookie: str = "", method: str = "GET") -> Request:
    headers = [(b"cookie", cookie.encode())] if cookie else []
    return Request(
        {"type": "http", "method": method, "path": "/a b", "query_string": query.encode(), "headers": headers, "state": {}}
    )


def gallery(folder: Path, query: str = "", form: Form[BaseModel] | None = None) -> str:
    (folder / "gallery.html").write_text(GALLERY, encoding="utf-8")
    wrong = [FieldProblem(field=name, vi=EVIL, en=EVIL) for name in ("name", "kind", "kinds", "yes", "")]
    shown = form or Form[BaseModel](values={"name": EVIL, "secret": "hunter2", "kind": "b", "kinds": ["a"]}, problems=wrong)
    pages = Pages("sample", [folder], Texts.load(), now=lambda: NOW)
    return bytes(pages.render(request(query), "gallery.html", form=shown, evil=EVIL).body).decode()


class Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_every_component_escapes_whatever_it_is_given(tmp_path: Path) -> None:
    html = gallery(tmp_path)
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)") > 25
    assert "hunter2" not in html, "a password is never written back"
    scripts = [attrs for tag, attrs in Reader(html).tags if tag == "script"]
    assert [attrs["src"].partition("?")[0] for attrs in scripts if attrs["src"]] == ["/static/motcua.js"]


def test_labels_summary_and_ids_belong_together(tmp_path: Path) -> None:
    # The gallery shows some fields twice; each with its own form here, an id may stand once only.
    tags = Reader(gallery(tmp_path)).tags
    ids = {attrs["id"] for _, attrs in tags if "id" in attrs}
    labels = {attrs["for"] for tag, attrs in tags if tag == "label"}
    described = {ident for _, attrs in tags for ident in (attrs.get("aria-describedby") or "").split()}
    linked = {(attrs["href"] or "")[1:] for tag, attrs in tags if tag == "a" and (attrs["href"] or "").startswith("#")}
    fields = {attrs.get("id") for tag, attrs in tags if tag in {"input", "select", "textarea"} and attrs.get("type") != "hidden"}
    assert fields <= labels, "a label on every field"
    assert labels | described | linked <= ids
    assert {"f-name-error", "f-name-hint"} <= described


def test_what_was_chosen_is_chosen_again(tmp_path: Path) -> None:
    html = gallery(tmp_path)
    assert '<option value="b" selected>' in html
    assert re.search(r'type="radio" id="f-kind-2" name="kind" value="b" checked', html)
    assert re.search(r'type="checkbox" id="f-kinds" name="kinds" value="a" checked', html)
    assert "error-summary" in html
    assert "error-summary" not in gallery(tmp_path, form=blank(name="x"))


def test_a_number_in_a_template_is_written_in_each_readers_language(tmp_path: Path) -> None:
    (tmp_path / "sum.html").write_text("{{ 1234 | number }}, {{ 1234.5 | number(2) }}, {{ 5000 | dong }}", encoding="utf-8")
    pages = Pages("sample", [tmp_path], Texts.load(), now=lambda: NOW)
    shown = [bytes(pages.render(request(query), "sum.html").body).decode() for query in ("", "lang=en")]
    assert [text.replace("\xa0", " ") for text in shown] == ["1.234, 1.234,50, 5.000 đồng", "1,234, 1,234.50, 5,000 VND"]


def test_both_languages_render_everything(tmp_path: Path) -> None:
    vietnamese, english = gallery(tmp_path), gallery(tmp_path, "lang=en")
    assert '<html lang="vi"' in vietnamese
    assert '<html lang="en"' in english
    assert "Tra cứu hồ sơ 1.234" in vietnamese
    assert "Track a dossier 1,234" in english
    assert "Quá hạn 2 ngày" in vietnamese


@pytest.mark.parametrize(
    "file", sorted(WEB.glob("templates/*.html")) + sorted(WEB.glob("../services/*/templates/**/*.html")), ids=lambda f: f.name
)
def test_no_template_has_inline_script_or_style(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|\|\s*safe\b|autoescape\s+false", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", text), "nothing comes from elsewhere"


def test_a_page_with_everything_stays_light(tmp_path: Path) -> None:
    """A citizen's page is under 60 kB with all that it loads; most of that is the page itself."""
    ours = [(WEB / "static" / name).read_bytes() for name in ("motcua.css", "motcua.js", "motcua.svg", "icons.svg")]
    assert sum(len(gzip.compress(part)) for part in (*ours, gallery(tmp_path).encode())) < 20 * 1024


def test_every_status_role_and_menu_item_has_its_words() -> None:
    texts = Texts.load()
    for key in [*(f"status.{int(s)}" for s in PortalStatus), *(f"role.{r}" for r in Role)]:
        assert texts.has(key)
    for item in (item for group in navigation.STAFF for item in group):
        assert texts.has(f"nav.{item.key}")
    for theme in THEMES:
        assert texts.has(f"theme.{theme}")


def write(folder: Path, vi: str, en: str) -> Path:
    folder.mkdir()
    (folder / "vi.toml").write_text(vi, encoding="utf-8")
    (folder / "en.toml").write_text(en, encoding="utf-8")
    return folder


def test_a_service_adds_its_own_words(tmp_path: Path) -> None:
    texts = Texts.load([write(tmp_path / "t", '[label]\nname = "Họ tên {x}"', '[label]\nname = "Name {x}"')])
    assert texts.text("vi", "label.name", x=1) == "Họ tên 1"
    assert texts.label("en", "unknown") == "unknown"


@pytest.mark.parametrize(
    ("vi", "en", "why"),
    [
        ('a = "một"', 'b = "two"', "one language only: a, b"),
        ('a = "{x}"', 'a = "{y}"', "placeholders differ.*: a"),
        ('[app]\nname = "khác"', '[app]\nname = "other"', "already said elsewhere: app.name"),
    ],
)
def test_words_that_do_not_agree_stop_the_start(tmp_path: Path, vi: str, en: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Texts.load([write(tmp_path / "t", vi, en)])


def test_every_service_speaks_both_languages() -> None:
    for folder in WEB.parent.glob("services/*/texts"):
        Texts.load([folder])


async def test_the_chosen_language_is_remembered_and_the_browsers_own_is_not_followed() -> None:
    async with browse(sample_app(), accept="text/html", **{"accept-language": "en"}) as client:
        assert '<html lang="vi"' in (await client.get("/sample/page")).text
        assert '<html lang="en"' in (await client.get("/sample/page?lang=en")).text
        assert '<html lang="en"' in (await client.get("/sample/page")).text
        assert '<html lang="en"' in (await client.get("/sample/page?lang=fr")).text


async def test_a_form_is_given_its_proof_and_a_new_key_each_time(tmp_path: Path) -> None:
    async with browse(sample_app(), cookie=token(), accept="text/html") as client:
        first, second = [(await client.get("/sample/page")).text for _ in range(2)]
    for name, same in (("csrf_token", True), ("idempotency_key", False)):
        values = [re.search(rf'name="{name}" value="([^"]{{8,}})"', page) for page in (first, second)]
        assert values[0] is not None
        assert values[1] is not None
        assert (values[0][1] == values[1][1]) is same
    assert 'name="if_match" value="7"' in gallery(tmp_path)


async def test_a_form_comes_back_as_typed_with_every_mistake() -> None:
    async with browse(sample_app()) as client:
        wrong = (await client.post("/sample/forms", data={"name": "  ", "copies": "0", "kinds": ["a", "", "b"]})).json()
        assert wrong["values"] == {"name": "", "copies": "0", "kinds": ["a", "b"]}
        assert wrong["data"] is None
        assert wrong["problems"] == {"name": "Hãy điền hoặc chọn “giá trị này”.", "copies": "“giá trị này” phải từ 1 trở lên."}
        right = (await client.post("/sample/forms", data={"name": " Hòa\r\nB ", "copies": "2"})).json()
        assert right["data"] == {"name": "Hòa\nB", "copies": 2, "kinds": []}


@pytest.mark.parametrize("offered", ["/a", "/a/b?c=d&e=%2F", "/", "/intake/counter#f"])
def test_a_path_of_ours_is_gone_on_to(offered: str) -> None:
    assert safe_next(offered) == offered


@pytest.mark.parametrize(
    "offered",
    [
        None,
        "",
        "a",
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "https://evil.test",
        "/a\\b",
        "/a\r\nSet-Cookie: x",
        "/a b",
        "/\t/evil",
        "/ệ",
        "/" + "a" * 3000,
    ],
)
def test_nobody_is_sent_to_another_site(offered: str | None) -> None:
    assert safe_next(offered) == "/"


def test_moments_numbers_and_money_as_people_write_them() -> None:
    moment = datetime(2026, 2, 16, 7, 30, tzinfo=UTC)
    assert formats.moment(moment) == "14:30, thứ hai 16/02/2026"
    assert formats.moment(moment, "en") == "14:30, Monday 16/02/2026"
    assert formats.moment(datetime(2026, 2, 14, 17, tzinfo=UTC)) == "00:00, chủ nhật 15/02/2026"
    assert formats.day(datetime(2026, 2, 14, 17, tzinfo=UTC)) == formats.day(date(2026, 2, 15)) == "15/02/2026"
    assert formats.clock_time(moment) == "14:30:00"
    assert formats.number(1234.5) == "1.234,5"
    assert formats.number(1234.5, "en") == "1,234.5"
    assert formats.number(Decimal("95.92"), digits=1) == "95,9"
    assert formats.dong(150000) == "150.000 đồng"
    assert formats.dong(0, "en") == "0 VND"


def test_a_moment_without_a_zone_is_never_shown() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formats.moment(datetime(2026, 2, 16))  # noqa: DTZ001


async def test_a_page_shows_again_what_was_typed_but_no_more_than_a_page_holds() -> None:
    async with browse(sample_app()) as client:
        wrong = (await client.post("/sample/forms", data={"name": '"' * 7000, "copies": "0", "kinds": ["a"]})).json()
        assert wrong["values"] == {"copies": "0", "kinds": ["a"]}, "as a page has it, each of these is five bytes"
        assert "copies" in wrong["problems"]
        some = (await client.post("/sample/forms", data={"name": '"' * 6000, "copies": "0", "kinds": ["a"]})).json()
        assert some["values"]["name"] == '"' * 6000
