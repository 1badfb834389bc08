"""The documentation, for links into it: failures and alerts name their part of the runbook."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import Template
from typing import Final

from fastapi import APIRouter, HTTPException, status
from fastapi.responses import HTMLResponse
from markdown_it import MarkdownIt
from markdown_it.token import Token

from include.discovery.web import assets

FOLDER: Final = Path(__file__).parents[3] / "docs"

_PAGE: Final = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="stylesheet" href="../static/$version/documents.css">
</head>
<body><main>
$body
</main></body>
</html>
""")
_HEADERS: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'self'"}
_FOLLOWED: Final = re.compile(r"https://|#|[a-z-]+\.md(#|$)")
"""Links that lead somewhere: others are to files of the repository, which are not served."""

router = APIRouter()


@router.get("/docs/{name}", include_in_schema=False)
def document(name: str) -> HTMLResponse:
    """Return a document of the repository's folder docs."""
    path = next((path for path in FOLDER.glob("*.md") if path.name == name), None)
    if path is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such document here.")
    return HTMLResponse(_rendered(path), headers=_HEADERS)


@cache
def _rendered(path: Path) -> str:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(path.read_text("utf-8"))
    title = path.stem
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _anchor(following.content))
            title = following.content if token.tag == "h1" else title
        for part in token.children or ():
            _drop_dead_link(part)
    body = parser.renderer.render(tokens, parser.options, {})
    return _PAGE.substitute(title=title, version=assets.content_hash(), body=body)


def _anchor(heading: str) -> str:
    """Name a heading as GitHub does, for links that hold in both places."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _drop_dead_link(token: Token) -> None:
    if token.type == "link_open" and not _FOLLOWED.match(str(token.attrGet("href"))):
        token.attrs.pop("href")
