"""What a page says when two organizers have edited the same row at once (`festival/programme/differences.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Generic

from flask import abort, request
from flask_babel import gettext as _

from festival.core.clock import local
from festival.core.forms import BaseForm
from festival.programme.differences import Change, Meeting, Row, meet, seen_of


@dataclass(frozen=True)
class Shown:
    """A difference in words: the label of its field, what is saved, by whom, and what was typed."""

    label: str
    saved: str
    by: Change | None
    typed: str


class Editing(Generic[Row]):
    """One editing of a row by a form: what the form was shown of it, and what has come between."""

    def __init__(self, row: Row, shown: Callable[[Row], Mapping[str, Any]]) -> None:
        self._row: Row = row
        self._shown: Callable[[Row], Mapping[str, Any]] = shown
        self.seen = (request.form.get("seen") if request.method == "POST" else None) or (seen_of(row) if row.id else "")
        self.differences: list[Shown] = []

    def agreed(self, form: BaseForm, values: dict[str, Any]) -> dict[str, Any] | None:
        """What of `values` may be saved; None when the organizer has to be shown the differences first.

        Then nothing is saved, and `form` shows what was typed, beside what only the other one has changed.
        """
        if not self._row.id:
            return values
        found = meet(self._row, values, request.form.get("seen")) or abort(404)
        if not found.differences:
            return found.values
        self._tell(form, found)
        return None

    def _tell(self, form: BaseForm, found: Meeting) -> None:
        shown = self._shown(self._row)
        for column in found.left:
            form[column].data = shown[column]
        self.differences = [
            Shown(
                str(form[each.column].label.text),
                _words(form[each.column], each.saved),
                each.by,
                _words(form[each.column], each.typed),
            )
            for each in found.differences
        ]
        self.seen = seen_of(self._row)

    def status(self, form: BaseForm) -> int:
        """The status of the page: 409 when somebody else was quicker, 422 when something typed is wrong."""
        if self.differences:
            return 409
        return 422 if form.is_submitted() else 200


def _words(field: Any, value: Any) -> str:
    """A value as its field would show it."""
    for option, words in ((choice.value, choice.label) for choice in getattr(field, "choices", None) or ()):
        if option == (value or 0):
            return str(words)
    if isinstance(value, datetime):
        return f"{local(value):%H:%M %d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value) if value not in (None, "") else _("(empty)")
