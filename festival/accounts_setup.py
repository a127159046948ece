"""Sign-in by flask-security, with our own pages and words."""

from __future__ import annotations

from typing import Any

from flask import Flask, flash
from flask_babel import lazy_gettext as _
from flask_security import current_user
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.forms import ChangePasswordForm, LoginForm

from festival.accounts.idle import is_idle
from festival.accounts.models import Role, User
from festival.accounts.passwords import is_easily_guessed
from festival.core.clock import now
from festival.extensions import db, limiter, security

LIBRARY_MESSAGES = (
    _("Authentication failed - identity or password/passcode invalid"),
    _("Invalid email address"),
    _("Invalid password"),
    _("Email not provided"),
    _("Password not provided"),
    _("Passwords do not match"),
    _("Password must be at least %(length)s characters"),
    _("Your new password must be different than your previous password."),
    _("You successfully changed your password."),
    _("Please log in to access this page."),
    _("Please reauthenticate to access this page."),
    _("You do not have permission to view this resource."),
    _("You have successfully logged in."),
    _("Account is disabled."),
)
"""What flask-security says by itself; it has no Vietnamese, so it looks into our catalogue."""


class SignInForm(LoginForm):
    """The library's form; an account that was idle for too long is refused, and each sign-in is noted."""

    def validate(self, **kwargs: Any) -> bool:
        """Only whoever knows the password is told that the account is idle."""
        if not super().validate(**kwargs):
            return False
        user: Any = self.user  # the library knows it as its own kind
        if is_idle(user, now()):
            flash(_("Nobody has used this account for 45 days. An owner of your organization can open it."), "warning")
            return False
        user.last_active_at = now()
        return True


class NewPasswordForm(ChangePasswordForm):
    """The library's form, without passwords that are tried first."""

    def validate(self, **kwargs: Any) -> bool:
        """Also refuses what is easily guessed, with words at the field."""
        if not super().validate(**kwargs):
            return False
        if is_easily_guessed(self.new_password.data, (current_user.email, current_user.name)):
            words = _("This password is among the first that others would try. Take four words instead.")
            self.new_password.errors = [*self.new_password.errors, words]
            return False
        return True


def init_accounts(app: Flask) -> None:
    """Set flask-security up; sign-in is limited to 20 attempts in 5 minutes for an address."""
    datastore = SQLAlchemyUserDatastore(db, User, Role)  # type: ignore[arg-type]  # known only at run time
    security.init_app(app, datastore, login_form=SignInForm, change_password_form=NewPasswordForm)
    sign_in = app.view_functions["security.login"]
    limited: Any = limiter.limit("20 per 5 minutes", methods=["POST"])(sign_in)
    app.view_functions["security.login"] = limited
