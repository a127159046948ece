"""The forms of a household's own page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import SelectField

from festival.core.clock import today
from festival.core.forms import BaseForm, Line, at_most, required
from festival.registration.forms import RELATIONS, BirthYear
from festival.registration.models import GUARDIAN_BELOW_AGE, Relation
from festival.registration.signing_up import Member


class ConfirmForm(BaseForm):
    """Nothing but the protection against forged requests."""


class ChangeMemberForm(BaseForm):
    """One person of the household, new or corrected."""

    name = Line(_("Full name"), validators=[required(_("What is this person's name?")), at_most(120)])
    birth_year = BirthYear(_("Year of birth"), validators=[required(_("In which year was this person born?"))])
    relation = SelectField(
        _("Who this is to you"),
        choices=[(Relation.SELF.value, _("Myself")), *((relation.value, label) for relation, label in RELATIONS)],
        default=Relation.CHILD.value,
    )
    guardian_name = Line(_("Parent or guardian, for a child"), validators=[at_most(120)])

    def validate(self, extra_validators: object = None) -> bool:
        """A child needs a guardian."""
        if not super().validate(extra_validators):
            return False
        child = today().year - self.birth_year.year < GUARDIAN_BELOW_AGE
        if child and not self.guardian_name.data:
            self.guardian_name.errors = [_("Please give the name of a parent or guardian who is an adult.")]
            return False
        return True

    def csrf_valid(self) -> bool:
        """Whether the request comes from our own page, whatever the fields say."""
        return "csrf_token" not in self or bool(self["csrf_token"].validate(self))

    def member(self) -> Member:
        """The person as typed; only after validation."""
        return Member(self.name.data, self.birth_year.year, Relation(self.relation.data))
