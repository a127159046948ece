"""What organizers choose about a design. Everything comes from lists or is a line of text; nobody writes code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, FieldList, FormField, RadioField, SelectField, ValidationError

from festival.certificates.designing import allowed_fields, unknown_field
from festival.certificates.look import (
    LEAST_CONTRAST,
    LONGEST_LINE,
    MOST_SIGNERS,
    PLACES,
    Border,
    Look,
    Palette,
    Paper,
    Signer,
    Texts,
    contrast_on_white,
    is_color,
)
from festival.certificates.models import CertificateKind, Design, Picture
from festival.core.forms import BaseForm, Line, PartForm, at_most, choices, required

KINDS = {
    CertificateKind.PARTICIPATION: _("Taking part"),
    CertificateKind.COMPLETION: _("Finishing a workshop"),
    CertificateKind.VOLUNTEER: _("Helping as a volunteer"),
    CertificateKind.HOST: _("Thanks to a booth's host"),
    CertificateKind.HOUSEHOLD: _("A whole household"),
}
PAPERS = {
    Paper.A4_LANDSCAPE: _("A4, on its side"),
    Paper.A4_PORTRAIT: _("A4, upright"),
    Paper.A5: _("A5, two on a sheet"),
}
BORDERS = {
    Border.NOTEBOOK: _("School notebook and lotus"),
    Border.DRUM: _("Đông Sơn drum"),
    Border.BROCADE: _("Highland brocade"),
    Border.PLAIN: _("Two lines"),
}
PALETTES = {
    Palette.NOTEBOOK: _("Purple ink and red"),
    Palette.FLAG: _("Red and gold"),
    Palette.BAMBOO: _("Bamboo green"),
    Palette.SEA: _("Sea blue"),
    Palette.BLACK: _("Black only"),
    Palette.OWN: _("A colour of your own"),
}
FIELD_WORDS = {
    "name": _("name of the person"),
    "birth_year": _("year of birth"),
    "serial": _("number of the certificate"),
    "hours": _("hours"),
    "sessions": _("sessions attended"),
    "skills": _("skills shown"),
    "festival": _("name of the festival"),
    "day": _("day or days"),
    "year": _("year"),
    "place": _("place"),
    "ward": _("ward"),
    "organization": _("who issues"),
    "workshop": _("name of the workshop"),
}


class NewDesignForm(BaseForm):
    """What the certificate is for."""

    kind = RadioField(_("What is it for?"), coerce=CertificateKind, validators=[required()])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.kind.choices = choices((kind.value, words) for kind, words in KINDS.items())


class PictureForm(BaseForm):
    """A logo or background."""

    takes_files = True
    picture = FileField(_("Picture"), validators=[FileRequired(_("Please choose a picture."))])


class SignerForm(PartForm):
    """One person who signs."""

    authority = Line(_("On whose authority"), validators=[at_most(LONGEST_LINE)])
    title = Line(_("As what"), validators=[at_most(LONGEST_LINE)])
    name = Line(_("Name"), validators=[at_most(LONGEST_LINE)])


class DesignForm(BaseForm):
    """A design's look and texts."""

    name = Line(_("Name in your list"), validators=[required(), at_most(120)])
    workshop_id = SelectField(_("Workshop"), coerce=int)
    paper = RadioField(_("Paper"), coerce=Paper)
    border = RadioField(_("Border"), coerce=Border)
    palette = RadioField(_("Colours"), coerce=Palette)
    accent = Line(_("Your own colour"))
    logo_left = SelectField(_("Logo at the left"))
    logo_top = SelectField(_("Logo at the top"))
    logo_right = SelectField(_("Logo at the right"))
    background = SelectField(_("Pale picture behind the text"))
    title = Line(_("Title"), validators=[at_most(LONGEST_LINE)])
    above = Line(_("Above the name"), validators=[at_most(LONGEST_LINE)])
    activity = Line(_("Below the name"), validators=[at_most(LONGEST_LINE)])
    headline = Line(_("In larger letters"), validators=[at_most(LONGEST_LINE)])
    where = Line(_("Where and when"), validators=[at_most(LONGEST_LINE)])
    extra = Line(_("One more line"), validators=[at_most(LONGEST_LINE)])
    signers = FieldList(FormField(SignerForm), min_entries=MOST_SIGNERS, max_entries=MOST_SIGNERS)
    seal = BooleanField(_("Leave room for a signature by hand and a seal"))
    by_residents = BooleanField(_("Families may take it from their own page as soon as it is earned"))

    def __init__(self, design: Design, look: Look, pictures: Iterable[Picture], workshops: Iterable[Any]) -> None:
        known = [(picture.sha256, picture.name) for picture in pictures]
        texts = {each.name: getattr(look.texts, each.name) for each in fields(Texts)}
        signers = [{"authority": one.authority, "title": one.title, "name": one.name} for one in look.signers]
        values = {"paper": look.paper, "border": look.border, "palette": look.palette, "seal": look.seal}
        places = {place: getattr(look, place) for place in PLACES}
        super().__init__(
            data={
                **values, **texts, **places, "signers": signers, "accent": look.accent or "#43307f",
                "name": design.name, "workshop_id": design.workshop_id or 0, "by_residents": design.by_residents,
            }
        )  # fmt: skip
        self.kind = design.kind
        self.paper.choices, self.border.choices, self.palette.choices = (
            choices((each.value, said) for each, said in words.items()) for words in (PAPERS, BORDERS, PALETTES)
        )
        for place in PLACES:
            gone = {getattr(look, place), ""} - {sha256 for sha256, _name in known} - {""}
            self[place].choices = choices(
                [("", _("None")), *known, *((sha256, _("Picture no longer there")) for sha256 in gone)]
            )
        self.workshop_id.choices = choices([(0, _("No particular one")), *((one.id, one.title) for one in workshops)])

    def validate_accent(self, field: Any) -> None:
        """An own colour is one that words can be read in."""
        if self.palette.data is not Palette.OWN:
            return
        field.data = field.data.lower()
        if not is_color(field.data):
            raise ValidationError(gettext("Write a colour as # and six digits or letters a to f, such as #43307f."))
        if contrast_on_white(field.data) < LEAST_CONTRAST:
            raise ValidationError(gettext("Too pale to be read on white paper. Please choose a darker one."))

    def _known_fields(self, field: Any) -> None:
        if wrong := unknown_field(self.kind, field.name, field.data):
            known = " ".join(f"{{{name}}}" for name in allowed_fields(self.kind, field.name))
            words = gettext("There is no field %(wrong)s here. You can use: %(known)s", wrong=wrong, known=known)
            raise ValidationError(words)

    validate_title = validate_above = validate_activity = validate_headline = _known_fields
    validate_where = validate_extra = _known_fields

    def look(self) -> Look:
        """What was chosen, after validation."""
        signers = (Signer(**part.data) for part in self.signers)
        return Look(
            paper=self.paper.data,
            border=self.border.data,
            palette=self.palette.data,
            accent=self.accent.data if self.palette.data is Palette.OWN else "",
            **{place: self[place].data for place in PLACES},
            texts=Texts(**{each.name: self[each.name].data for each in fields(Texts)}),
            signers=tuple(signer for signer in signers if signer != Signer()),
            seal=self.seal.data,
        )
