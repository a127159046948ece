"""Forms for inviting, and for whoever is invited."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import PasswordField, SelectField, ValidationError
from wtforms.validators import Email, EqualTo, Length, Optional

from festival.accounts.models import OrganizationKind, StaffRole
from festival.accounts.passwords import SHORTEST, is_easily_guessed
from festival.core.forms import BaseForm, Line, at_most, choices, required
from festival.programme.forms import known_ward

ROLES = (
    (StaffRole.OWNER.value, _("Owner: everything, and who works here")),
    (StaffRole.ORGANIZER.value, _("Organizer: prepares and runs festivals")),
    (StaffRole.ISSUER.value, _("Certificate issuer: designs and issues certificates")),
    (StaffRole.DOOR_MANAGER.value, _("Door manager: checkpoints and phones")),
    (StaffRole.OBSERVER.value, _("Observer: reads, also in the organizations below")),
)

ORGANIZATION_KINDS = (
    (OrganizationKind.CITY.value, _("City or province")),
    (OrganizationKind.WARD.value, _("Ward or commune")),
    (OrganizationKind.SCHOOL.value, _("School")),
    (OrganizationKind.ASSOCIATION.value, _("Association")),
    (OrganizationKind.ENTERPRISE.value, _("Enterprise")),
)


class InviteForm(BaseForm):
    """Whom to invite, and to what. `place` is `o` and the id of an organization, or `f` and the id of a festival."""

    name = Line(_("Full name"), [required(), at_most(120)])
    email = Line(
        _("E-mail"),
        [required(), at_most(255), Email(_("This is not an e-mail address, such as ten@example.vn."))],
    )
    role = SelectField(_("Role"), default=StaffRole.ORGANIZER.value)
    place = SelectField(_("Works for"))

    def validate_place(self, field: SelectField) -> None:
        if self.role.data == StaffRole.OWNER.value and str(field.data).startswith("f"):
            raise ValidationError(_("An owner owns the whole organization. Please choose all its festivals."))


class NewAccountForm(BaseForm):
    """Name and password of a new account; `about` are words that the password must not consist of."""

    about: tuple[str, ...] = ()
    name = Line(_("Full name"), [required(), at_most(120)])
    password = PasswordField(
        _("Password"),
        [
            required(),
            Length(min=SHORTEST, message=_("At least 12 characters, please.")),
            at_most(200),
        ],
    )
    again = PasswordField(
        _("Password once more"), [required(), EqualTo("password", message=_("The two passwords differ."))]
    )

    def validate_password(self, field: PasswordField) -> None:
        if is_easily_guessed(field.data or "", (*self.about, self.name.data or "")):
            raise ValidationError(_("This password is among the first that others would try. Take four words instead."))


class OrganizationForm(BaseForm):
    """What an organization is called, what it is, and for which ward it works, if for one."""

    name = Line(_("Name"), [required(), at_most(200)])
    kind = SelectField(_("Kind"), choices=choices(ORGANIZATION_KINDS), default=OrganizationKind.WARD.value)
    ward_code = Line(
        _("Ward code"), [Optional(), known_ward], description=_("Five digits of the official list, such as 00256.")
    )

    def values(self) -> dict[str, Any]:
        """What was typed as columns of `Organization`."""
        kind = OrganizationKind(self.kind.data)
        return {"name": self.name.data, "kind": kind, "ward_code": self.ward_code.data or None}
