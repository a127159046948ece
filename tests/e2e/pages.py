"""Every page there is, as an address with {names} of `tests/e2e/live.py`, and who opens it.

A new page must be added here: `test_every_endpoint_that_answers_a_page_is_visited` fails otherwise.
"""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A page: its address, who opens it, and the status of its answer."""

    path: str
    who: str = "visitor"
    status: int = 200


PUBLIC = (
    Place("/"),
    Place("/{festival}/"),
    Place("/{festival}/programme"),
    Place("/{festival}/booths/{booth}"),
    Place("/{festival}/workshops/{workshop_id}"),
    Place("/{festival}/register"),
    Place("/{festival}/my-tickets"),
)
"""What everybody may find: their first visit is weighed, and they work without JavaScript."""

NOWHERE = Place("/there/is/nothing", status=404)

VISITORS = (
    Place("/{festival}/programme?q=dinh+danh"),
    Place("/{festival}/programme?q=kh%C3%B4ng-c%C3%B3-g%C3%AC"),
    Place("/da-dong/"),
    Place("/da-dong/programme"),
    Place("/da-dong/register"),
    Place("/chua-mo/register"),
    Place("/r/{family}"),
    Place("/r/{family}/print"),
    Place("/r/{family}/sessions"),
    Place("/r/{family}/members"),
    Place("/r/{family}/members/{member}"),
    Place("/r/{family}/consents"),
    Place("/r/{family}/cancel"),
    Place("/r/{early}/members/{early_member}/move"),
    Place("/r/{family}/renew"),
    Place("/r/{renewed}", status=410),
    Place("/r/{family}/data"),
    Place("/r/{asking}/data"),
    Place("/r/{insiders}/data"),
    Place("/r/{cancelled}/data"),
    Place("/r/{family}/data/contact"),
    Place("/r/{family}/data/request"),
    Place("/r/{family}/data/delete"),
    Place("/r/{cancelled}"),
    Place("/r/{cancelled}/print"),
    Place("/r/{cancelled}/consents"),
    Place("/r/{insiders}"),
    Place("/q/{ticket}"),
    Place("/q/{cancelled_ticket}"),
    Place("/q/{blank_slip}"),
    Place("/q/NOTHING", status=404),
    Place("/s/{poster}"),
    Place("/s/NOTHING", status=404),
    Place("/r/{family}/certificates/{member}"),
    Place("/r/{insiders}/certificates/{earned_person}"),
    Place("/r/{insiders}/certificates/{revoked_person}"),
    Place("/c/"),
    Place("/c/{certificate}"),
    Place("/c/{revoked_certificate}"),
    Place("/c/AAAA-BBBB", status=404),
    NOWHERE,
    Place("/manage/sign-in"),
    Place("/door/"),
    Place("/door/pair/{pairing}"),
    Place("/door/pair/{expired_pairing}", status=410),
    Place("/door/pair/nobody-made-this", status=404),
    Place("/door/", "door"),
    Place("/door/walk-ins/{walk_in}/slip", "door"),
    Place("/door/walk-ins/{walk_in}/slip?paper=a6", "door"),
    Place("/door/", "kiosk"),
    Place("/door/", "screen"),
)

ORGANIZERS = tuple(
    Place(path, "organizer")
    for path in (
        "/manage/",
        "/manage/?q=nothing",
        "/manage/look",
        "/manage/new",
        "/manage/import",
        "/manage/import/{new_upload}",
        "/manage/password",
        "/manage/verify",
        "/manage/{festival}/",
        "/manage/{festival}/edit",
        "/manage/{festival}/publish",
        "/manage/{festival}/import",
        "/manage/{festival}/import/{upload}",
        "/manage/{festival}/zones",
        "/manage/{festival}/zones/new",
        "/manage/{festival}/zones/{zone_id}",
        "/manage/{festival}/booths",
        "/manage/{festival}/booths?q=nothing",
        "/manage/{festival}/booths/new",
        "/manage/{festival}/booths/{booth_id}",
        "/manage/{festival}/workshops",
        "/manage/{festival}/workshops/new",
        "/manage/{festival}/workshops/{workshop_id}",
        "/manage/{festival}/sessions",
        "/manage/{festival}/sessions/new",
        "/manage/{festival}/sessions/{session_id}",
        "/manage/{festival}/registrations",
        "/manage/{festival}/registrations?q=nothing",
        "/manage/{festival}/registrations/{registration_id}",
        "/manage/{festival}/registrations/{insiders_id}",
        "/manage/{festival}/registrations/{cancelled_id}",
        "/manage/{festival}/door",
        "/manage/{festival}/door?q=nothing",
        "/manage/{festival}/door/posters",
        "/manage/{festival}/door/posters/print",
        "/manage/{festival}/door/posters/{stamping_id}",
        "/manage/{empty}/door/posters",
        "/manage/{empty}/door/posters/print",
        "/manage/{festival}/door/new",
        "/manage/{festival}/door/new/entrance",
        "/manage/{festival}/door/new/session",
        "/manage/{festival}/door/new/prize",
        "/manage/{festival}/door/checkpoints/{checkpoint_id}",
        "/manage/{festival}/door/slips",
        "/manage/{festival}/door/slips/{slip_id}",
        "/manage/{festival}/door/pair",
        "/manage/{festival}/door/pair?mode=kiosk",
        "/manage/{festival}/door/pair?mode=screen",
        "/manage/{festival}/door/devices/{device_id}",
        "/manage/{festival}/door/devices/{device_id}/revoke",
        "/manage/{festival}/door/conflicts",
        "/manage/{festival}/door/conflicts?show=doubtful",
        "/manage/{festival}/door/conflicts/people/{scanned_person}",
        "/manage/{festival}/door/conflicts/scans/{scan_id}/undo",
        "/manage/{festival}/door/paper",
        "/manage/{festival}/door/paper?q=nothing",
        "/manage/{festival}/door/paper/{checkpoint_id}",
        "/manage/{festival}/door/paper/type",
        "/manage/{festival}/messages",
        "/manage/{festival}/messages?q=nothing",
        "/manage/{festival}/messages?show=many",
        "/manage/{festival}/messages/{message_id}",
        "/manage/{festival}/messages/write",
        "/manage/{festival}/messages/groups/{group_message_id}",
        "/manage/{festival}/certificates",
        "/manage/{festival}/certificates?q=nothing",
        "/manage/{festival}/certificates/{certificate_id}/revoke",
        "/manage/{festival}/privacy",
        "/manage/{festival}/privacy?show=done",
        "/manage/{festival}/privacy/requests/{request_id}",
        "/manage/{festival}/privacy/requests/{done_id}",
        "/manage/{festival}/privacy/register",
        "/manage/{festival}/privacy/photo-sign",
        "/manage/{empty}/privacy",
        "/manage/{empty}/privacy?show=done",
        "/manage/{empty}/",
        "/manage/{empty}/edit",
        "/manage/{empty}/publish",
        "/manage/{empty}/import/{wrong_upload}",
        "/manage/{empty}/zones",
        "/manage/{empty}/booths",
        "/manage/{empty}/workshops",
        "/manage/{empty}/sessions",
        "/manage/{empty}/sessions/new",
        "/manage/{empty}/registrations",
        "/manage/{empty}/door",
        "/manage/{empty}/door/new/session",
        "/manage/{empty}/door/pair",
        "/manage/{empty}/door/conflicts",
        "/manage/{empty}/door/conflicts?show=doubtful",
        "/manage/{empty}/door/paper",
        "/manage/{empty}/door/paper/type",
        "/manage/{empty}/messages",
        "/manage/{empty}/messages?show=many",
        "/manage/{empty}/certificates",
        "/{empty}/",
        "/{empty}/programme",
    )
)

REFUSED = (
    Place("/manage/{festival}/edit", "door manager", 403),
    Place("/manage/{festival}/certificates/{revoked_certificate_id}.pdf", "organizer", 410),
    Place("/manage/{festival}/sessions/999999", "organizer", 404),
)

ALL = PUBLIC + VISITORS + ORGANIZERS + REFUSED

FORMS = (
    Place("/{festival}/register"),
    Place("/r/{family}/members"),
    Place("/r/{family}/members/{member}"),
    Place("/{festival}/my-tickets"),
    Place("/r/{early}/members/{early_member}/move"),
    Place("/r/{family}/data/contact"),
    Place("/r/{family}/data/request"),
    Place("/r/{family}/data/delete"),
    Place("/manage/sign-in"),
    Place("/door/pair/{pairing}"),
    Place("/s/{poster}"),
    *(
        Place(path, "organizer")
        for path in (
            "/manage/new",
            "/manage/import",
            "/manage/password",
            "/manage/verify",
            "/manage/{festival}/edit",
            "/manage/{festival}/import",
            "/manage/{festival}/zones/new",
            "/manage/{festival}/booths/new",
            "/manage/{festival}/workshops/new",
            "/manage/{festival}/sessions/new",
            "/manage/{festival}/door/slips",
            "/manage/{festival}/door/new/entrance",
            "/manage/{festival}/door/new/prize",
            "/manage/{festival}/door/pair",
            "/manage/{festival}/door/devices/{device_id}",
            "/manage/{festival}/door/conflicts/scans/{scan_id}/undo",
            "/manage/{festival}/door/paper/type",
            "/manage/{festival}/messages/write",
            "/manage/{festival}/certificates/{certificate_id}/revoke",
        )
    ),
)
"""Forms, to be sent empty."""

SAMPLE = (
    *PUBLIC,
    Place("/r/{family}"),
    Place("/r/{family}/sessions"),
    Place("/c/{certificate}"),
    Place("/door/", "door"),
    Place("/manage/sign-in"),
    *(
        Place(path, "organizer")
        for path in (
            "/manage/",
            "/manage/{festival}/",
            "/manage/{festival}/edit",
            "/manage/{festival}/booths",
            "/manage/{festival}/sessions/new",
            "/manage/{festival}/import/{upload}",
            "/manage/{festival}/door",
            "/manage/{festival}/certificates",
        )
    ),
)
"""One page of each kind, looked at in other circumstances too."""

NOT_PAGES = {
    "static": "files",
    "health.alive": "JSON",
    "health.ready": "JSON",
    "programme.favicon": "a picture",
    "programme.programme_ics": "a calendar",
    "programme.programme_json": "JSON",
    "household.calendar": "a calendar",
    "household.qr": "a picture",
    "my_data.json_file": "JSON",
    "my_data.pdf_file": "a PDF",
    "certificates_manage.print_file": "a PDF",
    "programme_manage.template": "a workbook",
    "programme_manage.export": "a workbook",
    "reports.export": "a workbook",
    "door_api.roster": "JSON",
    "checkin.service_worker": "a script",
    "checkin.manifest": "JSON",
}
"""Endpoints that answer no page, and what they answer."""
