"""The sample province: loaded once after the first start, through the same import that a real province would use."""

from importlib import import_module
from pathlib import Path

from cli.console import err, inline
from cli.session import Session
from deploy.local.site import Site

FOLDER = Path(__file__).parents[1] / "deploy" / "sample"
IMPORTING = "cli.importing"


def load_once(site: Site) -> None:
    """Load it unless it is there or unwanted. A break leaves it to be loaded again; importing twice changes nothing."""
    state = site.load()
    if state is None or not state.sample or state.sample_loaded:
        return
    with err.status(inline("Nạp dữ liệu mẫu", "loading the sample")):
        import_module(IMPORTING).load(FOLDER, Session(site.data))
    with site.change() as changed:
        changed.sample_loaded = True


def accounts() -> str:
    """Who can sign in to the sample, and how."""
    return str(import_module(IMPORTING).sample_accounts())
