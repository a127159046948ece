"""What a family types into the registration form."""

from __future__ import annotations

from festival.core.clock import today

CHILD = today().year - 9


def family(**more) -> dict:
    """A contact person and one child, as typed."""
    return {
        "submission": "s" * 40,
        "step": "family",
        "go": "next",
        "contact_name": "Nguyễn Thị Hoa",
        "phone": "0912.345.678",
        "coming": "y",
        "birth_year": "1958",
        "members-0-name": "Đỗ Văn Bảo",
        "members-0-birth_year": str(CHILD),
        "members-0-relation": "grandchild",
        **more,
    }


CONSENTS = {"consent_taking_part": "y", "consent_children": "y", "consent_childrens_own": "y"}


def last_step(**more) -> dict:
    return family(**{"step": "consents", "go": "send", "guardian_name": "Nguyễn Thị Hoa", **CONSENTS, **more})


def others(count: int) -> dict:
    """So many grown-ups beside the contact person."""
    rows = {}
    for place in range(count):
        rows |= {
            f"members-{place}-name": f"Đỗ Văn {place}",
            f"members-{place}-birth_year": "1990",
            f"members-{place}-relation": "other",
        }
    return rows
