"""The words of working without a network: connection, queue, sync, wiping."""

from __future__ import annotations

from flask_babel import gettext as _


def offline_words() -> dict[str, str]:
    """By name, in the language of the page."""
    return {**_bar(), **_details(), **_notices(), **_end()}


def _bar() -> dict[str, str]:
    return {
        "bar_online": _("Connected."),
        "bar_offline": _("No network, the phone still scans."),
        "bar_offline_bare": _("No network. This phone needs it once to get the list of people."),
        "bar_starting": _("Fetching the list of people…"),
        "bar_waiting": _("%(count)s scans wait to be sent.", count="{count}"),
        "bar_waiting_one": _("1 scan waits to be sent."),
        "bar_aside": _("%(count)s put aside.", count="{count}"),
        "bar_synced": _("Updated at %(at)s", at="{at}"),
        "bar_inside": _("%(inside)s/%(capacity)s inside", inside="{inside}", capacity="{capacity}"),
        "bar_missing": _("%(count)s scans not counted yet", count="{count}"),
        "bar_missing_one": _("1 scan not counted yet"),
        "bar_late": _("%(count)s doors silent", count="{count}"),
        "bar_late_one": _("1 door silent"),
        "bar_memory": _("Not saved: keep this page open."),
        "bar_80": _("Getting full: %(percent)s%%", percent="{percent}"),
        "bar_95": _("Almost full: %(percent)s%%", percent="{percent}"),
        "bar_100": _("Full: %(percent)s%%", percent="{percent}"),
    }


def _details() -> dict[str, str]:
    return {
        "inside_at": _("%(inside)s of %(capacity)s at %(at)s.", inside="{inside}", capacity="{capacity}", at="{at}"),
        "inside_exact": _("Every door has sent its scans."),
        "inside_missing": _("Doors still had %(count)s scans to send; they are not counted yet.", count="{count}"),
        "inside_late": _(
            "Not heard of for minutes: %(count)s doors. How many they let in is not known.", count="{count}"
        ),
        "people_here": _("%(count)s people", count="{count}"),
        "people_none": _("No list yet: tickets are checked by the server."),
        "people_gone": _("The festival is over: the names were removed from this phone."),
        "clock_right": _("It is right."),
        "clock_late": _("%(how)s slow. Scans get the right time.", how="{how}"),
        "clock_early": _("%(how)s fast. Scans get the right time.", how="{how}"),
        "clock_unknown": _("Not compared yet"),
        "clock_jumped": _("It was set back while scanning; the times were corrected."),
        "hours": _("%(count)s h", count="{count}"),
        "minutes": _("%(count)s min", count="{count}"),
        "seconds": _("%(count)s s", count="{count}"),
        "store_safe": _("Sealed on this phone; the browser will not clear it."),
        "store_may_go": _("Sealed on this phone. Keep this page installed or open: the browser may clear it."),
        "store_memory": _("In memory only: do not close this page while scans wait."),
        "starts_offline": _("Starts without a network."),
        "starts_online_only": _("Starts only with a network (the address is not secure)."),
        "nothing_waits": _("Nothing"),
        "aside_line": _("%(at)s · %(what)s (%(reason)s)", at="{at}", what="{what}", reason="{reason}"),
        "foreign": _("%(count)s of another festival wait until this phone is paired to it again.", count="{count}"),
        "duty_saved": _("Saved."),
        "duty_later": _("Saved here; sent as soon as there is a network."),
        "send_first": _("%(count)s scans must be sent first.", count="{count}"),
        "sending": _("Sending…"),
        "sent_all": _("Everything is sent."),
        "sent_not": _("The server does not answer. The phone keeps trying by itself."),
        "unpair_offline": _("There is no network: the server cannot be told."),
    }


def _notices() -> dict[str, str]:
    return {
        "otherwise": _(
            "%(name)s: %(word)s The door showed at %(at)s: %(shown)s",
            name="{name}",
            word="{word}",
            at="{at}",
            shown="{shown}",
        ),
        "otherwise_good": _("%(name)s may come in after all (%(at)s). Please scan again.", name="{name}", at="{at}"),
        "somebody": _("Somebody"),
        "set_aside": _("The server refused: %(what)s. It is kept, see the details at the top.", what="{what}"),
        "keep_open": _("This phone cannot save anything at the moment. Keep this page open until nothing waits."),
        "a_scan": _("a scan"),
        "a_walk_in": _("a walk-in"),
        "more_notices": _("and %(count)s more", count="{count}"),
        "read": _("OK"),
        "unknown_offline": _("Not on this phone's list. Only the server may know more: try again with a network."),
        "no_roster_hint": _("This phone has no list of people yet: it needs the network once."),
        "let_out": _("Let out"),
        "let_out_all": _("Let out all %(count)s", count="{count}"),
    }


def _end() -> dict[str, str]:
    return {
        "revoked": _("This phone was taken off the door."),
        "revoked_wiping": _("Its scans are being handed in."),
        "revoked_wiped": _("All names and scans were removed from it."),
        "revoked_kept": _(
            "%(count)s scans could not be handed in yet. Open this page again with a network.", count="{count}"
        ),
        "lost": _("This phone is no longer paired."),
        "lost_kept": _(
            "%(count)s scans wait on this phone, sealed. Pair it again, then they are sent.", count="{count}"
        ),
        "lost_nothing": _("No scan was lost. Ask the organizer for a new pairing code."),
    }
