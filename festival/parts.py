"""The parts of the house and their doors: every table, and every blueprint in the order of the design page."""

from __future__ import annotations

from flask import Flask

from festival.config import Settings


def load_tables() -> None:
    """Load the tables of all parts, so that keys between them and migrations know each other."""
    import festival.accounts.models
    import festival.certificates.models
    import festival.checkin.models
    import festival.consents.models
    import festival.messages.models
    import festival.privacy.models
    import festival.programme.models
    import festival.registration.models  # noqa: F401


def register_parts(app: Flask) -> None:
    """Register the blueprints of all parts; the page of components only where Festival is developed."""
    from festival import health, look
    from festival.certificates import badge_views as certificate_papers
    from festival.certificates import correction_views as certificate_corrections
    from festival.certificates import designer_views as certificate_designs
    from festival.certificates import external_views as certificate_external
    from festival.certificates import key_views as certificate_keys
    from festival.certificates import manage_views as certificates_manage
    from festival.certificates import picture_views as certificate_pictures
    from festival.certificates import rule_views as certificate_rules
    from festival.certificates import run_views as certificate_runs
    from festival.certificates import views as certificates
    from festival.checkin import calls as door_api
    from festival.checkin import conflict_views as checkin_conflicts
    from festival.checkin import manage_views as checkin_manage
    from festival.checkin import paper_views as checkin_paper
    from festival.checkin import poster_views as checkin_posters
    from festival.checkin import slip_views as checkin_slips
    from festival.checkin import views as checkin
    from festival.household import coming_back
    from festival.household import stamps as household_stamps
    from festival.household import views as household
    from festival.household import waiting as household_waiting
    from festival.looking import note_who_looked
    from festival.mailings import views as mailings
    from festival.preparing import views as preparing
    from festival.privacy import data_views as my_data
    from festival.privacy import manage_views as privacy_manage
    from festival.programme import manage_views as programme_manage
    from festival.programme import views as programme
    from festival.registration import views as registration
    from festival.registration.class_lists import views as class_lists
    from festival.registration.helping import calls as helping_calls
    from festival.registration.helping import manage_views as helping_manage
    from festival.registration.helping import views as helping
    from festival.registration.moved_sessions import tell_of_moved_session, touched_by_move
    from festival.registration.waiting_list import lengths_of, offer_freed
    from festival.reports import flood_views as floods
    from festival.reports import log_views as audit_log
    from festival.reports import views as reports
    from festival.staffing import invitation_views as invitations
    from festival.staffing import organization_views as organizations
    from festival.staffing import views as people

    load_tables()
    app.extensions["offer_freed"] = offer_freed  # the programme frees seats and shows who waits, and is built first
    app.extensions["touched_by_move"] = touched_by_move  # and moves sessions that people have booked
    app.extensions["tell_of_moved_session"] = tell_of_moved_session
    app.jinja_env.globals["lengths_of_lines"] = lengths_of
    app.after_request(note_who_looked)  # it knows the numbers of all parts, so the gate, which is built first, cannot
    settings: Settings = app.extensions["settings"]
    if settings.development or settings.testing:
        app.register_blueprint(look.bp)
    for part in (
        health,
        programme,
        registration,
        helping,
        helping_calls,
        class_lists,
        helping_manage,
        checkin,
        door_api,
        certificates,
        household,
        household_stamps,
        household_waiting,
        coming_back,
        my_data,
        reports,
        floods,
        audit_log,
        programme_manage,
        checkin_manage,
        checkin_conflicts,
        checkin_paper,
        checkin_posters,
        checkin_slips,
        certificates_manage,
        certificate_rules,
        certificate_keys,
        certificate_external,
        certificate_designs,
        certificate_pictures,
        certificate_papers,
        certificate_runs,
        certificate_corrections,
        mailings,
        privacy_manage,
        preparing,
        people,
        invitations,
        organizations,
    ):
        app.register_blueprint(part.bp)
