"""The words of walk-ins and the citizen card."""

from __future__ import annotations

from flask_babel import gettext as _


def walk_in_words() -> dict[str, str]:
    """By name, in the language of the page."""
    return {
        "walk_in_wrong_name": _("Write the full name, at most 120 letters."),
        "walk_in_wrong_birth_year": _("The year of birth has four digits, such as 1958."),
        "walk_in_wrong_phone": _("A phone number has 10 digits and begins with 03, 05, 07, 08 or 09."),
        "walk_in_wrong_guardian": _("A child comes with a grown-up: write that person's name."),
        "walk_in_wrong_slip": _("This slip is not known here or was given out before. Look at its code again."),
        "walk_in_wrong_consents": _("Read the text out, and tick it when they agree. Without it we cannot register."),
        "walk_in_wrong_ward": _("Choose the ward again."),
        "walk_in_wrong_other": _("The server did not take this. Reload the page, then write it down again."),
        "walk_in_card": _("Read from the card. Compare with the person, then tick and finish."),
        "walk_in_card_ward": _(
            "Read from the card (%(ward)s). Compare with the person, then tick and finish.", ward="{ward}"
        ),
        "walk_in_no_card": _("That was no citizen card. Type the name."),
        "walk_in_full": _("The venue is full. Please wait until somebody goes out."),
        "walk_in_closed": _("The festival does not take anybody in at this moment."),
        "walk_in_no_place": _(
            "No network, and this phone holds no more places. Go where the phone has a network, or to another door."
        ),
        "walk_in_no_answer": _("No answer yet. Nothing is lost: press once more, it counts as the same person."),
        "walk_in_asking": _("Asking the server…"),
        "walk_in_waits": _("Kept on this phone; it is sent as soon as there is a network."),
        "walk_in_sent": _("Registered. The server has it."),
        "walk_in_with_slip": _("Registered. The printed slip is their ticket."),
        "walk_in_slip_refused": _("The slip was not to be had: this code is their ticket now."),
        "walk_in_server_full": _("The server says the venue was full already. The door manager sees this entry."),
    }
