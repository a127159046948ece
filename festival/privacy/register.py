"""The register of processing as it stands: what the service does, in the organizer's own words where there are some.

What happens outside this service only the organizer knows: who is responsible, who else gets data, what is kept longer
on paper. A field left empty says what the service does, and goes on following the festival's settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from festival.accounts.audit import record, values_of
from festival.config import Settings
from festival.core.phones import show_phone
from festival.extensions import db
from festival.privacy.models import ProcessingRegister
from festival.privacy.processing import Activity, Kind, activities_of
from festival.programme.models import Festival


@dataclass(frozen=True)
class Register:
    """Who is responsible and how to reach them, what is done, and what else the organizer has to say."""

    controller: str
    contact: str
    protection_officer: str
    added: str
    activities: Sequence[Activity]


@dataclass(frozen=True)
class OwnWords:
    """What the organizer has typed, `recipients` and `kept` by activity. Empty: what the service says by itself."""

    controller: str = ""
    contact: str = ""
    protection_officer: str = ""
    added: str = ""
    recipients: Mapping[Kind, str] | None = None
    kept: Mapping[Kind, str] | None = None


def usual_register(festival: Festival, settings: Settings) -> Register:
    """What the service says by itself."""
    phone = show_phone(festival.contact_phone) if festival.contact_phone else ""
    return Register(
        controller=festival.organizer_name,
        contact=", ".join(filter(None, (phone, festival.contact_email))),
        protection_officer="",
        added="",
        activities=activities_of(festival, settings),
    )


def own_words(festival: Festival) -> OwnWords:
    """What the organizer has written so far."""
    row = db.session.get(ProcessingRegister, festival.id)
    if row is None:
        return OwnWords(recipients={}, kept={})
    return OwnWords(
        row.controller, row.contact, row.protection_officer, row.added, _by_kind(row.recipients), _by_kind(row.kept)
    )


def _by_kind(kept: dict[str, str]) -> dict[Kind, str]:
    known = {kind.value: kind for kind in Kind}
    return {known[key]: words for key, words in kept.items() if key in known}


def register_of(festival: Festival, settings: Settings) -> Register:
    """The register as it stands."""
    usual, own = usual_register(festival, settings), own_words(festival)
    recipients, kept = own.recipients or {}, own.kept or {}
    return Register(
        controller=own.controller or usual.controller,
        contact=own.contact or usual.contact,
        protection_officer=own.protection_officer,
        added=own.added,
        activities=[
            replace(
                each, recipients=recipients.get(each.kind) or each.recipients, kept=kept.get(each.kind) or each.kept
            )
            for each in usual.activities
        ],
    )


def write_register(festival: Festival, typed: OwnWords) -> None:
    """Keep the organizer's words; the caller commits. Words for an activity that is not asked for now (no booth yet)
    stay for when it is."""
    row = db.session.get(ProcessingRegister, festival.id)
    before = values_of(row) if row else {}
    if row is None:
        row = ProcessingRegister(festival_id=festival.id, recipients={}, kept={})
        db.session.add(row)
    row.controller, row.contact = typed.controller, typed.contact
    row.protection_officer, row.added = typed.protection_officer, typed.added
    row.recipients = _with(row.recipients, typed.recipients)
    row.kept = _with(row.kept, typed.kept)
    db.session.flush()
    record("privacy.register_edited", festival.name, festival_id=festival.id, before=before, after=values_of(row))


def _with(kept: dict[str, str], typed: Mapping[Kind, str] | None) -> dict[str, str]:
    changed = kept | {kind.value: words for kind, words in (typed or {}).items()}
    return {key: words for key, words in changed.items() if words}
