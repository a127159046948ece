"""A ticket's QR: its text, and as a drawing or a picture to keep."""

from __future__ import annotations

import io

import qrcode
from markupsafe import Markup
from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M

from festival.config import ROOT
from festival.core.clock import local
from festival.programme.models import Festival
from festival.registration.models import Ticket
from festival.registration.ticket_code import CodeKind, encode

MARGIN = 4
"""Modules of white around a code (ISO/IEC 18004)."""

FONT = ROOT / "static" / "vendor" / "fonts" / "BeVietnamPro_600SemiBold.ttf"


def qr_text(ticket: Ticket, festival: Festival, public_url: str) -> str:
    """What the QR says: the ticket's signed address, in capitals."""
    days = (festival.last_day - festival.first_day).days + 1
    code = encode(ticket.kind, festival.id, ticket.id, festival.first_day, days, festival.sealed_private_key)
    return f"{public_url.upper()}/Q/{code}"


def slip_text(slip_id: int, festival: Festival, public_url: str) -> str:
    """What the QR of a blank slip says: like a ticket's, but the number is the slip's."""
    days = (festival.last_day - festival.first_day).days + 1
    code = encode(CodeKind.SLIP, festival.id, slip_id, festival.first_day, days, festival.sealed_private_key)
    return f"{public_url.upper()}/Q/{code}"


def qr_matrix(text: str) -> list[list[bool]]:
    """The modules of a code at level M, row by row, without margin. The mask is fixed: finding the best costs 20 ms."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=2)
    code.add_data(text)
    code.make(fit=True)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def qr_svg(text: str, label: str) -> Markup:
    """The code as an SVG drawing that scales, black on white, named `label` for those who cannot see it."""
    matrix = qr_matrix(text)
    size = len(matrix) + 2 * MARGIN
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            if row[x]:
                end = x
                while end < len(row) and row[end]:
                    end += 1
                runs.append(f"M{x + MARGIN} {y + MARGIN}h{end - x}v1h-{end - x}z")
                x = end
            x += 1
    return Markup(
        '<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{runs}"/></svg>'
    ).format(label=label, size=size, runs="".join(runs))


def ticket_picture(text: str, name: str, ticket: Ticket, festival: Festival) -> bytes:
    """A PNG to keep on the phone: the code, whose it is, when and where, and the short code in large type."""
    matrix, scale, width = qr_matrix(text), 12, 900
    code = Image.new("1", (len(matrix), len(matrix)), 1)
    code.putdata([0 if module else 1 for row in matrix for module in row])
    code = code.resize((len(matrix) * scale, len(matrix) * scale), Image.Resampling.NEAREST)
    picture = Image.new("L", (width, code.height + 420), 255)
    draw = ImageDraw.Draw(picture)
    top = 40
    when = f"{local(festival.starts):%d/%m/%Y}, {festival.opens_at:%H:%M}–{festival.closes_at:%H:%M}"
    for text_line, size in ((festival.name, 34), (name, 52)):
        top = _centred(draw, text_line, size, top, width)
    picture.paste(code, ((width - code.width) // 2, top + MARGIN * scale // 2))
    top += code.height + MARGIN * scale
    for text_line, size in ((f"{ticket.short_code[:4]} {ticket.short_code[4:]}", 52), (when, 34), (festival.venue, 34)):
        top = _centred(draw, text_line, size, top, width)
    stream = io.BytesIO()
    picture.crop((0, 0, width, top + 30)).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _centred(draw: ImageDraw.ImageDraw, text: str, size: int, top: int, width: int) -> int:
    """Draw one line, as large as fits up to `size`; gives where the next one may begin."""
    while True:
        font = ImageFont.truetype(FONT, size)
        left, _upper, right, _lower = draw.textbbox((0, 0), text, font=font)
        if right - left <= width - 60 or size <= 14:
            break
        size -= 2
    draw.text(((width - (right - left)) / 2, top), text, fill=0, font=font)
    return top + int(size * 1.5)
