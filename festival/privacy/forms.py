"""Forms about somebody's own data, and those with which organizers answer."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import DataRequired, Email, Optional

from festival.core.forms import BaseForm, Line, Lines, Phone, at_most, choices, required
from festival.privacy.models import RequestKind
from festival.privacy.processing import Kind
from festival.privacy.register import OwnWords
from festival.privacy.words import kind_title
from festival.programme.models import Ward
from festival.registration.contact import Contact

LONGEST_WISH = 2000
NO_WARD = ""


class ContactForm(BaseForm):
    """The contact person, corrected."""

    name = Line(_("Full name"), validators=[required(_("What is your name?")), at_most(120)])
    phone = Line(_("Phone number"), validators=[Phone()])
    email = Line(
        _("E-mail"),
        validators=[Optional(), at_most(255), Email(_("This is not an e-mail address, such as ten@example.vn."))],
    )
    ward = SelectField(_("Ward or commune"), choices=[], default=NO_WARD)

    def offer_wards(self, wards: Sequence[Ward], own: Ward | None) -> None:
        """The wards to choose from, with the one that is registered."""
        offered = {ward.code: ward.name for ward in [*([own] if own else []), *wards]}
        self.ward.choices = choices([*offered.items(), (NO_WARD, _("Somewhere else"))])

    def contact(self) -> Contact:
        """The contact person as typed; only after validation."""
        return Contact(self.name.data, self.phone.data, self.email.data or None, self.ward.data or None)

    def demand_phone(self) -> None:
        """A number that was given may be another one, not none: after validation."""
        if not self.phone.data:
            self.phone.errors = [_("We need a phone number to reach you if something changes.")]


class RequestForm(BaseForm):
    """What somebody asks the organizer about their data."""

    kind = RadioField(_("What do you ask for?"), validators=[DataRequired(_("Please choose what you ask for."))])
    wish = Lines(
        _("In your own words"),
        validators=[required(_("Please write what it is about.")), at_most(LONGEST_WISH)],
    )

    def offer_kinds(self) -> None:
        """The choices in the language of the page."""
        self.kind.choices = choices((kind.value, kind_title(kind)) for kind in RequestKind)


class DeleteForm(BaseForm):
    """The last question before everything goes."""

    understood = BooleanField(
        _("Yes, delete everything about our family. We know that this cannot be undone."),
        validators=[DataRequired(_("Please tick this if you are sure."))],
    )


class AnswerForm(BaseForm):
    """What the organizer tells the family when the request has arrived; the days are said by themselves."""

    answer = Lines(_("A word to the family"), validators=[at_most(LONGEST_WISH)])


class PutOffForm(BaseForm):
    """Why a request takes longer; the family reads it."""

    why = Lines(_("Why it takes longer"), validators=[required(_("Please write the reason.")), at_most(LONGEST_WISH)])


class OutcomeForm(BaseForm):
    """What came of a request; the family reads it."""

    outcome = Lines(
        _("What was done"), validators=[required(_("Please write what was done, or why not.")), at_most(LONGEST_WISH)]
    )


class RegisterForm(BaseForm):
    """The organizer's words in the register of processing: beside these, two fields for each activity."""

    controller = Line(_("Controller"), validators=[at_most(300)])
    contact = Line(_("Contact"), validators=[at_most(300)])
    protection_officer = Line(_("Data protection officer"), validators=[at_most(300)])
    added = Lines(_("What happens outside this service"), validators=[at_most(LONGEST_WISH)])

    @classmethod
    def showing(cls, own: OwnWords) -> RegisterForm:
        """With what was written so far."""
        values = {
            "controller": own.controller,
            "contact": own.contact,
            "protection_officer": own.protection_officer,
            "added": own.added,
        }
        values |= {f"recipients_{kind.value}": words for kind, words in (own.recipients or {}).items()}
        values |= {f"kept_{kind.value}": words for kind, words in (own.kept or {}).items()}
        return cls(data=values)

    def own_words(self, asked: Sequence[Kind]) -> OwnWords:
        """What was typed, of the activities that were `asked` for; only after validation."""
        return OwnWords(
            controller=self.controller.data,
            contact=self.contact.data,
            protection_officer=self.protection_officer.data,
            added=self.added.data,
            recipients={kind: self[f"recipients_{kind.value}"].data for kind in asked},
            kept={kind: self[f"kept_{kind.value}"].data for kind in asked},
        )


for _kind in Kind:
    setattr(RegisterForm, f"recipients_{_kind.value}", Lines(_("Who gets them"), validators=[at_most(500)]))
    setattr(RegisterForm, f"kept_{_kind.value}", Lines(_("Kept"), validators=[at_most(500)]))
