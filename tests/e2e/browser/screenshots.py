"""Pictures of every page at 360 and 1,280 px: `python -m tests.e2e.browser.screenshots`, or `make screenshots`.

Those that README shows go to docs/images; all others to a folder outside the tree, whose name is printed at the end.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import FloatRect

from tests.e2e.browser.chromium import BINARY, DESK, PHONE, Visits, chromium
from tests.e2e.browser.pages import PAGES, PageCase
from tests.e2e.browser.palette import shrink
from tests.support.installation import end, make_installation

IMAGES = Path(__file__).parents[3] / "docs" / "images"
# What README shows: under which name, and how much of it from the top, in pixels.
SHOWN = {
    ("counter-opened", DESK): ("counter", 1100),
    ("receipt", DESK): ("receipt", 1530),
    ("track", PHONE): ("track", 1000),
    ("cases", DESK): ("cases", 860),
    ("figures", DESK): ("figures", 1340),
}
LARGEST = 150_000


async def take(visits: Visits, case: PageCase, width: int, folder: Path) -> Path:
    page = await visits.by(case.who, width)
    await case.reach(page)
    await page.wait_for_load_state("networkidle")
    height = await page.evaluate("document.documentElement.scrollHeight")
    name, tallest = SHOWN.get((case.name, width), (case.name, height))
    path = (IMAGES if (case.name, width) in SHOWN else folder) / f"{name}-{width}.png"
    size = FloatRect(x=0, y=0, width=width, height=min(height, tallest))
    await page.screenshot(path=path, full_page=True, clip=size, animations="disabled")
    await visits.close()
    return path


async def take_all(address: str, folder: Path, only: list[str]) -> list[Path]:
    async with chromium() as browser:
        visits = Visits(browser, address)
        cases = [case for case in PAGES if not only or case.name in only]
        return [await take(visits, case, width, folder) for case in cases for width in (PHONE, DESK)]


def main() -> None:
    if BINARY is None:
        sys.exit("Không tìm thấy chromium. / There is no chromium; name one in MOTCUA_CHROMIUM.")
    folder = Path(tempfile.mkdtemp(prefix="motcua-images-"))
    IMAGES.mkdir(parents=True, exist_ok=True)
    installation = make_installation()
    try:
        installation.demo()
        taken = asyncio.run(take_all(installation.address, folder, []))
    finally:
        end(installation)
    shown = [path for path in taken if path.parent == IMAGES]
    for path in shown:
        shrink(path)
    heavy = [path.name for path in shown if path.stat().st_size >= LARGEST]
    print(f"docs/images: {len(shown)}; {folder}: {len(taken) - len(shown)}")  # noqa: T201 -- said at a terminal
    if heavy:
        sys.exit(f"Quá nặng / too heavy: {', '.join(heavy)}")


if __name__ == "__main__":
    main()
