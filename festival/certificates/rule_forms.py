"""What an organizer fills in to say what a certificate is given for."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from festival.certificates.models import Design
from festival.certificates.rule_editing import Members, Need, group_of
from festival.certificates.rule_words import Programme, name_of_session, words_of_need
from festival.certificates.rules import BY_ID, HOURS, Condition, Group, Rule
from festival.core.forms import BaseForm, choices, required
from festival.core.text import tidy
from festival.programme.forms import WholeNumber, within

MOST_COUNTED = 1000

TITLES = {
    "entrance": _("Let in at an entrance"),
    "sessions": _("Sessions attended: how many"),
    "session_hours": _("Sessions attended: how many hours"),
    "session": _("Particular sessions"),
    "workshop": _("Particular workshops, in any session"),
    "stamps": _("Stamps collected at booths"),
    "topics": _("Stamps of different topics"),
    "skills": _("Skills shown at booths"),
    "on_duty": _("On duty as a volunteer"),
    "volunteer_hours": _("Volunteering: how many hours"),
    "feedback": _("Feedback given"),
    "visitors": _("Visitors stamped at the booth"),
}
"""What a condition can be about, as it stands in the list to choose from."""
WITHOUT_AMOUNT = frozenset({"entrance", "on_duty", "feedback"})


class Hours(StringField):  # type: ignore[misc]
    """Hours, with a comma or a point: "1,5"."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = tidy(str(valuelist[0])) if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            hours = round(float(text.replace(",", ".")), 2)
        except ValueError as wrong:
            raise ValueError(_("Please write hours as a number, such as 1.5.")) from wrong
        if not 0 < hours <= MOST_COUNTED:  # nor is "nan" between them
            raise ValueError(_("This should be more than 0 and at most %(most)d.", most=MOST_COUNTED))
        self.data = hours


class StepForm(BaseForm):
    """One step of changing a rule; `version` says of which state of it the page spoke."""

    version = HiddenField()


class RemoveForm(StepForm):
    """Take a condition away."""

    path = HiddenField()


class NeedForm(StepForm):
    """How many of a group have to hold."""

    path = HiddenField()
    need = RadioField(_("What has to be met"))

    @classmethod
    def of(cls, group: Group, path: str, version: str) -> NeedForm:
        """The form of one group; an answer is read against its own choices."""
        form = cls(path=path, version=version, need=_mark_of(group))
        form.need.choices = choices(
            [("all", _("Every one of them")), ("any", _("Any one of them"))]
            + [(str(n), _("At least %(num)d of them", num=n)) for n in range(2, len(group.of))]
        )
        return form

    def chosen(self) -> Need:
        """What was chosen."""
        return self.need.data if self.need.data in ("all", "any") else int(self.need.data)


def _mark_of(group: Group) -> str:
    if group.needed == len(group.of):
        return "all"
    return "any" if group.needed == 1 else str(group.needed)


class MembersForm(StepForm):
    """For whom of a family the conditions have to hold."""

    members = RadioField(
        _("Who in the family"),
        choices=choices(
            [
                ("every", _("Everybody who comes")),
                ("some", _("At least so many of them")),
                ("together", _("The family together, as if it were one person")),
            ]
        ),
    )
    at_least = WholeNumber(_("So many people"))

    def validate_at_least(self, field: WholeNumber) -> None:
        if self.members.data == "some" and (field.data is None or not 1 <= field.data <= 50):
            raise ValidationError(_("This should be from %(min)s to %(max)s.", min=1, max=50))

    def chosen(self) -> Members:
        """What was chosen."""
        match self.members.data:
            case "every":
                return "every"
            case "together":
                return "together"
            case _:
                return int(self.at_least.data or 1)


class ConditionForm(StepForm):
    """A condition about one fact: only the fields that it needs."""

    ids = SelectMultipleField(coerce=int, option_widget=CheckboxInput(), widget=ListWidget())
    names = SelectMultipleField(option_widget=CheckboxInput(), widget=ListWidget())
    hours = Hours(_("Hours, at least"), [required(_("Please write how many hours."))], default="1")
    at_least = WholeNumber(_("At least"), [required(_("Please write how many.")), within(1, MOST_COUNTED)], default=1)
    place = RadioField(_("Where it stands in the rule"), default="")

    @classmethod
    def of(cls, fact: str, design: Design, rule: Rule, programme: Programme, version: str) -> ConditionForm:
        """The form for a condition about `fact`."""
        form = cls(version=version)
        form.place.choices = choices(_places(rule))
        if fact in BY_ID:
            form.ids.choices = choices(_to_choose(fact, programme))
            form.ids.label.text = _("Sessions that count") if fact == "session" else _("Workshops that count")
            form.at_least.label.text = _("At least so many of those chosen")
        else:
            del form.ids
        if fact in ("topics", "skills"):
            form.names.choices = choices((name, name) for name in _known_names(fact, programme))
            form.names.label.text = _("Topics that count") if fact == "topics" else _("Skills that count")
            form.names.description = _("Choose none, and all of them count.")
        else:
            del form.names
        if fact in HOURS:
            del form.at_least
        else:
            del form.hours
            if fact in WITHOUT_AMOUNT:
                del form.at_least
        return form

    def validate_ids(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(_("Please choose at least one."))

    def validate_at_least(self, field: WholeNumber) -> None:
        chosen = (self.ids.data if self.ids else None) or (self.names.data if self.names else None)
        if chosen and field.data and field.data > len(chosen):
            raise ValidationError(_("So many are not chosen: there are only %(num)d.", num=len(chosen)))

    def condition(self, fact: str) -> Condition:
        """What was filled in."""
        field = self.hours or self.at_least
        amount = float(field.data or 1) if field else 1
        ids = tuple(self.ids.data) if self.ids else ()
        return Condition(fact, amount, ids, tuple(self.names.data) if self.names else ())


def _places(rule: Rule) -> list[tuple[str, Any]]:
    """The rule itself, its groups, a new group."""
    groups = [(number, node) for number, node in enumerate(group_of(rule).of) if isinstance(node, Group)]
    return [
        ("", _("As a condition of its own")),
        *((str(number), _("In group %(num)d: %(words)s", num=place, words=words_of_need(node).removesuffix(":")))
          for place, (number, node) in enumerate(groups, 1)),
        ("new", _("In a new group, of which any one is enough")),
    ]  # fmt: skip


def _to_choose(fact: str, programme: Programme) -> list[tuple[int, str]]:
    if fact == "session":
        return [
            (each, name_of_session(programme, each) + (f", {session.room}" if session.room else ""))
            for each, session in programme.sessions.items()
        ]
    return [
        (each, f"{workshop.title} ({workshop.audience})" if workshop.audience else workshop.title)
        for each, workshop in programme.workshops.items()
    ]


def _known_names(fact: str, programme: Programme) -> list[str]:
    if fact == "topics":
        return sorted({booth.topic for booth in programme.booths if booth.topic})
    return list(dict.fromkeys(skill for booth in programme.booths for skill in booth.skill_list))
