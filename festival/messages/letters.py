"""A letter's parts, written once and shown twice: as plain text, and as HTML for those whose programs show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app


@dataclass(frozen=True)
class Letter:
    """What a mail says, piece by piece; `button` is its words and the address that it leads to."""

    greeting: str
    paragraphs: Sequence[str]
    sender: str
    facts: Sequence[tuple[str, str]] = ()
    listed: Sequence[str] = ()
    button: tuple[str, str] | None = None
    small_print: str = ""


def as_text(letter: Letter) -> str:
    """The letter as plain text."""
    blocks = [letter.greeting, *letter.paragraphs]
    if letter.facts:
        blocks.append("\n".join(f"{label}: {value}" for label, value in letter.facts))
    if letter.listed:
        blocks.append("\n".join(f"- {line}" for line in letter.listed))
    if letter.button:
        blocks.append(f"{letter.button[0]}:\n{letter.button[1]}")
    blocks.append(letter.sender)
    if letter.small_print:
        blocks.append(letter.small_print)
    return "\n\n".join(blocks) + "\n"


def as_html(letter: Letter, subject: str, language: str) -> str:
    """The letter as an HTML document. Everything in it is escaped."""
    template = current_app.jinja_env.get_template("messages/letter.html")
    return template.render(letter=letter, subject=subject, language=language)
