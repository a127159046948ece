"""What the walk-in's dialog on the scanner's page is made of: wards to choose from, and the texts to be agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from festival.consents.texts import ConsentText
from festival.core.clock import today
from festival.programme.models import Festival, Ward
from festival.programme.wards import wards_near
from festival.registration.asking import texts_to_ask
from festival.registration.models import GUARDIAN_BELOW_AGE, OWN_CONSENT_FROM_AGE


@dataclass(frozen=True)
class WalkInPage:
    """`own`: the festival's ward, chosen already; `wards`: the others near. `texts`: what is asked of somebody, those
    about children included. `year`: this one, for a phone whose clock is wrong."""

    own: Ward | None
    wards: Sequence[Ward]
    texts: Sequence[ConsentText]
    year: int
    guardian_below: int = GUARDIAN_BELOW_AGE
    own_consent_from: int = OWN_CONSENT_FROM_AGE


def walk_in_page(festival: Festival) -> WalkInPage:
    """The dialog for this festival. Only what registering needs is asked at the door."""
    own = festival.ward
    return WalkInPage(
        own=own,
        wards=[ward for ward in wards_near(festival) if own is None or ward.code != own.code],
        texts=[text for text in texts_to_ask([OWN_CONSENT_FROM_AGE]) if text.required],
        year=today().year,
    )
