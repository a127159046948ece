"""Designs in /manage: made, seen before they are kept, changed, proved, put away. Nobody writes code."""

from __future__ import annotations

import base64
import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from festival.accounts.models import AuditEntry, StaffRole
from festival.certificates.designs import standard_design
from festival.certificates.issuing import issue
from festival.certificates.look import Border, Palette, Paper, from_json
from festival.certificates.models import CertificateKind, Design, Picture
from festival.certificates.sheets import text_of
from festival.extensions import db
from tests.certificates.paper import words
from tests.conftest import plain


@pytest.fixture
def issuer(sign_in, festival):
    return sign_in(role=StaffRole.ORGANIZER)


@pytest.fixture
def design(festival):
    made = standard_design(festival)
    db.session.commit()
    return made


@pytest.fixture
def address(festival, design):
    return f"/manage/{festival.slug}/certificates/designs/{design.id}"


def typed(**values: str) -> dict[str, str]:
    """The form as a browser sends it."""
    texts = dict.fromkeys(("title", "above", "activity", "headline", "where", "extra"), "")
    places = dict.fromkeys(("logo_left", "logo_right", "logo_top", "background"), "")
    chosen = {"paper": "a4-landscape", "border": "notebook", "palette": "notebook", "accent": "#43307f", "seal": "y"}
    return {"name": "Chứng nhận", "workshop_id": "0", **chosen, **texts, **places, **values}


def drawings(page: str) -> list[Image.Image]:
    """The pictures of the preview."""
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    return [Image.open(io.BytesIO(base64.b64decode(each))) for each in found]


def test_the_designer_shows_the_longest_and_the_shortest_name_as_printed(issuer, address):
    page = issuer.get(f"{address}?lang=en").text

    long, short = drawings(page)
    assert long.size == short.size
    assert long.width > long.height
    assert long.tobytes() != short.tobytes()


def test_the_page_offers_the_values_that_it_takes(issuer, festival, address):
    page = issuer.get(address).text
    kinds = issuer.get(f"/manage/{festival.slug}/certificates/designs").text

    def offered(name: str, text: str) -> set[str]:
        inputs = [each for each in re.findall(r"<input[^>]*>", text) if f'name="{name}"' in each]
        return {re.search(r'value="([^"]*)"', each)[1] for each in inputs}

    assert offered("paper", page) == {each.value for each in Paper}
    assert offered("border", page) == {each.value for each in Border}
    assert offered("palette", page) == {each.value for each in Palette}
    assert offered("kind", kinds) == {each.value for each in CertificateKind}
    checked = [each for each in re.findall(r"<input[^>]*checked[^>]*>", page) if 'type="radio"' in each]
    assert len(checked) == 3


def test_what_is_typed_is_seen_before_it_is_kept(issuer, address, design):
    answer = issuer.post(address, data=typed(paper="a4-portrait", preview="1"))

    assert answer.status_code == 200
    assert all(each.height > each.width for each in drawings(answer.text))
    assert design.look == {}


def test_the_page_asks_for_the_preview_while_somebody_types(issuer, address):
    drawn = issuer.post(f"{address}/preview", data=typed(paper="a4-portrait"))
    refused = issuer.post(f"{address}/preview", data=typed(title="{nope}"))

    assert [each.height > each.width for each in drawings(drawn.text)] == [True, True]
    assert "<html" not in drawn.text
    assert (refused.status_code, refused.text) == (422, "")


