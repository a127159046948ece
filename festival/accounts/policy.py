"""Who may call what: one table, one row an endpoint. `festival/gate.py` asks it before every request.

An endpoint without a row answers nobody; a test walks the URL map and fails on it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from sqlalchemy import select

from festival.accounts.models import Membership, Organization, StaffRole, User
from festival.extensions import db


class Caller(enum.Enum):
    """How somebody gets in."""

    ANYONE = "anyone"
    SECRET_LINK = "secret_link"
    """Whoever has the address: the view looks the secret up and answers 404 for a wrong one."""
    SECRET_CALL = "secret_call"
    """As SECRET_LINK, for a call with JSON."""
    DEVICE = "device"
    """A paired phone; `g.device` is it."""
    UPLOAD = "upload"
    """A paired phone, or one revoked less than a day ago: it may still hand in what it has, and is told nothing."""
    SCANNER = "scanner"
    """As UPLOAD, but the view recognizes the phone: in the statement that reads the scan's ticket, where it can."""
    STAFF = "staff"
    """A signed-in member of staff with one of the row's roles, in the festival of the address where there is one."""


@dataclass(frozen=True)
class Rule:
    """One row of the table."""

    caller: Caller
    roles: frozenset[StaffRole] = frozenset()


def staff(*roles: StaffRole) -> Rule:
    """A row for members of staff. Owners may do everything in their organization."""
    return Rule(Caller.STAFF, frozenset(roles) | {StaffRole.OWNER})


ANYONE = Rule(Caller.ANYONE)
SECRET_LINK = Rule(Caller.SECRET_LINK)
SECRET_CALL = Rule(Caller.SECRET_CALL)
DEVICE = Rule(Caller.DEVICE)
UPLOAD = Rule(Caller.UPLOAD)
SCANNER = Rule(Caller.SCANNER)
ORGANIZER = staff(StaffRole.ORGANIZER)
DOOR = staff(StaffRole.ORGANIZER, StaffRole.DOOR_MANAGER)
ISSUER = staff(StaffRole.ORGANIZER, StaffRole.ISSUER)
READER = staff(StaffRole.ORGANIZER, StaffRole.DOOR_MANAGER, StaffRole.ISSUER, StaffRole.OBSERVER)

