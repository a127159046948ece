"""Files that are no workbook, or that are made to hurt: each gets its own answer, quickly and in little memory."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile

import openpyxl
import pytest

from festival.programme.reading import ProblemCode, Severity
from festival.programme.workbook import read_workbook
from tests.programme.workbooks import make_workbook, with_part

Code = ProblemCode
SHEET = "xl/worksheets/sheet2.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def zip_of(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def encrypted_flag(workbook: bytes) -> bytes:
    """The workbook with the encryption bit set in its zip directory."""
    changed = bytearray(workbook)
    place = workbook.find(b"PK\x01\x02")
    changed[place + 8] |= 1
    return bytes(changed)


def lying_size(workbook: bytes) -> bytes:
    """A part that unpacks to 60 MB and says that it has 100 bytes."""
    bomb = bytearray(with_part(SHEET, b"<a>" + b" " * 60_000_000))
    place = bomb.rfind(b"PK\x01\x02", 0, bomb.rfind(SHEET.encode()))
    bomb[place + 24 : place + 28] = (100).to_bytes(4, "little")
    return bytes(bomb)


def entities(old: bytes) -> bytes:
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{bomb}]><x>&a9;</x>'.encode()


def outside_entity(old: bytes) -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


def utf16_entity(old: bytes) -> bytes:
    return '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e "y">]><x>&e;</x>'.encode("utf-16")


def rows(count: int) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>'.encode() + b'<row r="1"/>' * count + b"</sheetData></worksheet>"


CASES = {
    "empty": (lambda: b"", Code.EMPTY_FILE),
    "blank": (lambda: b" \r\n" * 100, Code.EMPTY_FILE),
    "pdf": (lambda: b"%PDF-1.7\n%\xe2\xe3", Code.PDF),
    "csv": (lambda: "Mã,Tên\nA01,VNeID\n".encode("utf-8-sig"), Code.PLAIN_TEXT),
    "csv in UTF-16": (lambda: "Mã\tTên\n".encode("utf-16"), Code.PLAIN_TEXT),
    "html called xlsx": (lambda: b"<html><table></table></html>", Code.PLAIN_TEXT),
    "xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, Code.OLD_EXCEL),
    "behind a password": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"),
        Code.ENCRYPTED,
    ),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Code.NOT_A_WORKBOOK),
    "word": (lambda: zip_of({"word/document.xml": b"<a/>"}), Code.OTHER_PACKAGE),
    "other zip": (lambda: zip_of({"a.txt": b"a"}), Code.OTHER_PACKAGE),
    "binary workbook": (lambda: zip_of({"xl/workbook.bin": b"\x00"}), Code.OTHER_PACKAGE),
    "truncated": (lambda: make_workbook()[:-400], Code.DAMAGED),
    "half": (lambda: make_workbook()[:2000], Code.DAMAGED),
    "only the first bytes": (lambda: b"PK\x03\x04", Code.DAMAGED),
    "encrypted zip": (lambda: encrypted_flag(make_workbook()), Code.ENCRYPTED),
    "broken xml": (lambda: with_part(SHEET, b"<worksheet><sheetData>"), Code.DAMAGED),
    "not xml": (lambda: with_part("xl/workbook.xml", b"\x00\x01\x02"), Code.DAMAGED),
    "xml of something else": (lambda: with_part("xl/workbook.xml", b"<a/>"), Code.DAMAGED),
    "text that is not there": (
        lambda: with_part(SHEET, lambda old: old.replace(b"<row ", b'<row><c t="s"><v>99999</v></c></row><row ', 1)),
        Code.DAMAGED,
    ),
    "number that is none": (
        lambda: with_part(SHEET, lambda old: old.replace(b'<c r="G2" t="n"><v>', b'<c r="G2" t="n"><v>x')),
        Code.DAMAGED,
    ),
    "bomb": (lambda: with_part(SHEET, b"<a>" + b" " * 60_000_000), Code.UNPACKS_TOO_LARGE),
    "bomb in a picture": (lambda: with_part("xl/media/image1.png", b"\x00" * 60_000_000), Code.UNPACKS_TOO_LARGE),
    "bomb with a false size": (lambda: lying_size(b""), Code.DAMAGED),
    "bomb of rows": (lambda: with_part(SHEET, rows(1_100_000)), Code.UNPACKS_TOO_LARGE),
    "bomb of depth": (lambda: with_part(SHEET, b"<a>" * 100_000 + b"</a>" * 100_000), Code.UNPACKS_TOO_LARGE),
    "bomb of parts": (
        lambda: zip_of({"xl/workbook.xml": b"<a/>"} | {f"{n}": b"" for n in range(2_100)}),
        Code.UNPACKS_TOO_LARGE,
    ),
    "other compression": (lambda: with_part(SHEET, b"<a/>", compress_type=zipfile.ZIP_BZIP2), Code.DAMAGED),
    "entity bomb": (lambda: with_part(SHEET, entities), Code.DANGEROUS),
    "entity bomb in the texts": (lambda: with_part("xl/sharedStrings.xml", entities), Code.DANGEROUS),
    "entity of a file": (lambda: with_part("xl/styles.xml", outside_entity), Code.DANGEROUS),
    "entity in UTF-16": (lambda: with_part("xl/theme/theme1.xml", utf16_entity), Code.DANGEROUS),
    "tag without end": (lambda: with_part(SHEET, b'<a b="' + b"x" * 5_000_000 + b'"/>'), Code.DANGEROUS),
    "more than 10 MB": (lambda: b"PK" + b"\x00" * (10 * 1024 * 1024), Code.TOO_LARGE),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_gets_its_own_answer(case):
    make, code = CASES[case]
    content = make()
    started = time.process_time()

    reading = read_workbook(content)

    assert [(problem.severity, problem.code) for problem in reading.problems] == [(Severity.REFUSED, code)]
    assert reading.is_refused
    assert (reading.booths, reading.sessions) == ((), ())
    assert time.process_time() - started < 5


def test_a_file_is_refused_by_its_size_before_it_is_read(tmp_path):
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)

    tracemalloc.start()
    reading = read_workbook(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert reading.problems[0].code is Code.TOO_LARGE
    assert peak < 1_000_000


def test_rows_far_below_and_columns_far_right_cost_nothing():
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    workbook = with_part(SHEET, lambda old: old.replace(b"</sheetData>", far))
    tracemalloc.start()

    reading = read_workbook(workbook)

    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(reading.booths) == 3
    assert reading.problems == ()
    assert peak < 20_000_000


def test_a_claimed_sheet_size_is_not_believed():
    def claim(old: bytes) -> bytes:
        start = old.index(b"<dimension")
        end = old.index(b"/>", start)
        return old[:start] + b'<dimension ref="A1"' + old[end:]

    assert len(read_workbook(with_part(SHEET, claim)).booths) == 3


def test_an_old_drawing_that_is_no_sound_xml_does_no_harm():
    assert len(read_workbook(with_part("xl/drawings/vmlDrawing1.vml", b"<xml><br></xml>")).booths) == 3


def test_openpyxl_reads_with_defusedxml():
    assert openpyxl.DEFUSEDXML is True
