"""`/helper/<secret>`: a volunteer registers people who have no phone, many in a row. Works without JavaScript.

With it, and without a network, `static/helper/` keeps what is written and sends it later (`calls.py`).
"""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from festival.consents.texts import TEXTS
from festival.core.app_shell import AppShell
from festival.core.assets import asset
from festival.core.clock import now
from festival.core.paging import page_of
from festival.core.secrets import random_token
from festival.extensions import begin_writing, db, limiter
from festival.language import current_language
from festival.messages.outbox import wake_worker
from festival.programme.models import Festival
from festival.programme.wards import wards_near
from festival.registration.forms import MemberForm
from festival.registration.helping import made
from festival.registration.helping.device import known_device, remember_device
from festival.registration.helping.forms import HelpedForm
from festival.registration.helping.limits import spend
from festival.registration.helping.links import LinkState, find_link, note_used, secret_of, state_of
from festival.registration.helping.words import helper_texts, state_words
from festival.registration.helping.writing_down import Written, household_of, write_down
from festival.registration.models import HelperLink, Registration
from festival.registration.shown_tickets import tickets_to_show
from festival.registration.signing_up import SignUpOutcome
from festival.registration.typed import Typed, tidy_members, wishes_by_person
from festival.registration.views import SUBMISSION
from festival.registration.wishes import sessions_to_come, words_for

bp = Blueprint("helping", __name__)

PAGES_PER_MINUTE = "300 per minute"
SLIPS_ON_A_PAGE = 60
"""Households whose slips are drawn at once: about a second."""
SHELL = AppShell(
    "HELPER",
    "helper/service-worker.js",
    (
        "helper/*.js",
        "door/page.js",
        "door/store.js",
        "public/*.js",
        "images/icons.svg",
        "images/favicon.svg",
        "images/door*",
        "vendor/public.css",
        "vendor/print.css",
        "vendor/fonts/*.woff2",
        "vendor/idb/index.js",
    ),
    ("base.html", "public.html", "components", "helper", "registration"),
)


def open_link(secret: str) -> HelperLink:
    """The link, which must not be ended: 410 with words then; 404 for a text that is none."""
    link = find_link(secret) or abort(404)
    if state_of(link, now()) is not LinkState.OPEN:
        page = render_template("helper/ended.html", festival=link.festival, link=link, texts=helper_texts())
        abort(make_response(page, 410))
    return link


@bp.route("/helper/<secret>", methods=["GET", "POST"])
@limiter.limit(PAGES_PER_MINUTE)
def write(secret: str) -> ResponseReturnValue:
    """The short form; after each household straight the next one."""
    link = open_link(secret)
    if request.method == "POST":
        return _save(link)
    begin_writing()
    note_used(link, now())
    db.session.commit()
    typed: Typed = MultiDict({"submission": random_token(), "coming": "y"})
    typed["ward"] = session.get("helper_ward", link.festival.ward_code or "")
    typed["recorded_by"] = session.get("helper_name", link.helper_name)
    done = _just_made(link)
    answer = make_response(_page(link, _form(link.festival, typed), done=done))
    remember_device(answer)
    if done is None:  # a page that names nobody may be kept on the device
        answer.headers["X-Helper-Version"] = SHELL.version()
    return answer


def _form(festival: Festival, typed: Typed) -> HelpedForm:
    form = HelpedForm(formdata=typed)
    form.offer_wards(wards_near(festival), festival.ward_code)
    return form


def _just_made(link: HelperLink) -> Registration | None:
    """What `?made=` names, if this device has made it lately."""
    typed, device = request.args.get("made", ""), known_device()
    if device is None or not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        return None
    return db.session.scalar(made.lately_on(link, device.digest).where(Registration.id == int(typed)))


def _page(link: HelperLink, form: HelpedForm, *, done: Registration | None = None, wishes: Any = None) -> str:
    festival = link.festival
    return render_template(
        "helper/write.html",
        festival=festival,
        link=link,
        secret=secret_of(link),
        form=form,
        blank=MemberForm(prefix="members-NUMBER-"),
        sessions=sessions_to_come(festival),
        wishes=wishes or {},
        done=done,
        people=made.people_of(done) if done else [],
        open=festival.registration_open(now()),
        texts=helper_texts(),
        consent_texts=TEXTS,
        state_words=state_words,
    )


