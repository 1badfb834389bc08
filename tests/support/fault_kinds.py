"""The ways in which sources were seen to fail, each with the class that it has when it stays."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.faults import (
    HEAD,
    Fault,
    body,
    document,
    endless_body,
    gzip_bomb,
    redirect,
    status,
    truncated,
)

TRIES = 4
"""Attempts of a task."""

HTML = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Soon</body></html>"
CHALLENGE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>"
    b"<script>window._cf_chl_opt={}</script></body></html>"
)
LOGIN = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>"
    b"<input name=u><input type=password name=p></form></body></html>"
)
HTTP_DATE = "Tue, 24 Nov 2026 12:00:40 GMT"
LATE_DATE = "Wed, 25 Nov 2026 12:00:00 GMT"


@dataclass(frozen=True)
class Row:
    """One fault: what it is called when it stays, and what it costs."""

    fault: Fault
    category: str
    says: str
    tries: int = TRIES
    """Attempts of the task: one for what another attempt cannot mend."""
    asked: int = 4
    """Requests for the page in each attempt; redirects count, too."""
    passes: bool = True
    """Whether a single one is asked past within the attempt."""
    timeout: float = 10
    """The setting ``timeout_seconds``: short where the source keeps silent."""
    wait: float | None = None
    """Seconds that the error says the source wants to be left alone."""


ROWS = {
    "500": Row(status(500), "server", "500"),
    "502": Row(status(502, HTML, content_type="text/html"), "server", "502"),
    "503, try in 40 s": Row(status(503, retry_after="40"), "server", "503", wait=40),
    "503, try at a time": Row(status(503, retry_after=HTTP_DATE), "server", "503", wait=40),
    "503, try in 90 s": Row(status(503, retry_after="90"), "server", "503", wait=90),
    "503, try in 150 s": Row(
        status(503, retry_after="150"), "server", "503", asked=1, passes=False, wait=150
    ),
    "429, try in 40 s": Row(status(429, retry_after="40"), "rate_limited", "429", wait=40),
    "429, try tomorrow": Row(
        status(429, retry_after="86400"), "rate_limited", "429", asked=1, passes=False, wait=86400
    ),
    "429, try on a day": Row(
        status(429, retry_after=LATE_DATE), "rate_limited", "429", asked=1, passes=False, wait=86400
    ),
    "429 without a wait": Row(status(429), "rate_limited", "429"),
    "limit told in 200": Row(
        body(b'{"error": "Rate limit exceeded"}'), "rate_limited", "Rate limit exceeded"
    ),
    "key told in 200": Row(
        body(b'{"error": "Invalid API key"}'),
        "authentication", "Invalid API key", tries=1, asked=1, passes=False,
    ),
    "reset": Row(lambda exchange: exchange.reset(), "network", " answer"),
    "closed without an answer": Row(lambda exchange: exchange.raw(b""), "network", "No answer"),
    "reset in the body": Row(truncated("reset"), "server", "broke off"),
    "cut, with a length": Row(truncated("length"), "server", "broke off"),
    "cut, in chunks": Row(truncated("chunked"), "server", "broke off"),
    "cut, packed": Row(truncated("gzip"), "server", "broke off"),
    "cut, without a length": Row(truncated("none"), "network", "in the middle of its JSON"),
    "cut after an item": Row(truncated("after an item"), "network", "in the middle of its JSON"),
    "HTML": Row(body(HTML), "parsing", "HTML"),
    "HTML without a length": Row(
        lambda exchange: exchange.raw(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>So"
        ),
        "network", "in the middle of a page",
    ),
    "login": Row(body(LOGIN), "blocked", "login page titled 'sign in'", tries=1),
    "challenge": Row(body(CHALLENGE), "blocked", "challenge of Cloudflare", tries=1),
    "challenge, 403": Row(status(403, CHALLENGE), "blocked", "challenge of Cloudflare", tries=1),
    "challenge, 503": Row(status(503, CHALLENGE), "blocked", "challenge of Cloudflare", tries=1),
    "403": Row(status(403), "blocked", "403", tries=1, asked=1, passes=False),
    "empty 200": Row(body(b""), "parsing", "empty"),
    "blank 200": Row(body(b" \n"), "parsing", "empty"),
    "204": Row(status(204), "parsing", "empty"),
    "304": Row(status(304), "parsing", "304"),
    "206": Row(status(206, document(3)), "parsing", "206"),
    "{}": Row(body(b"{}"), "parsing", "no list of items"),
    "items: null": Row(body(b'{"total": 30, "items": null}'), "parsing", "no list of items"),
    "status: error": Row(body(b'{"status": "error"}'), "parsing", "error"),
    "null": Row(body(b"null"), "parsing", "no list of items"),
    "a number": Row(body(b"7"), "parsing", "no list of items"),
    "not JSON": Row(body(b"Service temporarily out of order"), "parsing", "not valid JSON"),
    "gzip bomb": Row(gzip_bomb, "parsing", "larger than 1 MB", tries=1, asked=1, passes=False),
    "endless body": Row(
        endless_body, "parsing", "larger than 1 MB", tries=1, asked=1, passes=False
    ),
    "3 GB announced": Row(
        lambda exchange: exchange.raw(HEAD + b"Content-Length: 3000000000\r\n\r\n{"),
        "parsing", "larger than 1 MB", tries=1, asked=1, passes=False,
    ),
    "slow loris": Row(
        lambda exchange: exchange.drip(HEAD + b"Content-Length: 9999\r\n\r\n", b"."),
        "network", "too slowly", asked=1, passes=False,
        timeout=0.5,
    ),
    "slow loris in the head": Row(
        lambda exchange: exchange.drip(b"HTTP/1.1 200 OK\r\n", b"x"),
        "network", "too slowly", asked=1, passes=False,
        timeout=0.5,
    ),
    "silence": Row(
        lambda exchange: exchange.drip(b"", b"", 60), "network", "setting timeout_seconds", asked=2,
        timeout=0.5,
    ),
    "silence in the body": Row(
        lambda exchange: exchange.drip(HEAD + b"Content-Length: 9999\r\n\r\n", b"", 60),
        "network", "setting timeout_seconds", asked=2,
        timeout=0.5,
    ),
    "redirect in a circle": Row(
        redirect("{url}/events?page={page}"),
        "redirect", "Redirected more than 5 times", tries=1, asked=6,
    ),
    "redirect to a file": Row(
        redirect("file:///etc/passwd"), "redirect", "begins with file:", tries=1, asked=1,
        passes=False,
    ),
    "redirect to another site": Row(
        redirect("http://events.example/?page={page}"),
        "redirect", "Redirected to events.example, another site than", tries=1, asked=1,
        passes=False,
    ),
    "redirect to this machine": Row(
        redirect("http://2130706433:1/"), "redirect", "another site", tries=1, asked=1,
        passes=False,
    ),
    "not HTTP": Row(
        lambda exchange: exchange.raw(b"SSH-2.0-OpenSSH_9\r\n"), "network", "No answer"
    ),
    "300 kB of headers": Row(
        lambda exchange: exchange.raw(HEAD + b"X-Long: " + b"x" * 300_000 + b"\r\n\r\n"),
        "network", "No answer",
    ),
}  # fmt: skip
