"""Before every request: which festival is meant, who is asking, and may they. After it: headers."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy import bindparam, select

from festival.accounts.models import StaffRole
from festival.accounts.policy import POLICY, Caller, Rule, may_somewhere, roles_in
from festival.application import Application
from festival.checkin.calls.blueprint import recognize_phone
from festival.core.paging import LARGEST_ID
from festival.extensions import db
from festival.programme.models import Festival

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
DOOR_SECURITY_POLICY = CONTENT_SECURITY_POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")


# The same as a page's, put together beforehand: a door is in a hurry, and nobody has set any of them by then.
HEADERS_OF_CALLS = (
    ("Content-Security-Policy", DOOR_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)


TAKES_JSON = (Caller.SECRET_CALL, Caller.DEVICE, Caller.UPLOAD, Caller.SCANNER)


_CALLED = select(Festival).where(Festival.slug == bindparam("slug"))


def _festival_of(values: dict[str, Any] | None) -> Festival | None:
    """Replace the slug in an address below `/<festival>/` by the festival's row; 404 when there is none."""
    if values is None or "festival" not in values:
        return None
    festival = db.session.scalar(_CALLED, {"slug": values["festival"]}) or abort(404)
    values["festival"] = festival
    return festival


def enforce_policy() -> ResponseReturnValue | None:
    """Let the request pass, or answer 404, 403 or the way to the sign-in page."""
    if request.endpoint is None:
        return None
    rule = POLICY.get(request.endpoint)
    if rule is None:
        current_app.logger.error("endpoint without a policy row: %s", request.endpoint)
        abort(500)
    _refuse_nonsense(rule)
    g.festival = festival = _festival_of(request.view_args)
    if rule.caller is Caller.STAFF:
        return _only_staff(rule, festival)
    if rule.caller in (Caller.DEVICE, Caller.UPLOAD):
        g.device = recognize_phone(hands_in=rule.caller is Caller.UPLOAD)
    elif festival is not None and not festival.public and not _roles(festival):
        abort(404)
    return None


def _refuse_nonsense(rule: Rule) -> None:
    """What no link and no form of ours sends, and no database takes: numbers beyond all ids, NUL, JSON for a form."""
    for value in (request.view_args or {}).values():
        if (isinstance(value, int) and value > LARGEST_ID) or (isinstance(value, str) and "\0" in value):
            abort(404)
    if request.is_json and rule.caller not in TAKES_JSON:
        abort(415)


def _roles(festival: Festival) -> frozenset[StaffRole]:
    if not current_user.is_authenticated:
        return frozenset()
    if "roles" not in g:
        g.roles = roles_in(current_user, festival.organization_id, festival.id)
    roles: frozenset[StaffRole] = g.roles
    return roles


def _only_staff(rule: Rule, festival: Festival | None) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        if request.method == "GET":
            return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
        abort(403)
    if festival is None:
        if not may_somewhere(current_user, rule):
            abort(403)
    elif not (roles := _roles(festival)):
        abort(404)
    elif not _fits(rule, roles, festival):
        abort(403)
    return None


def _fits(rule: Rule, roles: frozenset[StaffRole], festival: Festival) -> bool:
    if rule.whole and roles & rule.roles:
        roles = roles_in(current_user, festival.organization_id, None)
    return bool(roles & rule.roles)


def may(endpoint: str) -> bool:
    """Whether the signed-in user may call a staff endpoint in the festival at hand; templates ask it."""
    rule, festival = POLICY.get(endpoint), g.get("festival")
    if rule is None or not current_user.is_authenticated:
        return False
    if festival is None:
        return may_somewhere(current_user, rule)
    return _fits(rule, _roles(festival), festival)


def secure_headers(response: Response) -> Response:
    """The headers every answer carries."""
    if request.blueprint == "door_api":
        response.headers.extend(HEADERS_OF_CALLS)
        return _over_https(response)
    door = request.path.startswith(("/door/", "/static/door/"))  # a worker has the policy of its own script
    response.headers.setdefault("Content-Security-Policy", DOOR_SECURITY_POLICY if door else CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault(
        "Permissions-Policy", f"camera={'(self)' if door else '()'}, microphone=(), geolocation=()"
    )
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        if _personal():
            response.headers["Cache-Control"] = "no-store"  # a file that is sent brings a weaker one
        response.headers.setdefault("Cache-Control", "no-cache")
        response.vary.update(("Cookie", "Accept-Language"))
    return _over_https(response)


def _over_https(response: Response) -> Response:
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _personal() -> bool:
    rule = POLICY.get(request.endpoint or "")
    return rule is None or rule.caller is not Caller.ANYONE


def init_gate(app: Application) -> None:
    """Hang the gate in front of `app`."""
    app.before_all(enforce_policy)
    app.after_all(secure_headers)
    app.jinja_env.globals["may"] = may
