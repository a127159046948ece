"""Text size and contrast of the public pages: switched without JavaScript, remembered, and handed on to nobody."""

from __future__ import annotations

import re

import pytest


def marks(page: str) -> dict[str, str]:
    """What the page says about itself to the stylesheet."""
    return dict(re.findall(r'data-(text|contrast)="(\w+)"', page.partition("<head>")[0]))


@pytest.mark.parametrize("path", ["/{slug}/", "/{slug}/programme", "/{slug}/register", "/c/", "/nothing/here"])
def test_every_public_page_can_be_made_larger_and_clearer(client, festival, path):
    page = client.get(path.format(slug=festival.slug)).text

    for switch in ("text=normal", "text=large", "text=largest", "contrast=normal", "contrast=high"):
        assert f"?{switch}" in page


def test_a_switch_is_remembered_on_the_pages_that_follow(client, festival):
    client.get(f"/{festival.slug}/?text=largest")
    client.get(f"/{festival.slug}/?contrast=high")

    assert marks(client.get(f"/{festival.slug}/programme").text) == {"text": "largest", "contrast": "high"}
    client.get(f"/{festival.slug}/?text=normal")
    assert marks(client.get(f"/{festival.slug}/").text) == {"contrast": "high"}


def test_the_page_is_shown_at_its_own_address_again(client, festival):
    answer = client.get(f"/{festival.slug}/programme?q=h%E1%BB%8Dc&text=large&page=2&contrast=high")

    assert answer.status_code == 303
    assert answer.location == f"/{festival.slug}/programme?q=h%E1%BB%8Dc&page=2"


def test_a_phone_that_asks_for_contrast_itself_is_obeyed_until_somebody_chooses(client, festival):
    assert marks(client.get(f"/{festival.slug}/").text) == {}
    client.get(f"/{festival.slug}/?contrast=normal")
    assert marks(client.get(f"/{festival.slug}/").text) == {"contrast": "normal"}


@pytest.mark.parametrize("value", ["", "huge", "large\r\nSet-Cookie: a=b", '"><script>'])
def test_nonsense_changes_nothing(client, festival, value):
    answer = client.get(f"/{festival.slug}/", query_string={"text": value, "contrast": value})

    assert answer.status_code == 200
    assert marks(answer.text) == {}
    assert "text=" not in str(answer.headers.getlist("Set-Cookie"))


def test_a_form_half_filled_is_shown_larger_with_everything_typed(client, festival):
    typed = {"step": "family", "go": "stay", "contact_name": "Nguyễn Thị Ho", "phone": "091", "submission": "s" * 40}

    page = client.post(f"/{festival.slug}/register?text=large", data=typed)

    assert page.status_code == 200
    assert marks(page.text) == {"text": "large"}
    assert 'value="Nguyễn Thị Ho"' in page.text
    assert 'value="091"' in page.text
    assert 'id="errors"' not in page.text
