"""What every template may use: addresses of assets with their hash, dates, times, phone numbers, the navigation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request
from flask_babel import format_date, get_locale
from markupsafe import Markup, escape

from festival.appearance import current_appearance
from festival.core.assets import asset, static_max_age
from festival.core.clock import local, now
from festival.core.phones import show_phone
from festival.language import LANGUAGES, current_language


def clock(value: datetime | time) -> str:
    """08:30, on a Vietnamese clock."""
    return (local(value) if isinstance(value, datetime) else value).strftime("%H:%M")


def day(value: datetime | date) -> str:
    """10/10/2027, or in English 10 October 2027."""
    plain = local(value).date() if isinstance(value, datetime) else value
    return plain.strftime("%d/%m/%Y") if str(get_locale()) == "vi" else format_date(plain, "d MMMM yyyy")


def weekday(value: datetime | date) -> str:
    """Chủ Nhật, Thứ Hai …, or Sunday, Monday …"""
    plain = local(value).date() if isinstance(value, datetime) else value
    name: str = format_date(plain, "EEEE")
    return name


def moment(value: datetime) -> str:
    """08:30, 10/10/2027."""
    return f"{clock(value)}, {day(value)}"


def address_with(**changes: str | int | None) -> str:
    """This page's address with some of its query arguments changed; None takes one out."""
    arguments = request.args.to_dict(flat=False)
    for name, value in changes.items():
        arguments.pop(name, None)
        if value is not None:
            arguments[name] = [str(value)]
    query = urlencode(arguments, doseq=True)
    return f"?{query}" if query else request.path


def lines(text: str) -> Markup:
    """A text of several lines as paragraphs."""
    parts = [part for part in text.split("\n") if part]
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in parts)


_CELL = re.compile(r"<(t[dh])\b([^>]*)>(.*?)</\1>", re.DOTALL)


def labelled(cells: str, columns: Sequence[str | tuple[str, str]]) -> Markup:
    """The cells of a table's row, each with the words of its column: on a phone the cells stand below each other."""
    labels = iter([column if isinstance(column, str) else column[0] for column in columns])

    def label(found: re.Match[str]) -> str:
        tag, attributes, content = found.groups()
        words = escape(next(labels, ""))
        mark = f' data-label="{words}"' if content.strip() else " data-empty"
        return f"<{tag}{attributes}{mark}>{content}</{tag}>"

    return Markup(_CELL.sub(label, cells))  # noqa: S704 - made of a template's cells and escaped labels


def init_templating(app: Flask) -> None:
    """Give the templates their filters and globals."""
    app.get_send_file_max_age = static_max_age  # type: ignore[method-assign]
    app.jinja_env.filters.update(
        clock=clock,
        day=day,
        weekday=weekday,
        moment=moment,
        phone=show_phone,
        lines=lines,
        local=local,
        labelled=labelled,
    )
    app.jinja_env.globals.update(now=now, asset=asset, address_with=address_with, languages=LANGUAGES)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    from festival.navigation import navigation

    return {
        "language": current_language(),
        "appearance": current_appearance(),
        "settings": current_app.extensions["settings"],
        "navigation": navigation,
    }
