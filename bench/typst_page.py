"""The same page set by Typst, to measure it beside us: a whole document of many, or one at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typst

from festival.certificates.layout import draw_border
from festival.certificates.lettering import FONT_FOLDER
from festival.certificates.qr import qr_runs
from festival.certificates.wording import CertificateText

_PAGE = """
#set page(width: 297mm, height: 210mm, margin: 0mm, background: image("border.svg", width: 100%))
#set text(font: "Be Vietnam Pro", size: 14pt, lang: "vi", fill: rgb("#1f1b2e"))
#set document(title: "Chứng nhận")
#let people = json(bytes(sys.inputs.people))
#for (number, one) in people.enumerate() {
  if number > 0 { pagebreak() }
  place(dx: 35mm, dy: 25mm, box(width: 100mm, align(center)[
    #text(12pt, upper(one.superior)) \\ #text(12pt, weight: 700, upper(one.issuer)) \\ #text(12pt)[Số: #one.serial]]))
  place(dx: 151mm, dy: 25mm, box(width: 112mm, align(center)[
    #text(12pt, weight: 700)[CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM] \\
    #text(13pt, weight: 700, underline[Độc lập - Tự do - Hạnh phúc]) \\ #text(13pt, style: "italic", one.date)]))
  place(dx: 37mm, dy: 60mm, box(width: 222mm, align(center)[
    #text(40pt, weight: 700, fill: rgb("#b3141b"), tracking: 1.8pt, one.title) \\
    #text(14pt, style: "italic", one.above) \\
    #v(4mm) #text(42pt, font: "EB Garamond", weight: 600, fill: rgb("#43307f"), one.name) \\
    #v(2mm) #one.activity \\ #text(18pt, weight: 600, one.festival) \\ #one.where]))
  place(dx: 42mm, dy: 152mm, image(bytes(one.qr), format: "svg", width: 26mm))
  place(dx: 73mm, dy: 154mm, text(9pt)[Mã kiểm tra \\ #text(11pt, weight: 600, one.code) \\ Quét mã bằng điện thoại \\
    để kiểm tra chứng nhận này.])
  place(dx: 155mm, dy: 148mm, box(width: 104mm, align(center, text(13pt, weight: 700)[#one.authority \\ #one.office])))
}
"""


def prepare(folder: Path, text: CertificateText) -> typst.Compiler:
    """A compiler that knows the page, its border and our fonts."""
    (folder / "border.svg").write_text(draw_border(text.sheet))
    (folder / "page.typ").write_text(_PAGE)
    return typst.Compiler(
        str(folder / "page.typ"), root=str(folder), font_paths=[str(FONT_FOLDER)], ignore_system_fonts=True,
        sys_inputs={"people": "[]"},
    )  # fmt: skip


def make(compiler: typst.Compiler, texts: Sequence[CertificateText]) -> bytes:
    """One PDF of all of them."""
    made = compiler.compile(format="pdf", sys_inputs={"people": json.dumps([_values(text) for text in texts])})
    return bytes(made)  # type: ignore[arg-type]


def _values(text: CertificateText) -> dict[str, str]:
    sheet, texts = text.sheet, text.sheet.texts
    size, runs = qr_runs(text.verification_url)
    path = "".join(f"M{column} {row}h{length}v1h-{length}z" for column, row, length in runs)
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{path}"/></svg>'
    (signer, *_others) = sheet.signers
    return {
        "superior": sheet.superior, "issuer": sheet.issuer, "serial": text.serial, "date": text.place_and_date,
        "title": text.line(texts.title), "above": text.line(texts.above), "name": text.name,
        "activity": text.line(texts.activity), "festival": text.line(texts.headline), "where": text.line(texts.where),
        "code": text.shown_code, "authority": signer.authority, "office": signer.title, "qr": drawn,
    }  # fmt: skip
