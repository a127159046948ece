"""The imports of a festival, each of which can be taken back as a whole."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.extensions import db
from festival.messages.outbox import wake_worker
from festival.programme.forms import ButtonForm
from festival.programme.manage_views import bp
from festival.programme.models import Festival, FestivalStatus
from festival.programme.taking_back import find_import, imports_of, take_back

MOST_NAMED = 10


@bp.get("/<festival>/imports")
def past_imports(festival: Festival) -> ResponseReturnValue:
    """The latest imports, newest first."""
    return render_template(
        "programme/manage/imports.html", festival=festival, imports=imports_of(festival), form=ButtonForm()
    )


@bp.post("/<festival>/imports/<int:import_id>/take-back")
def import_take_back(festival: Festival, import_id: int) -> ResponseReturnValue:
    """Undo an import; what cannot be undone is named."""
    if festival.status is FestivalStatus.ARCHIVED:
        abort(403)
    entry = find_import(festival, import_id) or abort(404)
    if ButtonForm().validate_on_submit():
        done = take_back(festival, entry)
        db.session.commit()
        if done is None:
            flash(_("This import is taken back already."), "info")
        else:
            wake_worker()
            flash(
                _(
                    "The import is taken back: %(deleted)s entries deleted, %(restored)s as they were before.",
                    deleted=done.deleted,
                    restored=done.restored,
                ),
                "success",
            )
            if done.kept:
                names = ", ".join(name[:60] for name in done.kept[:MOST_NAMED])
                flash(_("Kept, because they are in use or were changed since: %(names)s.", names=names), "warning")
            if len(done.kept) > MOST_NAMED:
                flash(_("%(num)s more are kept.", num=len(done.kept) - MOST_NAMED), "warning")
    return redirect(url_for(".past_imports", festival=festival.slug))
