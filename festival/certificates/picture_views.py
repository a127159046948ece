"""Logos and backgrounds in /manage: sent, shown, removed."""

from __future__ import annotations

import io

from flask import Blueprint, abort, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.accounts.audit import record
from festival.certificates.designer_forms import PictureForm
from festival.certificates.forms import ButtonForm
from festival.certificates.pictures import (
    LEAST_SIDE,
    MOST_PICTURES,
    PictureOutcome,
    add_picture,
    find_picture,
    pictures_of,
    remove_picture,
)
from festival.extensions import db
from festival.programme.models import Festival

bp = Blueprint("certificate_pictures", __name__, url_prefix="/manage/<festival>/certificates/pictures")


@bp.route("", methods=["GET", "POST"])
def index(festival: Festival) -> ResponseReturnValue:
    """All pictures, and another one."""
    form = PictureForm()
    if form.validate_on_submit():
        sent = form.picture.data
        result = add_picture(festival, sent.filename or "", sent.read())
        if result.picture is not None:
            if result.outcome is PictureOutcome.ADDED:
                record("certificate.picture_added", result.picture.name, festival_id=festival.id)
            db.session.commit()
            flash(_("%(name)s is there. Designs can show it now.", name=result.picture.name), "success")
            return redirect(url_for(".index", festival=festival.slug), 303)
        form.picture.errors = [*form.picture.errors, _refusal(result.outcome)]
    page = render_template(
        "certificates/pictures.html", festival=festival, pictures=pictures_of(festival), form=form, button=ButtonForm()
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/<int:picture_id>.png")
def show(festival: Festival, picture_id: int) -> ResponseReturnValue:
    """A picture as it was drawn anew."""
    picture = find_picture(festival, picture_id) or abort(404)
    return send_file(io.BytesIO(picture.png), mimetype="image/png", max_age=0)


@bp.post("/<int:picture_id>/remove")
def remove(festival: Festival, picture_id: int) -> ResponseReturnValue:
    """Remove a picture that nothing shows."""
    picture = find_picture(festival, picture_id) or abort(404)
    name = picture.name
    if remove_picture(picture):
        record("certificate.picture_removed", name, festival_id=festival.id)
        db.session.commit()
        flash(_("%(name)s is removed.", name=name), "success")
    else:
        flash(_("%(name)s is part of a design or of certificates, so it stays.", name=name), "error")
    return redirect(url_for(".index", festival=festival.slug), 303)


def _refusal(outcome: PictureOutcome) -> str:
    words = {
        PictureOutcome.TOO_LARGE: _("The file is larger than 4 MB. Please send a smaller one."),
        PictureOutcome.NOT_A_PICTURE: _("This is no PNG, JPEG or WebP picture, or it is damaged."),
        PictureOutcome.TOO_MANY_PIXELS: _("The picture has too many pixels. 2000 by 2000 are plenty."),
        PictureOutcome.TOO_SMALL: _("Less than %(side)d pixels a side would print badly.", side=LEAST_SIDE),
        PictureOutcome.TOO_MANY: _("There are %(count)d pictures already. Remove one first.", count=MOST_PICTURES),
    }  # fmt: skip
    return str(words[outcome])
