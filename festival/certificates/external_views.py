"""`/manage/<festival>/certificates/external`: certificates that are signed with a program elsewhere."""

from __future__ import annotations

import io
import tempfile

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.certificates import external
from festival.certificates.external import ExternalResult
from festival.certificates.key_forms import SignedFilesForm
from festival.extensions import READING_FIRST, db
from festival.programme.models import Festival

bp = Blueprint("certificate_external", __name__, url_prefix="/manage/<festival>/certificates/external")
READING_FIRST.add(f"{bp.name}.upload")  # files are judged one after the other; nobody's writing waits for that


@bp.route("", methods=["GET", "POST"])
def upload(festival: Festival) -> ResponseReturnValue:
    """Bring signed files back: one PDF or a ZIP; each is taken or refused with the reason."""
    form = SignedFilesForm()
    results: list[ExternalResult] = []
    if form.validate_on_submit():
        files = external.files_in(form.file.data.filename or "", form.file.data.stream.read())
        if files is None:
            words = _("This is neither a PDF nor a ZIP with at most %(num)d files.", num=external.MOST_FILES)
            form.file.errors = [*form.file.errors, words]
        else:
            for name, content in files:
                results.append(external.take_file(festival, name, content))
                db.session.commit()
            return _page(festival, SignedFilesForm(formdata=None), results)
    return _page(festival, form, results), 422 if form.is_submitted() else 200


def _page(festival: Festival, form: SignedFilesForm, results: list[ExternalResult]) -> str:
    return render_template(
        "certificates/external.html", festival=festival, form=form, results=results, most=external.MOST_FILES
    )


@bp.get("/files.zip")
def to_sign(festival: Festival) -> ResponseReturnValue:
    """The next files to be signed elsewhere, named by their numbers."""
    file = tempfile.SpooledTemporaryFile(max_size=16 * 1024 * 1024)  # noqa: SIM115  (closed with the response)
    count = external.write_files_to_sign(festival, file)  # type: ignore[arg-type]
    db.session.commit()
    if not count:
        file.close()
        flash(_("Nothing waits for a signature from elsewhere."), "info")
        return redirect(url_for(".upload", festival=festival.slug))
    file.seek(io.SEEK_SET)
    name = _("To sign %(festival)s", festival=festival.slug)
    return send_file(file, mimetype="application/zip", as_attachment=True, download_name=f"{name}.zip")
