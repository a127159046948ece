"""Forms of the door: for the organizer, and the one on the phone that is being paired."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, TimeField, ValidationError
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from festival.checkin.models import OPENS_BEFORE, CheckpointKind, DeviceMode
from festival.checkin.slips import MOST_PRINTED
from festival.core.forms import BaseForm, Line, at_most, choices, required
from festival.programme.forms import WholeNumber, clock_field, within

LONGEST_DOOR = 80


class CheckpointForm(BaseForm):
    """What checkpoints of every kind but sessions have: hours of their own."""

    opens = clock_field(_("Opens at"), Optional())
    closes = clock_field(_("Closes at"), Optional())

    def validate_closes(self, field: TimeField) -> None:
        if field.data and self.opens.data and field.data <= self.opens.data:
            raise ValidationError(_("It must close after it opens (%(opens)s).", opens=f"{self.opens.data:%H:%M}"))

    def values(self) -> dict[str, Any]:
        """What was typed as columns of `Checkpoint`."""
        return {name: field.data for name, field in self._fields.items() if name != "csrf_token"}


class EntranceForm(CheckpointForm):
    """A way into the festival, shared by several doors."""

    name = Line(
        _("Name of the entrance"),
        [required(_("Give the entrance a name, such as Main gate.")), at_most(200)],
        description=_("Several doors may share one entrance: a ticket then enters once."),
    )
    re_entry = BooleanField(
        _("Whoever went out may come in again"),
        description=_("Only for people who were scanned on their way out."),
        default=True,
    )


class SessionForm(BaseForm):
    """Letting people into one session; its hours are the session's."""

    session_id = SelectField(_("Session"), [required(_("Please choose a session."))], coerce=int)
    walk_ins = BooleanField(
        _("Let people without a booking in while seats last"),
        description=_("Phones without a network hold two seats each for that, so it never gets too full."),
    )
    opens_before = WholeNumber(
        _("Lets people in so many minutes before it begins"),
        [required(), within(0, 1440)],
        default=OPENS_BEFORE,
    )

    def validate_session_id(self, field: SelectField) -> None:
        if not field.data:
            raise ValidationError(_("Please choose a session."))

    def values(self) -> dict[str, Any]:
        """What was typed as columns of `Checkpoint`."""
        return {name: field.data for name, field in self._fields.items() if name != "csrf_token"}


class BoothForm(CheckpointForm):
    """Stamps at one booth."""

    booth_id = SelectField(_("Booth"), [required(_("Please choose a booth."))], coerce=int)

    def validate_booth_id(self, field: SelectField) -> None:
        if not field.data:
            raise ValidationError(_("Please choose a booth."))


class VolunteersForm(CheckpointForm):
    """Where volunteers scan in and out."""

    name = Line(
        _("Name"),
        [required(_("Give it a name, such as Volunteers' table.")), at_most(200)],
        description=_("They are scanned when they come and when they go."),
    )


class CustomForm(CheckpointForm):
    """Something that is handed out: a meal, a gift, a prize."""

    name = Line(_("What is handed out"), [required(_("Say what it is, such as Lunch.")), at_most(200)])
    per = RadioField(
        _("How often"),
        [required(_("Please choose one."))],
        choices=choices([("person", _("Once per person")), ("household", _("Once per household"))]),
        default="person",
    )
    stock = WholeNumber(
        _("How many there are"),
        [Optional(), within(0, 1_000_000)],
        description=_("Leave it empty if there is enough for everybody."),
    )
    stamps_needed = WholeNumber(
        _("Stamps needed"),
        [Optional(), within(0, 1000)],
        description=_("A prize for visiting booths: so many different booths must have stamped. Empty: none."),
    )

    def values(self) -> dict[str, Any]:
        """What was typed as columns of `Checkpoint`."""
        values = super().values()
        values["per_household"] = values.pop("per") == "household"
        values["stamps_needed"] = values["stamps_needed"] or 0
        return values


FORMS: dict[CheckpointKind, type[CheckpointForm | SessionForm]] = {
    CheckpointKind.ENTRANCE: EntranceForm,
    CheckpointKind.SESSION: SessionForm,
    CheckpointKind.BOOTH: BoothForm,
    CheckpointKind.VOLUNTEERS: VolunteersForm,
    CheckpointKind.CUSTOM: CustomForm,
}


class InvitePhoneForm(BaseForm):
    """Which door a phone becomes, what it is, and what it may scan for.

    `whole` are kinds: every checkpoint of that kind. A kiosk and a screen have exactly one checkpoint. `replaces` is
    the number of the device that the phone was before, where it is paired again because that got lost.
    """

    mode = HiddenField(default=DeviceMode.STAFF.value)
    replaces = HiddenField()
    door = Line(_("Name of the door"), [required(_("Give the door a name, such as Door A.")), at_most(LONGEST_DOOR)])
    whole = SelectMultipleField(_("All of a kind"), option_widget=CheckboxInput(), widget=ListWidget())
    checkpoints = SelectMultipleField(
        _("Scans for"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def validate_checkpoints(self, field: SelectMultipleField) -> None:
        if self.mode.data == DeviceMode.STAFF.value:
            if not field.data and not self.whole.data:
                raise ValidationError(_("Choose at least one checkpoint."))
        elif len(field.data or ()) != 1 or self.whole.data:
            raise ValidationError(_("Choose exactly one."))

    def validate_mode(self, field: HiddenField) -> None:
        if field.data not in {mode.value for mode in DeviceMode}:
            raise ValidationError(_("Not a valid choice."))


class RenamePhoneForm(BaseForm):
    """Another name for a door."""

    door = Line(_("Name of the door"), [required(_("Give the door a name, such as Door A.")), at_most(LONGEST_DOOR)])


class PairForm(BaseForm):
    """Who holds the phone."""

    on_duty = Line(_("Your name"), [required(_("Write the name of the person on duty.")), at_most(80)])


class ButtonForm(BaseForm):
    """Only a button; carries the CSRF token."""


class BlankSlipsForm(BaseForm):
    """How many blank slips to print."""

    count = WholeNumber(
        _("How many"),
        [required(_("How many slips do you need?")), within(1, MOST_PRINTED)],
        default=20,
    )
