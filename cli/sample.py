"""The sample province: loaded once after the first start, through the same import that a real province would use."""

from pathlib import Path

from cli.console import err, inline
from cli.session import Session
from deploy.local.site import Site

FOLDER = Path(__file__).parents[1] / "deploy" / "sample"


def load_once(site: Site) -> None:
    """Load it unless it is there or unwanted. A break leaves it to be loaded again; importing twice changes nothing."""
    from cli.directory_import import load

    state = site.load()
    if state is None or not state.sample or state.sample_loaded:
        return
    with err.status(inline("Nạp dữ liệu mẫu", "loading the sample")):
        load(FOLDER, Session(site.data))
    with site.change() as changed:
        changed.sample_loaded = True


def accounts() -> str:
    """Who can sign in to the sample, and how."""
    from cli.directory_import import sample_accounts

    return sample_accounts()
