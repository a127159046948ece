"""Deleting a part of the programme, after its name has been typed; and undoing it within 30 days."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.core.text import fold
from festival.extensions import db
from festival.programme.editing import Part, delete, kind_of, subject_of
from festival.programme.forms import ButtonForm, DeletionForm
from festival.programme.manage_views import bp, complain
from festival.programme.models import Festival, Session, Workshop
from festival.programme.restoring import (
    RestoreOutcome,
    find_deletion,
    restorable_until,
    restore,
    stands_against,
)


def name_of(row: Part) -> str:
    """What has to be typed to delete a row."""
    if isinstance(row, Session):
        return row.workshop.title
    return row.title if isinstance(row, Workshop) else row.name


def deletion(festival: Festival, row: Part, in_use: str) -> ResponseReturnValue:
    """The page that asks for the name; the words `in_use` for a row that something hangs on. Case and marks of what is
    typed do not matter."""
    form, name, subject = DeletionForm(), name_of(row), subject_of(row)
    if form.validate_on_submit():
        if fold(form.name.data) != fold(name):
            complain(form.name, _("This is not its name: “%(name)s”.", name=name))
        elif (entry := delete(row)) is None:
            flash(in_use, "error")
            return redirect(_page_of(festival, row))
        else:
            db.session.commit()
            flash(_("%(name)s is deleted.", name=subject), "success")
            return redirect(url_for(".restore_deleted", festival=festival.slug, entry_id=entry.id))
    page = render_template(
        "programme/manage/delete.html",
        festival=festival,
        name=name,
        subject=subject,
        form=form,
        up=_page_of(festival, row),
    )
    return page, 422 if form.is_submitted() else 200


def _page_of(festival: Festival, row: Part) -> str:
    kind = kind_of(row)
    number: dict[str, Any] = {f"{kind}_id": row.id}
    return url_for(f".{kind}_edit", festival=festival.slug, **number)


@bp.route("/<festival>/deleted/<int:entry_id>", methods=["GET", "POST"])
def restore_deleted(festival: Festival, entry_id: int) -> ResponseReturnValue:
    """What was deleted, and the button that brings it back."""
    entry = find_deletion(festival, entry_id) or abort(404)
    kind, form, status = entry.action.partition(".")[0], ButtonForm(), 200
    against = stands_against(festival, entry)
    if form.validate_on_submit():
        result = restore(festival, entry, without_place="without_place" in request.form)
        if result.row is not None:
            db.session.commit()
            flash(_("%(name)s is there again.", name=subject_of(result.row)), "success")
            return redirect(_page_of(festival, result.row))
        against, status = result.outcome, 409
    page = render_template(
        "programme/manage/restore.html",
        festival=festival,
        entry=entry,
        until=restorable_until(entry),
        words=_against(against) if against else "",
        can_try=against in (None, RestoreOutcome.TAKEN, RestoreOutcome.PLACE_GONE),
        without_place=against is RestoreOutcome.PLACE_GONE,
        up=url_for(f".{kind}s", festival=festival.slug),
        button=form,
    )
    return page, status


def _against(outcome: RestoreOutcome) -> str:
    words: dict[RestoreOutcome, str] = {
        RestoreOutcome.TOO_LATE: _("A deletion can be undone for 30 days. They are over."),
        RestoreOutcome.RESTORED_BEFORE: _("This deletion was undone already."),
        RestoreOutcome.TAKEN: _("Another one has this code, name, or place and time by now. Change that one first."),
        RestoreOutcome.PLACE_GONE: _("The zone or booth it belonged to was deleted too. It can come back without."),
        RestoreOutcome.WORKSHOP_GONE: _("Its workshop was deleted too. Bring that back first."),
    }
    return words[outcome]
