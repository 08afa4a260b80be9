"""What schemathesis loads beside its own checks: who asks which route, and how long an answer may be.

It runs in schemathesis' process. `MOTCUA_SWEEP_TOKENS` names a file: `GET /path` -> the token of somebody who may.
"""

import json
import os
from pathlib import Path
from typing import Any, Final

import schemathesis

LONGEST_ANSWER: Final = 64_000
TOKENS: Final[dict[str, str]] = json.loads(Path(os.environ["MOTCUA_SWEEP_TOKENS"]).read_text(encoding="utf-8"))


def _needs_nobody(context: Any) -> bool:
    return context.operation.label not in TOKENS


@schemathesis.auth(refresh_interval=None).skip_for(func=_needs_nobody)
class WhoMay:
    """Somebody whom the table of rights names for the route."""

    def get(self, case: Any, _: Any) -> str:
        return TOKENS[case.operation.label]

    def set(self, case: Any, token: str, _: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}


@schemathesis.check
def short_answer(_: Any, response: Any, case: Any) -> None:
    """No answer over 64 kB, unless it is the whole of what an operator asked for."""
    size = len(response.content)
    assert size <= LONGEST_ANSWER, f"{case.operation.label} answered {size} bytes"
