"""How The Events Calendar is detected: where WordPress has its REST interface, what it lists."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from include.discovery.connectors.detection import Site
from include.discovery.formats.json_repair import load_json

_NAMESPACE = "tribe/events/v1"
_TEC_META = ("tec-api-version", "tec-api-origin")


@dataclass(frozen=True, slots=True)
class RestRoot:
    """Location of a WordPress site's REST API."""

    site_url: str
    is_plain: bool = False
    """Whether the site has no pretty permalinks and needs ``?rest_route=``."""

    @property
    def address(self) -> str:
        """The URL that lists the APIs of the site's plugins."""
        return f"{self.site_url}/?rest_route=/" if self.is_plain else f"{self.site_url}/wp-json/"


def plugin_evidence(site: Site) -> str | None:
    """Return the evidence of the plugin in the response itself, in words."""
    for name in ("x-tec-api-version", "x-tec-api-root"):
        if name in site.response.headers:
            return f"the site sends the header {name}"
    for name in _TEC_META:
        if site.page is not None and site.page.meta(name) is not None:
            return f"the page has the meta element {name}"
    return None


def rest_root(site: Site) -> RestRoot | None:
    """Return where the API is, or would be; ``None`` if the page is not from WordPress."""
    parts = urlsplit(site.response.url)
    host = f"{parts.scheme}://{parts.netloc}"
    before, found, _ = site.response.url.partition("/wp-json/")
    if found:
        return RestRoot(before)
    if site.page is None:
        return None
    link = next(site.page.links("https://api.w.org/"), None)
    if link is not None:
        plain = "rest_route=" in link.url
        before = link.url.partition("?")[0] if plain else link.url.partition("/wp-json")[0]
        return RestRoot(before.rstrip("/"), plain)
    generator = (site.page.meta("generator") or "wordpress").lower()
    return RestRoot(host) if "wordpress" in generator else None


def has_plugin(body: bytes) -> bool:
    """Return whether a REST root lists the plugin's API."""
    try:
        document = load_json(body)
    except (ValueError, RecursionError):
        return False
    listed = document.get("namespaces") if isinstance(document, dict) else None
    return isinstance(listed, list) and _NAMESPACE in listed
