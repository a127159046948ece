"""The words of the kiosk and of a booth's screen."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from festival.checkin.decision import Verdict


def screen_words() -> dict[str, Any]:
    """By name, in the language of the page. Those under `kiosk` replace the scanner's where visitors read them."""
    return {
        "booth_qr": _("QR code for your stamp, changing every half minute"),
        "booth_waiting": _("One moment: the screen is getting its code. It needs the network once."),
        "booth_none": _("This screen has no booth. Ask the organizer to pair it for one."),
        "booth_insecure": _("The screen only works on a secure address (https)."),
        "booth_lapsed": _("This screen is no longer paired. Ask the organizer for a new code."),
        "booth_stamps": _("%(count)s stamps so far", count="{count}"),
        "booth_no_number": _("Today is not a day of the festival."),
        "kiosk_wrong_code": _("The code has eight letters and digits. Please look once more."),
        "kiosk": _kiosk_words(),
    }


def _kiosk_words() -> dict[str, Any]:
    to_the_door = _("Please ask the people at the door.")
    closed = _("This kiosk is closed")
    return {
        "verdicts": _kiosk_verdicts(),
        # Nobody else learns when and where somebody came in.
        "first": "",
        "first_other_day": "",
        "already_at": _("in already"),
        "household": _("Who is here?"),
        "let_in": _("Come in"),
        "let_in_all": _("All of us (%(count)s)", count="{count}"),
        "let_in_rest": _("All the others (%(count)s)", count="{count}"),
        "scanning": _("Hold the QR code in front of the camera."),
        "no_answer": _("One moment, please"),
        "no_answer_hint": to_the_door,
        "no_roster_hint": to_the_door,
        "typed_too_fast": _("One moment, please"),
        "typed_too_fast_hint": to_the_door,
        "unknown_offline": to_the_door,
        "camera_denied": _("Please type the code on your ticket."),
        "camera_missing": _("Please type the code on your ticket."),
        "camera_insecure": _("Please type the code on your ticket."),
        "refused": _("That did not work"),
        "lost": closed,
        "lost_kept": to_the_door,
        "lost_nothing": to_the_door,
        "revoked": closed,
        "revoked_wiping": to_the_door,
        "revoked_wiped": to_the_door,
        "revoked_kept": to_the_door,
    }


def _kiosk_verdicts() -> dict[str, dict[str, str]]:
    """Said to the visitor, not about one."""
    to_the_door = _("Please ask the people at the door.")
    words = {
        Verdict.ADMITTED: (_("Welcome!"), ""),
        Verdict.ALREADY_ADMITTED: (
            _("You are in already"),
            _("Was it not you? Then please ask the people at the door."),
        ),
        Verdict.EXITED: (_("Goodbye!"), _("See you soon.")),
        Verdict.CANCELLED: (_("Cancelled"), to_the_door),
        Verdict.REVOKED: (_("There is a newer ticket"), to_the_door),
        Verdict.WRONG_FESTIVAL: (_("Another festival"), _("This ticket is not for here.")),
        Verdict.WRONG_DAY: (_("Not today"), _("Today is not a day of the festival.")),
        Verdict.TOO_EARLY: (_("A little early"), _("We open at %(at)s.", at="{at}")),
        Verdict.CLOSED: (_("It is closed here"), to_the_door),
        Verdict.NOT_BOOKED: (_("No seat booked"), to_the_door),
        Verdict.NOT_EARNED: (_("Some stamps are missing"), _("Your passport on the phone says which.")),
        Verdict.WAITLISTED: (_("Waiting list"), _("No seat yet. Please wait beside the door.")),
        Verdict.FULL: (_("Full"), to_the_door),
        Verdict.UNKNOWN: (_("We do not know this code"), to_the_door),
        Verdict.BAD_SIGNATURE: (_("We cannot read this ticket"), to_the_door),
    }
    return {verdict.value: {"word": word, "hint": hint} for verdict, (word, hint) in words.items()}
