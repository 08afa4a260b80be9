"""What a person or a program is answered whose wish cannot be written: its numbers may have been given before."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.publisher_guard import PublisherBehind
from web.errors import answer
from web.problems import Problem

RETRY_AFTER: Final = "10"


async def on_publisher_behind(request: Request, _: Exception) -> Response:
    """503: pages are read as before."""
    problem = Problem.of(503, "publisher-behind", vi=PublisherBehind.vi, en=PublisherBehind.en)
    return answer(request, problem, {"Retry-After": RETRY_AFTER})
