"""The words of scanning itself: camera, household pass, trouble."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _


def scanning_words() -> dict[str, Any]:
    return {
        "first": _("%(at)s, %(door)s", at="{at}", door="{door}"),
        "first_other_day": _("%(at)s on %(day)s, %(door)s", at="{at}", day="{day}", door="{door}"),
        "booked": _("%(starts)s %(title)s · %(room)s", starts="{starts}", title="{title}", room="{room}"),
        "booked_waiting": _("waiting"),
        "checking": _("Checking…"),
        "no_answer": _("No answer from the server. Scan again."),
        "no_answer_hint": _("Nothing is lost: the next try counts as the same scan."),
        "too_fast": _("Too many tries. Wait a few minutes."),
        "typed_too_fast": _("Too many codes typed at once. Wait a few minutes."),
        "typed_too_fast_hint": _("QR codes are scanned as before. Or find the person by name."),
        "refused": _("The server did not understand this scan. Reload the page."),
        "unpaired": _("This phone is no longer paired."),
        "unpaired_hint": _("Ask the organizer for a new pairing code."),
        "nothing_in_picture": _("No QR code in this picture."),
        "scanning": _("Hold the QR code in front of the camera."),
        "camera_denied": _("The camera is not allowed. Allow it in the browser's settings, or type the short code."),
        "camera_missing": _("No camera was found. Type the short code, or choose a picture."),
        "camera_insecure": _("The camera only works on a secure address (https). Type the short code instead."),
        "decoder_failed": _("The reader could not start. Reload the page."),
        "camera": _("Camera: %(name)s", name="{name}"),
        "let_in_all": _("Let in all %(count)s", count="{count}"),
        "let_in_rest": _("Let in the other %(count)s", count="{count}"),
        "let_in": _("Let in"),
        "household": _("Family of %(name)s", name="{name}"),
        "already_at": _("in at %(at)s, %(door)s", at="{at}", door="{door}"),
    }
