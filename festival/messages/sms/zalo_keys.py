"""Zalo's keys: an access token good for a day, and a refresh token good once, that gives both anew.

Two workers must never use the same refresh token, and a new one must never be lost:
1. A worker claims the renewal: one UPDATE raises `version` and notes the moment, and only one worker can do that.
2. It asks Zalo, with the transaction ended: the others see that somebody is at it, and wait.
3. It stores what came back, and commits, before anything is sent with it.
If it dies between 1 and 3, nobody knows whether Zalo has seen the token. After `PATIENCE` the next worker tries it once
more: either Zalo had not heard of it, then all is well; or Zalo refuses it, then the keys are marked as void, messages
wait, the organizer's list says so, and the operator puts in new ones (`flask --app wsgi festival zalo-keys`).

Source: developers.zalo.me, "Xác thực và ủy quyền" (v4): header `secret_key`; form fields `refresh_token`, `app_id`,
`grant_type=refresh_token`; the refresh token lives three months and is void once used.
"""

from __future__ import annotations

import enum
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from sqlalchemy import CursorResult, select, update

from festival.core.clock import now
from festival.core.secrets import seal, unseal
from festival.extensions import db
from festival.messages.models import GatewayKeys
from festival.messages.sms.calling import Answer, call
from festival.sms_settings import ZaloSettings

NAME = "zalo"
PATIENCE = timedelta(minutes=2)
EARLY = timedelta(minutes=5)
"""So long before its end an access token is renewed."""


class KeyState(enum.Enum):
    """READY with an access token; MISSING; BUSY: somebody else renews them just now; VOID; TROUBLE: try again later."""

    READY = "ready"
    MISSING = "missing"
    BUSY = "busy"
    VOID = "void"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Keys:
    """How the keys stand, the access token where they are READY, and why not in words."""

    state: KeyState
    access_token: str = ""
    reason: str = ""


@dataclass(frozen=True)
class _Content:
    """What is sealed in the row."""

    refresh_token: str = ""
    access_token: str = ""
    renewing_since: float = 0.0
    void: str = ""


def put_in(refresh_token: str) -> None:
    """Store a refresh token that the operator got from Zalo, in place of whatever there was. The caller commits."""
    row = db.session.get(GatewayKeys, NAME) or GatewayKeys(name=NAME, version=0)
    row.sealed, row.version, row.expires_at = _sealed(_Content(refresh_token=refresh_token)), row.version + 1, None
    db.session.add(row)


def current_keys(settings: ZaloSettings, timeout: float, refused: str = "") -> Keys:
    """The keys, renewed if need be. `refused`: an access token that Zalo takes no more. Commits."""
    row = db.session.execute(
        select(GatewayKeys.sealed, GatewayKeys.version, GatewayKeys.expires_at).where(GatewayKeys.name == NAME)
    ).first()
    db.session.commit()
    if row is None:
        return Keys(KeyState.MISSING, reason="no refresh token has been put in yet")
    content, at = _Content(**json.loads(unseal(row.sealed))), now()
    if content.void:
        return Keys(KeyState.VOID, reason=content.void)
    fresh = row.expires_at is not None and row.expires_at - EARLY > at
    if content.access_token and fresh and content.access_token != refused:
        return Keys(KeyState.READY, content.access_token)
    if content.renewing_since and at - PATIENCE < datetime.fromtimestamp(content.renewing_since, at.tzinfo):
        return Keys(KeyState.BUSY, reason="another worker is renewing the keys")
    claimed = replace(content, renewing_since=at.timestamp())
    if not _store(claimed, row.version, row.expires_at):
        return Keys(KeyState.BUSY, reason="another worker is renewing the keys")
    return _renew(settings, timeout, claimed, row.version + 1)


def _renew(settings: ZaloSettings, timeout: float, content: _Content, version: int) -> Keys:
    form = {"refresh_token": content.refresh_token, "app_id": settings.app_id, "grant_type": "refresh_token"}
    headers = {"secret_key": settings.secret_key, "Content-Type": "application/x-www-form-urlencoded"}
    answer = call("POST", settings.token_url, urlencode(form).encode(), headers, timeout)
    token, refresh = answer.content.get("access_token"), answer.content.get("refresh_token")
    if isinstance(token, str) and isinstance(refresh, str) and token and refresh:
        ends = now() + timedelta(seconds=_seconds(answer.content.get("expires_in")))
        _store(_Content(refresh_token=refresh, access_token=token), version, ends)
        return Keys(KeyState.READY, token)
    if 200 <= answer.status < 500 and answer.status != 429 and "error" in answer.content:
        reason = _reason(answer)
        _store(replace(content, renewing_since=0.0, access_token="", void=reason), version, None)
        return Keys(KeyState.VOID, reason=reason)
    # No answer, or none that says anything: Zalo may or may not have used the token up. `renewing_since` stays, so that
    # it is tried again only after a while, once; a refusal then is final.
    return Keys(KeyState.TROUBLE, reason=answer.trouble or f"{answer.status} from Zalo's key server")


def _reason(answer: Answer) -> str:
    said = answer.content.get("error_description") or answer.content.get("error_name") or answer.content.get("message")
    return f"Zalo refuses the refresh token: {answer.content['error']} {said or ''}".strip()[:200]


def _seconds(text: Any) -> int:
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 3600


def _sealed(content: _Content) -> bytes:
    return seal(json.dumps(asdict(content)).encode())


def _store(content: _Content, version: int, ends: datetime | None) -> bool:
    """Write the keys if nobody has written them since; commits. False: somebody has."""
    done = db.session.execute(
        update(GatewayKeys)
        .where(GatewayKeys.name == NAME, GatewayKeys.version == version)
        .values(sealed=_sealed(content), version=version + 1, expires_at=ends, changed_at=now())
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return bool(cast("CursorResult[Any]", done).rowcount)
