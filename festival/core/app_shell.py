"""What a page needs to start with no network: the files that its service worker keeps, and their version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import url_for

from festival.config import ROOT

_STATIC = ROOT / "static"


@dataclass(frozen=True)
class AppShell:
    """`patterns` and `worker` name files below static/, `pages` templates or folders of them. `name` is what the worker
    finds its list under (`self.DOOR`)."""

    name: str
    worker: str
    patterns: Sequence[str]
    pages: Sequence[str]

    def script(self, start: str) -> str:
        """The service worker with what it holds; `start` is the address of the page, or the folder of its pages."""
        files = [url_for("static", filename=name) for name in self._files() if name != self.worker]
        held = {"version": self.version(), "start": start, "files": files}
        return f"self.{self.name} = {json.dumps(held)};\n{(_STATIC / self.worker).read_text()}"

    def version(self) -> str:
        """Changes with the content of any file that the pages are made of, so that a deploy renews every phone."""
        files = [_STATIC / name for name in self._files()]
        templates = ROOT / "templates"
        files += [path for name in self.pages for path in _templates(templates / name)]
        files += sorted((ROOT / "festival" / "translations").glob("*/LC_MESSAGES/messages.mo"))
        return _version(tuple((str(path), path.stat().st_mtime_ns) for path in files))

    def _files(self) -> list[str]:
        """Names below static/."""
        found = {path.relative_to(_STATIC).as_posix() for pattern in self.patterns for path in _STATIC.glob(pattern)}
        return sorted(found)


def _templates(place: Path) -> list[Path]:
    return sorted(place.rglob("*.html")) if place.is_dir() else [place]


@lru_cache(maxsize=8)
def _version(files: tuple[tuple[str, int], ...]) -> str:
    whole = hashlib.sha256()
    for path, _changed in files:
        whole.update(path.encode() + b"\0" + hashlib.sha256(Path(path).read_bytes()).digest())
    return whole.hexdigest()[:16]
