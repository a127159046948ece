"""Opening a household's link: the registration behind it, or the answer that there is none, or none any more."""

from __future__ import annotations

from flask import abort

from festival.registration.links import find_registration, was_a_link
from festival.registration.models import Registration


def opened(secret: str) -> Registration:
    """The registration whose link this is. 410 for a link that was replaced or whose household is erased, 404 for any
    other text."""
    return find_registration(secret) or abort(410 if was_a_link(secret) else 404)
