"""What a form comes to that was not done: its sender is led to a page with what they typed."""

from http import HTTPStatus

import httpx


def is_draft(answer: httpx.Response) -> bool:
    """A form was not done: its sender is led to what they typed."""
    return answer.status_code == HTTPStatus.SEE_OTHER and "draft=" in answer.headers["location"]


def shows_draft(page: httpx.Response) -> bool:
    """A page that answers a form and is a GET, so that it may be loaded again."""
    return page.request.method == "GET" and page.status_code == HTTPStatus.OK and "draft=" in str(page.url)