POLICY: dict[str, Rule] = {
    "static": ANYONE,
    "health.alive": ANYONE,
    "health.ready": ANYONE,
    "look.index": ANYONE,
    # accounts
    "security.login": ANYONE,
    "security.logout": ANYONE,
    "security.change_password": READER,
    "security.verify": READER,
    # programme, public
    "programme.index": ANYONE,
    "programme.favicon": ANYONE,
    "programme.home": ANYONE,
    "programme.programme": ANYONE,
    "programme.programme_ics": ANYONE,
    "programme.programme_json": ANYONE,
    "programme.booth": ANYONE,
    "programme.workshop": ANYONE,
    # programme, organizers
    "programme_manage.index": READER,
    "programme_manage.new_festival": ORGANIZER,
    "programme_manage.template": READER,
    "programme_manage.upload_new": ORGANIZER,
    "programme_manage.preview_new": ORGANIZER,
    "programme_manage.edit_festival": ORGANIZER,
    "programme_manage.publish": ORGANIZER,
    "programme_manage.unpublish": ORGANIZER,
    "programme_manage.export": ORGANIZER,
    "programme_manage.upload": ORGANIZER,
    "programme_manage.preview": ORGANIZER,
    "programme_manage.zones": ORGANIZER,
    "programme_manage.zone_new": ORGANIZER,
    "programme_manage.zone_edit": ORGANIZER,
    "programme_manage.zone_delete": ORGANIZER,
    "programme_manage.booths": ORGANIZER,
    "programme_manage.booth_new": ORGANIZER,
    "programme_manage.booth_edit": ORGANIZER,
    "programme_manage.booth_delete": ORGANIZER,
    "programme_manage.workshops": ORGANIZER,
    "programme_manage.workshop_new": ORGANIZER,
    "programme_manage.workshop_edit": ORGANIZER,
    "programme_manage.workshop_delete": ORGANIZER,
    "programme_manage.sessions": ORGANIZER,
    "programme_manage.session_new": ORGANIZER,
    "programme_manage.session_edit": ORGANIZER,
    "programme_manage.session_delete": ORGANIZER,
    # registration and the household's own page
    "registration.register": ANYONE,
    "household.show": SECRET_LINK,
    "household.ticket": ANYONE,
    "household.qr": SECRET_LINK,
    "household.calendar": SECRET_LINK,
    "household.sheet": SECRET_LINK,
    "household.members": SECRET_LINK,
    "household.move": SECRET_LINK,
    "household.sessions": SECRET_LINK,
    "household.cancel": SECRET_LINK,
    "household_waiting.answer": SECRET_LINK,
    "household.consents": SECRET_LINK,
    "coming_back.find": ANYONE,
    "coming_back.renew": SECRET_LINK,
    "my_data.show": SECRET_LINK,
    "my_data.json_file": SECRET_LINK,
    "my_data.pdf_file": SECRET_LINK,
    "my_data.contact": SECRET_LINK,
    "my_data.request_form": SECRET_LINK,
    "my_data.delete": SECRET_LINK,
    "household_stamps.show": SECRET_LINK,
    "household_stamps.stamp": SECRET_LINK,
    "household_stamps.forget_families": ANYONE,
    # helpers
    "helping.write": SECRET_LINK,
    "helping.today": SECRET_LINK,
    "helping.slips": SECRET_LINK,
    "helping.manifest": SECRET_LINK,
    "helping.service_worker": ANYONE,
    "helping_calls.registrations": SECRET_CALL,
    "class_lists.upload": SECRET_LINK,
    "class_lists.confirm": SECRET_LINK,
    "class_lists.template": SECRET_LINK,
    "class_lists.manage_upload": ORGANIZER,
    "class_lists.manage_confirm": ORGANIZER,
    "helping_manage.index": ORGANIZER,
    "helping_manage.new": ORGANIZER,
    "helping_manage.show": ORGANIZER,
    "helping_manage.slips": ORGANIZER,
    "helping_manage.end": ORGANIZER,
    # the door
    "checkin.scanner": ANYONE,
    "checkin.pair_page": SECRET_LINK,
    "checkin.pair": SECRET_LINK,
    "checkin.service_worker": ANYONE,
    "checkin.manifest": ANYONE,
    "door_api.on_duty": DEVICE,
    "door_api.unpair": DEVICE,
    "door_api.scans": SCANNER,
    "door_api.walk_ins": UPLOAD,
    "checkin_slips.slip": DEVICE,
    "checkin_slips.sheet": DOOR,
    "checkin_slips.print_blank": DOOR,
    "checkin_slips.blank": DOOR,
    "door_api.people": DEVICE,
    "door_api.roster": DEVICE,
    "door_api.undo": UPLOAD,
    "checkin_manage.index": DOOR,
    "checkin_manage.choose_new": DOOR,
    "checkin_manage.new_checkpoint": DOOR,
    "checkin_manage.edit_checkpoint": DOOR,
    "checkin_manage.allow_walk_ins": DOOR,
    "checkin_manage.add_for_sessions": DOOR,
    "checkin_manage.add_for_booths": DOOR,
    "checkin_manage.remove_checkpoint": DOOR,
    "checkin_manage.invite_phone": DOOR,
    "checkin_manage.show_code": DOOR,
    "checkin_manage.edit_device": DOOR,
    "checkin_manage.ask_revoke": DOOR,
    "checkin_manage.revoke": DOOR,
    "checkin_posters.index": DOOR,
    "checkin_posters.print_all": DOOR,
    "checkin_posters.print_one": DOOR,
    "checkin_conflicts.index": DOOR,
    "checkin_conflicts.history": DOOR,
    "checkin_conflicts.ask_undo": DOOR,
    "checkin_conflicts.undo": DOOR,
    "checkin_paper.index": DOOR,
    "checkin_paper.door_list": DOOR,
    "checkin_paper.type_in": DOOR,
    "checkin_paper.check_or_record": DOOR,
    # certificates
    "certificates.certificate": SECRET_LINK,
    "certificates.issue_certificate": SECRET_LINK,
    "certificates.shelf": SECRET_LINK,
    "certificates.by_design": SECRET_LINK,
    "certificates.issue_by_design": SECRET_LINK,
    "certificates.correct": SECRET_LINK,
    "certificates.credential": SECRET_LINK,
    "certificates.verify": ANYONE,
    "certificates.verify_json": ANYONE,
    "certificates.enter_code": ANYONE,
    "certificates.match": ANYONE,
    "certificates.choose_file": ANYONE,
    "certificates.check_file": ANYONE,
    "certificates.file_list": ANYONE,
    "certificates.file_list_json": ANYONE,
    "certificates.issuer": ANYONE,
    "certificates.issuer_key": ANYONE,
    "certificates.revoked": ANYONE,
    "certificates_manage.index": ISSUER,
    "certificate_rules.show": ISSUER,
    "certificate_rules.people": ISSUER,
    "certificate_rules.choose": ISSUER,
    "certificate_rules.add": ISSUER,
    "certificate_rules.remove": ISSUER,
    "certificate_rules.need": ISSUER,
    "certificate_rules.members": ISSUER,
    "certificates_manage.show": ISSUER,
    "certificates_manage.replace": ISSUER,
    "certificates_manage.publish": ISSUER,
    "certificate_runs.begin": ISSUER,
    "certificate_runs.issue": ISSUER,
    "certificate_runs.start": ISSUER,
    "certificate_runs.run": ISSUER,
    "certificate_runs.again": ISSUER,
    "certificate_corrections.index": ISSUER,
    "certificate_corrections.show": ISSUER,
    "certificate_corrections.decide": ISSUER,
    "certificates_manage.print_file": ISSUER,
    "certificates_manage.certificate": ISSUER,
    "certificates_manage.ask_revoke": ISSUER,
    "certificates_manage.revoke": ISSUER,
    "certificate_designs.index": ISSUER,
    "certificate_designs.new": ISSUER,
    "certificate_designs.edit": ISSUER,
    "certificate_designs.preview": ISSUER,
    "certificate_designs.proof": ISSUER,
    "certificate_designs.copy": ISSUER,
    "certificate_designs.away": ISSUER,
    "certificate_pictures.index": ISSUER,
    "certificate_pictures.show": ISSUER,
    "certificate_pictures.remove": ISSUER,
    "certificate_papers.index": ISSUER,
    "certificate_papers.badges": ISSUER,
    "certificate_papers.slips": ISSUER,
    "certificate_papers.signs": ISSUER,
    "certificate_keys.index": ISSUER,
    "certificate_keys.add_file": ISSUER,
    "certificate_keys.add_token": ISSUER,
    "certificate_keys.make": ISSUER,
    "certificate_keys.edit": ISSUER,
    "certificate_keys.attempt": ISSUER,
    "certificate_keys.retire": ISSUER,
    "certificate_keys.choose": ISSUER,
    "certificate_external.upload": ISSUER,
    "certificate_external.to_sign": ISSUER,
    # personal data
    "privacy_manage.index": ORGANIZER,
    "privacy_manage.show": ORGANIZER,
    "privacy_manage.answer": ORGANIZER,
    "privacy_manage.put_off": ORGANIZER,
    "privacy_manage.finish": ORGANIZER,
    "privacy_manage.register": ORGANIZER,
    "privacy_manage.edit_register": ORGANIZER,
    "privacy_manage.register_pdf": ORGANIZER,
    "privacy_manage.register_csv": ORGANIZER,
    "privacy_manage.photo_sign": ORGANIZER,
    # messages
    "mailings.index": ORGANIZER,
    "mailings.message": ORGANIZER,
    "mailings.resend": ORGANIZER,
    "mailings.write": ORGANIZER,
    "mailings.group": ORGANIZER,
    "mailings.undo": ORGANIZER,
    # reports
    "reports.day": READER,
    "reports.registrations": READER,
    "reports.registration": READER,
    "reports.export": ORGANIZER,
    "floods.index": ORGANIZER,
    "floods.show": ORGANIZER,
    "floods.release": ORGANIZER,
    "floods.undo": ORGANIZER,
}


