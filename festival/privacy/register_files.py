"""The register of processing as files: PDF to sign and file, CSV for who keeps one register of several festivals."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date

from flask import render_template
from flask_babel import gettext as _

from festival.core.clock import local, now
from festival.core.text import no_formula
from festival.privacy.data_files import print_page
from festival.privacy.register import Register
from festival.programme.models import Festival


def register_as_pdf(festival: Festival, register: Register, measures: Sequence[str], today: date) -> bytes:
    """The register on A4, lying. Raises `ServiceUnavailable` where the libraries for printing are missing."""
    return print_page(
        lambda faces: render_template(
            "privacy/register_file.html",
            festival=festival,
            register=register,
            measures=measures,
            today=today,
            faces=faces,
        )
    )


def register_as_csv(festival: Festival, register: Register) -> bytes:
    """One activity a row, who is responsible repeated in each: UTF-8 with the mark that Excel needs. No cell becomes a
    formula (CWE-1236)."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(
        (
            *(_("Controller"), _("Contact"), _("Data protection officer"), _("Festival"), _("Purpose"), _("Of whom")),
            *(_("Which data"), _("Basis"), _("Who gets them"), _("Kept"), _("As of")),
        )
    )
    head = (register.controller, register.contact, register.protection_officer, festival.name)
    as_of = f"{local(now()):%d/%m/%Y}"
    for row in register.activities:
        cells = (*head, row.purpose, row.people, row.data, row.basis, row.recipients, row.kept, as_of)
        writer.writerow(map(no_formula, cells))
    return stream.getvalue().encode("utf-8-sig")
