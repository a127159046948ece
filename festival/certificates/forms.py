"""What people fill in about certificates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms.validators import DataRequired

from festival.core.forms import BaseForm, Line, at_most, required


class ButtonForm(BaseForm):
    """Only a button: protects against requests from elsewhere."""


class RevokeForm(BaseForm):
    """Why a certificate is taken back."""

    reason = Line(_("Reason"), validators=[DataRequired(_("Say why; the audit log keeps it.")), at_most(300)])


class ReplaceForm(BaseForm):
    """A new certificate in place of an old one."""

    name = Line(_("Name on the new certificate"), validators=[required(_("Whose certificate is it?")), at_most(120)])
    reason = Line(_("Reason"), validators=[DataRequired(_("Say why; the audit log keeps it.")), at_most(300)])


class CorrectionForm(BaseForm):
    """The name as a household wants it."""

    wanted_name = Line(
        _("The name as it should stand"), validators=[required(_("How is the name written?")), at_most(120)]
    )


class RefuseForm(BaseForm):
    """Why a name stays as it is."""

    answer = Line(_("What we answer"), validators=[DataRequired(_("The family reads it: say why.")), at_most(300)])


class MatchForm(BaseForm):
    """The name as it stands on a paper that somebody holds."""

    name = Line(
        _("Full name on the paper"),
        validators=[required(_("Type the whole name as it stands on the paper.")), at_most(200)],
    )


class FileForm(BaseForm):
    """A PDF to be checked."""

    takes_files = True

    file = FileField(_("The certificate as PDF, at most 5 MB"), [FileRequired(_("Please choose a file."))])
