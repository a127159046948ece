"""The form of a message to many."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, ValidationError

from festival.core.clock import local
from festival.core.forms import BaseForm, Line, Lines, at_most, choices, required
from festival.language import LANGUAGES
from festival.mailings.audience import Audience, Who, group_names, takes_free_text
from festival.mailings.writing import PLACES, Text
from festival.messages.placeholders import unknown
from festival.messages.sms.lengths import MOST_PARTS, parts
from festival.programme.models import Festival, Session

WHO = (
    (Who.EVERYBODY.value, _("All registered households")),
    (Who.SEATED.value, _("Those with a seat in one session")),
    (Who.WAITING.value, _("Those who wait for a seat in one session")),
    (Who.NOT_ADMITTED.value, _("Those of whom nobody has come yet")),
)
LONGEST_BODY = 4000
LONGEST_SHORT = 260
LINK_LENGTH = 66
"""About as long as a household's link is."""


class ButtonForm(BaseForm):
    """A button that needs nothing but its protection."""


class KnownPlaces:
    """Validator: only placeholders of the list stand in braces."""

    def __call__(self, form: BaseForm, field: Any) -> None:
        if wrong := unknown(field.data or "", PLACES):
            raise ValidationError(
                _(
                    "%(wrong)s is not known. Possible are: %(possible)s.",
                    wrong=", ".join(wrong[:5]),
                    possible=", ".join(f"{{{place}}}" for place in sorted(PLACES)),
                )
            )


class GroupMessageForm(BaseForm):
    """To whom, and what. `seen` is the digest of what the preview has shown: only that is sent."""

    who = SelectField(_("To whom"), choices=choices(WHO))
    session = SelectField(_("Session"))
    group_name = SelectField(_("Residential group or class"))
    language = SelectField(_("Language"))
    service = BooleanField(_("It concerns taking part: a change of time, place or safety"))
    subject = Line(_("Subject"), validators=[required(_("What is it about?")), at_most(200), KnownPlaces()])
    body = Lines(_("Text"), validators=[required(_("What do you want to say?")), at_most(LONGEST_BODY), KnownPlaces()])
    short = Line(_("Text message to phones without e-mail"), validators=[at_most(LONGEST_SHORT), KnownPlaces()])
    seen = HiddenField()

    def __init__(self, festival: Festival, sessions: list[Session]) -> None:
        super().__init__()
        self.session.choices = choices(
            [("", _("Choose a session")), *((str(one.id), _session_words(one)) for one in sessions)]
        )
        self.group_name.choices = choices([("", _("All")), *((name, name) for name in group_names(festival))])
        self.language.choices = choices([("", _("All")), *LANGUAGES.items()])
        if not takes_free_text():
            del self.short

    def validate_session(self, field: Any) -> None:
        """A session is needed where it is one that decides."""
        if self.who.data in (Who.SEATED.value, Who.WAITING.value) and not field.data:
            raise ValidationError(_("Which session?"))

    def validate_short(self, field: Any) -> None:
        """Two parts are what a family's phone shows as one message, and what an office pays for."""
        text = (field.data or "").replace("{link}", "x" * LINK_LENGTH)
        if text and parts(text) > MOST_PARTS:
            raise ValidationError(
                _(
                    "Too long for a text message: it would be %(parts)d, at most %(most)d.",
                    parts=parts(text),
                    most=MOST_PARTS,
                )
            )

    def audience(self) -> Audience:
        """The filter, once the form is valid."""
        who = Who(self.who.data)
        one = who in (Who.SEATED, Who.WAITING)
        return Audience(
            who=who,
            session_id=int(self.session.data) if one else None,
            group_name=self.group_name.data,
            language=self.language.data,
            service=bool(self.service.data),
        )

    def text(self) -> Text:
        """What was written."""
        return Text(self.subject.data, self.body.data, self.short.data if "short" in self else "")


def _session_words(session: Session) -> str:
    return f"{local(session.starts_at):%d/%m %H:%M} {session.workshop.title}"
