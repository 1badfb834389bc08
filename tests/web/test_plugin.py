"""The plugin: light for the processes that only import it, harmless when the page is broken."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from include.discovery.web import assets

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "plugins" / "discovery_plugin.py"


def load() -> Any:
    spec = importlib.util.spec_from_file_location("discovery_plugin", PLUGIN)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.DiscoveryPlugin()


def test_the_plugin_declares_the_page_with_relative_addresses() -> None:
    plugin = load()

    (app,) = plugin.fastapi_apps
    (page,) = plugin.react_apps

    assert app["url_prefix"] == "/discovery"
    assert page["destination"] == "nav"
    for name, key in (
        ("main.js", "bundle_url"),
        ("icon.svg", "icon"),
        ("icon-dark.svg", "icon_dark_mode"),
    ):
        assert page[key] == f"discovery/static/{assets.content_hash()}/{name}"
        assert assets.find(name) is not None


def test_a_broken_page_is_left_out_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "include.discovery.web.app", None)
    plugin = load()

    assert plugin.fastapi_apps == []
    assert plugin.react_apps == []
    assert "Discovery page is broken" in caplog.text


def test_importing_the_plugin_outside_the_api_server_does_not_import_the_page() -> None:
    code = (
        "import sys; sys.argv = ['airflow', 'dag-processor'];"
        "import airflow.plugins_manager; before = set(sys.modules);"
        f"exec(open({str(PLUGIN)!r}).read());"
        "new = {name for name in set(sys.modules) - before};"
        "heavy = {n for n in new if n.split('.')[0] in {'fastapi', 'psycopg', 'sqlalchemy'}"
        " or n.startswith('include.discovery.web')};"
        "print(sorted(heavy)); sys.exit(bool(heavy))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_only_existing_files_of_known_types_are_served(tmp_path: Path) -> None:
    assert assets.find("main.js") is not None
    for name in ("../app.py", "main.js/..", "", "/etc/passwd", "..%2fapp.py"):
        assert assets.find(name) is None


def test_the_content_hash_covers_contents_and_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    hashes = set()
    for name, content in (("a.js", "1"), ("a.js", "2"), ("b.js", "2")):
        (tmp_path / name).write_text(content)
        assets.content_hash.cache_clear()
        hashes.add(assets.content_hash())
    assets.content_hash.cache_clear()

    assert len(hashes) == 3


def test_the_entry_names_every_module_of_the_page_once(tmp_path: Path) -> None:
    names = assets.modules()
    files = {path.relative_to(assets.FOLDER).as_posix() for path in assets.FOLDER.rglob("*.js")}

    assert len(names) == len(set(names))
    assert set(names) == files - {assets.ENTRY}
    assert f'"./{names[-1]}"' in assets.entry()


def test_a_module_that_is_imported_over_several_lines_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    (tmp_path / "shared").mkdir()
    (tmp_path / "view").mkdir()
    (tmp_path / "app.js").write_text('import {\n  a,\n  b,\n} from "./view/b.js";\n')
    (tmp_path / "view" / "b.js").write_text('import { c } from "../shared/c.js";\n')
    (tmp_path / "shared" / "c.js").write_text('import { b } from "../view/b.js";\n')

    assert assets.modules() == ["app.js", "view/b.js", "shared/c.js"]
