"""Every setting of Festival: its environment variable, its default and what it means.

Nothing else in the project reads the environment. A setting that is missing where it must be given
(clustered mode) stops the start with a sentence that says what to do.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from festival.mailbox_settings import NO_MAILBOX, MailboxSettings, read_mailbox_settings
from festival.signature_settings import NO_TOKENS, SignatureSettings, read_signature_settings
from festival.sms_settings import NO_SMS, SmsSettings, positive, read_sms_settings

ROOT = Path(__file__).resolve().parent.parent

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
"""The largest request body that is read at all; a larger one is answered with the 413 page."""


class SettingError(ValueError):
    """A setting is missing or makes no sense; the text says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """What an installation decides. `Settings.from_environment()` reads the FESTIVAL_* variables."""

    data: Path
    """FESTIVAL_DATA: the instance folder: database, secret key, queue. Default ./instance."""
    secret_key: str
    """FESTIVAL_SECRET_KEY: signs cookies and links, encrypts keys. Default: made once, kept in the instance folder."""
    database_url: str
    """FESTIVAL_DATABASE_URL: an SQLAlchemy address. Default: SQLite in the instance folder."""
    public_url: str
    """FESTIVAL_PUBLIC_URL: where residents reach this service; stands in QR codes and mails."""
    hosts: tuple[str, ...]
    """FESTIVAL_HOSTS: host names that are answered, comma-separated. Default: the one of the public URL."""
    redis_url: str | None = None
    """FESTIVAL_REDIS_URL: queue and rate limits for several hosts. Default: SQLite and memory of each process."""
    clustered: bool = False
    """FESTIVAL_CLUSTERED=1: several hosts share the work; needs PostgreSQL, Redis and a secret key to start."""
    smtp_url: str | None = None
    """FESTIVAL_SMTP_URL: smtp://user:password@host:587 or smtps://…; without it mail waits in the outbox."""
    mail_from: str = "festival@localhost"
    """FESTIVAL_MAIL_FROM: the sender's address; what cannot be delivered comes back to it."""
    mail_per_minute: int = 600
    """FESTIVAL_MAIL_PER_MINUTE: how many mails go out in a minute, of all workers together."""
    bounces: MailboxSettings = NO_MAILBOX
    """FESTIVAL_BOUNCES_HOST and what belongs to it: `mailbox_settings.py`."""
    sms: SmsSettings = NO_SMS
    """FESTIVAL_SMS and what belongs to it: `sms_settings.py`."""
    signatures: SignatureSettings = NO_TOKENS
    """FESTIVAL_PKCS11_MODULES and FESTIVAL_PRIVATE_TIMESTAMP_HOSTS: `signature_settings.py`."""
    trusted_proxies: int = 0
    """FESTIVAL_TRUSTED_PROXIES: how many proxies in front add X-Forwarded-* headers."""
    development: bool = False
    """FESTIVAL_DEVELOPMENT=1: shows /manage/look and reloads templates."""
    testing: bool = False
    """Set by the tests only."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings of this process. Raises `SettingError` with what to do about it."""

        def given(name: str) -> str | None:
            return environment.get(f"FESTIVAL_{name}", "").strip() or None

        data = Path(given("DATA") or ROOT / "instance").expanduser().resolve()
        clustered = given("CLUSTERED") == "1"
        public_url = (given("PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/")
        own_host = urlsplit(public_url).hostname
        if not own_host:
            raise SettingError("FESTIVAL_PUBLIC_URL must look like https://festival.example.vn")
        hosts = tuple(host.strip() for host in (given("HOSTS") or "").split(",") if host.strip())
        database_url, redis_url = given("DATABASE_URL"), given("REDIS_URL")
        secret_key = given("SECRET_KEY")
        if clustered and not (redis_url and secret_key and (database_url or "").startswith("postgresql")):
            raise SettingError(
                "FESTIVAL_CLUSTERED=1 needs FESTIVAL_DATABASE_URL (postgresql+psycopg://…), "
                "FESTIVAL_REDIS_URL and FESTIVAL_SECRET_KEY, the same on every host."
            )
        try:
            bounces = read_mailbox_settings(given)
            sms = read_sms_settings(given)
            signatures = read_signature_settings(given)
            mail_per_minute = positive("MAIL_PER_MINUTE", given("MAIL_PER_MINUTE"), cls.mail_per_minute)
        except ValueError as error:
            raise SettingError(str(error)) from error
        return cls(
            data=data,
            secret_key=secret_key or _kept_secret(data),
            database_url=database_url or f"sqlite:///{data / 'festival.sqlite'}",
            public_url=public_url,
            hosts=hosts or tuple(dict.fromkeys((own_host, "127.0.0.1", "localhost"))),
            redis_url=redis_url,
            clustered=clustered,
            smtp_url=given("SMTP_URL"),
            mail_from=given("MAIL_FROM") or f"festival@{own_host}",
            mail_per_minute=mail_per_minute,
            bounces=bounces,
            sms=sms,
            signatures=signatures,
            trusted_proxies=int(given("TRUSTED_PROXIES") or 0),
            development=given("DEVELOPMENT") == "1",
        )

    @property
    def secure(self) -> bool:
        """Whether residents come over HTTPS: cookies are then marked Secure."""
        return self.public_url.startswith("https://")

    def flask(self) -> dict[str, object]:
        """These settings, and what follows from them, in the words of Flask and its extensions."""
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(self.database_url),
            "TRUSTED_HOSTS": list(self.hosts),
            "MAX_CONTENT_LENGTH": MAX_UPLOAD_BYTES,
            "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
            "TESTING": self.testing,
            "TEMPLATES_AUTO_RELOAD": self.development,
            "PREFERRED_URL_SCHEME": urlsplit(self.public_url).scheme,
            "SESSION_COOKIE_NAME": "festival",
            "SESSION_COOKIE_SECURE": self.secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": False,
            "BABEL_DEFAULT_LOCALE": "vi",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
            "RATELIMIT_STORAGE_URI": self.redis_url or "counting://",
            "RATELIMIT_HEADERS_ENABLED": False,
            "COMPRESS_ALGORITHM": ["gzip"],
            "COMPRESS_ALGORITHM_STREAMING": ["gzip"],
            "COMPRESS_MIMETYPES": [
                "text/html",
                "text/css",
                "text/javascript",
                "text/calendar",
                "application/json",
                "application/manifest+json",
                "application/wasm",
                "image/svg+xml",
            ],
            "COMPRESS_STREAMS": True,
            "SECURITY_PASSWORD_HASH": "argon2",
            "SECURITY_PASSWORD_SALT": self.secret_key,
            "SECURITY_PASSWORD_LENGTH_MIN": 12,
            "SECURITY_PASSWORD_CHECK_BREACHED": None,
            "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "globally_deliverable": False},
            "SECURITY_LOGIN_URL": "/manage/sign-in",
            "SECURITY_LOGOUT_URL": "/manage/sign-out",
            "SECURITY_LOGOUT_METHODS": ["POST"],
            "SECURITY_POST_LOGIN_VIEW": "/manage/",
            "SECURITY_POST_LOGOUT_VIEW": "/manage/sign-in",
            "SECURITY_CHANGEABLE": True,
            "SECURITY_CHANGE_URL": "/manage/password",
            "SECURITY_POST_CHANGE_VIEW": "/manage/",
            "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
            "SECURITY_TRACKABLE": False,
            "SECURITY_STATIC_FOLDER": None,
            "SECURITY_JOIN_USER_ROLES": False,
            "SECURITY_RETURN_GENERIC_RESPONSES": True,
            "SECURITY_DEFAULT_REMEMBER_ME": False,
            "SECURITY_FLASH_MESSAGES": True,
            "SECURITY_I18N_DOMAIN": "messages",
            "SECURITY_I18N_DIRNAME": str(ROOT / "festival" / "translations"),
            "SECURITY_LOGIN_USER_TEMPLATE": "accounts/sign_in.html",
            "SECURITY_VERIFY_URL": "/manage/verify",
            "SECURITY_VERIFY_TEMPLATE": "accounts/verify.html",
            "SECURITY_CHANGE_PASSWORD_TEMPLATE": "accounts/password.html",
        }


def _engine_options(database_url: str) -> dict[str, object]:
    # An error of the database stands in the log: its statement, not the names and numbers that came with it.
    if database_url.startswith("sqlite"):
        return {"connect_args": {"timeout": 30}, "hide_parameters": True}
    return {"hide_parameters": True, "pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}


def _kept_secret(data: Path) -> str:
    """The secret key in the instance folder, made at the first start; two starts at once agree on one."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
