"""Certificates and keys in every state, for the running installation of `live.py`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select

from festival.certificates import corrections
from festival.certificates.handing_out import file_of
from festival.certificates.issuing import find_certificate, issue
from festival.certificates.models import Certificate, CertificateKind, Design, IssueRun, RunState
from festival.certificates.published import publish
from festival.certificates.replacing import replace, revoke
from festival.certificates.signing_keys import make_signing_key, retire
from festival.checkin.models import Admission, Checkpoint, CheckpointKind
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.links import secret_of
from festival.registration.models import Attendee, Registration


def certificates(festival: Festival) -> dict[str, str]:
    """A household inside with one certificate, one earned and one revoked."""
    inside = select(Admission.id).join(Checkpoint).where(Admission.attendee_id == Attendee.id)
    here = exists(inside.where(Checkpoint.kind == CheckpointKind.ENTRANCE))
    families = db.session.scalars(
        select(Registration).join(Attendee).where(Attendee.festival_id == festival.id, here).distinct()
    ).all()
    large = next(family for family in families if len(family.attendees) > 2 and not _has_certificate(family))
    first, second, third = large.attendees[:3]
    issue(first)
    issue(second)
    db.session.flush()
    valid, revoked = find_certificate(first), find_certificate(second)
    assert isinstance(valid, Certificate)
    assert isinstance(revoked, Certificate)
    revoke(revoked, "Sai tên")
    old = issue(_other_insider(families, large)).certificate
    assert old is not None
    replace(old, "Giấy bị ướt")
    file_of(valid)
    publish(festival)
    corrections.ask(valid, f"{first.name} Hai")
    over = {"festival_id": festival.id, "design_id": valid.design_id, "total": 40, "started_at": now()}
    done = IssueRun(**over, state=RunState.DONE, done=40, finished_at=now())
    stopped = IssueRun(**over, state=RunState.FAILED, done=20, finished_at=now(), problem="OperationalError")
    db.session.add_all([done, stopped])
    db.session.flush()
    return {
        "design_id": str(valid.design_id),
        "tour_design_id": _design(festival, CertificateKind.PARTICIPATION),
        "family_design_id": _design(festival, CertificateKind.HOUSEHOLD),
        "host_design_id": _design(festival, CertificateKind.HOST),
        "run_id": str(done.id),
        "stopped_run_id": str(stopped.id),
        "correction_id": str(corrections.corrections_of(valid)[0].id),
        "replaced_certificate": old.code,
        "insiders": secret_of(large),
        "insiders_id": str(large.id),
        "revoked_person": str(second.id),
        "earned_person": str(third.id),
        "certificate": valid.code,
        "certificate_id": str(valid.id),
        "revoked_certificate": revoked.code,
        "revoked_certificate_id": str(revoked.id),
    }


def _design(festival: Festival, kind: CertificateKind) -> str:
    """The newest design of that kind: of those of participation the one with a rule in groups."""
    newest = select(Design.id).where(Design.festival_id == festival.id, Design.kind == kind).order_by(Design.id.desc())
    return str(db.session.scalar(newest))


def _other_insider(families: Sequence[Registration], but: Registration) -> Attendee:
    """Somebody inside who has no certificate."""
    family = next(each for each in families if each is not but and not _has_certificate(each))
    return next(
        person
        for person in family.attendees
        if db.session.scalar(select(Admission.id).where(Admission.attendee_id == person.id).limit(1))
    )


def _has_certificate(family: Registration) -> bool:
    return any(find_certificate(attendee) for attendee in family.attendees)


def signing_keys(festival: Festival) -> dict[str, str]:
    """A key in use and one that is retired."""
    key, retired = make_signing_key(festival), make_signing_key(festival)
    retire(retired, festival)
    return {"key_id": str(key.id), "retired_key_id": str(retired.id)}
