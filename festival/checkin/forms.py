"""Forms of the door: for the organizer, and the one on the phone that is being paired."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from festival.core.forms import BaseForm, Line, at_most, required


class EntranceForm(BaseForm):
    """A new entrance."""

    name = Line(_("Name of the entrance"), [required(_("Give the entrance a name, such as Main gate.")), at_most(200)])


class InvitePhoneForm(BaseForm):
    """Which door a phone becomes, and what it may scan for."""

    door = Line(_("Name of the door"), [required(_("Give the door a name, such as Door A.")), at_most(80)])
    checkpoints = SelectMultipleField(
        _("Scans for"),
        [DataRequired(_("Choose at least one checkpoint."))],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class PairForm(BaseForm):
    """Who holds the phone."""

    on_duty = Line(_("Your name"), [required(_("Write the name of the person on duty.")), at_most(80)])


class ButtonForm(BaseForm):
    """Only a button; carries the CSRF token."""
