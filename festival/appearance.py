"""Text size and contrast of the public pages: how they are switched, without JavaScript, and how they are remembered.

`?text=large` or `?contrast=high` behind any address switches. A page that was asked for is then shown at its own
address again, so that a link handed on carries nobody's eyesight; a form that was sent there is answered at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Flask, Response, redirect, request
from flask.typing import ResponseReturnValue

CHOICES = {"text": ("normal", "large", "largest"), "contrast": ("normal", "high")}
"""What can be chosen, the usual first; the cookies have the same names."""


@dataclass(frozen=True)
class Appearance:
    """What this answer looks like; an empty contrast is the one that the phone itself asks for."""

    text: str = "normal"
    contrast: str = ""


def current_appearance() -> Appearance:
    """Asked for in the address, remembered, or the usual."""
    return Appearance(_chosen("text") or "normal", _chosen("contrast"))


def _chosen(name: str) -> str:
    given = (request.args.get(name), request.cookies.get(name))
    return next((value for value in given if value in CHOICES[name]), "")


def _asked() -> dict[str, str]:
    return {name: request.args[name] for name, known in CHOICES.items() if request.args.get(name) in known}


def init_appearance(app: Flask) -> None:
    """Switch before a page is made, and remember it for a year."""
    app.before_request(_show_at_its_own_address)
    app.after_request(_remember)


def _show_at_its_own_address() -> ResponseReturnValue | None:
    if request.method != "GET" or not _asked() or request.endpoint in (None, "static"):
        return None
    kept = {name: values for name, values in request.args.to_dict(flat=False).items() if name not in CHOICES}
    query = urlencode(kept, doseq=True)
    address = quote(request.script_root + request.path)
    return redirect(f"{address}?{query}" if query else address, code=303)


def _remember(response: Response) -> Response:
    for name, value in _asked().items():
        if request.cookies.get(name) != value:
            response.set_cookie(
                name, value, max_age=365 * 86400, samesite="Lax", httponly=True, secure=request.is_secure
            )
    return response
