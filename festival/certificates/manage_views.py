"""The organizer's list of certificates, each one's page, the file for the printer, taking back and giving anew."""

from __future__ import annotations

import tempfile

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.accounts.audit import record
from festival.certificates import corrections, listing, notices, published, replacing
from festival.certificates.forms import ButtonForm, ReplaceForm, RevokeForm
from festival.certificates.holders import household_of
from festival.certificates.listing import Shown
from festival.certificates.models import Certificate
from festival.certificates.replacing import ReplaceOutcome, is_erased, is_valid
from festival.certificates.sheets import write_print_file
from festival.certificates.verification import validity_of
from festival.certificates.views import certificate_response, pdf_response
from festival.extensions import db
from festival.messages.outbox import wake_worker
from festival.programme.models import Festival

bp = Blueprint("certificates_manage", __name__, url_prefix="/manage/<festival>/certificates")


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """The designs with their figures, what waits to be decided, and the list with search and filters."""
    wanted, chosen = request.args.get("q", "")[:100], request.args.get("shown", "")
    shown = Shown(chosen) if chosen in {one.value for one in Shown} else Shown.ALL
    design = listing.chosen_design(festival, request.args.get("design", ""))
    lines = listing.designs_of(festival)
    page = listing.find_certificates(festival, wanted, shown, request.args.get("page"), design.id if design else None)
    if wanted.strip():
        g.households_shown = [found.id for row in page.rows if (found := household_of(row)) is not None]
    return render_template(
        "certificates/manage.html",
        festival=festival,
        page=page,
        lines=lines,
        counts=listing.counts(lines),
        runs=listing.last_runs(festival),
        open_corrections=len(corrections.open_corrections(festival)),
        list_since=published.published_at(festival),
        state_of=validity_of,
        wanted=wanted,
        shown=shown,
        design=design,
    )


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


@bp.get("/<int:certificate_id>")
def show(festival: Festival, certificate_id: int) -> ResponseReturnValue:
    """One certificate: what became of it, why, which files went out."""
    found = _certificate(festival, certificate_id)
    return render_template(
        "certificates/one.html",
        festival=festival,
        certificate=found,
        state=validity_of(found).value,
        erased=is_erased(found),
        older=listing.replaced_one(found),
        files=listing.files_of(found),
        corrections=corrections.corrections_of(found),
    )


@bp.get("/<int:certificate_id>.pdf")
def certificate(festival: Festival, certificate_id: int) -> ResponseReturnValue:
    """One certificate as PDF; one that does not count any more is no longer printed, nor one whose name is erased."""
    found = _certificate(festival, certificate_id)
    if not is_valid(found) or is_erased(found):
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
    if replacing.revoke(found, form.reason.data):
        notices.tell_of_revoked(found)
        record(
            "certificate.revoked", f"{found.serial} {found.name}", festival_id=festival.id,
            after={"reason": found.revoke_reason},
        )  # fmt: skip
        flash(_("Certificate %(serial)s is no longer valid.", serial=found.serial), "success")
    else:
        flash(_("Certificate %(serial)s was not valid any more.", serial=found.serial), "info")
    db.session.commit()
    wake_worker()
    return redirect(url_for(".show", festival=festival.slug, certificate_id=found.id))


@bp.route("/<int:certificate_id>/replace", methods=["GET", "POST"])
def replace(festival: Festival, certificate_id: int) -> ResponseReturnValue:
    """Give a new certificate in place of an old one, valid or revoked, with the reason."""
    found = _certificate(festival, certificate_id)
    form = ReplaceForm(name=found.name)
    if not form.validate_on_submit():
        page = render_template("certificates/replace.html", festival=festival, certificate=found, form=form)
        return page, 422 if form.errors else 200
    result = replacing.replace(found, form.reason.data, form.name.data)
    new = result.certificate
    if result.outcome is ReplaceOutcome.REPLACED and new is not None:
        record(
            "certificate.replaced", f"{found.serial} {found.name}", festival_id=festival.id,
            after={"reason": found.replace_reason, "serial": new.serial, "name": new.name},
        )  # fmt: skip
        flash(_("Certificate %(new)s takes the place of %(old)s.", new=new.serial, old=found.serial), "success")
    elif result.outcome is ReplaceOutcome.REPLACED_BEFORE:
        flash(_("Certificate %(serial)s had been replaced before.", serial=found.serial), "info")
    else:
        flash(_("The names are erased, so nothing new can be issued."), "warning")
    db.session.commit()
    return redirect(url_for(".show", festival=festival.slug, certificate_id=new.id if new else found.id))


@bp.route("/list", methods=["GET", "POST"])
def publish(festival: Festival) -> ResponseReturnValue:
    """Make the festival's list of files public, or take it back."""
    form = ButtonForm()
    if form.validate_on_submit():
        public = request.form.get("public") == "1"
        if published.publish(festival) if public else published.withdraw(festival):
            action = "certificate.list_published" if public else "certificate.list_withdrawn"
            record(action, festival.name, festival_id=festival.id)
        db.session.commit()
        flash(_("The list is public.") if public else _("The list is no longer public."), "success")
        return redirect(url_for(".publish", festival=festival.slug))
    return render_template(
        "certificates/publish.html",
        festival=festival,
        since=published.published_at(festival),
        files=published.count_files(festival),
        form=form,
    )


def _certificate(festival: Festival, certificate_id: int) -> Certificate:
    return listing.find_certificate_by_id(festival, certificate_id) or abort(404)


def _revoke_page(festival: Festival, found: Certificate, form: RevokeForm, status: int = 200) -> ResponseReturnValue:
    return render_template("certificates/revoke.html", festival=festival, certificate=found, form=form), status
