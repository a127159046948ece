"""/manage: next year's festival from this one, and what to check in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from festival.core.clock import today
from festival.core.forms import BaseForm, Line, at_most, required
from festival.extensions import db
from festival.preparing.checking import to_check
from festival.preparing.copying import prepare_next
from festival.programme.forms import day_field, possible_year
from festival.programme.models import Festival
from festival.programme.setting_up import next_tenth_of_october

bp = Blueprint("preparing", __name__, url_prefix="/manage/<festival>")


class NextForm(BaseForm):
    """The name and the first day of the next edition."""

    name = Line(_l("Name of the festival"), [required(), at_most(200)])
    first_day = day_field(
        _l("First day"),
        required(),
        possible_year,
        description=_l("All sessions move with it: what is on the second day stays on the second day."),
    )

    def validate_first_day(self, field: Any) -> None:
        if field.data and field.data < today():
            raise ValidationError(_("This day is over. Please choose one to come."))


@bp.route("/next-year", methods=["GET", "POST"])
def prepare(festival: Festival) -> ResponseReturnValue:
    """What will be copied and what not; the button makes the draft."""
    day = next_tenth_of_october(max(today(), festival.last_day + timedelta(days=1)))
    form = NextForm(data={"name": festival.name.replace(str(festival.first_day.year), str(day.year)), "first_day": day})
    if form.validate_on_submit():
        new = prepare_next(festival, form.name.data, form.first_day.data)
        db.session.commit()
        flash(_("%(name)s is there, as a draft only you can see.", name=new.name), "success")
        return redirect(url_for(".check", festival=new.slug))
    page = render_template("preparing/prepare.html", festival=festival, form=form)
    return page, 422 if form.is_submitted() else 200


@bp.get("/to-check")
def check(festival: Festival) -> ResponseReturnValue:
    """Days, place, rooms, partners and texts that may be true no longer."""
    return render_template("preparing/check.html", festival=festival, found=to_check(festival))
