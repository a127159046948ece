"""Pages chosen for what is done with them beside being looked at."""

from __future__ import annotations

from tests.e2e.pages import PUBLIC, Place

FORMS = (
    Place("/{festival}/register"),
    Place("/helper/{helper}"),
    Place("/helper/{school}/class-list"),
    Place("/r/{family}/members"),
    Place("/r/{family}/members/{member}"),
    Place("/{festival}/my-tickets"),
    Place("/r/{early}/members/{early_member}/move"),
    Place("/r/{family}/data/contact"),
    Place("/r/{family}/data/request"),
    Place("/r/{family}/data/delete"),
    Place("/r/{insiders}/certificates/correct/{certificate_id}"),
    Place("/manage/sign-in"),
    Place("/invitations/{invitation}"),
    Place("/door/pair/{pairing}"),
    Place("/s/{poster}"),
    *(
        Place(path, "organizer")
        for path in (
            "/manage/new",
            "/manage/import",
            "/manage/password",
            "/manage/people/invite",
            "/manage/organizations/{organization_id}/new",
            "/manage/verify",
            "/manage/{festival}/edit",
            "/manage/{festival}/next-year",
            "/manage/{festival}/import",
            "/manage/{festival}/zones/new",
            "/manage/{festival}/booths/new",
            "/manage/{festival}/workshops/new",
            "/manage/{festival}/sessions/new",
            "/manage/{festival}/helpers/new",
            "/manage/{festival}/helpers/{school_id}/class-list",
            "/manage/{festival}/door/slips",
            "/manage/{festival}/door/new/entrance",
            "/manage/{festival}/door/new/prize",
            "/manage/{festival}/door/pair",
            "/manage/{festival}/door/devices/{device_id}",
            "/manage/{festival}/door/conflicts/scans/{scan_id}/undo",
            "/manage/{festival}/door/paper/type",
            "/manage/{festival}/messages/write",
            "/manage/{festival}/certificates/{certificate_id}/replace",
            "/manage/{festival}/certificates/corrections/{correction_id}",
            "/manage/{festival}/certificates/designs",
            "/manage/{festival}/certificates/designs/{host_design_id}",
            "/manage/{festival}/certificates/pictures",
            "/manage/{festival}/certificates/designs/{tour_design_id}/rule/add/workshop",
            "/manage/{festival}/certificates/designs/{tour_design_id}/rule/add/stamps",
            "/manage/{festival}/certificates/{certificate_id}/revoke",
            "/manage/{festival}/certificates/keys/file",
            "/manage/{festival}/certificates/keys/token",
            "/manage/{festival}/certificates/external",
        )
    ),
)
"""Forms, to be sent empty."""

SAMPLE = (
    *PUBLIC,
    Place("/r/{family}"),
    Place("/r/{family}/sessions"),
    Place("/r/{offered}"),
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
