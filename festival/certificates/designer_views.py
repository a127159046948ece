"""Designs in /manage: the list, the designer with its preview, the proof, pictures, putting away."""

from __future__ import annotations

import base64
import dataclasses
import io
from types import ModuleType

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import ServiceUnavailable

from festival.accounts.audit import record
from festival.certificates import designing
from festival.certificates.designer_forms import FIELD_WORDS, KINDS, DesignForm, NewDesignForm
from festival.certificates.designs import drawn_pictures, sheet_of, standard_design
from festival.certificates.forms import ButtonForm
from festival.certificates.listing import find_design
from festival.certificates.look import Look, from_json
from festival.certificates.models import CertificateKind, Design
from festival.certificates.pictures import pictures_of
from festival.certificates.views import pdf_response
from festival.certificates.wording import SheetText, offered_texts
from festival.extensions import db, limiter
from festival.programme.models import Festival, Workshop

bp = Blueprint("certificate_designs", __name__, url_prefix="/manage/<festival>/certificates/designs")

PREVIEWS = "60 per minute"
"""Each takes about a second of a processor."""


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """All designs, and a new one by its kind."""
    return render_template(
        "certificates/designs.html", festival=festival, designs=designing.designs_in(festival), kinds=KINDS,
        form=NewDesignForm(), button=ButtonForm(),
    )  # fmt: skip


@bp.post("")
def new(festival: Festival) -> ResponseReturnValue:
    """A new design of a kind, as we offer it."""
    form = NewDesignForm()
    if not form.validate_on_submit():
        page = render_template(
            "certificates/designs.html", festival=festival, designs=designing.designs_in(festival), kinds=KINDS,
            form=form, button=ButtonForm(),
        )  # fmt: skip
        return page, 422
    if form.kind.data is CertificateKind.PARTICIPATION:
        standard_design(festival)  # every festival has one: a second one is another
    design = designing.new_design(festival, form.kind.data, str(KINDS[form.kind.data]))
    record("certificate.design_made", design.name, festival_id=festival.id, after={"kind": design.kind.value})
    db.session.commit()
    return redirect(url_for(".edit", festival=festival.slug, design_id=design.id), 303)


@bp.route("/<int:design_id>", methods=["GET", "POST"])
@limiter.limit(PREVIEWS, methods=["POST"])
def edit(festival: Festival, design_id: int) -> ResponseReturnValue:
    """The designer. "Show" draws what is typed without keeping it; "Save" keeps it for certificates to come."""
    design = _design(festival, design_id)
    form = _form(festival, design)
    if not form.is_submitted():
        return _designer(festival, design, form, sheet_of(festival, design))
    if not form.validate():
        return _designer(festival, design, form, None, 422)
    if "preview" in request.form:
        return _designer(festival, design, form, _typed_sheet(festival, design, form.look()))
    before = designing.change_design(
        design, form.name.data, form.workshop_id.data or None, form.look(), by_residents=form.by_residents.data
    )
    after = {
        "name": design.name, "workshop": design.workshop_id, "look": design.look, "by_residents": design.by_residents,
    }  # fmt: skip
    record("certificate.design_changed", design.name, festival_id=festival.id, before=before, after=after)
    db.session.commit()
    flash(_("The design is saved. Certificates issued from now on look like this."), "success")
    return redirect(url_for(".edit", festival=festival.slug, design_id=design.id), 303)


@bp.post("/<int:design_id>/preview")
@limiter.limit(PREVIEWS)
def preview(festival: Festival, design_id: int) -> ResponseReturnValue:
    """Only the pictures of what is typed, for the page that asks while it is being typed."""
    design = _design(festival, design_id)
    form = _form(festival, design)
    if not form.validate():
        return "", 422
    shown = _pictures_shown(_typed_sheet(festival, design, form.look()))
    return render_template("certificates/preview.html", shown=shown)


@bp.get("/<int:design_id>/proof.pdf")
@limiter.limit(PREVIEWS)
def proof(festival: Festival, design_id: int) -> ResponseReturnValue:
    """Pages to look at on paper, each stamped as a proof."""
    design = _design(festival, design_id)
    content = _previewing().proof(sheet_of(festival, design), current_app.extensions["settings"].public_url)
    return pdf_response(io.BytesIO(content), _("Proof %(design)s", design=design.name) + ".pdf")


@bp.post("/<int:design_id>/copy")
def copy(festival: Festival, design_id: int) -> ResponseReturnValue:
    """Another design like this one."""
    design = _design(festival, design_id)
    made = designing.copy_design(design, _("%(name)s, copy", name=design.name))
    record("certificate.design_made", made.name, festival_id=festival.id, after={"copy_of": design.name})
    db.session.commit()
    flash(_("This is the copy: change it as you like."), "success")
    return redirect(url_for(".edit", festival=festival.slug, design_id=made.id), 303)


@bp.post("/<int:design_id>/away")
def away(festival: Festival, design_id: int) -> ResponseReturnValue:
    """Put a design away, or take one that was put away back into use."""
    design = _design(festival, design_id)
    if design.archived_at is None:
        designing.put_away(design)
        flash(_("%(name)s is put away. What was issued by it stays valid.", name=design.name), "success")
    else:
        designing.bring_back(design)
        flash(_("%(name)s is in use again.", name=design.name), "success")
    action = "certificate.design_put_away" if design.archived_at else "certificate.design_brought_back"
    record(action, design.name, festival_id=festival.id)
    db.session.commit()
    return redirect(url_for(".index", festival=festival.slug), 303)


def _design(festival: Festival, design_id: int) -> Design:
    return find_design(festival, design_id) or abort(404)


def _form(festival: Festival, design: Design) -> DesignForm:
    workshops = db.session.scalars(
        select(Workshop).where(Workshop.festival_id == festival.id).order_by(Workshop.title)
    ).all()
    return DesignForm(design, from_json(design.look), pictures_of(festival), workshops)


def _typed_sheet(festival: Festival, design: Design, look: Look) -> SheetText:
    kept = sheet_of(festival, design)
    return dataclasses.replace(kept, look=look, pictures=drawn_pictures(festival.id, look))


def _designer(
    festival: Festival, design: Design, form: DesignForm, sheet: SheetText | None, status: int = 200
) -> ResponseReturnValue:
    kept = sheet or sheet_of(festival, design)
    page = render_template(
        "certificates/design.html", festival=festival, design=design, form=form, button=ButtonForm(), kinds=KINDS,
        shown=_pictures_shown(sheet) if sheet else [], issued=designing.is_issued(design),
        names=designing.check_names(design, kept), offered=offered_texts(design.kind.value, with_place=True),
        signers=kept.signers, pictures=pictures_of(festival),
        known=[(f"{{{name}}}", FIELD_WORDS[name]) for name in designing.allowed_fields(design.kind, "extra")],
    )  # fmt: skip
    return page, status


def _pictures_shown(sheet: SheetText) -> list[str]:
    drawn = _previewing().preview(sheet, current_app.extensions["settings"].public_url)
    return [f"data:image/png;base64,{base64.b64encode(png).decode()}" for png in drawn]


def _previewing() -> ModuleType:
    """Loaded when something is drawn: a machine without the libraries for printing serves everything else."""
    try:
        from festival.certificates import previewing
    except OSError as missing:
        current_app.logger.error("designs cannot be drawn here: %s", missing)
        raise ServiceUnavailable from missing
    return previewing
