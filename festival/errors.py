"""Error pages in both languages: what happened and what to do next; JSON for the scanner and the API."""

from __future__ import annotations

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from festival.extensions import db

PAGES = (400, 401, 403, 404, 405, 410, 413, 415, 422, 429, 500, 503)


def init_errors(app: Flask) -> None:
    """Answer every HTTP error with our own page."""
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(Exception, _crash)


def _answer(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    if isinstance(error, SecurityError):
        return "Unknown host.\n", 400, {"Content-Type": "text/plain"}  # no address of ours can be made for it
    db.session.rollback()
    if _wants_json():
        return {"error": error.name, "status": code}, code
    page = code if code in PAGES else 400
    headers = [item for item in error.get_headers() if item[0] in ("Retry-After", "Allow")]
    unsigned = getattr(error, "signing", False)  # certificates.signing.NotSigned: the certificates are above us
    return render_template("errors/error.html", code=page, unsigned=unsigned), code, headers


def _stale_form(error: CSRFError) -> ResponseReturnValue:
    if _wants_json():
        return {"error": "csrf", "status": 400}, 400
    return render_template("errors/error.html", code=400, stale_form=True), 400


def _crash(error: Exception) -> ResponseReturnValue:
    from flask import current_app

    if current_app.config["PROPAGATE_EXCEPTIONS"] or current_app.testing:
        raise error
    current_app.logger.exception("unhandled error")
    return _answer(InternalServerError())


def _wants_json() -> bool:
    path = request.path
    if path.startswith("/helper/") and "/api/" in path:
        return True
    return path.startswith(("/door/api/", "/api/")) or path.endswith(".json")
