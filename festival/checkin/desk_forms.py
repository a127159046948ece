"""Forms of the door manager's desk: taking a scan back, and typing in a paper list."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField

from festival.checkin.undoing import LONGEST_REASON
from festival.core.forms import BaseForm, Line, Lines, at_most, choices, required

LONGEST_SHEET = 40_000
"""Characters of a typed sheet, spaces and all: 500 lines of 80."""


class UndoForm(BaseForm):
    """Why a scan is taken back."""

    reason = Line(_("Reason"), [required(_("Say why; the audit log keeps it.")), at_most(LONGEST_REASON)])


class SheetForm(BaseForm):
    """A ticked list as it is typed in; `checked` marks what was shown, so that only that is recorded."""

    checkpoint = SelectField(_("Checkpoint"), coerce=int)
    direction = RadioField(
        _("What was ticked"), choices=choices([("in", _("Coming in")), ("out", _("Going out"))]), default="in"
    )
    day = SelectField(_("Day"))
    lines = Lines(
        _("Codes and times"),
        [
            required(_("Type at least one code, such as %(code)s 0815.", code="23D62")),
            at_most(LONGEST_SHEET),
        ],
    )
    checked = HiddenField()
