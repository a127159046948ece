"""Which consents have to be asked, of households in the form and of walk-ins at the door alike."""

from __future__ import annotations

from collections.abc import Collection

from festival.consents.models import Purpose
from festival.consents.texts import TEXTS, ConsentText
from festival.registration.models import OWN_CONSENT_FROM_AGE


def texts_to_ask(ages_of_children: Collection[int]) -> list[ConsentText]:
    """The texts for a household whose children have these ages (years); those about children only where there are some,
    and the children's own only where one is old enough to be asked."""
    asked = []
    for text in TEXTS:
        if text.purpose is Purpose.CHILDRENS_OWN and not any(age >= OWN_CONSENT_FROM_AGE for age in ages_of_children):
            continue
        if text.for_children and not ages_of_children:
            continue
        asked.append(text)
    return asked
