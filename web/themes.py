"""Light, dark, or as the reader's device prefers: by the device's preference unless somebody chose."""

from typing import Final

from starlette.requests import Request

THEMES: Final = ("auto", "light", "dark")
COOKIE: Final = "motcua_theme"


def chosen_theme(request: Request) -> str:
    """`?theme=`, else the cookie it left, else the device's."""
    asked = (request.query_params.get("theme"), request.cookies.get(COOKIE))
    return next((theme for theme in asked if theme in THEMES), THEMES[0])
