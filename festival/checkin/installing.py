"""What the scanner needs to start with no network: the files that its service worker keeps, and their version."""

from __future__ import annotations

from festival.core.app_shell import AppShell

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
    return _shell().script(start)


def shell_version() -> str:
    """Changes with the content of any file that a door's page is made of, so that a deploy renews every phone."""
    return _shell().version()


def _shell() -> AppShell:
    return AppShell("DOOR", _WORKER, _PATTERNS, _PAGES)
