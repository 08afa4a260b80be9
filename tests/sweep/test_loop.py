"""`motcua bench loop` asks what it says, and names the request after which a process said that its loop was held longest."""

import json

from bench.hostile import HOSTILE
from bench.installation import Installation as Measured
from bench.loop import CLERK, LIMIT_SECONDS, ask_everything
from deploy import openapi
from tests.support.installation import Installation

ROUTES = sum(map(len, json.loads((openapi.FOLDER / "notify.json").read_text("utf-8"))["paths"].values()))
"""As the committed document has them, an operation each."""


def test_each_route_is_asked_by_each_with_each_body(installation: Installation) -> None:
    blocks = ask_everything(Measured(installation.data), services=("notify",), hostile=HOSTILE[:2])
    assert blocks.asked == ROUTES * 3 * 2
    longest = blocks.longest["notify"]
    assert longest.seconds == installation.longest_block("notify") > 0
    assert longest.request == "what it did before" or any(
        longest.request.endswith(f"({who}), {body.name}") for who in ("a stranger", CLERK, "operator") for body in HOSTILE[:2]
    )
    said = blocks.as_json()
    assert (said["ratio"], said["asked"]) == (round(longest.seconds / LIMIT_SECONDS, 3), blocks.asked)
