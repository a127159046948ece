"""Phones: inviting them by a pairing QR, giving a door another name or other checkpoints, revoking."""

from __future__ import annotations

import io
from collections.abc import Sequence

import qrcode
import qrcode.image.svg
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup

from festival.accounts.audit import record
from festival.checkin import leases, paired_again, pairing
from festival.checkin.checkpoints import sorted_checkpoints
from festival.checkin.door_overview import phone_row
from festival.checkin.forms import ButtonForm, InvitePhoneForm, RenamePhoneForm
from festival.checkin.manage_views import bp
from festival.checkin.models import Checkpoint, CheckpointKind, Device, DeviceMode
from festival.core.clock import now
from festival.core.forms import choices
from festival.extensions import db
from festival.programme.models import Festival

FITTING = {
    DeviceMode.STAFF: frozenset(CheckpointKind),
    DeviceMode.KIOSK: frozenset({CheckpointKind.ENTRANCE, CheckpointKind.SESSION}),
    DeviceMode.SCREEN: frozenset({CheckpointKind.BOOTH}),
}
"""What a device of each mode can be for."""


@bp.get("/pair")
def invite_phone(festival: Festival) -> ResponseReturnValue:
    """Choose what the phone will be (`?mode=`), the door's name and what it scans for."""
    mode = _mode(request.args.get("mode"))
    fitting = _fitting(festival, mode)
    form = _invite_form(fitting)
    form.mode.data = mode.value
    entrances = [one.id for one in fitting if one.kind is CheckpointKind.ENTRANCE]
    form.checkpoints.data = entrances if len(entrances) == 1 and mode is not DeviceMode.SCREEN else []
    return _invite_page(festival, form, mode, fitting)


@bp.post("/pair")
def show_code(festival: Festival) -> ResponseReturnValue:
    """The pairing QR, shown once: only its digest is kept."""
    mode = _mode(request.form.get("mode"))
    fitting = _fitting(festival, mode)
    form = _invite_form(fitting)
    if not form.validate_on_submit():
        return _invite_page(festival, form, mode, fitting, 422)
    chosen = _chosen(form, fitting)
    pairing.forget_old_codes(festival)
    code, secret = pairing.invite_phone(
        festival, form.door.data, chosen, current_user.id, mode, _replaced(festival, form.replaces.data)
    )
    after = {"mode": mode.value, "checkpoints": [one.name for one in chosen]}
    record("device.invited", code.door, festival_id=festival.id, after=after)
    db.session.commit()
    address = f"{current_app.extensions['settings'].public_url}{url_for('checkin.pair_page', code=secret)}"
    return render_template(
        "checkin/pairing_code.html",
        festival=festival,
        code=code,
        address=address,
        qr=_qr(address),
        chosen=chosen,
        seconds=int(pairing.CODE_LASTS.total_seconds()),
        button=ButtonForm(),
    )


def _chosen(form: InvitePhoneForm, fitting: Sequence[Checkpoint]) -> list[Checkpoint]:
    return [one for one in fitting if one.id in form.checkpoints.data or one.kind.value in form.whole.data]


def _replaced(festival: Festival, number: str | None) -> Device | None:
    """The phone that is to be paired again, if one is meant."""
    return pairing.get_device(festival, int(number)) if number and number.isdecimal() and len(number) < 10 else None


def _mode(text: str | None) -> DeviceMode:
    try:
        return DeviceMode(text)
    except ValueError:
        return DeviceMode.STAFF


def _fitting(festival: Festival, mode: DeviceMode) -> list[Checkpoint]:
    return [one for one in sorted_checkpoints(festival) if one.kind in FITTING[mode]]


def _invite_form(fitting: Sequence[Checkpoint]) -> InvitePhoneForm:
    form = InvitePhoneForm()
    form.checkpoints.choices = choices((one.id, one.name) for one in fitting)
    form.whole.choices = choices((kind, kind) for kind in dict.fromkeys(one.kind.value for one in fitting))
    return form


def _invite_page(
    festival: Festival, form: InvitePhoneForm, mode: DeviceMode, fitting: Sequence[Checkpoint], status: int = 200
) -> ResponseReturnValue:
    page = render_template("checkin/invite.html", festival=festival, form=form, mode=mode, checkpoints=fitting)
    return page, status


def _qr(text: str) -> Markup:
    """The QR as SVG, to stand in the page."""
    image = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, border=4)
    stream = io.BytesIO()
    image.save(stream)
    svg = stream.getvalue().decode()
    return Markup(svg[svg.index("<svg") :])  # noqa: S704 - made of squares by us


def _device(festival: Festival, device_id: int) -> Device:
    """That phone of this festival, or the 404 page."""
    return pairing.get_device(festival, device_id) or abort(404)


@bp.route("/devices/<int:device_id>", methods=["GET", "POST"])
def edit_device(festival: Festival, device_id: int) -> ResponseReturnValue:
    """One phone with all that is known of it: another name for its door, and while it works other checkpoints."""
    device = _device(festival, device_id)
    fitting = _fitting(festival, device.mode)
    form = RenamePhoneForm() if device.revoked_at is not None else _invite_form(fitting)
    if isinstance(form, InvitePhoneForm):
        form.mode.data = device.mode.value
    if form.validate_on_submit():
        _rename(device, form.door.data)
        if isinstance(form, InvitePhoneForm):
            _give_checkpoints(device, _chosen(form, fitting))
        db.session.commit()
        flash(_("%(name)s is saved.", name=device.name), "success")
        return redirect(url_for(".index", festival=festival.slug))
    if not form.is_submitted():
        form.door.data = device.name
        if isinstance(form, InvitePhoneForm):
            form.checkpoints.data = [one.id for one in device.checkpoints]
    page = render_template(
        "checkin/manage_phone.html",
        festival=festival,
        row=phone_row(device, now()),
        form=form,
        checkpoints=fitting,
        button=ButtonForm(),
    )
    return page, 422 if form.is_submitted() else 200


def _rename(device: Device, name: str) -> None:
    before, device.name = device.name, name
    if before != name:
        record("device.renamed", name, festival_id=device.festival_id, before={"name": before})


def _give_checkpoints(device: Device, chosen: Sequence[Checkpoint]) -> None:
    before = [one.name for one in device.checkpoints]
    if paired_again.change_checkpoints(device, chosen, now()):
        record(
            "device.checkpoints",
            device.name,
            festival_id=device.festival_id,
            before={"checkpoints": before},
            after={"checkpoints": [one.name for one in chosen]},
        )


@bp.get("/devices/<int:device_id>/revoke")
def ask_revoke(festival: Festival, device_id: int) -> ResponseReturnValue:
    """What revoking this phone means, before it is done."""
    device = _device(festival, device_id)
    return render_template(
        "checkin/manage_revoke.html",
        festival=festival,
        row=phone_row(device, now()),
        held=sum(leases.left(device).values()),
        button=ButtonForm(),
    )


@bp.post("/devices/<int:device_id>/revoke")
def revoke(festival: Festival, device_id: int) -> ResponseReturnValue:
    """A phone stops working at once."""
    device = _device(festival, device_id)
    if device.revoked_at is None:
        pairing.revoke(device)
        record("device.revoked", f"{device.name} ({device.on_duty})", festival_id=festival.id)
        db.session.commit()
    flash(_("%(door)s no longer scans.", door=device.name), "success")
    return redirect(url_for(".index", festival=festival.slug))
