"""The design language: tokens that can be read in both themes, icons that exist, a sidebar that knows where one is."""

import re
from pathlib import Path

import pytest

import web
from contracts.values import PortalStatus, Role
from tests.support.web_world import browse, sample_app, token
from web.navigation import STAFF, current
from web.pages import STAGE_ICONS

STATIC = Path(web.__file__).parent / "static"
STYLE = (STATIC / "motcua.css").read_text(encoding="utf-8")
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
TEXT_ON = [
    *(("ink", ground) for ground in ("surface", "ground", "sunken", "brand-pale", "amber-pale", "green-pale", "red-pale")),
    *(("quiet", ground) for ground in ("surface", "ground", "sunken")),
    *((colour, f"{colour}-pale") for colour in ("amber", "green", "blue", "mauve", "grey", "red")),
    *((colour, ground) for colour in ("brand", "red", "amber", "green") for ground in ("surface", "ground")),
    ("brand-deep", "brand-pale"),
    ("on-brand", "brand"),
    ("on-brand", "brand-deep"),
    ("on-red", "red-solid"),
    ("on-leaf", "leaf"),
]


def tokens(selector: str) -> dict[str, str]:
    """Name -> colour of one theme; three digits written out."""
    block = STYLE.partition(f"{selector} {{")[2].partition("}")[0]
    colours = re.findall(r"--([a-z-]+): #([0-9a-f]{6}|[0-9a-f]{3});", block)
    return {name: value if len(value) == 6 else "".join(2 * digit for digit in value) for name, value in colours}


LIGHT = tokens(":root")
DARK = LIGHT | tokens(':root[data-theme="dark"]')


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(*colours: str) -> float:
    light, dark = sorted(map(luminance, colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read_against_its_ground(text: str, ground: str, theme: dict[str, str]) -> None:
    """WCAG 2.2 AA: 4.5 to 1."""
    assert contrast(theme[text], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edge_of_a_control_is_seen(theme: dict[str, str]) -> None:
    """WCAG 2.2 AA: 3 to 1."""
    assert contrast(theme["edge"], theme["surface"]) >= 3


def test_the_device_s_dark_theme_is_the_chosen_one() -> None:
    assert tokens(':root[data-theme="auto"]') == tokens(':root[data-theme="dark"]') != {}


def test_every_icon_that_is_asked_for_is_in_the_sprite() -> None:
    asked = {item.key.replace("_", "-") for group in STAFF for item in group} | set(STAGE_ICONS.values())
    folders = [STATIC.parent / "templates", *(STATIC.parents[1] / "services").glob("*/templates")]
    for file in (file for folder in folders for file in folder.glob("*.html")):
        asked |= set(re.findall(r'icon\("([^"]+)"\)', file.read_text(encoding="utf-8")))
    assert set(STAGE_ICONS) == set(PortalStatus)
    assert asked - ICONS == set()


@pytest.mark.parametrize(
    ("path", "query", "key"),
    [
        ("/intake/counter", {}, "counter"),
        ("/intake/dossiers", {}, "dossiers"),
        ("/intake/dossiers", {"status": "1", "unit": "x"}, "waiting"),
        ("/intake/results", {"waits": "long"}, "hand_over"),
        ("/intake/dossiers/d-1", {}, "dossiers"),
        ("/intake/dossiers/d-1/hand-over", {}, "hand_over"),
        ("/intake/dossiers/d-1/slip", {}, "hand_over"),
        ("/intake/dispatch", {"round": "morning"}, "dispatch"),
        ("/routing/cases", {"due": "late", "officer": "me"}, "late"),
        ("/routing/cases", {"officer": "all", "state": "unassigned"}, "nobody"),
        ("/routing/cases", {"officer": "all"}, "cases"),
        ("/directory/staffing", {}, None),
        ("/", {}, None),
    ],
)
def test_the_sidebar_marks_the_page_that_says_the_most(path: str, query: dict[str, str], key: str | None) -> None:
    item = current(STAFF, path, query)
    assert (item and item.key) == key


def test_every_role_has_work_of_its_own() -> None:
    for role in Role:
        assert any(role in item.roles for item in STAFF[0] + STAFF[1] + STAFF[2][:3]), role


async def test_the_chosen_theme_is_remembered() -> None:
    async with browse(sample_app(), accept="text/html", cookie=token()) as client:
        assert 'data-theme="auto"' in (await client.get("/sample/page")).text
        dark = (await client.get("/sample/page?q=1&theme=dark")).text
        assert 'data-theme="dark"' in dark
        assert "/sample/page?q=1&amp;theme=light" in dark, "the rest of the address stays"
        assert 'data-theme="dark"' in (await client.get("/sample/page")).text
        assert 'data-theme="dark"' in (await client.get("/sample/page?theme=pink")).text
