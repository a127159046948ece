"""What the door says for each verdict: a word and what to do."""

from __future__ import annotations

from flask_babel import gettext as _

from festival.checkin.decision import Verdict


def verdict_words() -> dict[Verdict, dict[str, str]]:
    return {
        Verdict.ADMITTED: {"word": _("Welcome!"), "hint": ""},
        Verdict.ALREADY_ADMITTED: {
            "word": _("Already in"),
            "hint": _("Ask kindly: has somebody of the family used it?"),
        },
        Verdict.EXITED: {"word": _("Goodbye!"), "hint": _("Has gone out.")},
        Verdict.CANCELLED: {
            "word": _("Cancelled"),
            "hint": _("The family has cancelled this. They may register again."),
        },
        Verdict.REVOKED: {
            "word": _("No longer valid"),
            "hint": _("There is a newer ticket. Ask for it, or find the person by name."),
        },
        Verdict.WRONG_FESTIVAL: {"word": _("Another festival"), "hint": _("This ticket is not for here.")},
        Verdict.WRONG_DAY: {"word": _("Not today"), "hint": _("Today is not a day of the festival.")},
        Verdict.TOO_EARLY: {"word": _("Too early"), "hint": _("Opens at %(at)s.", at="{at}")},
        Verdict.CLOSED: {"word": _("Closed here"), "hint": _("It is over here.")},
        Verdict.NOT_BOOKED: {
            "word": _("Not booked"),
            "hint": _("No seat in this session. Ask the host for a free one."),
        },
        Verdict.NOT_EARNED: {
            "word": _("Not yet"),
            "hint": _("Some stamps are still missing. They are on the family's page."),
        },
        Verdict.WAITLISTED: {"word": _("Waiting list"), "hint": _("No seat yet. Please wait beside the door.")},
        Verdict.FULL: {"word": _("Full"), "hint": _("All seats are taken.")},
        Verdict.UNKNOWN: {
            "word": _("Not known"),
            "hint": _("Not a ticket of this festival. Try the short code or the name."),
        },
        Verdict.BAD_SIGNATURE: {
            "word": _("Not genuine"),
            "hint": _("This ticket was not issued by the festival. Call the door manager."),
        },
    }
