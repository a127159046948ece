"""`/c/…`: is this certificate valid? For people, for programs, for files; and keys and lists to check without us."""

from __future__ import annotations

from flask import Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from festival.certificates import credentials, published, verification
from festival.certificates.blueprint import bp
from festival.certificates.checking import MOST_BYTES, PdfCheck, check_pdf
from festival.certificates.forms import FileForm, MatchForm
from festival.certificates.verification import Match, Validity, Verification
from festival.core.secrets import read_code
from festival.extensions import db, limiter
from festival.programme.models import Festival

VERIFICATIONS = "120 per minute"
"""Look-ups from one address, which a whole hall may share. Of 6.5e11 codes, that many a minute guess none."""
MATCHES = "20 per minute; 60 per hour"
"""Names typed from one address."""
MATCHES_OF_ONE = "30 per hour"
"""Names typed about one certificate, from wherever: nobody finds out a name by trying."""
FILES = "20 per minute"
FORM_BYTES = 64 * 1024
"""What the form around a file adds at most."""


def _of_one() -> str:
    return f"certificate {read_code(str((request.view_args or {}).get('code', '')))}"


@bp.get("/c/<code>")
@bp.get("/C/<code>")
@limiter.limit(VERIFICATIONS)
def verify(code: str) -> ResponseReturnValue:
    """Valid, revoked, replaced or unknown, for whoever scanned the paper."""
    return _verdict(code)


@bp.get("/c/<code>.json")
@limiter.limit(VERIFICATIONS)
def verify_json(code: str) -> ResponseReturnValue:
    """The same for other programs."""
    answer = verification.verify(code)
    return _json(verification.as_json(answer)), 404 if answer.checked is None else 200


@bp.get("/c/")
@limiter.limit(VERIFICATIONS)
def enter_code() -> ResponseReturnValue:
    """A field for a code typed from paper, and one for a file; with a code in the address, its answer."""
    typed = request.args.get("code", "")
    return _verdict(typed) if typed.strip() else _page(None, "")


@bp.post("/c/<code>/match")
@limiter.limit(MATCHES)
@limiter.limit(MATCHES_OF_ONE, key_func=_of_one)
def match(code: str) -> ResponseReturnValue:
    """Whether a paper carries the name that was issued: the whole name is typed, and nothing of it is kept."""
    certificate = verification.find_by_code(code)
    if certificate is None:
        return _verdict(code)
    form = MatchForm()
    found = verification.match(certificate, form.name.data) if form.validate_on_submit() else None
    return _page(verification.verify(code), code, form=form, matched=found), 422 if form.errors else 200


@bp.get("/c/file")
def choose_file() -> ResponseReturnValue:
    """Where a file is chosen or dropped."""
    return redirect(url_for(".enter_code", _anchor="file"))


@bp.post("/c/file")
@limiter.limit(FILES)
def check_file() -> ResponseReturnValue:
    """What a PDF is that somebody was sent: ours to the last byte, signed by whom, and does its certificate count."""
    request.max_content_length = MOST_BYTES + FORM_BYTES
    form = FileForm()
    try:
        sent = form.validate_on_submit()
    except RequestEntityTooLarge:
        return _page(None, "", too_large=True), 413
    if not sent:
        return _page(None, "", file_form=form), 422
    content = form.file.data.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        return _page(None, "", too_large=True), 413
    checked: PdfCheck = check_pdf(content)
    answer = verification.answer_for(checked.certificate_id) if checked.certificate_id is not None else None
    page = render_template("certificates/file.html", checked=checked, answer=answer, file_form=FileForm(formdata=None))
    return page, 200, {"X-Robots-Tag": "noindex"}


@bp.get("/c/lists/<slug>")
@limiter.limit(VERIFICATIONS)
def file_list(slug: str) -> ResponseReturnValue:
    """A festival's public list of files, to be searched by digest."""
    festival = published.find_published(slug) or abort(404)
    wanted = request.args.get("q", "")[:100]
    page = render_template(
        "certificates/list.html",
        of=festival,
        since=published.published_at(festival),
        page=published.page_of_files(festival, wanted, request.args.get("page")),
        states=verification.validity_of,
        wanted=wanted,
    )
    return page, 200, {"X-Robots-Tag": "noindex"}


@bp.get("/c/lists/<slug>.json")
@limiter.limit("30 per minute")
def file_list_json(slug: str) -> ResponseReturnValue:
    """The whole list for other programs."""
    return _json(published.as_json(published.find_published(slug) or abort(404)))


@bp.get("/c/issuers/<slug>")
@limiter.limit(VERIFICATIONS)
def issuer(slug: str) -> ResponseReturnValue:
    """Who issues a festival's credentials."""
    return _json(credentials.profile_of(_issuing_festival(slug)))


@bp.get("/c/issuers/<slug>/key.json")
@limiter.limit(VERIFICATIONS)
def issuer_key(slug: str) -> ResponseReturnValue:
    """The key that a festival's credentials are checked with, as a JWK."""
    return _json(credentials.public_key_of(_issuing_festival(slug)))


@bp.get("/c/issuers/<slug>/revoked.json")
@limiter.limit(VERIFICATIONS)
def revoked(slug: str) -> ResponseReturnValue:
    """The credentials of a festival that count no longer."""
    return _json(credentials.revoked_credentials(_issuing_festival(slug)))


def _issuing_festival(slug: str) -> Festival:
    """Any that has issued something, also when it is put away; a draft is nobody's business."""
    festival = db.session.query(Festival).filter_by(slug=slug).one_or_none()
    return festival if festival is not None and festival.certificates_issued else abort(404)


def _verdict(typed: str) -> ResponseReturnValue:
    result = verification.verify(typed)
    status = 404 if result.validity is Validity.UNKNOWN else 200
    return _page(result, typed[:40]), status, {"X-Robots-Tag": "noindex"}


def _page(
    result: Verification | None,
    typed: str,
    *,
    form: MatchForm | None = None,
    matched: Match | None = None,
    file_form: FileForm | None = None,
    too_large: bool = False,
) -> str:
    return render_template(
        "certificates/verify.html",
        result=result,
        typed=typed,
        form=form or MatchForm(formdata=None),
        matched=matched,
        file_form=file_form or FileForm(formdata=None),
        too_large=too_large,
    )


def _json(content: object) -> Response:
    """An answer for programs anywhere: everybody may know it, nobody's cookies are read for it."""
    response = jsonify(content)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
