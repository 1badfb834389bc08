"""The key of a JSON API: where it is sent, and where it must not appear."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest

from include.discovery.errors import (
    AuthenticationFailed,
    Blocked,
    MissingConnection,
)
from tests.connectors.json_feed.api_support import BY_LINK, BY_NEXT, URL, Api, read, show


class TestTheKey:
    KEY = "s3cret-key-17"

    @pytest.mark.parametrize(
        ("key", "name", "value"),
        [
            ({"in": "header", "name": "X-App-Token"}, "x-app-token", KEY),
            ({"in": "bearer"}, "authorization", f"Bearer {KEY}"),
        ],
    )
    def test_the_key_is_sent_in_a_header(self, key: dict[str, Any], name: str, value: str) -> None:
        api = Api()

        read(api, key=key, key_given=self.KEY)

        assert (api.headers[0][name], api.asked[0]) == (value, {})

    def test_the_key_is_sent_in_a_parameter(self) -> None:
        api = Api()

        read(api, key={"in": "query", "name": "client_id"}, key_given=self.KEY)

        assert api.asked == [{"client_id": self.KEY}]

    def test_no_request_is_sent_without_a_required_key(self) -> None:
        api = Api()

        with pytest.raises(MissingConnection, match="with the key as its password"):
            read(api, key={"in": "query", "name": "client_id"})
        assert api.asked == []

    def test_an_optional_key_may_be_missing(self) -> None:
        api = Api()

        read(api, key={"in": "query", "name": "client_id", "required": False})

        assert api.asked == [{}]

    @pytest.mark.parametrize("paging", [BY_NEXT, BY_LINK])
    def test_the_key_is_in_no_cursor_even_if_the_api_echoes_it(
        self, paging: dict[str, Any]
    ) -> None:
        asked = []

        def respond(request):
            asked.append(str(request.url))
            following = f"{URL}?client_id={self.KEY}&page={len(asked) + 1}"
            return httpx.Response(
                200,
                json={"shows": [show(len(asked))], "next": following if len(asked) < 3 else None},
                headers={"Link": f'<{following}>; rel="next"'} if len(asked) < 3 else {},
            )

        pages = read(
            respond, paging=paging, key={"in": "query", "name": "client_id"}, key_given=self.KEY
        )

        assert len(pages) == 3
        assert not [page for page in pages if self.KEY in (page.cursor or "")]
        assert asked[1] == f"{URL}?page=2&client_id={self.KEY}"

    @pytest.mark.parametrize("status", [401, 403, 429, 500])
    def test_the_key_is_in_no_message(self, status: int, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)

        def respond(request):
            return httpx.Response(status, json={"message": f"bad {request.url} {self.KEY}"})

        with pytest.raises(Exception) as failure:  # noqa: PT011  whichever
            read(respond, key={"in": "query", "name": "id"}, key_given=self.KEY)

        assert self.KEY not in f"{failure.value!r} {caplog.text}"

    def test_a_refusal_that_names_the_parameter_of_the_key_is_about_the_key(self) -> None:
        def respond(_request):
            return httpx.Response(403, json={"message": "client_id required"})

        with pytest.raises(AuthenticationFailed):
            read(respond, key={"in": "query", "name": "client_id"}, key_given="x")
        with pytest.raises(Blocked):
            read(respond)

    def test_a_key_among_the_settings_is_refused(self) -> None:
        with pytest.raises(ValueError, match="keys belong in connections"):
            read(Api(), query={"client_id": "x"}, key={"in": "query", "name": "client_id"})
