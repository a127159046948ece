"""The settings of text messages: which gateway, where it is, how it is spoken to (examples in docs/operator.md)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PHONE_STYLES = ("e164", "84", "0")


@dataclass(frozen=True)
class HttpSettings:
    """A gateway that takes one message a call."""

    url: str = ""
    """FESTIVAL_SMS_URL: where messages are sent to."""
    method: str = "POST"
    """FESTIVAL_SMS_METHOD: POST, PUT or GET (fields then stand in the address)."""
    body: dict[str, object] = field(default_factory=lambda: {"to": "{to}", "text": "{text}"})
    """FESTIVAL_SMS_BODY: a JSON object; in its texts {to}, {text} and {id} are replaced. Default {"to":…,"text":…}."""
    form: bool = False
    """FESTIVAL_SMS_FORMAT=form: sent as a form instead of JSON."""
    header: str = ""
    """FESTIVAL_SMS_HEADER: one header with the gateway's key, "Authorization: Bearer …"."""
    success: str = ""
    """FESTIVAL_SMS_SUCCESS: which field of the JSON answer must have which value, "data.code=100". Default: any 2xx."""
    phone: str = "e164"
    """FESTIVAL_SMS_PHONE: how numbers are written: e164 (+84912…), 84 (84912…) or 0 (0912…)."""


@dataclass(frozen=True)
class ZaloSettings:
    """Zalo's notification service (ZNS): texts approved beforehand, sent to the Zalo account of a phone number."""

    app_id: str = ""
    """FESTIVAL_ZALO_APP_ID"""
    secret_key: str = ""
    """FESTIVAL_ZALO_SECRET_KEY"""
    templates: dict[str, str] = field(default_factory=dict)
    """FESTIVAL_ZALO_TEMPLATES: the template of each kind, "confirmation=201,offer=202"; other kinds are not sent."""
    send_url: str = "https://business.openapi.zalo.me/message/template"
    """FESTIVAL_ZALO_SEND_URL"""
    token_url: str = "https://oauth.zaloapp.com/v4/oa/access_token"
    """FESTIVAL_ZALO_TOKEN_URL"""


@dataclass(frozen=True)
class SmsSettings:
    """How text messages go out; without a gateway none are written."""

    gateway: str = ""
    """FESTIVAL_SMS: "http" or "zalo". Default: no text messages."""
    per_minute: int = 120
    """FESTIVAL_SMS_PER_MINUTE: how many go out in a minute, of all workers together."""
    plain: bool = False
    """FESTIVAL_SMS_PLAIN=1: without marks ("Ngay hoi"), where a gateway or a price asks for it."""
    timeout: float = 20.0
    """FESTIVAL_SMS_TIMEOUT: seconds to wait for the gateway's answer."""
    http: HttpSettings = field(default_factory=HttpSettings)
    zalo: ZaloSettings = field(default_factory=ZaloSettings)


NO_SMS = SmsSettings()
"""No gateway: no text messages are written."""


def read_sms_settings(given: Callable[[str], str | None]) -> SmsSettings:
    """The settings as the environment gives them. Raises ValueError with what to do about it."""
    gateway = given("SMS") or ""
    if gateway not in ("", "http", "zalo"):
        raise ValueError("FESTIVAL_SMS must be http or zalo, or not set at all.")
    http = HttpSettings(
        url=given("SMS_URL") or "",
        method=(given("SMS_METHOD") or "POST").upper(),
        form=given("SMS_FORMAT") == "form",
        header=given("SMS_HEADER") or "",
        success=given("SMS_SUCCESS") or "",
        phone=given("SMS_PHONE") or "e164",
        **({"body": _body(text)} if (text := given("SMS_BODY")) else {}),
    )
    zalo = ZaloSettings(
        app_id=given("ZALO_APP_ID") or "",
        secret_key=given("ZALO_SECRET_KEY") or "",
        templates=_templates(given("ZALO_TEMPLATES") or ""),
        send_url=given("ZALO_SEND_URL") or ZaloSettings.send_url,
        token_url=given("ZALO_TOKEN_URL") or ZaloSettings.token_url,
    )
    if gateway == "http":
        _check_http(http)
    if gateway == "zalo":
        _check_address("FESTIVAL_ZALO_SEND_URL", zalo.send_url)
        _check_address("FESTIVAL_ZALO_TOKEN_URL", zalo.token_url)
        if not (zalo.app_id and zalo.secret_key and zalo.templates):
            raise ValueError(
                "FESTIVAL_SMS=zalo needs FESTIVAL_ZALO_APP_ID, FESTIVAL_ZALO_SECRET_KEY and FESTIVAL_ZALO_TEMPLATES."
            )
    return SmsSettings(
        gateway=gateway,
        per_minute=positive("SMS_PER_MINUTE", given("SMS_PER_MINUTE"), SmsSettings.per_minute),
        plain=given("SMS_PLAIN") == "1",
        timeout=positive("SMS_TIMEOUT", given("SMS_TIMEOUT"), int(SmsSettings.timeout)),
        http=http,
        zalo=zalo,
    )


def positive(name: str, text: str | None, default: int) -> int:
    """The whole number in `text`, at least 1. Raises ValueError with the setting's name."""
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ValueError(f"FESTIVAL_{name} must be a whole number from 1 on.")
    return int(text)


def _check_http(http: HttpSettings) -> None:
    _check_address("FESTIVAL_SMS_URL", http.url)
    if http.method not in ("POST", "PUT", "GET"):
        raise ValueError("FESTIVAL_SMS_METHOD must be POST, PUT or GET.")
    if http.header and ":" not in http.header:
        raise ValueError('FESTIVAL_SMS_HEADER must look like "Authorization: Bearer …".')
    if http.success and "=" not in http.success:
        raise ValueError('FESTIVAL_SMS_SUCCESS must look like "data.code=100".')
    if http.phone not in PHONE_STYLES:
        raise ValueError("FESTIVAL_SMS_PHONE must be e164, 84 or 0.")


def _check_address(name: str, url: str) -> None:
    """Keys and phone numbers go over HTTPS only; plain HTTP is for a gateway on this very machine."""
    parts = urlsplit(url)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        raise ValueError(f"{name} must begin with https://.")


def _body(text: str) -> dict[str, object]:
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ValueError('FESTIVAL_SMS_BODY must be a JSON object such as {"to": "{to}", "text": "{text}"}.')
    return body


def _templates(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if any(not kind.strip() or not number.strip() for kind, _, number in pairs):
        raise ValueError('FESTIVAL_ZALO_TEMPLATES must look like "confirmation=201,offer=202".')
    return {kind.strip(): number.strip() for kind, _, number in pairs}
