"""Registering a household that a helper has written down: like the family's own form, but never sent back in vain.

Whoever was written down without a network has gone home when it is sent: then what cannot be had is left out and told,
and the household is registered all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from festival.programme.models import Festival
from festival.registration import notices
from festival.registration.booking import SeatResult
from festival.registration.helping.forms import HelpedForm
from festival.registration.models import HelperLink, Registration
from festival.registration.signing_up import Household, SignUpOutcome, sign_up


@dataclass(frozen=True)
class Written:
    """The outcome, the registration where there is one, and what of the wishes could not be had."""

    outcome: SignUpOutcome
    registration: Registration | None = None
    refused: tuple[SeatResult, ...] = ()
    places_left: int = 0


def submission_of(link: HelperLink, own: str) -> str:
    """The mark of a helped registration. Its colon is in no mark of a form: nobody can open it there."""
    return f"helper:{link.id}:{own}"


def household_of(
    link: HelperLink,
    form: HelpedForm,
    wishes: Mapping[str, frozenset[int]],
    own: str,
    language: str,
    helped_on: str | None,
) -> Household:
    """What was typed, as the domain knows it; only after validation. `wishes` by the person's key in the form,
    `own` the mark that the form or the device gave it."""
    return Household(
        submission=submission_of(link, own),
        contact_name=form.contact_name.data,
        phone=form.phone.data or "",
        ward_code=form.ward.data or None,
        members=[replace(member, session_ids=wishes.get(key, frozenset())) for key, member in form.people()],
        guardian_name=form.guardian_name.data or None,
        language=language,
        consents=form.consents(),
        recorded_by=form.recorded_by.data,
        helper_link_id=link.id,
        group_name=link.group_name,
        helped_on=helped_on,
    )


def write_down(festival: Festival, household: Household, *, gone_home: bool) -> Written:
    """Register the household: seats where there are some, else a place in line.

    SEATS_REFUSED only while the people still sit there; with `gone_home` the sessions that cannot be had (begun, at the
    same time as another one) are left out, and stand in `refused`.
    """
    household = _willing_to_wait(household)
    result = sign_up(festival, household)
    refused = result.refused
    if result.outcome is SignUpOutcome.SEATS_REFUSED and gone_home:
        result = sign_up(festival, _without(household, {each.session.id for each in refused}))
        if result.outcome is SignUpOutcome.SEATS_REFUSED:  # and meanwhile the others too
            refused += result.refused
            result = sign_up(festival, _without(household, None))
    if result.outcome is SignUpOutcome.DONE and result.registration is not None:
        notices.confirmed(result.registration, result.sittings)
    return Written(result.outcome, result.registration, refused, result.places_left)


def _willing_to_wait(household: Household) -> Household:
    wanted = frozenset(session_id for member in household.members for session_id in member.session_ids)
    return replace(household, waits=wanted)


def _without(household: Household, sessions: set[int] | None) -> Household:
    """The same wishes without these sessions, or without any."""
    members = [
        replace(member, session_ids=frozenset() if sessions is None else member.session_ids - sessions)
        for member in household.members
    ]
    return replace(household, members=members)
