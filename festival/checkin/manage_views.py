"""The organizer's side of the door: checkpoints, phones, pairing."""

from __future__ import annotations

import io

import qrcode
import qrcode.image.svg
from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from markupsafe import Markup

from festival.accounts.audit import record
from festival.checkin import checkpoints, pairing
from festival.checkin.checkpoints import Removal
from festival.checkin.forms import ButtonForm, EntranceForm, InvitePhoneForm
from festival.core.forms import choices
from festival.extensions import db
from festival.programme.models import Festival

bp = Blueprint("checkin_manage", __name__, url_prefix="/manage/<festival>/door")


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """Checkpoints and phones."""
    return _index(festival, EntranceForm())


def _index(festival: Festival, form: EntranceForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "checkin/manage.html",
        festival=festival,
        form=form,
        button=ButtonForm(),
        rows=checkpoints.checkpoints_of(festival),
        devices=pairing.devices_of(festival),
    )
    return page, status


@bp.post("/entrances")
def add_entrance(festival: Festival) -> ResponseReturnValue:
    """A new entrance."""
    form = EntranceForm()
    if not form.validate_on_submit():
        return _index(festival, form, 422)
    checkpoint = checkpoints.add_entrance(festival, form.name.data)
    record("checkpoint.added", checkpoint.name, festival_id=festival.id)
    db.session.commit()
    flash(_("%(name)s is ready. Now pair a phone for it.", name=checkpoint.name), "success")
    return redirect(url_for(".index", festival=festival.slug))


@bp.post("/sessions")
def add_for_sessions(festival: Festival) -> ResponseReturnValue:
    """One checkpoint for each session."""
    count = checkpoints.add_for_sessions(festival)
    record("checkpoint.added_for_sessions", str(count), festival_id=festival.id)
    db.session.commit()
    _tell_new(count)
    return redirect(url_for(".index", festival=festival.slug))


@bp.post("/booths")
def add_for_booths(festival: Festival) -> ResponseReturnValue:
    """One checkpoint for each booth."""
    count = checkpoints.add_for_booths(festival)
    record("checkpoint.added_for_booths", str(count), festival_id=festival.id)
    db.session.commit()
    _tell_new(count)
    return redirect(url_for(".index", festival=festival.slug))


def _tell_new(count: int) -> None:
    if count:
        flash(ngettext("%(num)d checkpoint is new.", "%(num)d checkpoints are new.", count), "success")
    else:
        flash(_("Nothing was missing."), "info")


@bp.post("/checkpoints/<int:checkpoint_id>/remove")
def remove_checkpoint(festival: Festival, checkpoint_id: int) -> ResponseReturnValue:
    """Remove a checkpoint where nothing was scanned."""
    checkpoint = checkpoints.find_checkpoint(festival, checkpoint_id) or abort(404)
    name = checkpoint.name
    match checkpoints.remove(checkpoint):
        case Removal.REMOVED:
            record("checkpoint.removed", name, festival_id=festival.id)
            db.session.commit()
            flash(_("%(name)s was removed.", name=name), "success")
        case Removal.HAS_SCANS:
            flash(_("%(name)s has scans and stays.", name=name), "warning")
    return redirect(url_for(".index", festival=festival.slug))


@bp.get("/pair")
def invite_phone(festival: Festival) -> ResponseReturnValue:
    """Choose the door's name and what it scans for."""
    return _invite_page(festival, _invite_form(festival))


@bp.post("/pair")
def show_code(festival: Festival) -> ResponseReturnValue:
    """The pairing QR, shown once: only its digest is kept."""
    form = _invite_form(festival)
    if not form.validate_on_submit():
        return _invite_page(festival, form, 422)
    chosen = [one for one in checkpoints.sorted_checkpoints(festival) if one.id in form.checkpoints.data]
    pairing.forget_old_codes(festival)
    code, secret = pairing.invite_phone(festival, form.door.data, chosen, current_user.id)
    record("device.invited", code.door, festival_id=festival.id, after={"checkpoints": [one.name for one in chosen]})
    db.session.commit()
    address = f"{current_app.extensions['settings'].public_url}{url_for('checkin.pair_page', code=secret)}"
    return render_template(
        "checkin/pairing_code.html", festival=festival, code=code, address=address, qr=_qr(address), chosen=chosen
    )


def _invite_form(festival: Festival) -> InvitePhoneForm:
    form = InvitePhoneForm()
    form.checkpoints.choices = choices((one.id, one.name) for one in checkpoints.sorted_checkpoints(festival))
    return form


def _invite_page(festival: Festival, form: InvitePhoneForm, status: int = 200) -> ResponseReturnValue:
    rows = checkpoints.sorted_checkpoints(festival)
    return render_template("checkin/invite.html", festival=festival, form=form, checkpoints=rows), status


def _qr(text: str) -> Markup:
    """The QR as SVG, to stand in the page."""
    image = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, border=4)
    stream = io.BytesIO()
    image.save(stream)
    svg = stream.getvalue().decode()
    return Markup(svg[svg.index("<svg") :])  # noqa: S704 - made of squares by us


@bp.post("/devices/<int:device_id>/revoke")
def revoke(festival: Festival, device_id: int) -> ResponseReturnValue:
    """A phone stops working at once."""
    device = pairing.get_device(festival, device_id) or abort(404)
    pairing.revoke(device)
    record("device.revoked", f"{device.name} ({device.on_duty})", festival_id=festival.id)
    db.session.commit()
    flash(_("%(door)s no longer scans.", door=device.name), "success")
    return redirect(url_for(".index", festival=festival.slug))
