"""The rules of reception that differ from place to place and from decree to decree, each with the text that it stands in.

A calendar may state its own; one that states none goes by the decree in force on the day of reception. As JSON, all optional:

    {"cutoff": "15:00", "late_moves_start": false, "cutoff_basis": "Nghị định 118/2025/NĐ-CP",
     "from_arrival": true, "forwarding_days": 0, "out_of_area_basis": "Nghị định 118/2025/NĐ-CP"}
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, time
from typing import Any, Final

from worktime.civil import read_clock
from worktime.errors import CalendarError, LimitError

MOST_FORWARDING_DAYS: Final = 30


def check_cutoff(cutoff: time) -> None:
    if cutoff.tzinfo or cutoff.second or cutoff.microsecond:
        raise LimitError(
            vi=f"Giờ chốt {cutoff} phải ghi bằng giờ và phút, không kèm múi giờ.",
            en=f"The cut-off {cutoff} must be given in hours and minutes, without a time zone.",
        )


def read_cutoff(text: object) -> time:
    try:
        return read_clock(text)  # type: ignore[arg-type]  # what is no text is refused like a text that is no time
    except (TypeError, ValueError) as bad:
        raise LimitError(
            vi=f"Giờ chốt {text!r} không đọc được: hãy ghi như 15:00.",
            en=f"The cut-off {text!r} cannot be read: write it like 15:00.",
        ) from bad


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """`cutoff`: what is received later than this is forwarded on the next working day.
    `late_moves_start`: whether that moves a limit in days too. A limit in hours it never moves.
    `from_arrival`: whether the limit of what was received outside the area of the authority that decides runs only from when
    that one receives it; until that is known, it is expected `forwarding_days` working days after it was forwarded.
    `cutoff_basis`, `out_of_area_basis`: the legal text, shown where the rule has moved a date; None: none is named.
    """

    cutoff: time = time(15, 0)
    late_moves_start: bool = False
    cutoff_basis: str | None = None
    from_arrival: bool = True
    forwarding_days: int = 0
    out_of_area_basis: str | None = None

    def __post_init__(self) -> None:
        check_cutoff(self.cutoff)
        if not 0 <= self.forwarding_days <= MOST_FORWARDING_DAYS:
            raise LimitError(
                vi=f"Số ngày chuyển hồ sơ {self.forwarding_days} không dùng được: hãy ghi từ 0 đến {MOST_FORWARDING_DAYS}.",
                en=f"{self.forwarding_days} days of forwarding cannot be used: write 0 to {MOST_FORWARDING_DAYS}.",
            )


# Each from the day on which the decree took effect, the newest first. That of 2018 has the 15:00 rule only.
_DECREES: Final = (
    (
        date(2025, 7, 1),
        Params(cutoff_basis="Nghị định 118/2025/NĐ-CP", out_of_area_basis="Nghị định 118/2025/NĐ-CP"),
    ),
    (date(2018, 6, 21), Params(cutoff_basis="Nghị định 61/2018/NĐ-CP")),
)
_BEFORE_THE_DECREES: Final = Params()


def by_decree(day: date) -> Params:
    return next((params for since, params in _DECREES if day >= since), _BEFORE_THE_DECREES)


_KINDS: Final = {
    "cutoff": str,
    "late_moves_start": bool,
    "cutoff_basis": str,
    "from_arrival": bool,
    "forwarding_days": int,
    "out_of_area_basis": str,
}


def params_from_data(data: object) -> Params | None:
    """None: the calendar states no rules. Raises CalendarError for a key or a value that is none of the above."""
    if data is None:
        return None
    if not isinstance(data, Mapping) or not set(data) <= _KINDS.keys():
        raise CalendarError(
            vi=f"“rules” phải là một đối tượng chỉ gồm {', '.join(_KINDS)}.",
            en=f"“rules” must be an object of {', '.join(_KINDS)} only.",
        )
    stated = {key: value for key, value in data.items() if value is not None}
    for key, value in stated.items():
        if type(value) is not _KINDS[key]:
            raise CalendarError(
                vi=f"“rules”: “{key}” sai kiểu dữ liệu: {value!r}.", en=f"“rules”: “{key}” is of the wrong type: {value!r}."
            )
    try:
        cutoff = {"cutoff": read_cutoff(stated["cutoff"])} if "cutoff" in stated else {}
        return Params(**{**stated, **cutoff})
    except LimitError as refused:
        raise CalendarError(vi=f"“rules”: {refused.vi}", en=f"“rules”: {refused.en}") from refused


def params_to_data(params: Params) -> dict[str, Any]:
    """All of them, those without a legal text left out."""
    values = {field.name: getattr(params, field.name) for field in fields(params)}
    stated = {name: value for name, value in values.items() if value is not None}
    return {**stated, "cutoff": f"{params.cutoff:%H:%M}"}
