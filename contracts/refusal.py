"""A refusal: the rules say no, and a person can act on the reason. Faults of the infrastructure are never refusals."""

from http import HTTPStatus


class Refusal(Exception):  # noqa: N818 -- "refusal" is the domain's word: nothing is broken
    """A message for a person in both languages, a stable `code`, the HTTP `status` and, if one is to blame, the `field`.
    `retry_after`: the seconds after which the same may be asked again, where that is known.
    """

    status: HTTPStatus = HTTPStatus.CONFLICT
    retry_after: int | None = None

    def __init__(self, code: str, *, vi: str, en: str, field: str | None = None, status: HTTPStatus | None = None) -> None:
        super().__init__(f"{code}: {en}")
        self.code, self.vi, self.en, self.field = code, vi, en, field
        if status is not None:
            self.status = status


class NotFound(Refusal):
    status = HTTPStatus.NOT_FOUND


class Invalid(Refusal):
    """What was given cannot be right, whatever the state (422)."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
