"""The words of finding people, undoing, the direction and the skill shown."""

from __future__ import annotations

from flask_babel import gettext as _


def finding_words() -> dict[str, str]:
    """By name, in the language of the page."""
    return {**_of_finding(), **_of_undoing(), **_of_options()}


def _of_finding() -> dict[str, str]:
    return {
        "born": _("born %(year)s", year="{year}"),
        "is_in": _("in since %(at)s", at="{at}"),
        "found_none": _("Nobody found. Write fewer letters, or try the short code."),
        "found_count": _("%(count)s found", count="{count}"),
        "found_more": _("There are more. Add the year of birth, or the end of the phone."),
        "found_too_common": _("Too many names begin like this. Write the whole given name and the family name."),
        "found_too_little": _("Write two words of the name, or one and the year of birth, or 4 digits of the phone."),
        "found_not_here": _("Nobody is looked up by name here. Scan the QR code, or type the short code."),
        "found_phone": _("phone …%(digits)s", digits="{digits}"),
        "found_with": _("same family: %(names)s", names="{names}"),
        "found_on_phone": _("No network: from this phone's list of %(at)s, which may be old.", at="{at}"),
    }


def _of_undoing() -> dict[str, str]:
    return {
        "undo": _("Undo"),
        "undo_nameless": _("Without a name"),
        "undo_until": _("Scans of the last 15 minutes. What is older, the door manager can undo."),
        "undo_nothing": _("Nothing scanned in the last 15 minutes. What is older, the door manager can undo."),
        "undo_why": _("Why undo %(name)s?", name="{name}"),
        "undo_reason_mistake": _("Scanned by mistake"),
        "undo_reason_person": _("The wrong person"),
        "undo_reason_outside": _("Did not go through"),
        "undo_reason_missing": _("Choose a reason. For something else, write a few words."),
        "undo_sending": _("Undoing…"),
        "undo_waiting": _("Kept. It is undone as soon as there is a network."),
        "undo_keep_open": _("Kept only while this page is open: leave it open until there is a network."),
        "undo_undone": _("Undone"),
        "undo_done_before": _("Was undone before"),
        "undo_too_late": _("Too late: 15 minutes are over. Ask the door manager."),
        "undo_unknown": _("The server does not know this scan. Tell the door manager."),
        "undo_not_yours": _("Another phone made this scan. Ask the door manager."),
        "undo_refused": _("The server did not take it. Ask the door manager."),
    }


def _of_options() -> dict[str, str]:
    return {
        "skill_none": _("No skill"),
        "zoom_is": _("%(times)s times", times="{times}"),
    }
