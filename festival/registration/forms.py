"""The registration form: the contact person, the others of the household, consents."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    ValidationError,
)
from wtforms.validators import Email, Optional

from festival.consents.models import Purpose
from festival.consents.texts import BY_PURPOSE, ConsentText
from festival.core.clock import today
from festival.core.forms import BaseForm, Line, PartForm, Phone, at_most, choices, required
from festival.core.text import fold
from festival.programme.models import Ward
from festival.registration.asking import texts_to_ask
from festival.registration.models import GUARDIAN_BELOW_AGE, Relation
from festival.registration.signing_up import MAX_MEMBERS, Member

RELATIONS = (
    (Relation.SPOUSE, _("Husband or wife")),
    (Relation.CHILD, _("Child")),
    (Relation.PARENT, _("Father or mother")),
    (Relation.GRANDPARENT, _("Grandparent")),
    (Relation.GRANDCHILD, _("Grandchild")),
    (Relation.SIBLING, _("Brother or sister")),
    (Relation.OTHER, _("Relative or friend")),
)
ELSEWHERE = ""


class BirthYear(Line):
    """A year of birth, kept as typed until it is checked; `year` is the number."""

    year: int = 0

    def pre_validate(self, form: Form) -> None:
        text = str(self.data or "").strip()
        if not text:
            return
        if not (text.isascii() and text.isdigit() and len(text) == 4 and 1900 <= int(text) <= today().year):
            raise ValidationError(_("The year of birth has four digits, such as 1958."))
        self.year = int(text)


class MemberForm(PartForm):
    """One of the others in the household."""

    name = Line(_("Full name"), validators=[required(_("What is this person's name?")), at_most(120)])
    birth_year = BirthYear(_("Year of birth"), validators=[required(_("In which year was this person born?"))])
    relation = SelectField(
        _("Who this is to you"),
        choices=choices((relation.value, label) for relation, label in RELATIONS),
        default="child",
    )

    def member(self, session_ids: frozenset[int] = frozenset()) -> Member:
        """The person as the domain knows one; only after validation."""
        relation = Relation(self.relation.data)
        return Member(self.name.data, self.birth_year.year, relation, session_ids)


class RegisterForm(BaseForm):
    """A household's sign-up. `validate_family` checks the first step, `validate_consents` the last one."""

    submission = HiddenField()
    contact_name = Line(_("Your full name"), validators=[required(_("What is your name?")), at_most(120)])
    phone = Line(
        _("Phone number"),
        validators=[required(_("We need a phone number to reach you if something changes.")), Phone()],
    )
    email = Line(
        _("E-mail"),
        validators=[Optional(), at_most(255), Email(_("This is not an e-mail address, such as ten@example.vn."))],
    )
    ward = SelectField(_("Ward or commune"), choices=[], default=ELSEWHERE)
    coming = BooleanField(_("I am coming too"), default=True)
    birth_year = BirthYear(_("Your year of birth"))
    members = FieldList(FormField(MemberForm), max_entries=MAX_MEMBERS)
    guardian_name = Line(_("Parent or guardian of the children"), validators=[at_most(120)])
    consent_taking_part = BooleanField(BY_PURPOSE[Purpose.TAKING_PART].title)
    consent_children = BooleanField(BY_PURPOSE[Purpose.CHILDREN].title)
    consent_childrens_own = BooleanField(BY_PURPOSE[Purpose.CHILDRENS_OWN].title)
    consent_reminders = BooleanField(BY_PURPOSE[Purpose.REMINDERS].title)
    consent_photos = BooleanField(BY_PURPOSE[Purpose.PHOTOS].title)

    FAMILY = ("contact_name", "phone", "email", "ward", "coming", "birth_year")

    def offer_wards(self, wards: Sequence[Ward], own: str | None) -> None:
        """The wards to choose from, the festival's own first."""
        ordered = sorted(wards, key=lambda ward: ward.code != own)
        self.ward.choices = choices([*((ward.code, ward.name) for ward in ordered), (ELSEWHERE, _("Somewhere else"))])

    def is_ours(self) -> bool:
        """Whether the form comes from a page of ours in this very browser, not from somebody else's site."""
        if "csrf_token" not in self:
            return True
        ours = bool(self.csrf_token.validate(self))
        self.csrf_token.errors = []  # said in our own words, and by the form as a whole
        return ours

    def validate_family(self) -> bool:
        """Whether the first step is complete; errors stand at the fields."""
        checked = [self[name].validate(self) for name in self.FAMILY]
        checked += [entry.form.validate() for entry in self.members]
        if self.coming.data and not self.birth_year.data:
            self.birth_year.errors = [_("In which year were you born?")]
            checked.append(False)
        if not self.coming.data and not self.members.entries:
            self.coming.errors = [_("Who is coming? Tick this, or add a person below.")]
            checked.append(False)
        if len(self.members.entries) + bool(self.coming.data) > MAX_MEMBERS:
            self.coming.errors = [_("At most 12 people in one registration. Please make a second one for the others.")]
            checked.append(False)
        return all(checked)

    def people(self) -> list[tuple[str, Member]]:
        """Everybody who comes, with the key under which the form knows them ("c" or a number)."""
        people = []
        if self.coming.data:
            people.append(("c", Member(self.contact_name.data, self.birth_year.year, Relation.SELF)))
        return people + [(str(place), entry.form.member()) for place, entry in enumerate(self.members)]

    def children(self) -> list[Member]:
        """Those who need a guardian."""
        return [member for _key, member in self.people() if today().year - member.birth_year < GUARDIAN_BELOW_AGE]

    def only_children(self) -> bool:
        """Whether nobody who comes is an adult."""
        return len(self.children()) == len(self.people())

    def consent_texts(self) -> list[ConsentText]:
        """What has to be asked of this household."""
        ages = [today().year - child.birth_year for child in self.children()]
        return texts_to_ask(ages)

    def consent_field(self, text: ConsentText) -> Field:
        """The tick box of a purpose."""
        return self[f"consent_{text.purpose.value}"]

    def consents(self) -> dict[Purpose, bool]:
        """The answers to what was asked."""
        return {text.purpose: bool(self.consent_field(text).data) for text in self.consent_texts()}

    def validate_consents(self) -> bool:
        """Whether the last step is complete."""
        valid = True
        for text in self.consent_texts():
            if text.required and not self.consent_field(text).data:
                self.consent_field(text).errors = [_("Without this tick we cannot register you.")]
                valid = False
        if self.children():
            valid = self.guardian_name.validate(self) and valid
            if not self.guardian_name.data or fold(self.guardian_name.data) in {fold(c.name) for c in self.children()}:
                self.guardian_name.errors = [_("Please give the name of a parent or guardian who is an adult.")]
                valid = False
        return valid
