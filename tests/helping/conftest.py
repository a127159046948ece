"""Links for helpers, and a helper's browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.helping.links import make_link, secret_of
from festival.registration.models import HelperLink, LinkKind

CONSENTS = {"consent_taking_part": "y", "consent_children": "y", "consent_childrens_own": "y"}


@pytest.fixture
def make_helper(festival: Festival) -> Callable[..., HelperLink]:
    """A helper's link; `ended_hours=2` ended it so long ago."""

    def make(kind: LinkKind = LinkKind.GROUP, ended_hours: float | None = None, **values: object) -> HelperLink:
        link = make_link(values.pop("festival", festival), kind, "Tổ dân phố 12", "Chị Lan", None)
        if ended_hours is not None:
            link.ended_at = now() - timedelta(hours=ended_hours)
        db.session.commit()
        return link

    return make


@pytest.fixture
def link(make_helper: Callable[..., HelperLink]) -> HelperLink:
    """A link for one residential group."""
    return make_helper()


@pytest.fixture
def address(link: HelperLink) -> str:
    return f"/helper/{secret_of(link)}"


@pytest.fixture
def helper(client: FlaskClient, address: str) -> FlaskClient:
    """A helper's browser that has opened the link."""
    assert client.get(address).status_code == 200
    return client


def household(**more: object) -> dict:
    """A grandmother as a helper writes her down."""
    return {
        "submission": "h" * 40,
        "go": "save",
        "contact_name": "Nguyễn Thị Tư",
        "birth_year": "1948",
        "phone": "",
        "coming": "y",
        "recorded_by": "Chị Lan",
        "ward": "",
        **CONSENTS,
        **more,
    }
