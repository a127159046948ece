"""The forms of a household's own page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, SelectField, ValidationError

from festival.consents.models import Purpose
from festival.consents.texts import BY_PURPOSE
from festival.core.clock import today
from festival.core.forms import BaseForm, Line, Phone, at_most, choices, required
from festival.registration.coming_back import read_contact, read_ticket_code
from festival.registration.forms import RELATIONS, BirthYear
from festival.registration.models import GUARDIAN_BELOW_AGE, OWN_CONSENT_FROM_AGE, Relation
from festival.registration.signing_up import Member


class ConfirmForm(BaseForm):
    """Nothing but the protection against forged requests."""


class FindForm(BaseForm):
    """A family that lost its link: its phone number and the code on one of its tickets."""

    phone = Line(_("Phone number"), validators=[required(_("Which number was given when registering?")), Phone()])
    code = Line(_("Code on a ticket"), validators=[required(_("Which code stands on one of the tickets?"))])

    def validate_code(self, field: Field) -> None:
        """Leave the code as it is stored, however it was typed."""
        code = read_ticket_code(field.data)
        if code is None:
            raise ValidationError(
                _("A code has 8 letters and digits, such as 7KQ4 M2XA. It stands below each QR code.")
            )
        field.data = code


class SendLinkForm(BaseForm):
    """Where to send the link again: a number or an address that stands in the registration."""

    contact = Line(
        _("Phone number or e-mail"), validators=[required(_("Which number or e-mail was given when registering?"))]
    )

    def validate_contact(self, field: Field) -> None:
        """Leave a number as E.164, an e-mail address in small letters."""
        contact = read_contact(field.data)
        if contact is None:
            raise ValidationError(_("A phone number has 10 digits and begins with 03, 05, 07, 08 or 09."))
        field.data = contact


class StampForm(BaseForm):
    """Who of a known family is at the booth; with the number of the day where a poster was read."""

    number = Line(_("Today's number"))


class TypedStampForm(BaseForm):
    """A ticket's short code at a booth; with the number of the day where a poster was read."""

    ticket = Line(_("Code on the ticket"))
    typed_number = Line(_("Today's number"))


class ChangeMemberForm(BaseForm):
    """One person of the household, new or corrected."""

    name = Line(_("Full name"), validators=[required(_("What is this person's name?")), at_most(120)])
    birth_year = BirthYear(_("Year of birth"), validators=[required(_("In which year was this person born?"))])
    relation = SelectField(
        _("Who this is to you"),
        choices=choices(
            [(Relation.SELF.value, _("Myself")), *((relation.value, label) for relation, label in RELATIONS)]
        ),
        default=Relation.CHILD.value,
    )
    guardian_name = Line(_("Parent or guardian, for a child"), validators=[at_most(120)])
    consent_children = BooleanField(BY_PURPOSE[Purpose.CHILDREN].title)
    consent_childrens_own = BooleanField(BY_PURPOSE[Purpose.CHILDRENS_OWN].title)

    child_before = False
    """Whether the person was registered as a child, so that the consents for one are in the ledger already."""

    def validate(self, extra_validators: object = None) -> bool:
        """A child needs a guardian, and the consents that the registration form asks for."""
        if not super().validate(extra_validators):
            return False
        if self.age < GUARDIAN_BELOW_AGE and not self.guardian_name.data:
            self.guardian_name.errors = [_("Please give the name of a parent or guardian who is an adult.")]
        for purpose in self.consents():
            if not self.consent_field(purpose).data:
                self.consent_field(purpose).errors = [_("Without this tick we cannot register the child.")]
        return not self.errors

    @property
    def age(self) -> int:
        """How old the person may be this year."""
        return today().year - self.birth_year.year

    def consent_field(self, purpose: Purpose) -> Field:
        """The tick box of one of the two purposes."""
        return self[f"consent_{purpose.value}"]

    def consents(self) -> dict[Purpose, bool]:
        """What has to be asked for this person, answered yes by a form that is valid: nothing for an adult, nor for
        somebody who has been registered as a child before."""
        if self.child_before or self.age >= GUARDIAN_BELOW_AGE:
            return {}
        own = {Purpose.CHILDRENS_OWN: True} if self.age >= OWN_CONSENT_FROM_AGE else {}
        return {Purpose.CHILDREN: True, **own}

    def csrf_valid(self) -> bool:
        """Whether the request comes from our own page, whatever the fields say."""
        return "csrf_token" not in self or bool(self["csrf_token"].validate(self))

    def member(self) -> Member:
        """The person as typed; only after validation."""
        return Member(self.name.data, self.birth_year.year, Relation(self.relation.data))


class MoveTicketForm(ChangeMemberForm):
    """The relative to whom a ticket moves: asked as somebody new, whatever the one before had agreed to."""

    relation = SelectField(
        _("Who this is to you"),
        choices=choices((relation.value, label) for relation, label in RELATIONS),
        default=Relation.CHILD.value,
    )