def _save(link: HelperLink) -> ResponseReturnValue:
    go = request.form.get("go", "")
    removed = go.removeprefix("remove-") if go.startswith("remove-") else None
    typed = tidy_members(request.form, remove=removed, add=go == "add")
    if not SUBMISSION.fullmatch(typed.get("submission", "")):
        typed["submission"] = random_token()
    form, wishes = _form(link.festival, typed), wishes_by_person(typed)
    if go == "add" or removed is not None:
        return _page(link, form, wishes=wishes)
    if not form.validate_whole():
        return _page(link, form, wishes=wishes), 422
    if not spend(link, 1):
        form.form_errors = [_("Very many were registered with this link just now. Please go on in an hour.")]
        return _page(link, form, wishes=wishes), 429
    device = known_device()
    household = household_of(
        link, form, wishes, typed["submission"], str(get_locale()), device.digest if device else None
    )
    written = write_down(link.festival, household, gone_home=False)
    if written.registration is None:
        form.form_errors = why_not(written)
        return _page(link, form, wishes=wishes), 409
    note_used(link, now())
    db.session.commit()
    wake_worker()
    session["helper_name"], session["helper_ward"] = form.recorded_by.data, form.ward.data
    if device is None:  # without the cookie it cannot be shown again
        flash(_("%(name)s is registered.", name=written.registration.contact_name), "success")
    return redirect(url_for(".write", secret=secret_of(link), made=written.registration.id), code=303)


def why_not(written: Written) -> list[str]:
    """Why nobody was registered, in sentences."""
    match written.outcome:
        case SignUpOutcome.SEATS_REFUSED:
            return [words_for(each) for each in written.refused]
        case SignUpOutcome.VENUE_FULL:
            left = written.places_left
            return [
                ngettext(
                    "The whole festival has only %(num)d place left.",
                    "The whole festival has only %(num)d places left.",
                    left,
                )
            ]
        case _:
            return [_("Registration is closed.")]


@bp.get("/helper/<secret>/today")
@limiter.limit(PAGES_PER_MINUTE)
def today(secret: str) -> ResponseReturnValue:
    """Who was registered with this link on this device in the last 24 hours: name and code only."""
    link = open_link(secret)
    device = known_device()
    page = page_of(made.lately_on(link, device.digest if device else None), request.args.get("page"))
    return render_template(
        "helper/today.html",
        festival=link.festival,
        link=link,
        secret=secret,
        page=page,
        people={one.id: made.people_of(one) for one in page.rows},
    )


@bp.get("/helper/<secret>/slips")
@limiter.limit("60 per minute")
def slips(secret: str) -> ResponseReturnValue:
    """The tickets of those, to print, cut and hand out."""
    link = open_link(secret)
    device = known_device()
    query = made.lately_on(link, device.digest if device else None)
    only = request.args.get("group", "")[:120]
    if only:
        query = query.where(Registration.group_name == only)
    page = page_of(query, request.args.get("page"), SLIPS_ON_A_PAGE)
    return render_template(
        "helper/slips.html",
        layout="public.html",
        festival=link.festival,
        link=link,
        up=(url_for(".today", secret=secret), _("Registered today")),
        page=page,
        shown=[(one, tickets_to_show(one)) for one in page.rows],
    )


# --- what makes it start without a network ---------------------------------------------------------------------


@bp.get("/helper/service-worker.js")
def service_worker() -> ResponseReturnValue:
    """What lets a helper's page start with no network; changes with every file it holds."""
    return Response(SHELL.script("/helper/"), mimetype="text/javascript")


@bp.get("/helper/<secret>/app.webmanifest")
def manifest(secret: str) -> ResponseReturnValue:
    """What makes the page an app to be installed (W3C Web Application Manifest)."""
    link = open_link(secret)
    start = url_for(".write", secret=secret)
    response = jsonify(
        id=start,
        name=_("Helping to register: %(group)s", group=link.group_name),
        short_name=_("Registering"),
        start_url=start,
        scope="/helper/",
        display="standalone",
        lang=current_language(),
        theme_color="#43307f",
        background_color="#fffdf7",
        icons=[
            {"src": asset("images/door.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": asset("images/door-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": asset("images/door-512.png"), "sizes": "512x512", "type": "image/png"},
        ],
    )
    response.mimetype = "application/manifest+json"
    return response
