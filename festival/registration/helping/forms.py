"""The helper's short form, and the organizer's for a new link."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import RadioField

from festival.core.clock import today
from festival.core.forms import BaseForm, Line, Phone, at_most, choices, required
from festival.registration.forms import BirthYear, RegisterForm
from festival.registration.models import GUARDIAN_BELOW_AGE, LinkKind


class LinkForm(BaseForm):
    """A new helper's link."""

    kind = RadioField(
        _("For whom"),
        choices=choices(
            [
                (LinkKind.GROUP.value, _("A residential group: people who have no phone")),
                (LinkKind.CLASSES.value, _("A school: whole classes from a list")),
            ]
        ),
        default=LinkKind.GROUP.value,
    )
    group_name = Line(
        _("Residential group or school"), validators=[required(_("Whom is this link for?")), at_most(120)]
    )
    helper_name = Line(_("Who helps"), validators=[required(_("Who gets this link?")), at_most(120)])


class HelpedForm(RegisterForm):
    """A household written down by a helper: the rules of the family's own form, in fewer words.

    A phone number is not needed. What has to be agreed to was read out, and the helper ticks what they said.
    """

    contact_name = Line(_("Full name"), validators=[required(_("What is this person's name?")), at_most(120)])
    phone = Line(_("Phone number"), validators=[Phone()])
    email = None  # type: ignore[assignment]  # WTForms: taken out
    birth_year = BirthYear(_("Year of birth"))
    recorded_by = Line(_("Who writes this down"), validators=[required(_("What is your name?")), at_most(120)])

    FAMILY = ("contact_name", "phone", "ward", "coming", "birth_year", "recorded_by")

    def validate_whole(self) -> bool:
        """Whether all of it is complete; errors stand at the fields."""
        if not self.validate_family():
            return False
        if self.children() and not self.guardian_name.data and not self._is_young():
            self.guardian_name.data = self.contact_name.data
        return self.validate_consents()

    def _is_young(self) -> bool:
        return bool(self.coming.data) and today().year - self.birth_year.year < GUARDIAN_BELOW_AGE