def test_what_is_saved_is_kept_and_in_the_audit_log(issuer, address, design):
    sent = typed(
        name="Giấy khen", paper="a5", border="drum", palette="own", accent="#225544", title="GIẤY CHỨNG NHẬN",
        extra="{hours} giờ", **{"signers-0-title": "CHỦ TỊCH", "signers-0-name": "Trần Thị B"},
    )  # fmt: skip
    answer = issuer.post(address, data=sent)

    assert answer.status_code == 303
    look = from_json(design.look)
    assert (look.paper, look.border, look.accent) == (Paper.A5, Border.DRUM, "#225544")
    assert look.texts.title == "GIẤY CHỨNG NHẬN"
    assert [signer.name for signer in look.signers] == ["Trần Thị B"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.design_changed")).one()
    assert entry.after["look"]["paper"] == "a5"
    assert "GIẤY CHỨNG NHẬN" in issuer.get(address).text


@pytest.mark.parametrize(
    ("line", "text", "said"),
    [
        ("title", "{name}", "There is no field {name} here"),
        ("activity", "{{ config }}", "There is no field"),
        ("extra", "{workshop}", "There is no field {workshop} here"),
        ("where", "{plase}", "There is no field {plase} here"),
    ],
)
def test_a_field_that_there_is_not_is_refused_at_its_line(issuer, address, design, line, text, said):
    answer = issuer.post(f"{address}?lang=en", data=typed(**{line: text}))

    assert answer.status_code == 422
    assert said in plain(answer.text)
    assert design.look == {}
    assert not drawings(answer.text)


@pytest.mark.parametrize("accent", ["#ffff00", "red", "url(x)", "#12345"])
def test_an_own_colour_must_be_readable(issuer, address, design, accent):
    assert issuer.post(address, data=typed(palette="own", accent=accent)).status_code == 422
    assert design.look == {}


def test_html_in_a_text_is_printed_as_it_was_typed(issuer, address, design):
    issuer.post(address, data=typed(activity="<b>đã</b> & <img src=file:///etc/passwd>"))

    proof = issuer.get(f"{address}/proof.pdf")

    assert "<b>đã</b> & <img src=file:///etc/passwd>" in words(proof.data)


def test_the_proof_is_stamped_and_has_odd_names(issuer, address):
    proof = issuer.get(f"{address}/proof.pdf")

    assert proof.mimetype == "application/pdf"
    for page in range(1, 7):
        assert "BẢN IN THỬ" in words(proof.data, page).replace("\n", " ") or "MAUT" in words(proof.data, page)
    assert "Nguyễn Thị Thuỳ Dương" in words(proof.data, 3)


def test_a_design_is_made_from_its_kind_and_copied_and_put_away(issuer, festival, design):
    here = f"/manage/{festival.slug}/certificates/designs"
    made = issuer.post(here, data={"kind": "household"})
    household = db.session.scalars(select(Design).where(Design.kind == CertificateKind.HOUSEHOLD)).one()
    assert made.headers["Location"].endswith(f"/{household.id}")

    issuer.post(f"{here}/{household.id}/copy")
    assert db.session.query(Design).count() == 3

    issuer.post(f"{here}/{household.id}/away")
    assert household.archived_at is not None
    assert "Put away" in plain(issuer.get(f"{here}?lang=en").text)
    issuer.post(f"{here}/{household.id}/away")
    assert household.archived_at is None


def test_a_kind_must_be_chosen(issuer, festival):
    answer = issuer.post(f"/manage/{festival.slug}/certificates/designs", data={})

    assert answer.status_code == 422
    assert db.session.query(Design).count() == 0


@pytest.mark.parametrize("ticked", [True, False])
def test_who_may_take_it_is_the_organizers_choice(issuer, address, design, ticked):
    issuer.post(address, data=typed(**({"by_residents": "y"} if ticked else {})))

    db.session.refresh(design)
    assert design.by_residents is ticked


def test_what_was_issued_keeps_its_look(issuer, address, design, make_household, admit):
    person = make_household(members=1).attendees[0]
    admit(person)
    certificate = issue(person).certificate
    db.session.commit()
    before = text_of(certificate)

    issuer.post(address, data=typed(paper="a5", title="KHÁC"))

    db.session.expire_all()
    assert text_of(certificate) == before
    assert text_of(certificate).sheet.texts.title == "CHỨNG NHẬN"


def test_names_that_paper_does_not_show_in_full_are_named_before_printing(issuer, address, make_household):
    person = make_household(members=1).attendees[0]
    person.name = "Li 李 Wei"
    db.session.commit()

    page = plain(issuer.get(f"{address}?lang=en").text)

    assert "1 name does not come out in full on this paper" in page
    assert "Li 李 Wei: shown as a box: 李" in page


def test_designs_of_another_festival_are_not_found(issuer, festival, make_festival):
    other = standard_design(make_festival(slug="noi-khac"))
    db.session.commit()

    here = f"/manage/{festival.slug}/certificates/designs/{other.id}"
    assert {issuer.get(here).status_code, issuer.get(f"{here}/proof.pdf").status_code} == {404}
    assert issuer.post(f"{here}/copy").status_code == 404


def test_a_picture_is_sent_chosen_printed_and_stays_while_it_is_shown(issuer, festival, address, design):
    out = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 30, 30)).save(out, "PNG")
    here = f"/manage/{festival.slug}/certificates/pictures"
    sent = issuer.post(here, data={"picture": (io.BytesIO(out.getvalue()), "Biểu trưng.png")})
    picture = db.session.scalars(select(Picture)).one()
    assert sent.status_code == 303
    assert issuer.get(f"{here}/{picture.id}.png").mimetype == "image/png"

    plain_page = issuer.post(address, data=typed(preview="1"))
    with_logo = issuer.post(address, data=typed(logo_left=picture.sha256, preview="1"))
    colors = [{color for _count, color in each.convert("RGB").getcolors(1000)} for each in drawings(with_logo.text)]
    assert all(any(red > 180 and green < 60 and blue < 60 for red, green, blue in each) for each in colors)
    assert drawings(plain_page.text)[0].tobytes() != drawings(with_logo.text)[0].tobytes()

    issuer.post(address, data=typed(logo_left=picture.sha256))
    issuer.post(f"{here}/{picture.id}/remove")
    assert db.session.query(Picture).count() == 1
    issuer.post(address, data=typed())
    issuer.post(f"{here}/{picture.id}/remove")
    assert db.session.query(Picture).count() == 0


def test_a_file_that_is_no_picture_is_refused_with_words(issuer, festival):
    here = f"/manage/{festival.slug}/certificates/pictures?lang=en"
    answer = issuer.post(here, data={"picture": (io.BytesIO(b"<svg onload=alert(1)>"), "logo.png")})

    assert answer.status_code == 422
    assert "This is no PNG, JPEG or WebP picture" in answer.text
    assert db.session.query(Picture).count() == 0
