"""`/helper/<secret>/class-list`, and the same in /manage: send a list, look it through, register the pupils."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_security import current_user

from festival.consents.texts import BY_PURPOSE
from festival.core.clock import now
from festival.extensions import db, limiter
from festival.messages.outbox import wake_worker
from festival.programme.models import Festival
from festival.programme.problem_words import place, words
from festival.registration.class_lists.checking import CheckedList, check
from festival.registration.class_lists.forms import ClassListForm, GuardiansWordForm
from festival.registration.class_lists.importing import (
    Imported,
    Wish,
    open_list,
    purposes_to_ask,
    register_pupils,
    sealed_list,
)
from festival.registration.class_lists.reading import read_class_list
from festival.registration.class_lists.template import class_list_workbook
from festival.registration.helping import links
from festival.registration.helping.device import known_device, remember_device
from festival.registration.helping.limits import spend
from festival.registration.helping.views import open_link
from festival.registration.models import HelperLink, LinkKind

bp = Blueprint("class_lists", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UPLOADS = "30 per minute"


@dataclass(frozen=True)
class Desk:
    """Where the list is sent from: the school's own page, or the organizer's."""

    link: HelperLink
    layout: str
    here: str
    confirm: str
    slips: str
    up: str
    name: str


def _school(secret: str) -> Desk:
    link = open_link(secret)
    if link.kind is not LinkKind.CLASSES:
        abort(404)
    return Desk(
        link,
        "public.html",
        url_for(".upload", secret=secret),
        url_for(".confirm", secret=secret),
        url_for("helping.slips", secret=secret),
        url_for("helping.write", secret=secret),
        link.helper_name,
    )


def _organizer(festival: Festival, link_id: int) -> Desk:
    link = links.get_link(festival, link_id) or abort(404)
    if link.kind is not LinkKind.CLASSES or link.ended_at is not None:
        abort(404)
    at: dict[str, Any] = {"festival": festival.slug, "link_id": link.id}
    return Desk(
        link,
        "manage.html",
        url_for(".manage_upload", **at),
        url_for(".manage_confirm", **at),
        url_for("helping_manage.slips", **at),
        url_for("helping_manage.show", **at),
        current_user.name or current_user.email,
    )


@bp.route("/helper/<secret>/class-list", methods=["GET", "POST"])
@limiter.limit(UPLOADS)
def upload(secret: str) -> ResponseReturnValue:
    """Send a list; what was understood comes back as the preview."""
    return _upload(_school(secret))


@bp.post("/helper/<secret>/class-list/confirm")
@limiter.limit(UPLOADS)
def confirm(secret: str) -> ResponseReturnValue:
    """Register the pupils of the preview."""
    return _confirm(_school(secret))


@bp.get("/helper/<secret>/class-list/template.xlsx")
def template(secret: str) -> ResponseReturnValue:
    """The empty workbook to fill in."""
    _school(secret)
    name = 'attachment; filename="mau-danh-sach-lop.xlsx"'
    return Response(class_list_workbook(), mimetype=XLSX, headers={"Content-Disposition": name})


@bp.route("/manage/<festival>/helpers/<int:link_id>/class-list", methods=["GET", "POST"])
def manage_upload(festival: Festival, link_id: int) -> ResponseReturnValue:
    """The organizer sends a school's list."""
    return _upload(_organizer(festival, link_id))


@bp.post("/manage/<festival>/helpers/<int:link_id>/class-list/confirm")
def manage_confirm(festival: Festival, link_id: int) -> ResponseReturnValue:
    """The organizer registers the pupils of the preview."""
    return _confirm(_organizer(festival, link_id))


def _upload(desk: Desk) -> ResponseReturnValue:
    form = ClassListForm()
    if form.validate_on_submit():
        read = read_class_list(form.file.data.read())
        if read.refused is None:
            checked = check(desk.link, read)
            word = GuardiansWordForm(formdata=None, data={"recorded_by": desk.name})
            word.sealed.data = sealed_list(desk.link, checked.to_register)
            return _preview(desk, word, checked)
        form.file.errors = [words(read.refused)]
    page = render_template(
        "helper/class_list.html",
        desk=desk,
        layout=desk.layout,
        festival=desk.link.festival,
        link=desk.link,
        form=form,
        template=url_for(".template", secret=links.secret_of(desk.link)),
    )
    return page, 422 if form.is_submitted() else 200


def _preview(desk: Desk, word: GuardiansWordForm, checked: CheckedList | None, wishes: list[Wish] | None = None) -> str:
    pupils = [row.pupil for row in checked.to_register if row.pupil] if checked else [w.pupil for w in wishes or ()]
    return render_template(
        "helper/class_list_preview.html",
        desk=desk,
        layout=desk.layout,
        festival=desk.link.festival,
        link=desk.link,
        form=word,
        checked=checked,
        count=len(pupils),
        consent_texts=[BY_PURPOSE[purpose] for purpose in purposes_to_ask(pupils)],
        words=words,
        place=place,
        open=desk.link.festival.registration_open(now()),
    )


def _confirm(desk: Desk) -> ResponseReturnValue:
    word = GuardiansWordForm()
    wishes = open_list(desk.link, word.sealed.data or "")
    if wishes is None:
        flash(_("This list is a day old or not from this page. Please send the file once more."), "warning")
        return redirect(desk.here, code=303)
    asked = purposes_to_ask([wish.pupil for wish in wishes])
    if not word.validate_word(asked):
        return _preview(desk, word, None, wishes), 422
    if not spend(desk.link, len(wishes), classes=True):
        word.form_errors = [_("Very many were registered with this link just now. Please go on in an hour.")]
        return _preview(desk, word, None, wishes), 429
    device = known_device()
    done = register_pupils(
        desk.link,
        wishes,
        word.consents(asked),
        word.recorded_by.data,
        device.digest if device else None,
        str(get_locale()),
    )
    links.note_used(desk.link, now())
    db.session.commit()
    wake_worker()
    _tell(done)
    response = redirect(desk.slips if done.registered else desk.here, code=303)
    if desk.layout == "public.html":
        remember_device(response)  # type: ignore[arg-type]  # Flask's redirect is a response of Flask's
    return response


def _tell(done: Imported) -> None:
    if done.registered:
        flash(ngettext("%(num)d pupil is registered.", "%(num)d pupils are registered.", done.registered), "success")
    if done.waiting:
        flash(
            ngettext(
                "%(num)d of them stands on a waiting list.", "%(num)d of them stand on waiting lists.", done.waiting
            ),
            "info",
        )
    if done.known:
        flash(ngettext("%(num)d was registered before.", "%(num)d were registered before.", done.known), "info")
    if done.full:
        flash(_("The festival has no more places."), "warning")
    if done.closed:
        flash(_("Registration is closed."), "warning")
    if done.failed:
        flash(ngettext("%(num)d could not be registered.", "%(num)d could not be registered.", done.failed), "warning")
