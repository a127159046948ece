"""What people fill in about certificates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms.validators import DataRequired

from festival.core.forms import BaseForm, Line, at_most


class ButtonForm(BaseForm):
    """Only a button: protects against requests from elsewhere."""


class RevokeForm(BaseForm):
    """Why a certificate is taken back."""

    reason = Line(_("Reason"), validators=[DataRequired(_("Say why; the audit log keeps it.")), at_most(300)])
