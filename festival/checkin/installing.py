"""What the scanner needs to start with no network: the files that its service worker keeps, and their version."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from flask import url_for

from festival.config import ROOT

_STATIC = ROOT / "static"
_PATTERNS = (
    "door/*.js",
    "public/enhance.js",
    "images/icons.svg",
    "images/favicon.svg",
    "images/door*",
    "vendor/door.css",
    "vendor/print.css",
    "vendor/fonts/*.woff2",
    "vendor/idb/index.js",
    "vendor/noble-ed25519/index.js",
    "vendor/qrcode-generator/*.js",
    "vendor/qrcode-generator/*.mjs",
    "vendor/zxing-wasm/share.js",
    "vendor/zxing-wasm/reader/index.js",
    "vendor/zxing-wasm/reader/zxing_reader.wasm",
)
_WORKER = "door/service-worker.js"
_PAGES = ("base.html", "door.html", "components", "checkin")


def service_worker_script(start: str) -> str:
    """The service worker with what it holds; `start` is the address of the scanner's page."""
    files = [url_for("static", filename=name) for name in _shell() if name != _WORKER]
    door = {"version": shell_version(), "start": start, "files": files}
    return f"self.DOOR = {json.dumps(door)};\n{(_STATIC / _WORKER).read_text()}"


def shell_version() -> str:
    """Changes with the content of any file that a door's page is made of, so that a deploy renews every phone."""
    files = [_STATIC / name for name in _shell()]
    templates = ROOT / "templates"
    files += [path for name in _PAGES for path in _templates(templates / name)]
    files += sorted((ROOT / "festival" / "translations").glob("*/LC_MESSAGES/messages.mo"))
    return _version(tuple((str(path), path.stat().st_mtime_ns) for path in files))


def _templates(place: Path) -> list[Path]:
    return sorted(place.rglob("*.html")) if place.is_dir() else [place]


@lru_cache(maxsize=8)
def _version(files: tuple[tuple[str, int], ...]) -> str:
    whole = hashlib.sha256()
    for path, _changed in files:
        whole.update(path.encode() + b"\0" + hashlib.sha256(Path(path).read_bytes()).digest())
    return whole.hexdigest()[:16]


def _shell() -> list[str]:
    """Names below static/."""
    return sorted({path.relative_to(_STATIC).as_posix() for pattern in _PATTERNS for path in _STATIC.glob(pattern)})
