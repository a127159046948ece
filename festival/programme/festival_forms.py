"""Forms for a festival's own facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, DateTimeLocalField, SelectField, TimeField, ValidationError
from wtforms.validators import Email, Optional

from festival.core.clock import at_local, local, today
from festival.core.forms import BaseForm, Line, Lines, Phone, at_most, required
from festival.programme.forms import (
    LONGEST_TEXT,
    WholeNumber,
    clock_field,
    day_field,
    known_ward,
    possible_year,
    within,
)
from festival.programme.models import MAX_CAPACITY, MAX_KEEP_DAYS, Festival
from festival.programme.slugs import is_free

LONGEST_FESTIVAL_DAYS = 60
_TYPED_MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%H:%M %d/%m/%Y", "%d/%m/%Y %H:%M"]


class FestivalForm(BaseForm):
    """The facts of a festival."""

    name = Line(_("Name of the festival"), [required(), at_most(200)])
    organizer_name = Line(_("Organized by"), [required(), at_most(200)])
    ward_code = Line(
        _("Ward code"), [Optional(), known_ward], description=_("Five digits of the official list, such as 00256.")
    )
    first_day = day_field(_("First day"), required(), possible_year)
    last_day = day_field(
        _("Last day"), Optional(), possible_year, description=_("Leave empty for a festival of one day.")
    )
    opens_at = clock_field(_("Doors open at"), required())
    closes_at = clock_field(_("Doors close at"), required())
    venue = Line(_("Place"), [required(), at_most(200)])
    address = Line(_("Address"), [at_most(300)], description=_("So that visitors and maps find it."))
    capacity = WholeNumber(
        _("How many people fit in"),
        [required(), within(1, MAX_CAPACITY)],
        description=_("Registration stops at this number."),
    )

    def validate_last_day(self, field: DateField) -> None:
        if not field.data or not self.first_day.data:
            return
        if field.data < self.first_day.data:
            raise ValidationError(_("The last day must not come before the first one."))
        if (field.data - self.first_day.data).days >= LONGEST_FESTIVAL_DAYS:
            raise ValidationError(_("A festival lasts at most 60 days. Please check the year."))

    def validate_closes_at(self, field: TimeField) -> None:
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("The doors must close after they open."))

    def values(self) -> dict[str, Any]:
        """What was typed as columns of `Festival`."""
        return {
            "name": self.name.data,
            "organizer_name": self.organizer_name.data,
            "ward_code": self.ward_code.data or None,
            "first_day": self.first_day.data,
            "last_day": self.last_day.data or self.first_day.data,
            "opens_at": self.opens_at.data,
            "closes_at": self.closes_at.data,
            "venue": self.venue.data,
            "address": self.address.data or "",
            "capacity": self.capacity.data,
        }


class NewFestivalForm(FestivalForm):
    """A new festival; `organization_id` is asked only of those who work for several organizations."""

    organization_id = SelectField(_("For the organization"), coerce=int)

    def validate_first_day(self, field: DateField) -> None:
        if field.data and field.data < today():
            raise ValidationError(_("This day is over. Please check the year."))


class EditFestivalForm(FestivalForm):
    """A known festival, with what only matters once it is there."""

    slug = Line(
        _("Short name in the address"), description=_("Small letters, digits and dashes, such as ngay-hoi-2027.")
    )
    about = Lines(_("What visitors should know"), [at_most(LONGEST_TEXT)])
    contact_phone = Line(_("Phone for questions"), [Optional(), Phone()])
    contact_email = Line(_("E-mail for questions"), [Optional(), at_most(255), Email(_("This is no e-mail address."))])
    registration_opens = DateTimeLocalField(
        _("Registration opens"),
        [Optional(), possible_year],
        format=_TYPED_MOMENTS,
        description=_("Leave empty: as soon as the festival is published."),
    )
    registration_closes = DateTimeLocalField(
        _("Registration closes"),
        [Optional(), possible_year],
        format=_TYPED_MOMENTS,
        description=_("Leave empty: when the festival ends."),
    )

    keep_days = WholeNumber(
        _("Days to keep residents' data"),
        [required(), within(1, MAX_KEEP_DAYS)],
        description=_(
            "So many days after the last day, names, phone numbers and e-mail addresses are erased for good; "
            "the figures stay, and certificates can still be checked. Residents read the date on every page."
        ),
    )

    festival: Festival

    def validate_keep_days(self, field: WholeNumber) -> None:
        if field.data and self.festival.places_taken and field.data > self.festival.keep_days:
            raise ValidationError(
                _(
                    "People have registered and were told %(days)s days. You can only shorten it.",
                    days=self.festival.keep_days,
                )
            )

    def validate_slug(self, field: Line) -> None:
        if not is_free(field.data, besides=self.festival):
            raise ValidationError(
                _("This short name is taken, reserved or has other letters than a–z, digits and dashes.")
            )

    def validate_registration_closes(self, field: DateTimeLocalField) -> None:
        opens = self.registration_opens.data
        if field.data and opens and field.data <= opens:
            raise ValidationError(_("Registration must close after it opens."))

    def values(self) -> dict[str, Any]:
        values = super().values() | {
            "about": self.about.data,
            "contact_phone": self.contact_phone.data or None,
            "contact_email": self.contact_email.data or None,
            "registration_opens": _moment(self.registration_opens.data),
            "registration_closes": _moment(self.registration_closes.data),
            "keep_days": self.keep_days.data,
        }
        if "slug" in self:
            values["slug"] = self.slug.data
        return values


def _moment(typed: datetime | None) -> datetime | None:
    return at_local(typed.date(), typed.time()) if typed else None


def shown_festival(festival: Festival) -> dict[str, Any]:
    """A festival as its form shows it: moments on a Vietnamese clock, no last day for a single one."""

    def typed(moment: datetime | None) -> datetime | None:
        return local(moment).replace(tzinfo=None) if moment else None

    facts = ("name", "organizer_name", "ward_code", "first_day", "opens_at", "closes_at", "venue", "address")
    more = ("capacity", "slug", "about", "contact_phone", "contact_email", "keep_days")
    return {name: getattr(festival, name) for name in (*facts, *more)} | {
        "last_day": festival.last_day if festival.last_day != festival.first_day else None,
        "registration_opens": typed(festival.registration_opens),
        "registration_closes": typed(festival.registration_closes),
    }
