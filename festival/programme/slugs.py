"""The short name of a festival in addresses: /ngay-hoi-2027/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from flask import current_app
from sqlalchemy import select

from festival.core.text import fold
from festival.extensions import db
from festival.programme.models import Festival

LONGEST = 60
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_YEAR = re.compile(r"(?:19|20|21)\d\d")

COMING = frozenset({"about", "admin", "api", "booth", "festival", "help", "helper", "live", "metrics", "privacy"})
"""First words of addresses that later parts will take."""


def reserved() -> frozenset[str]:
    """Words that a festival must not be called: an address of our own begins with them, also below /manage."""
    words = set(COMING)
    for rule in current_app.url_map.iter_rules():
        words.update(part for part in rule.rule.split("/")[1:3] if part and "<" not in part)
    return frozenset(words)


def is_free(slug: str, besides: Festival | None = None) -> bool:
    """Whether a festival may be called so: well formed, not reserved, not another festival's."""
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST or slug in reserved():
        return False
    owner = db.session.scalar(select(Festival.id).where(Festival.slug == slug))
    return owner is None or (besides is not None and owner == besides.id)


def make_slug(name: str, year: int, ward: str = "") -> str:
    """A free slug: the first two words of the name and the year, with the ward, then a number, if that is taken."""
    return next(slug for slug in _candidates(name, year, ward) if is_free(slug))


def _candidates(name: str, year: int, ward: str) -> Iterator[str]:
    words = [word for word in _words(name) if not _YEAR.fullmatch(word)]
    short = "-".join(words[:2])[:30].strip("-") or "ngay-hoi"
    yield f"{short}-{year}"
    if place := "-".join(_words(ward))[:20].strip("-"):
        yield f"{short}-{place}-{year}"
    for number in count(2):
        yield f"{short}-{year}-{number}"


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", fold(text))
