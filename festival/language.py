"""Vietnamese first, English second: which one, how it is switched, and how it is remembered."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, has_request_context, request

from festival.extensions import babel

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
COOKIE = "language"


def current_language() -> str:
    """The language of this answer: asked for in the address, remembered, or Vietnamese."""
    if not has_request_context():
        return "vi"
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return str(wanted)
    return "vi"


def init_language(app: Flask) -> None:
    """Let flask-babel ask `current_language`, and remember a switch for a year."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Path(__file__).parent / "translations")
    babel.init_app(app, locale_selector=current_language)
    app.after_request(_remember)


def _remember(response: Response) -> Response:
    asked = request.args.get("lang")
    if asked in LANGUAGES and request.cookies.get(COOKIE) != asked:
        response.set_cookie(
            COOKIE, str(asked), max_age=365 * 86400, samesite="Lax", httponly=True, secure=request.is_secure
        )
    return response
