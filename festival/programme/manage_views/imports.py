"""A programme from a workbook: template, upload, preview, confirmation."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user

from festival.accounts.models import Organization
from festival.core.forms import choices
from festival.extensions import db
from festival.messages.outbox import wake_worker
from festival.programme.exporting import workbook_of
from festival.programme.forms import ButtonForm, ImportNewForm, UploadForm
from festival.programme.importing import ImportResult, apply_reading, plan_reading
from festival.programme.manage_views import bp, complain
from festival.programme.manage_views.festivals import own_organizations
from festival.programme.models import Festival, FestivalStatus, ProgrammeUpload
from festival.programme.problem_words import place, words
from festival.programme.reading import Problem, ProblemCode, ProgrammeReading, Severity
from festival.programme.setting_up import make_festival, missing_facts
from festival.programme.template_workbook import programme_workbook
from festival.programme.understanding import follows_no_template, is_understood
from festival.programme.uploads import find_upload, forget_upload, keep_upload
from festival.programme.wards import ensure_wards, known_codes
from festival.programme.workbook import read_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FACT_LABELS = {
    "name": lazy_gettext("Name of the festival"),
    "organizer_name": lazy_gettext("Organized by"),
    "ward_code": lazy_gettext("Ward code"),
    "first_day": lazy_gettext("First day"),
    "last_day": lazy_gettext("Last day"),
    "opens_at": lazy_gettext("Doors open at"),
    "closes_at": lazy_gettext("Doors close at"),
    "venue": lazy_gettext("Place"),
    "address": lazy_gettext("Address"),
    "capacity": lazy_gettext("How many people fit in"),
}


@bp.get("/template.xlsx")
def template() -> ResponseReturnValue:
    """The empty workbook to fill in."""
    return _workbook(programme_workbook(), "mau-chuong-trinh-ngay-hoi.xlsx")


@bp.get("/<festival>/programme.xlsx")
def export(festival: Festival) -> ResponseReturnValue:
    """The programme as it stands, in the layout of the template: to correct it in Excel and import it again."""
    return _workbook(workbook_of(festival), f"{festival.slug}.xlsx")


def _workbook(content: bytes, name: str) -> Response:
    return Response(content, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@bp.route("/import", methods=["GET", "POST"])
def upload_new() -> ResponseReturnValue:
    """Send a workbook to make a new festival of it."""
    return _upload(None)


@bp.route("/<festival>/import", methods=["GET", "POST"])
def upload(festival: Festival) -> ResponseReturnValue:
    """Send a workbook to fill or correct this festival."""
    return _upload(festival)


def _upload(festival: Festival | None) -> ResponseReturnValue:
    form = UploadForm()
    if form.validate_on_submit():
        content: bytes = form.file.data.read()
        reading = read_workbook(content)
        own_layout = follows_no_template(reading) and is_understood(content)
        if own_layout and festival is not None:
            kept = keep_upload(current_user, festival, form.file.data.filename or "", content)
            db.session.commit()
            return redirect(url_for(".understood", festival=festival.slug, token=kept.token))
        if own_layout:
            reading = ProgrammeReading(problems=(Problem(Severity.REFUSED, ProblemCode.FESTIVAL_FIRST),))
        if not reading.is_refused:
            ensure_wards()
            kept = keep_upload(current_user, festival, form.file.data.filename or "", content)
            db.session.commit()
            if festival:
                return redirect(url_for(".preview", festival=festival.slug, token=kept.token))
            return redirect(url_for(".preview_new", token=kept.token))
        complain(form.file, words(reading.problems[0]))
    page = render_template("programme/manage/upload.html", festival=festival, form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/import/<token>", methods=["GET", "POST"])
def preview_new(token: str) -> ResponseReturnValue:
    """What a new festival made of the workbook will be; confirmed by the button."""
    kept, reading = _read_again(token, None)
    missing = missing_facts(reading.facts)
    form = ImportNewForm()
    form.organization_id.choices = choices(own_organizations())
    if form.validate_on_submit() and not missing:
        organization = db.session.get(Organization, form.organization_id.data) or abort(403)
        festival = make_festival(organization, reading.facts)
        return _finish(kept, reading, festival)
    return _preview(None, kept, reading, form, missing)


@bp.route("/<festival>/import/<token>", methods=["GET", "POST"])
def preview(festival: Festival, token: str) -> ResponseReturnValue:
    """What the workbook will change in this festival; confirmed by the button."""
    if festival.status is FestivalStatus.ARCHIVED:
        abort(403)
    kept, reading = _read_again(token, festival)
    form = ButtonForm()
    if form.validate_on_submit():
        return _finish(kept, reading, festival)
    return _preview(festival, kept, reading, form, ())


def _read_again(token: str, festival: Festival | None) -> tuple[ProgrammeUpload, ProgrammeReading]:
    kept = find_upload(token, current_user, festival) or abort(404)
    return kept, read_workbook(kept.content, known_codes())


def _preview(
    festival: Festival | None,
    kept: ProgrammeUpload,
    reading: ProgrammeReading,
    form: ButtonForm | ImportNewForm,
    missing: tuple[str, ...],
) -> ResponseReturnValue:
    facts = [(label, getattr(reading.facts, name)) for name, label in FACT_LABELS.items()]
    result = plan_reading(reading, festival)
    return render_template(
        "programme/manage/preview.html",
        festival=festival,
        upload=kept,
        reading=reading,
        result=result,
        facts=facts if festival is None else [],
        changes=[(FACT_LABELS[change.field], change.before, change.after) for change in result.facts],
        missing=[FACT_LABELS[name] for name in missing],
        place=place,
        words=words,
        form=form,
    )


def _finish(kept: ProgrammeUpload, reading: ProgrammeReading, festival: Festival) -> ResponseReturnValue:
    result = apply_reading(reading, festival, kept.filename)
    forget_upload(kept)
    db.session.commit()
    wake_worker()
    flash(told(result), "success")
    for seats in result.seats_taken:
        flash(
            _("%(name)s keeps its capacity: %(taken)s people hold a place.", name=seats.name, taken=seats.taken),
            "warning",
        )
    return redirect(url_for(".publish", festival=festival.slug))


def told(result: ImportResult) -> str:
    """What an import did, in a sentence."""
    booths, sessions = result.booths, result.sessions
    return str(
        _(
            "Imported: %(new_booths)s new and %(changed_booths)s changed booths, "
            "%(new_sessions)s new and %(changed_sessions)s changed sessions.",
            new_booths=booths.created,
            changed_booths=booths.updated,
            new_sessions=sessions.created,
            changed_sessions=sessions.updated,
        )
    )
