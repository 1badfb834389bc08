"""The scaffold: begins a kind of source with files that work together, and one red test.

What it writes reads a made-up site of its own, so that everything that is tested of every kind
holds from the first minute. The author then makes it read the real one, beginning with the red
test. Each folder of ``templates`` mirrors the tree of the repository; the text of the same name
says what to do next.
"""

from __future__ import annotations

import asyncio
import json
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from include.discovery.connectors import kinds
from include.discovery.errors import InvalidSettings
from include.discovery.fetch.crawler import Crawler
from include.discovery.fetch.protocol import RequestSettings
from include.discovery.redaction.typed_secrets import typed_secrets
from include.discovery.response import Response
from include.discovery.sync.environment import OpenFetcher

Form = Literal["crawled", "preset", "bespoke"]
"""A site that is crawled, a preset of ``json_feed``, or a connector that does all by itself."""

ROOT: Final = Path(__file__).parents[3]
_TEMPLATES: Final = Path(__file__).parent / "templates"
_FOLDERS: Final[Mapping[Form, Sequence[str]]] = {
    "crawled": ("crawled",),
    "preset": ("preset", "api"),
    "bespoke": ("bespoke", "api"),
}
_RECORDED: Final = Path("tests/sites/recorded")
"""Where answers of others are kept; git ignores it, for they are not ours to publish."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_URL: Final = re.compile(r"https?://[\w.-]+(?::\d+)?(?:[/?][^\s\"'\\<>{}#]*)?")
_ALSO_TAKEN: Final = (
    "include/discovery/connectors/{name}.py",
    "include/discovery/connectors/{name}",
    "include/discovery/connectors/presets/{name}.yaml",
    "tests/fuzz/seeds/{name}.txt",
    "tests/fuzz/seeds/{name}",
)
_SUFFIXES: Final = ("html", "json", "xml", "calendar")
"""Endings of recorded answers: the first that stands in their media type."""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The files of a new kind, not yet written."""

    form: Form
    name: str
    url: str
    root: Path

    @classmethod
    def of(cls, form: Form, name: str, url: str, root: Path = ROOT) -> Self:
        """Plan the files of a kind.

        :param name: of the kind, as ``village_board``.
        :param url: of the site's list of events, or of its API.
        :raises InvalidSettings: if the name cannot be one or is taken, or the address is none.
        """
        if not _NAME.fullmatch(name) or keyword.iskeyword(name):
            raise InvalidSettings(
                f"{name!r} cannot be the name of a kind: it is written as village_board, in small"
                " letters, digits and underscores"
            )
        if not _URL.fullmatch(url):
            raise InvalidSettings(f"{url!r} is not an address such as https://example.org/events")
        if typed_secrets({"url": url}):
            raise InvalidSettings(
                "the address holds a key, and would be written into files of this repository: leave"
                " it out; docs/keys.md says where keys go"
            )
        if not (root / "tests").is_dir():
            raise InvalidSettings(f"{root} is not a checkout of this repository: it has no tests/")
        scaffold = cls(form, name, url, root)
        ours = (*map(str, scaffold.files), *(path.format(name=name) for path in _ALSO_TAKEN))
        taken = [path for path in ours if (root / path).exists()]
        if name in kinds() or taken:
            there = f": there is {taken[0]}" if taken else ""
            raise InvalidSettings(f"the name {name} is taken{there}")
        return scaffold

    @property
    def files(self) -> Mapping[str, str]:
        """The text of each file, by its path from the root of the repository."""
        templates = {
            str(file.relative_to(folder)): file
            for folder in (_TEMPLATES / name for name in _FOLDERS[self.form])
            for file in sorted(folder.rglob("*.txt"))
        }
        return {
            path.replace("NAME", self.name).removesuffix(".txt"): self._filled(file)
            for path, file in templates.items()
        }

    @property
    def next_steps(self) -> str:
        """What the author does next, in order."""
        return self._filled(_TEMPLATES / f"{self.form}.txt")

    def write(self) -> Iterator[str]:
        """Write the files, and yield the path of each."""
        for path, text in self.files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as new:
                new.write(text)
            yield path

    def record(self, open_fetcher: OpenFetcher) -> str:
        """Fetch the address once, as robots.txt allows, and keep its answer where git ignores it.

        Return the path of the answer; one that is there already is written anew.

        :raises DiscoveryError: if it cannot be fetched.
        """

        async def fetch() -> Response:
            async with open_fetcher(RequestSettings(), None) as fetcher:
                return await Crawler(fetcher, anywhere=True).get(self.url)

        answer = asyncio.run(fetch())
        media_type = answer.headers.get("content-type", "").lower()
        suffix = next((each for each in _SUFFIXES if each in media_type), "txt")
        path = _RECORDED / f"{self.name}.{suffix}"
        (self.root / _RECORDED).mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(answer.body)
        return str(path)

    def _filled(self, template: Path) -> str:
        parts = urlsplit(self.url)
        host = (parts.hostname or "").removeprefix("www.")
        path = parts.path or "/"
        return Template(template.read_text("utf-8")).substitute(
            name=self.name,
            title=self.name.replace("_", " ").title(),
            class_name="".join(part.capitalize() for part in self.name.split("_")),
            url=self.url,
            host=host,
            host_pattern=re.escape(host),
            path=json.dumps(path),
            path_pattern=re.escape(path),
        )