def roles_in(user: User, organization_id: int) -> frozenset[StaffRole]:
    """The roles of `user` in an organization. An observer of an organization observes all those below it too."""
    memberships = db.session.scalars(select(Membership).where(Membership.user_id == user.id)).all()
    roles = {m.role for m in memberships if m.organization_id == organization_id}
    observed = {m.organization_id for m in memberships if m.role is StaffRole.OBSERVER}
    if observed and StaffRole.OBSERVER not in roles and observed & ancestors(organization_id):
        roles.add(StaffRole.OBSERVER)
    return frozenset(roles)


def ancestors(organization_id: int) -> set[int]:
    """The ids of all organizations above this one."""
    tree = (
        select(Organization.id, Organization.parent_id)
        .where(Organization.id == organization_id)
        .cte("tree", recursive=True)
    )
    tree = tree.union(select(Organization.id, Organization.parent_id).join(tree, Organization.id == tree.c.parent_id))
    return set(db.session.scalars(select(tree.c.id))) - {organization_id}


def organizations_of(user: User, rule: Rule = READER) -> set[int]:
    """The ids of the organizations in which the user has one of the rule's roles, those below observed ones too."""
    memberships = db.session.scalars(select(Membership).where(Membership.user_id == user.id)).all()
    own = {m.organization_id for m in memberships if m.role in rule.roles}
    observed = {m.organization_id for m in memberships if m.role is StaffRole.OBSERVER}
    if StaffRole.OBSERVER not in rule.roles or not observed:
        return own
    tree = select(Organization.id).where(Organization.id.in_(observed)).cte("below", recursive=True)
    tree = tree.union(select(Organization.id).join(tree, Organization.parent_id == tree.c.id))
    return own | set(db.session.scalars(select(tree.c.id)))
