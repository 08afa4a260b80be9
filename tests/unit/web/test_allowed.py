"""`Allow` names every method of an address, whichever route stands first in the code."""

import pytest

from tests.support.web_world import browse, sample_app


async def test_methods_that_stand_in_several_routes_are_all_named() -> None:
    async with browse(sample_app()) as client:
        for path, allowed in (("/api/sample/me", "GET, HEAD, POST"), ("/api/sample/things/a", "GET, HEAD, PUT")):
            wrong = await client.request("OPTIONS", path)
            assert (wrong.status_code, wrong.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/api/sample/things/many", "/api/sample/things/{thing}"])
async def test_the_template_that_names_more_of_the_address_is_meant(path: str) -> None:
    app = sample_app()
    app.add_api_route("/api/sample/things/many", lambda: None, methods=["POST"])
    async with browse(app) as client:
        wrong = await client.delete(path.replace("{thing}", "a"))
        assert wrong.headers["allow"] == ("POST" if path.endswith("many") else "GET, HEAD, PUT")
