"""Sign-in by flask-security, with our own pages and words."""

from __future__ import annotations

from flask import Flask
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.forms import ChangePasswordForm, LoginForm

from festival.accounts.models import Role, User
from festival.extensions import db, limiter, security


def init_accounts(app: Flask) -> None:
    """Set flask-security up; sign-in is limited to 20 attempts in 5 minutes for an address."""
    datastore = SQLAlchemyUserDatastore(db, User, Role)
    security.init_app(app, datastore, login_form=LoginForm, change_password_form=ChangePasswordForm)
    sign_in = app.view_functions["security.login"]
    app.view_functions["security.login"] = limiter.limit("20 per 5 minutes", methods=["POST"])(sign_in)
