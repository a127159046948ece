"""Forms of /manage for what a festival consists of."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, IntegerField, SelectField, TimeField, ValidationError
from wtforms.validators import NumberRange, Optional, Regexp

from festival.core.clock import LOCAL, at_local
from festival.core.forms import BaseForm, Line, Lines, at_most, required
from festival.core.text import tidy
from festival.extensions import db
from festival.programme.models import Session, Ward
from festival.programme.sheets import BOOTHS, SESSIONS

MAX_SEATS = 10_000
LONGEST_TEXT = 4_000
LONGEST_FESTIVAL_DAYS = 60
FIRST_YEAR, LAST_YEAR = 2020, 2100
MOST_SKILLS = 20
LONGEST_SKILL = 120


class WholeNumber(IntegerField):  # type: ignore[misc]
    """A whole number; "1.500" and "1 500" are 1500, as they are written here; anything else is refused in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = tidy(str(valuelist[0])) if valuelist else ""
        if not text:
            return
        head, *groups = text.replace(" ", ".").split(".")
        if not all(len(group) == 3 for group in groups) or not (digits := "".join((head, *groups))).isdecimal():
            raise ValueError(_("Please write a whole number, such as 30."))
        self.data = int(digits) if len(digits) < 10 else 10**9


def within(least: int, most: int) -> NumberRange:
    """The number is one of these."""
    return NumberRange(least, most, _("This should be from %(min)s to %(max)s."))


def possible_year(_form: Any, field: Any) -> None:
    """A day or moment in this century, as a ticket can carry it; in no other one does anybody plan."""
    if field.data and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(_("Please check the year."))


def known_ward(_form: Any, field: Any) -> None:
    """The code of a ward of the official list."""
    if field.data and db.session.get(Ward, field.data) is None:
        raise ValidationError(_("There is no ward with this code. It has 5 digits, such as 00256."))


def day_field(label: str, *validators: Any, **more: Any) -> DateField:
    """A calendar day; also typed as 10/10/2027 where the browser offers no calendar."""
    return DateField(label, format=["%Y-%m-%d", "%d/%m/%Y"], validators=list(validators), **more)


def clock_field(label: str, *validators: Any) -> TimeField:
    """A time of day."""
    return TimeField(label, format=["%H:%M", "%H:%M:%S"], validators=list(validators))


class UploadForm(BaseForm):
    """A programme workbook."""

    takes_files = True

    file = FileField(_("Excel workbook (.xlsx, at most 10 MB)"), [FileRequired(_("Please choose a file."))])


class ButtonForm(BaseForm):
    """A button; only its CSRF token matters."""


class DeletionForm(BaseForm):
    """Whether somebody means to delete this one: its name, typed."""

    name = Line(_("Its name"), [required(), at_most(200)])


class ImportNewForm(BaseForm):
    """Make a new festival of a previewed workbook."""

    organization_id = SelectField(_("For the organization"), coerce=int)


class ZoneForm(BaseForm):
    """A part of the venue."""

    name = Line(_("Name"), [required(), at_most(120)], description=_("For example: Zone A, main yard."))
    position = WholeNumber(
        _("Place in the list"), [Optional(), within(0, 999)], description=_("Zones are shown in this order.")
    )


