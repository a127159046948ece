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
    from festival.certificates import manage_views as certificates_manage
    from festival.certificates import views as certificates
    from festival.checkin import manage_views as checkin_manage
    from festival.checkin import views as checkin
    from festival.household import views as household
    from festival.programme import manage_views as programme_manage
    from festival.programme import views as programme
    from festival.registration import views as registration
    from festival.reports import views as reports

    load_tables()
    settings: Settings = app.extensions["settings"]
    if settings.development or settings.testing:
        app.register_blueprint(look.bp)
    for part in (
        health,
        programme,
        registration,
        checkin,
        certificates,
        household,
        reports,
        programme_manage,
        checkin_manage,
        certificates_manage,
    ):
        app.register_blueprint(part.bp)
