"""Sending a class list, and the school's word that it may be used."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, HiddenField

from festival.consents.models import Purpose
from festival.consents.texts import BY_PURPOSE, ConsentText
from festival.core.forms import BaseForm, Line, at_most, required


class ClassListForm(BaseForm):
    """A class list."""

    takes_files = True

    file = FileField(_("Class list: Excel (.xlsx) or CSV, at most 10 MB"), [FileRequired(_("Please choose a file."))])


class GuardiansWordForm(BaseForm):
    """What the guardians have agreed to on paper; who says so. `sealed` is the list (`importing.py`)."""

    sealed = HiddenField()
    recorded_by = Line(_("Who registers the classes"), validators=[required(_("What is your name?")), at_most(120)])
    consent_taking_part = BooleanField(BY_PURPOSE[Purpose.TAKING_PART].title)
    consent_children = BooleanField(BY_PURPOSE[Purpose.CHILDREN].title)
    consent_childrens_own = BooleanField(BY_PURPOSE[Purpose.CHILDRENS_OWN].title)
    consent_reminders = BooleanField(BY_PURPOSE[Purpose.REMINDERS].title)
    consent_photos = BooleanField(BY_PURPOSE[Purpose.PHOTOS].title)

    def consent_field(self, text: ConsentText) -> Field:
        """The tick box of a purpose."""
        return self[f"consent_{text.purpose.value}"]

    def consents(self, asked: list[Purpose]) -> dict[Purpose, bool]:
        """The answers to what was asked."""
        return {purpose: bool(self.consent_field(BY_PURPOSE[purpose]).data) for purpose in asked}

    def validate_word(self, asked: list[Purpose]) -> bool:
        """Whether everything that is needed was ticked and signed; errors stand at the fields."""
        valid = bool(self.validate_on_submit())
        for text in (BY_PURPOSE[purpose] for purpose in asked):
            if text.required and not self.consent_field(text).data:
                self.consent_field(text).errors = [_("Without this tick we cannot register them.")]
                valid = False
        return valid
