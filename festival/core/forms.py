"""The form that every other one is made from: CSRF, our own translations, text tidied before it is judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import get_translations, lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, Form, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation

from festival.core.phones import parse_phone
from festival.core.text import tidy, tidy_lines

_ = lazy_gettext

LIBRARY_MESSAGES = (
    _("Not a valid choice"),
    _("Not a valid choice."),
    _("Invalid Choice: could not coerce."),
    _("Not a valid integer value."),
    _("Not a valid decimal value."),
    _("Not a valid date value."),
    _("Not a valid time value."),
    _("Not a valid datetime value."),
    _("Invalid email address."),
    _("Invalid URL."),
    _("This field is required."),
    _("CSRF token missing."),
)
"""What WTForms says by itself; it has no Vietnamese, so the words stand in our catalogue."""


class _OwnTranslations:
    """WTForms asks for gettext and ngettext; ours look into Festival's catalogue."""

    def gettext(self, string: str) -> str:
        return str(get_translations().ugettext(string)) if string else ""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(get_translations().ungettext(singular, plural, n))  # WTForms fills in %(…)s itself


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form with CSRF protection whose own messages are translated.

    It reads what a browser's form sends: text. JSON is nothing to it, and a file only if it `takes_files`.
    """

    takes_files = False

    class Meta:
        def wrap_formdata(self, form: Any, formdata: Any) -> MultiDict[str, Any] | None:
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            if not form.is_submitted():
                return None
            sent = request.form if not form.takes_files else CombinedMultiDict[str, Any]([request.files, request.form])
            return sent or None

        def get_translations(self, form: Any) -> _OwnTranslations:
            return _OwnTranslations()


class PartForm(Form):  # type: ignore[misc]
    """A form inside another one (one person of a list): the same translations, no protection of its own."""

    Meta = BaseForm.Meta


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """The options of a choice from (value, words) pairs."""
    return [SelectChoice(value, words) for value, words in pairs]


class Line(StringField):  # type: ignore[misc]
    """One line of text, tidied (NFC, no control characters, single spaces)."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = tidy(str(valuelist[0])) if valuelist else self.data or ""


class Lines(TextAreaField):  # type: ignore[misc]
    """Several lines of text, each tidied."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = tidy_lines(str(valuelist[0])) if valuelist else self.data or ""


class _Filled(InputRequired):  # type: ignore[misc]
    """White space alone is nothing."""

    def __call__(self, form: Any, field: Field) -> None:
        super().__call__(form, field)
        if field.data == "":
            raise StopValidation(self.message)


def required(message: str | None = None) -> InputRequired:
    """The field has to be filled in; the message says with what."""
    return _Filled(message or _("Please fill this in."))


def at_most(length: int) -> Length:
    """The text may have so many characters."""
    return Length(max=length, message=_("Too long: at most %(max)d characters."))


class Phone:
    """Validator: a Vietnamese number, left in the field as E.164."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        text = (field.data or "").strip()
        if not text:
            return
        number = parse_phone(text)
        if number is None:
            raise ValidationError(_("A phone number has 10 digits and begins with 03, 05, 07, 08 or 09."))
        field.data = number
