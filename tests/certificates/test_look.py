"""How a design looks: what is kept, what is refused, and that an edition holds all of it."""

from __future__ import annotations

import dataclasses

import pytest

from festival.certificates.designs import content_of, drawn_pictures, edition_of, sheet_from, sheet_of, standard_design
from festival.certificates.look import (
    LEAST_CONTRAST,
    BrokenLookError,
    Look,
    Palette,
    Paper,
    Signer,
    Texts,
    contrast_on_white,
    from_json,
    to_json,
)
from festival.certificates.models import CertificateKind
from festival.certificates.texts import FIELD_NAMES, UnknownFieldError, fields_in, fill, written
from festival.certificates.wording import offered_texts

FULL = Look(
    paper=Paper.A5,
    palette=Palette.OWN,
    accent="#225544",
    logo_left="a" * 64,
    texts=Texts(title="GIẤY CHỨNG NHẬN", extra="{hours} giờ"),
    signers=(Signer("TM. BAN TỔ CHỨC", "TRƯỞNG BAN", "Nguyễn Văn A"), Signer(title="PHÓ BAN")),
    seal=False,
)


def test_a_look_is_read_as_it_was_stored():
    assert from_json(to_json(FULL)) == FULL
    assert from_json({}) == Look()


@pytest.mark.parametrize(
    "stored",
    [
        {"paper": "a3"},
        {"border": "<svg>"},
        {"accent": "red"},
        {"accent": "#12345g"},
        {"palette": "own"},
        {"logo_left": "../../etc/passwd"},
        {"signers": [{}] * 4},
        {"signers": [{"script": "x"}]},
        {"texts": {"title": "x" * 201}},
        {"texts": {"title": 7}},
        {"html": "<b>"},
    ],
)
def test_what_is_no_look_is_refused(stored):
    with pytest.raises(BrokenLookError):
        from_json(stored)


@pytest.mark.parametrize("palette", [each for each in Palette if each is not Palette.OWN])
def test_words_of_every_palette_are_readable_on_white(palette):
    colors = Look(palette=palette).colors

    assert min(map(contrast_on_white, (colors.title, colors.name, colors.text))) >= LEAST_CONTRAST


def test_contrast_is_that_of_wcag():
    assert contrast_on_white("#000000") == pytest.approx(21)
    assert contrast_on_white("#777777") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    "text", ["{nmae}", "{}", "{{7*7}}", "{name.__class__}", "{name!r}", "{% if x %}", "a } b", "{"]
)
def test_braces_hold_fields_of_the_list_and_nothing_else(text):
    with pytest.raises(UnknownFieldError):
        fields_in(text)


def test_fields_are_put_in_as_words_and_never_read_again():
    assert fill("{name} – {hours}", {"name": "{serial} %s {{x}}", "hours": "3"}) == "{serial} %s {{x}} – 3"


def test_a_line_with_a_hole_is_left_out():
    assert fill("Thời gian: {hours} giờ.", {"hours": ""}) == ""
    assert fill("Không có chỗ trống.", {}) == "Không có chỗ trống."


def test_details_are_written_as_in_vietnamese():
    assert [written(value) for value in (None, 2.0, 2.5, 1990, ["Ví", "Bản đồ"])] == [
        "",
        "2",
        "2,5",
        "1990",
        "Ví, Bản đồ",
    ]


@pytest.mark.parametrize("kind", [kind.value for kind in CertificateKind])
@pytest.mark.parametrize("with_place", [True, False])
def test_our_wording_confirms_no_digital_skills(kind, with_place):
    offered = " ".join(dataclasses.astuple(offered_texts(kind, with_place=with_place))).lower()

    assert set(fields_in(offered)) <= set(FIELD_NAMES)
    assert not [claim for claim in ("kỹ năng", "xác nhận", "757", "trình độ", "năng lực") if claim in offered]


def test_an_edition_holds_what_the_page_says_whatever_changes_later(make_festival):
    festival = make_festival(organizer_name="UBND phường Bình Minh")
    design = standard_design(festival)
    design.look = to_json(FULL)
    edition = edition_of(design)
    before = sheet_from(edition.content)

    festival.name, festival.venue, festival.organizer_name = "Tên khác", "Nơi khác", "Ai khác"
    design.look = {}

    assert before.texts.title == "GIẤY CHỨNG NHẬN"
    assert before.texts.activity == "đã tham gia"
    assert before.texts.extra == "{hours} giờ"
    assert before.issuer == "Ủy ban nhân dân phường Bình Minh"
    assert sheet_from(edition.content) == before
    assert edition_of(design) is not edition
    assert content_of(design)["sheet"]["festival"] == "Tên khác"


def test_an_edition_is_laid_out_as_the_design_was_when_it_was_frozen(make_festival):
    design = standard_design(make_festival())

    frozen, now = sheet_from(edition_of(design).content), sheet_of(design.festival, design)

    assert frozen.texts == now.texts
    assert frozen.signers == now.signers


def test_papers_of_before_there_were_designs_say_what_they_said(make_festival):
    design = standard_design(make_festival())
    content = content_of(design)
    content["look"] = {}

    texts = sheet_from(content).texts

    assert texts == Texts("CHỨNG NHẬN", "", "đã tham gia", "{festival}", texts.where, "")


def test_a_picture_that_is_gone_is_left_out(make_festival):
    assert drawn_pictures(make_festival().id, FULL) == ()
