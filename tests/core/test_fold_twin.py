"""Search keys: the server and the browser fold alike, and every apostrophe that people type is none."""

from __future__ import annotations

import json
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from festival.core.text import APOSTROPHES, fold
from tests.hard_names import AS_TYPED

ROOT = Path(__file__).resolve().parents[2]
FOLDS = f"""
const {{ fold }} = await import({json.dumps((ROOT / "static/door/finding.js").as_uri())});
let typed = "";
for await (const part of process.stdin) typed += part;
console.log(JSON.stringify(JSON.parse(typed).map(fold)));
"""
WITH_APOSTROPHE = [name for name in AS_TYPED if any(sign in name for sign in APOSTROPHES)]


def spellings(name: str) -> set[str]:
    """The name with each kind of apostrophe, and with none."""
    written = {name}
    for sign in APOSTROPHES:
        written |= {one.replace(sign, other) for one in written for other in [*APOSTROPHES, ""]}
    return written


@pytest.mark.parametrize("name", WITH_APOSTROPHE)
def test_one_name_is_found_with_every_apostrophe_and_with_none(name: str) -> None:
    assert len({fold(spelling) for spelling in spellings(name)}) == 1


def test_the_browser_folds_every_hard_name_as_the_server_does(tool: Callable[[str], str]) -> None:
    names = [form for name in AS_TYPED for form in (name, unicodedata.normalize("NFD", name), name.upper())]
    names += [spelling for name in WITH_APOSTROPHE for spelling in sorted(spellings(name))]
    said = subprocess.run(
        [tool("node"), "--input-type=module", "-e", FOLDS],
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(said.stdout) == [fold(name) for name in names]
