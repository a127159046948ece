"""What is filled in about signing keys."""

from __future__ import annotations

from flask import current_app
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import Field, PasswordField, SelectField, ValidationError

from festival.certificates.key_words import address_problem_words
from festival.certificates.timestamps import problem_of
from festival.core.forms import BaseForm, Line, PartForm, at_most, required


class TimestampForm(BaseForm):
    """Which server stamps the time."""

    timestamp_url = Line(
        _("Time stamp server"),
        [at_most(500)],
        description=_("Address of an RFC 3161 server, from your certificate authority. It proves when was signed."),
    )

    def validate_timestamp_url(self, field: Field) -> None:
        """It must be a server that this machine may ask."""
        if not field.data:
            return
        allowed = current_app.extensions["settings"].signatures.private_timestamp_hosts
        if problem := problem_of(field.data, allowed):
            raise ValidationError(address_problem_words(problem))


class KeyFileForm(TimestampForm):
    """A key in a PKCS#12 file."""

    takes_files = True

    file = FileField(_("Key file (.p12 or .pfx)"), [FileRequired(_("Please choose a file."))])
    password = PasswordField(_("Password of the file"), [at_most(200)])
    name = Line(
        _("Name of the key"), [at_most(120)], description=_("Shown beside certificates. Default: the certificate's.")
    )


class TokenForm(TimestampForm):
    """A key in a token at the server."""

    module = SelectField(_("Driver"), validate_choice=True)
    token = Line(_("Name of the token"), [required(), at_most(64)])
    pin = PasswordField(_("PIN"), [required(), at_most(64)])
    key_label = Line(_("Name of the key in the token"), [at_most(120)], description=_("Only if it holds several."))
    name = Line(
        _("Name of the key"), [at_most(120)], description=_("Shown beside certificates. Default: the certificate's.")
    )


class ChooseKeyForm(PartForm):
    """Which key signs what a design gives."""

    key = SelectField(_("Signed with"), coerce=int)


class SignedFilesForm(BaseForm):
    """Certificates that were signed with a program elsewhere."""

    takes_files = True

    file = FileField(_("Signed PDF, or a ZIP of many (at most 10 MB)"), [FileRequired(_("Please choose a file."))])
