"""Single files are PDF/A-2a and PDF/UA-1, as far as can be checked without veraPDF: what the standards ask for, in the
file as it goes out, after the person's part was added."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import os
import subprocess
import sys

import pikepdf
import pytest

from festival.certificates.printing import print_one
from tests.certificates.paper import text_for
from tests.certificates.test_designs_on_paper import DESIGNS, sheet_with

NAME = "Nguyễn Thị Thuỳ Dương & <Con>"


@pytest.fixture(params=DESIGNS)
def file(request):
    sheet = sheet_with(DESIGNS[request.param])
    details = {"hours": "3,5", "birth_year": "1962", "sessions": "Ví điện tử", "skills": ""}
    return print_one(text_for(NAME, sheet=sheet, details=details))


@pytest.fixture
def pdf(file):
    with pikepdf.open(io.BytesIO(file)) as opened:
        yield opened


def elements(pdf):
    """Every element of the structure tree in the order of reading."""
    found = []

    def walk(element):
        found.append(element)
        for kid in element.get("/K", []):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                walk(kid)

    for child in pdf.Root.StructTreeRoot.K:
        walk(child)
    return found


def test_it_says_what_it_is_in_metadata_that_agree_with_its_information(pdf):
    with pdf.open_metadata(update_docinfo=False) as metadata:
        assert metadata.pdfa_status == "2A"
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == str(pdf.docinfo.Title) == f"Chứng nhận – {NAME}"
        assert metadata["dc:creator"] == [str(pdf.docinfo.Author)]
        assert metadata["dc:description"] == str(pdf.docinfo.Subject)
        assert metadata["pdf:Producer"] == str(pdf.docinfo.Producer)
        assert metadata["xmp:CreatorTool"] == str(pdf.docinfo.Creator)
    packet = pdf.Root.Metadata.read_bytes()
    assert b"pdfaExtension:schemas" in packet, "PDF/A asks that pdfuaid is explained"


def test_it_is_tagged_in_vietnamese_and_shows_its_title(pdf):
    assert str(pdf.Root.Lang) == "vi"
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert [str(each.S) for each in elements(pdf)].count("/H1") == 1


def test_nothing_forbidden_is_in_it(pdf):
    assert set(pdf.Root.keys()) & {"/OpenAction", "/AA", "/Names", "/OCProperties", "/AcroForm"} == set()
    assert not pdf.is_encrypted
    assert all("/Annots" not in page.obj for page in pdf.pages)
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary):
            assert item.get("/S") not in {"/JavaScript", "/Launch", "/URI"}
            assert "/EF" not in item


def test_colours_have_an_output_intent(pdf):
    (intent,) = pdf.Root.OutputIntents
    assert str(intent.S) == "/GTS_PDFA1"
    assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp", "an ICC profile"


def test_every_font_is_embedded_with_its_widths_and_its_letters(pdf):
    fonts = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font"]
    outer = [font for font in fonts if font.Subtype == "/Type0"]
    assert len(outer) >= 4
    for font in outer:
        (inner,) = font.DescendantFonts
        assert "/FontFile2" in inner.FontDescriptor or "/FontFile3" in inner.FontDescriptor
        assert "/W" in inner
        assert b"beginbfchar" in font.ToUnicode.read_bytes() or b"beginbfrange" in font.ToUnicode.read_bytes()


def test_all_that_is_drawn_is_tagged_once_or_an_artifact(pdf):
    """Every marked content of the page has its element, each element its content; what is between is decoration."""
    page = pdf.pages[0]
    parents = pdf.Root.StructTreeRoot.ParentTree.Nums[1]
    marked, depth, bare = [], 0, []
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator in {"BDC", "BMC"}:
            depth += 1
            if operator == "BDC" and "/MCID" in instruction.operands[1]:
                marked.append(int(instruction.operands[1].MCID))
        elif operator == "EMC":
            depth -= 1
        elif operator in {"Tj", "TJ", "Do", "f", "S", "B"} and depth == 0:
            bare.append(operator)
    assert bare == []
    assert sorted(marked) == list(range(len(parents))), "no mark twice, none without an element"
    for number in marked:
        assert number in [kid for kid in parents[number].K if isinstance(kid, int)]
    assert all(len(each.K) for each in elements(pdf)), "no empty elements"


def test_pictures_and_the_code_have_words_for_those_who_do_not_see_them(pdf):
    figures = [each for each in elements(pdf) if str(each.S) == "/Figure"]
    assert "Mã QR để kiểm tra chứng nhận" in [str(each.Alt) for each in figures]
    assert all(str(each.Alt) for each in figures)


def test_the_persons_own_words_are_read_aloud_where_they_stand(file, tmp_path):
    path = tmp_path / "one.pdf"
    path.write_bytes(file)
    told = subprocess.run(["pdfinfo", "-struct-text", str(path)], capture_output=True, check=True).stdout.decode()

    title, name, number = (told.index(each) for each in ("CHỨNG NHẬN", NAME, "Số: 0012/2027/CN"))
    assert number < title < name < told.index("Ngày hội toàn dân")


def test_both_versions_of_a_file_have_one_permanent_identifier(file, pdf):
    with pikepdf.open(io.BytesIO(file[: file.index(b"%%EOF") + 6])) as base:
        assert bytes(base.trailer.ID[0]) == bytes(pdf.trailer.ID[0])
        assert bytes(base.trailer.ID[1]) != bytes(pdf.trailer.ID[1])


def test_a_certificate_is_the_same_file_in_every_process():
    """Its digest is kept when it goes out: another worker must not make another file of it."""
    made = {hashlib.sha256(print_one(text_for(NAME))).hexdigest()}
    program = (
        "import hashlib; from festival.certificates.printing import print_one; from tests.certificates.paper import "
        f"text_for; print(hashlib.sha256(print_one(text_for({NAME!r}))).hexdigest())"
    )
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": "."}
        printed = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment)
        made.add(printed.stdout.decode().strip())

    assert len(made) == 1


def test_a_line_with_nothing_to_say_is_left_out():
    sheet = sheet_with(DESIGNS["upright, drum, two signers, hours"])
    text = text_for(NAME, sheet=sheet, details={"hours": "", "birth_year": "1962"})

    file = print_one(dataclasses.replace(text))

    assert b"Th\x00\xe1" not in file
    shown = subprocess.run(["pdftotext", "-", "-"], input=file, capture_output=True, check=True).stdout.decode()
    assert "Thời gian" not in shown
    assert "{hours}" not in shown
