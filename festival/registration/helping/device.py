"""The device a helper writes on, known by a signed cookie: whose list it is, and since when it has had a link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from festival.core.secrets import mark, random_token

COOKIE = "festival_helper"
LASTS = timedelta(days=30)
PATH = "/helper"


@dataclass(frozen=True)
class Device:
    """`name` is random; `since` when this cookie was made."""

    name: str
    since: datetime

    @property
    def digest(self) -> str:
        """How it stands beside what was written on it: useless to a reader of the database."""
        return mark("helper-device", self.name).hex()[:32]


def known_device() -> Device | None:
    """The device that asks, or None for one that never opened a helper's page."""
    try:
        name, since = _signer().loads(
            request.cookies.get(COOKIE, "")[:500], max_age=int(LASTS.total_seconds()), return_timestamp=True
        )
    except BadData:
        return None
    return Device(str(name)[:100], since.astimezone(UTC))


def remember_device(response: Response) -> None:
    """Give the device its cookie, if it has none."""
    if known_device() is not None:
        return
    response.set_cookie(
        COOKIE,
        _signer().dumps(random_token()),
        max_age=LASTS,
        path=PATH,
        secure=current_app.extensions["settings"].secure,
        httponly=True,
        samesite="Lax",
    )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="a helper's device")