class BoothForm(BaseForm):
    """A booth."""

    code = Line(
        _("Code"),
        [
            required(),
            at_most(BOOTHS.columns[0].longest),
            Regexp(
                r"^[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?$",
                message=_("A code has up to 12 capital letters and digits without spaces, such as A01."),
            ),
        ],
        description=_("Stands on the sign and on the map, such as A01."),
    )
    name = Line(_("Name"), [required(), at_most(200)])
    zone_id = SelectField(_("Zone"), coerce=int)
    topic = Line(_("Topic"), [at_most(120)])
    host_name = Line(_("Run by"), [at_most(200)])
    description = Lines(_("What visitors do there"), [at_most(LONGEST_TEXT)])
    skills = Lines(
        _("Skills a visitor can show here, one a line"),
        description=_("For example: pays by QR code. Who stamps at the booth can mark what a visitor has shown."),
    )
    power_watts = WholeNumber(_("Power (W)"), [Optional(), within(0, 100_000)])
    tables = WholeNumber(_("Tables"), [Optional(), within(0, 1000)])
    chairs = WholeNumber(_("Chairs"), [Optional(), within(0, 1000)])

    def validate_skills(self, field: Lines) -> None:
        field.data = "\n".join(dict.fromkeys(line for line in (field.data or "").split("\n") if line))
        skills = field.data.split("\n")
        if len(skills) > MOST_SKILLS:
            raise ValidationError(_("At most %(num)d skills, one a line.", num=MOST_SKILLS))
        if any(len(skill) > LONGEST_SKILL for skill in skills):
            raise ValidationError(_("Each skill has at most %(num)d characters.", num=LONGEST_SKILL))

    def values(self) -> dict[str, Any]:
        """What was typed as columns of `Booth`."""
        return {
            "code": self.code.data.upper(),
            "name": self.name.data,
            "zone_id": self.zone_id.data or None,
            "topic": self.topic.data,
            "host_name": self.host_name.data,
            "description": self.description.data,
            "skills": self.skills.data or "",
            "power_watts": self.power_watts.data or 0,
            "tables": self.tables.data or 0,
            "chairs": self.chairs.data or 0,
        }


class WorkshopForm(BaseForm):
    """What is taught."""

    title = Line(_("Workshop title"), [required(), at_most(200)])
    audience = Line(_("For whom"), [at_most(120)], description=_("For example: older people."))
    host_name = Line(_("Run by"), [at_most(200)])
    description = Lines(_("What one learns there"), [at_most(LONGEST_TEXT)])
    learn_more_url = Line(
        _("Link to go on learning"),
        [
            Optional(),
            at_most(500),
            Regexp(r"^https?://[^\s/?#]+\.[^\s/?#]+\S*$", message=_("A link begins with https://")),
        ],
    )

    def values(self) -> dict[str, Any]:
        """What was typed as columns of `Workshop`."""
        return {
            "title": self.title.data,
            "audience": self.audience.data,
            "host_name": self.host_name.data,
            "description": self.description.data,
            "learn_more_url": self.learn_more_url.data or None,
        }


class SessionForm(BaseForm):
    """One sitting of a workshop."""

    workshop_id = SelectField(_("Workshop"), [required(_("Please choose a workshop."))], coerce=int)
    room = Line(_("Room"), [required(), at_most(SESSIONS.columns[3].longest)])
    booth_id = SelectField(_("At the booth"), coerce=int, description=_("Only if it takes place at a booth."))
    day = day_field(_("Day"), required(), possible_year)
    start = clock_field(_("Begins at"), required())
    end = clock_field(_("Ends at"), required())
    capacity = WholeNumber(_("Seats"), [required(), within(1, MAX_SEATS)])

    def validate_workshop_id(self, field: SelectField) -> None:
        if not field.data:
            raise ValidationError(_("Please choose a workshop."))

    def validate_end(self, field: TimeField) -> None:
        if field.data and self.start.data and field.data <= self.start.data:
            raise ValidationError(_("The end must come after the start (%(start)s).", start=f"{self.start.data:%H:%M}"))

    def values(self) -> dict[str, Any]:
        """What was typed as columns of `Session`."""
        return {
            "workshop_id": self.workshop_id.data,
            "room": self.room.data,
            "booth_id": self.booth_id.data or None,
            "starts_at": at_local(self.day.data, self.start.data),
            "ends_at": at_local(self.day.data, self.end.data),
            "capacity": self.capacity.data,
        }


def shown_session(session: Session) -> dict[str, Any]:
    """A session as its form shows it."""
    start, end = session.starts_at.astimezone(LOCAL), session.ends_at.astimezone(LOCAL)

    def clock(moment: datetime) -> time:
        return moment.time().replace(tzinfo=None)

    return {
        "workshop_id": session.workshop_id,
        "room": session.room,
        "booth_id": session.booth_id or 0,
        "day": start.date(),
        "start": clock(start),
        "end": clock(end),
        "capacity": session.capacity,
    }
