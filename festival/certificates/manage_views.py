"""The organizer's side of certificates: who has one, issuing to all, the file for the printer, taking back."""

from __future__ import annotations

import tempfile

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from festival.accounts.audit import record
from festival.certificates import issuing, listing
from festival.certificates.forms import ButtonForm, RevokeForm
from festival.certificates.listing import Shown
from festival.certificates.models import Certificate
from festival.certificates.sheets import write_print_file
from festival.certificates.views import certificate_response, pdf_response
from festival.extensions import db
from festival.programme.models import Festival

bp = Blueprint("certificates_manage", __name__, url_prefix="/manage/<festival>/certificates")


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """The list with search, filter and figures."""
    wanted = request.args.get("q", "")[:100]
    chosen = request.args.get("shown", "")
    shown = Shown(chosen) if chosen in {one.value for one in Shown} else Shown.ALL
    return render_template(
        "certificates/manage.html",
        festival=festival,
        page=listing.find_certificates(festival, wanted, shown, request.args.get("page")),
        counts=listing.counts(festival),
        wanted=wanted,
        shown=shown,
        button=ButtonForm(),
    )


@bp.post("/issue")
def issue_all(festival: Festival) -> ResponseReturnValue:
    """Issue to everyone who qualifies."""
    count = issuing.issue_to_all(festival)
    if count:
        record("certificate.issued_to_all", festival.name, festival_id=festival.id, after={"count": count})
    db.session.commit()
    if count:
        flash(
            ngettext(
                "%(num)d certificate was issued. The file for the printer is ready.",
                "%(num)d certificates were issued. The file for the printer is ready.",
                count,
            ),
            "success",
        )
    else:
        flash(_("Everybody who qualifies has a certificate already."), "info")
    return redirect(url_for(".index", festival=festival.slug))


@bp.get("/print.pdf")
def print_file(festival: Festival) -> ResponseReturnValue:
    """All valid certificates as one PDF, ordered by ward and name."""
    file = tempfile.SpooledTemporaryFile(max_size=16 * 1024 * 1024)  # noqa: SIM115  (closed with the response)
    if not write_print_file(festival, file):
        file.close()
        flash(_("There is nothing to print yet. Issue certificates first."), "info")
        return redirect(url_for(".index", festival=festival.slug))
    file.seek(0)
    name = _("Certificates %(festival)s", festival=festival.slug)
    return pdf_response(file, f"{name}.pdf")


@bp.get("/<int:certificate_id>.pdf")
def certificate(festival: Festival, certificate_id: int) -> ResponseReturnValue:
    """One certificate as PDF; a revoked one is no longer printed."""
    found = _certificate(festival, certificate_id)
    if found.revoked_at is not None:
        abort(410)
    return certificate_response(found)


@bp.get("/<int:certificate_id>/revoke")
def ask_revoke(festival: Festival, certificate_id: int) -> ResponseReturnValue:
    """Ask for the reason."""
    return _revoke_page(festival, _certificate(festival, certificate_id), RevokeForm())


@bp.post("/<int:certificate_id>/revoke")
def revoke(festival: Festival, certificate_id: int) -> ResponseReturnValue:
    """Take a certificate back, with the reason."""
    found = _certificate(festival, certificate_id)
    form = RevokeForm()
    if not form.validate_on_submit():
        return _revoke_page(festival, found, form, 422)
    if issuing.revoke(found, form.reason.data):
        record(
            "certificate.revoked", f"{found.serial} {found.name}", festival_id=festival.id,
            after={"reason": found.revoke_reason},
        )  # fmt: skip
        flash(_("Certificate %(serial)s is no longer valid.", serial=found.serial), "success")
    else:
        flash(_("Certificate %(serial)s had been revoked before.", serial=found.serial), "info")
    db.session.commit()
    return redirect(url_for(".index", festival=festival.slug))


def _certificate(festival: Festival, certificate_id: int) -> Certificate:
    return listing.find_certificate_by_id(festival, certificate_id) or abort(404)


def _revoke_page(festival: Festival, found: Certificate, form: RevokeForm, status: int = 200) -> ResponseReturnValue:
    return render_template("certificates/revoke.html", festival=festival, certificate=found, form=form), status
